"""The chapters, in their order. Each does what people do, and says what has to come of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from demo.story import before, board, everyday, holiday
from demo.story.answering import WANG, acknowledge, at_the_console, finding, goes_there
from demo.story.ceremony import badge, becomes, ceremony, check
from demo.story.everyday import LI, ZHANG
from demo.story.evidence import certificate_of, journal_taken_along
from demo.story.night import break_in
from demo.story.teller import StoryError, Teller
from hub.core.refusal import NotPossible
from hub.core.state import ChannelRow, Life, OrderOut
from hub.store import queries, session
from hub.store.queries import JournalRow
from wire import messages as m
from wire.simulation import hardware as simulated

CHEN = 1004
"""A clerk: a cardholder of the demonstration site, as are the custodians and the two duty officers."""

DOORS = ("corridor-door", "iron-gate", "security-door")
CABINETS = ("archive/cabinet-1", "archive/cabinet-2", "archive/cabinet-3")
TURN_S = 12
"""Who was let in may step back through the doors for 10 s: that is not leaving yet."""
REST_S = 0.06
"""A contact rests for so long, or it would be chattering."""


def opening_hours(teller: Teller) -> None:
    """Everything comes up."""
    teller.says("The nodes come up, get their plan and their access list")
    if not teller.wait(lambda: _ready(teller)):
        raise StoryError("the nodes do not get what they need from the hub; see the logs")
    teller.expect("every node has what it needs from the hub", held=True)
    teller.began = teller.now() + 1
    teller.expect("the modem can be had", teller.wait(lambda: _sends_short_messages(teller)))
    everyday.all_is_set(teller)
    teller.says("Wang Fang and Zhou Qiang, the duty officers, sign in to the console")
    with at_the_console(teller, "the board opens"):
        teller.wait(teller.wang.has_a_console)
        for officer in (teller.wang, teller.zhou):
            officer.sign_in()
            officer.board()
    _show(teller)


def a_day_at_the_archive(teller: Teller) -> None:
    """One who may, and does not open up; one who does; and one who may not."""
    everyday.too_early(teller)
    teller.says("Zhang Wei, who does, shows his badge, and goes through three doors in turn")
    after = teller.now()
    everyday.opens_up(teller, "archive", ZHANG, LI)
    _doors(teller, teller.opens, DOORS)
    teller.expect("he is in the archive", teller.wait_for("entered", "archive", after))
    _doors(teller, teller.closes, DOORS[::-1])
    teller.says("Chen Jie, who has no right to it, tries as well")
    after = teller.now()
    teller.badge("archive/reader", CHEN)
    denied = teller.wait_for("denied", "archive/reader", after)
    teller.expect("he is refused, and the reason is on record", denied, _reason(denied))


def evening(teller: Teller) -> None:
    """The last one closes up. Until that is done, the holiday is prepared, and a cable pulled."""
    everyday.forgets_the_window(teller)
    closing = everyday.shuts_the_window(teller)
    holiday.proposal(teller)
    teller.says("Nobody needs the cipher room before the holiday: Li Na goes there to seal it this evening")
    everyday.opens_up(teller, "cipher-room", LI, ZHANG)
    everyday.goes_in(teller, "cipher-room")
    check(teller, "cipher-room", "Li Na", (LI, WANG))
    teller.says("The cipher room is sealed by two people")
    ceremony(teller, "cipher-room", "seal", (LI, WANG))
    becomes(teller, "cipher-room", "sealed", "it is sealed once its node has that on its disk")
    pulled_cable(teller)
    everyday.was_set(teller, closing)


def sealing(teller: Teller) -> None:
    """Everything looked at, then two people, two badges, and every node's word."""
    teller.says("The last morning before the holiday: the archive is to be sealed, and is set")
    try:
        teller.asks(m.SealingChecking(sealing=0, area="archive"))
    except NotPossible as refusal:
        teller.expect("nobody walks through a room that is set", refusal.reason == "area-is-set", refusal.reason)
    else:
        teller.expect("nobody walks through a room that is set", held=False)
    everyday.opens_up(teller, "archive", ZHANG, LI)
    everyday.goes_in(teller, "archive")
    check(teller, "archive", "Zhang Wei", (ZHANG, WANG))
    teller.says("The archive is sealed by two people")
    ceremony(teller, "archive", "seal", (ZHANG, ZHANG))
    state = teller.state().area("archive").state
    teller.expect("one person twice does not count as two", state == "seal-ceremony", state)
    badge(teller, "archive", WANG)
    becomes(teller, "archive", "sealed", "it is sealed once its node has that on its disk")
    holiday.kept_to(teller)
    _show(teller)


