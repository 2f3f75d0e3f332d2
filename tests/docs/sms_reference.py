"""The page of short messages and the card for the duty officer's desk, made from what the hub sends and understands:
`python -m tests.docs.sms_reference --write`."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from hub.console.words import texts
from hub.console.words.instructions import INSTRUCTIONS
from hub.console.words.names import PRIORITIES
from hub.core.alarms import ladders
from hub.core.alarms.kinds import COLUMNS, KINDS
from hub.core.calling import answers
from hub.core.site.document import Site
from hub.core.state import Alarm, Notice
from hub.notify import help as call_for_help
from hub.notify.channels import letters
from hub.notify.channels.channel import Contact, Letter

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGE = REFERENCE / "short-messages.md"
CARD = REFERENCE / "short-messages-card.html"

INTRODUCTION = f"""\
# Short messages: codes and answers

This page is made from what the hub sends and understands, and compared with it by a test. So is
[the card for the duty officer's desk](short-messages-card.html): open it in a browser and print it, one sheet of A4,
Chinese and English side by side.

A short message goes through the public network. It bears no name of a person, place or point, so it says by a code what
happened. The card says what the codes mean: let no visitor see it.

## How one reads

{{examples}}

- **The number before 号** is that of the notice. Whoever answers names it.
- **Then for each alarm**: its priority, the code, the area (or the node, where it is about one), the time. After
  {letters.MOST_LINES} alarms it only says how many there are (等…项).
- **缺** after an area: these nodes are missing, two at most by name. **(archive-1持封存5)**: this node holds sealing 5,
  and was told otherwise.
- **【演练】** is a drill. **【重发】**: it may have come before.
- **【应急】** is no alarm but a call for help, because the hub itself cannot work. It has no number, and no answer
  to it is understood.

## How to answer

| answer | what it does |
|---|---|
| {{yes}} | acknowledges everything that you were told of and that is still open |
| the number of a notice, such as `12` or `12号` | acknowledges the alarms of that notice |

Stops, commas and brackets round it, and whether it is in full width, do not matter. Anything else is counted and not
obeyed, as is what comes from a telephone that the site document does not know. To acknowledge closes nothing: go there,
and write the finding at the console. More is in [call people](../how-to/call-people.md).
"""

CODES_INTRODUCTION = """\
## Codes

| code | in Chinese | in English | kind |
|---|---|---|---|
"""

TROUBLES_INTRODUCTION = f"""
A trouble is a fault of the system. All of them are `{letters.TROUBLE}`: which it is stands on the console.
These call people by short message, some of them only after an hour or while something is sealed:

| in Chinese | in English | kind |
|---|---|---|
"""

EMERGENCY_INTRODUCTION = """
## Calls for help

What is sent when the hub's database is of no use, in the language of the console:

"""

_STYLE = """
@page { size: A4; margin: 9mm 14mm }
body { font: 8.5pt/1.25 "Noto Sans CJK SC", "Microsoft YaHei", "Noto Sans", sans-serif; margin: 0 }
h1 { font-size: 15pt; margin: 0 0 1mm } h2 { font-size: 11pt; margin: 3mm 0 1mm } p, ul { margin: 1mm 0 }
table { border-collapse: collapse; width: 100% } td { border: .5pt solid #999; padding: .1mm 2mm }
li { margin: .3mm 0 }
.code { font-weight: bold; width: 11mm; text-align: center } .sms { border: 1pt solid #000; padding: 1.5mm 3mm }
.en { color: #444 } .write td { height: 6mm; width: 50% }
"""


def reaches_telephones(what: str) -> bool:
    """Whether the built-in ladders ever tell of a kind by short message."""
    started = {ladders.built_in(what, column).ladder for column in COLUMNS}
    rungs = [rung for name in started if name for rung in ladders.LADDERS[name].rungs]
    return KINDS[what].duration != "mended" and any("sms" in rung.by for rung in rungs)


def title(what: str, language: str) -> str:
    """A kind in a few words, as its page in the console is called."""
    return texts.load_all()[language].say(INSTRUCTIONS[what].title)


def codes() -> list[tuple[int, str]]:
    """Codes with their kinds, by number; that of the troubles has none."""
    return sorted((code, what) for what, code in letters.CODES.items())


def examples() -> tuple[str, str]:
    """A message of two alarms, and one of a drill that is sent again, as `letters` writes them."""
    at = 1_770_990_600_000  # 13 February 2026, 21:50 in Shanghai

    def message(number: int, *lines: tuple[str, str, int], drill: bool = False) -> str:
        alarms = tuple(_alarm(what, area, at + minutes * 60_000) for what, area, minutes in lines)
        notice = Notice(number, 1, (1,), 0, 0, "sms", 1, "queued", at, drill)
        site = Site(name="bureau", title="", timezone="Asia/Shanghai", hub=())
        return letters.short(Letter(notice, drill, alarms, site, Contact("", ""), at))

    two = message(12, ("opened-while-sealed", "archive", 0), ("node-silent-while-sealed", "archive", 1))
    return two, message(13, ("drill", "archive", 40), drill=True)


def render() -> str:
    """The page."""
    shown = "\n".join(f"    {one}" for one in examples())
    yes = ", ".join(f"`{one}`" for one in sorted(answers.YES))
    rows = [
        f"| {code} | {title(what, 'zh')} | {title(what, 'en')} | [`{what}`](alarms.md#kinds) |"
        for code, what in codes()
    ]
    troubles = [
        f"| {title(what, 'zh')} | {title(what, 'en')} | `{what}` |"
        for what, kind in KINDS.items()
        if kind.klass == "trouble" and reaches_telephones(what)
    ]
    help_texts = [f"- {text[language]}" for text in call_for_help.TEXTS.values() for language in ("zh", "en")]
    return (
        INTRODUCTION.format(examples=shown, yes=yes)
        + "\n"
        + CODES_INTRODUCTION
        + "\n".join(rows)
        + f"\n| {letters.TROUBLE} | 系统故障 | Trouble: a fault of the system | every other kind |\n"
        + TROUBLES_INTRODUCTION
        + "\n".join(troubles)
        + "\n"
        + EMERGENCY_INTRODUCTION
        + "\n".join(help_texts)
        + "\n"
    )


def card() -> str:
    """The card: a page of HTML that needs nothing beside it."""
    english = texts.load_all()["en"]
    ranks = "，".join(letters.PRIORITIES[one] for one in PRIORITIES)
    ranks_en = ", ".join(english.say(one).lower() for one in PRIORITIES.values())
    yes = "、".join(sorted(answers.YES - {"1"}))
    rows = [_row(code, title(what, "zh"), title(what, "en")) for code, what in codes()]
    rows.append(_row(letters.TROUBLE, "系统故障，详情见值班台", "Trouble: a fault of the system; see the console"))
    return f"""\
<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<title>短信代码卡 · Codes in short messages</title>
<style>{_STYLE}</style>
<h1>短信代码卡 <span class="en">Codes in short messages</span></h1>
<p>放在值班台，勿让来访者看到。<span class="en">For the duty officer's desk. Let no visitor see it.</span></p>
<p class="sms">{escape(examples()[0])}</p>
<p>通知编号，等级（{ranks}），代码，区域，时间。
<span class="en">Number of the notice, priority ({ranks_en}), code, area, time.</span></p>
<h2>怎么回 <span class="en">How to answer</span></h2>
<ul>
<li>回 <b>1</b>（或 {yes}）：确认通知您的全部报警。
<span class="en">Answer 1 (or one of these): you take on all that you were told of.</span></li>
<li>回<b>通知编号</b>，如 12：只确认这一条。
<span class="en">Answer the number of the notice, such as 12: you take on that one.</span></li>
<li>确认不等于关闭报警：两人一同到场，在门口刷卡，再到值班台填写结论。
<span class="en">That closes nothing: go there in a pair, hold your badge to the reader, write the finding.</span></li>
<li>【应急】开头的短信：主机自身失灵，回复无效，立即到场。
<span class="en">A message that begins 【应急】: the hub itself fails. No answer is understood; go there.</span></li>
</ul>
<h2>代码 <span class="en">Codes</span></h2>
<table>
{chr(10).join(rows)}
</table>
<h2>电话 <span class="en">Telephones</span></h2>
<table class="write">
<tr><td>安全保密管理员 <span class="en">Security officer</span></td>
<td>系统管理员 <span class="en">Administrator</span></td></tr>
<tr><td>替班人 <span class="en">Stand-in</span></td>
<td>主管领导 <span class="en">Supervisor</span></td></tr>
</table>
</html>
"""


def _row(code: int, zh: str, en: str) -> str:
    return f"<tr><td class='code'>{code}</td><td>{escape(zh)}</td><td class='en'>{escape(en)}</td></tr>"


def _alarm(what: str, area: str, happened: int) -> Alarm:
    kind = KINDS[what]
    return Alarm(
        1, what, kind.klass, kind.sealed, f"{area}/door", area, 1, "active-unacknowledged", happened, happened,
        happened, False, 1,
    )  # fmt: skip


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(render(), "utf-8")
        CARD.write_text(card(), "utf-8")
    else:
        print(render())
