"""What a notice says: short and without names for the telephone network, longer for the bureau's own mail."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from hub.core.site import where
from hub.core.site.document import Site, in_language
from hub.core.state import Alarm
from hub.notify.channels.channel import Letter
from wire import messages as m
from wire import moments

CODES: dict[str, int] = {
    "opened-while-sealed": 101,
    "seal-broken": 102,
    "badge-while-sealed": 103,
    "forced": 104,
    "held-open": 105,
    "denied-five-times": 106,
    "chatter-while-sealed": 107,
    "seal-not-held": 108,
    "cannot-fill": 109,
    "overflow": 110,
    "hub-restored": 111,
    "node-silent-while-sealed": 112,
    "node-revoked-while-sealed": 113,
    "duress": 114,
    "opened-out-of-hours": 115,
    "opened-without-badge": 120,
    "emergency-opening": 116,
    "seal-number-differs": 117,
    "disk-refuses-while-sealed": 118,
    "record-not-judged": 119,
    "opened-while-set": 121,
    "safe-opened-while-set": 122,
    "somebody-inside": 123,
    "chatter-while-set": 124,
    "window-out-of-hours": 125,
    "water": 126,
    "smoke": 127,
    "panic": 128,
    "tamper": 201,
    "loop-tamper": 202,
    "equivocation": 203,
    "rolled-back": 204,
    "journal-forked": 205,
    "journal-rolled-back": 206,
    "impossible-record": 207,
    "flooding": 208,
    "seal-order-refused": 209,
    "rows-differ": 210,
    "service-refused": 211,
    "drill": 900,
}
"""What a kind is called in a short message, which others may read on its way: the duty officer has the list."""
TROUBLE = 399
PRIORITIES = {1: "紧急", 2: "高", 3: "中", 4: "低"}
MOST_NODES = 2
"""Nodes that a short message names."""
MOST_LINES = 3
"""Lines of a short message; how many more there are is said."""


def code(what: str) -> int:
    """The code of a kind. Troubles share one, since only their number matters at the telephone."""
    return CODES.get(what, TROUBLE)


def short(letter: Letter) -> str:
    """For a telephone: number of the notice, codes, areas, times. No name of a person, place or point."""
    if letter.text:
        return f"{letter.text} {moments.at(letter.now, letter.site.zone):%H:%M}"
    lines = [_short_line(line, letter.site) for line in letter.lines[:MOST_LINES]]
    more = f"等{len(letter.lines)}项" if len(letter.lines) > MOST_LINES else ""
    marks = ("【演练】" if letter.notice.drill else "") + ("【重发】" if letter.repeat else "")
    number = (
        f"{letter.notice.number}号 " if letter.notice.number > 0 else ""
    )  # while the engine is silent, none has one
    return f"{marks}{number}{'；'.join(lines)}{more}。回1确认"


def _short_line(line: Alarm, site: Site) -> str:
    at = line.area or where.parse(line.place).head
    named = _named(line)
    return f"{PRIORITIES[line.priority]}{code(line.what)} {at}{named} {moments.at(line.last_happened, site.zone):%H:%M}"


def _named(line: Alarm) -> str:
    """Nodes that are missing; or the node that holds another sealing than it was told."""
    if line.nodes:
        more = f"等{len(line.nodes)}个" if len(line.nodes) > MOST_NODES else ""
        return f"缺{'、'.join(line.nodes[:MOST_NODES])}{more}"
    return f"({line.place}持封存{line.sealing})" if line.told and line.sealing is not None else ""


def subject(letter: Letter) -> str:
    """Subject of a mail."""
    if letter.text:
        return f"Strongroom: {letter.lines[0].what}"
    worst = min(letter.lines, key=lambda line: line.priority)
    marks = ("[演练 DRILL] " if letter.notice.drill else "") + ("[重发 REPEAT] " if letter.repeat else "")
    more = f" (+{len(letter.lines) - 1})" if len(letter.lines) > 1 else ""
    at = worst.area or where.parse(worst.place).whole
    number = f" {letter.notice.number}" if letter.notice.number > 0 else ""
    return f"{marks}Strongroom{number}: {PRIORITIES[worst.priority]} {worst.what} {at}{more}"


def long(letter: Letter) -> str:
    """For the bureau's own mail: every line with its place. Names of people are not in it either."""
    if letter.text:
        return f"{letter.text}\n{moments.short(letter.now, letter.site.zone)}\n"
    lines = [
        f"报警 alarm {line.number}  优先级 priority {line.priority}  {line.what}  {_title(line, letter.site)}"
        f"  {moments.short(line.last_happened, letter.site.zone)}{_said(line)}"
        for line in letter.lines
    ]
    drill = ["这是演练。 This is a drill.", ""] if letter.notice.drill else []
    end = ["", "请到值班台确认。 Please acknowledge at the console."]
    return "\n".join([*drill, *lines, *end]) + "\n"


def _said(line: Alarm) -> str:
    """The same as on the console, in a line of its own."""
    if line.nodes:
        nodes = ", ".join(line.nodes)
        return f"\n    缺少节点 missing: {nodes}"
    if not line.told:
        return ""
    told = f"收到命令 it was told: {TOLD[line.told]}"
    if line.area is None or line.sealing is None:
        return f"\n    {line.place}: {told}"
    held = f"保持封存 holds sealing {line.sealing} of {line.area}"
    return f"\n    {line.place} {held}; {told}"


TOLD: Mapping[m.Told, str] = {
    "plan": "改动的接线表 a plan with other points or readers",
    "list": "增加了卡的名单 an access list with badges more",
    "sealing": "另一次封存 another sealing",
    "release": "无卡启封 to let go without badges",
    "quiet": "静音 to be quiet although nobody has come",
    "ceremony": "为其他事刷卡 to count badges for something else",
    "foreign": "非本主机下达的命令 an order that this hub has not given",
}


def mail(letter: Letter, sender: str) -> EmailMessage:
    """The mail. Its id is that of the notice, so that a repeat can be told from a second one."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.contact.email
    message["Subject"] = subject(letter)
    message["Date"] = format_datetime(moments.at(letter.now, letter.site.zone))
    message["Message-ID"] = make_msgid(f"notice-{letter.notice.number}", domain="strongroom.internal")
    if letter.notice.number > 0:
        message["X-Strongroom-Notice"] = str(letter.notice.number)
    if letter.notice.drill:
        message["X-Strongroom-Drill"] = "yes"
    message.set_content(long(letter))
    return message


def _title(line: Alarm, site: Site) -> str:
    place = where.parse(line.place).whole
    fixed = site.points.get(place) or site.readers.get(place) or site.nodes.get(place) or site.areas.get(place)
    return f"{in_language(fixed.title, 'zh')} {line.place}" if fixed else line.place