def pulled_cable(teller: Teller) -> None:
    """What happens while nobody hears a node is not lost."""
    teller.says("The cable of cipher-1 is pulled")
    silence = teller.raised("node-silent-while-sealed", "cipher-1", lambda: teller.hand(simulated.Pull(), "cipher-1"))
    seen = f"{teller.delays.pop():.1f} s after the cable" if silence else ""
    teller.expect("its silence is an alarm", silence, seen)
    teller.says("Nobody hears it, and the seal of the safe is broken")
    seal = "cipher-room/safe-seal"
    teller.opens(seal)
    teller.expect("the node sounds without the hub", teller.wait(lambda: teller.hardware("cipher-1").sounder))
    teller.says("The cable is put back")
    broken = teller.raised("seal-broken", seal, lambda: teller.hand(simulated.Push(), "cipher-1"))
    if broken:
        teller.delays.pop()
    teller.expect("what it saw meanwhile is delivered, and is an alarm", broken)
    _show(teller)
    teller.closes(seal)
    alarms = [one for one in (silence, broken) if one is not None]
    after = teller.now()
    for alarm in alarms:
        teller.wait(lambda alarm=alarm: not teller.alarm(alarm.number).active)  # type: ignore[misc]
        acknowledge(teller, alarm)
    teller.says("Wang Fang goes there, and writes what she found; Zhou Qiang confirms it")
    goes_there(teller, "cipher-room", WANG, alarms, after)
    for alarm in alarms:
        finding(teller, alarm, teller.wang, "test", "拔线演练，封条已核对")
    teller.expect("no alarm is open", not teller.open_alarms())


def crash(teller: Teller) -> None:
    """Whatever is killed, nothing is lost."""
    after = teller.now()
    teller.says("He works at the iron cabinets; the engine is killed meanwhile")
    teller.awaited.append(("hub-interrupted", "hub"))
    _work_at_the_cabinets(teller)
    teller.kills("engine")
    _work_at_the_cabinets(teller)
    teller.expect("it is back by itself", teller.wait(lambda: _found(teller, "engine-started", after)))
    # The engine hears the nodes again; only from then on does it miss the broker.
    teller.wait(lambda: _openings(teller, after) >= 2 * len(CABINETS))
    teller.says("Then the broker is killed")
    teller.kills("broker")
    _work_at_the_cabinets(teller)
    opened = 3 * len(CABINETS)
    there = teller.wait(lambda: _openings(teller, after) >= opened)
    count = _openings(teller, after)
    teller.expect("every opening is in the journal", there and count == opened, f"{count} of {opened}")
    teller.expect("and nobody is called for any: the archive is unset", not teller.open_alarms())
    if _found(teller, "broker-lost", after):  # back within two seconds it is told to nobody
        teller.awaited.append(("broker-lost", "hub"))
    teller.says("Zhang Wei leaves")
    teller.wait(lambda: teller.seconds_since("entered", "archive") > TURN_S)
    after = teller.now()
    _doors(teller, teller.opens, DOORS[::-1])
    left = teller.wait_for("left", "archive", after)
    teller.expect("that is leaving, not a forced door", left and not teller.open_alarms())
    _doors(teller, teller.closes, DOORS)


def unsealing(teller: Teller) -> None:
    """Numbers read again, an approval, and two people again."""
    for area, people in (("archive", (ZHANG, WANG)), ("cipher-room", (LI, WANG))):
        teller.says(f"After the holiday: seals are read, Liu Yang approves, and two people unseal the {area}")
        before.compare_and_approve(teller, area)
        ceremony(teller, area, "unseal", people)
        becomes(teller, area, "unsealed", "it is unsealed")
        certificate_of(teller, area, forged=area == "archive")
    holiday.over(teller)
    _show(teller)


CHAPTERS: tuple[Callable[[Teller], None], ...] = (
    opening_hours,
    a_day_at_the_archive,
    crash,
    evening,
    everyday.night,
    sealing,
    break_in,
    unsealing,
    journal_taken_along,
)

# ---------------------------------------------------------------- parts of them


def _ready(teller: Teller) -> bool:
    """Whether every node has told of itself since the engine's start, and no order to one is outstanding."""
    with session.reading(teller.database) as connection:
        starts = queries.journal(connection, limit=1, kind="engine-started", newest_first=True)
        told = queries.journal(connection, starts[0].index, 100, kind="started") if starts else []
    state = teller.state()
    nodes = {life.node for life in state.all(Life) if not life.revoked}
    if not starts or (teller.began == 0 and nodes - {row.author for row in told}):
        return False
    try:
        have = all(teller.hardware(node).plan for node in nodes)
    except simulated.NotThere:
        return False
    return have and all(order.state != "open" for order in state.all(OrderOut))


def _sends_short_messages(teller: Teller) -> bool:
    return any(channel.name == "sms" and channel.used for channel in teller.state().all(ChannelRow))


def _found(teller: Teller, kind: str, after: int) -> bool:
    with session.reading(teller.database) as connection:
        return bool(queries.journal(connection, after, 1, kind=kind))


def _openings(teller: Teller, after: int) -> int:
    rows = [row.message.data for row in teller.entries(after) if row.place in CABINETS]
    return sum(isinstance(data, m.LevelChanged) and data.now == "active" for data in rows)


def _work_at_the_cabinets(teller: Teller) -> None:
    for act in (teller.opens, teller.closes):
        for cabinet in CABINETS:
            act(cabinet)
            time.sleep(REST_S)


def _doors(teller: Teller, act: Callable[[str], None], doors: tuple[str, ...]) -> None:
    """One door after the other, each once the one before is on record."""
    for door in doors:
        after = teller.now()
        act(f"archive/{door}")
        teller.wait_for("level", f"archive/{door}", after)


def _reason(row: JournalRow | None) -> str:
    return getattr(row.message.data, "reason", "") if row else ""


def _show(teller: Teller) -> None:
    board.show(teller.console, *teller.look())
