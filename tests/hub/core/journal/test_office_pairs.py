"""Calls, notices, calendars, planned windows and hand-overs, every pair of state and event, as in `test_every_pair`;
and bugs planted in their rules, each of which is found when anything happens in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from hub.core.alarms import ladders
from hub.core.calendar import facts as calendar_facts
from hub.core.calling import escalation, notices, roster
from hub.core.calling import fold as calling_fold
from hub.core.refusal import NotPossible
from hub.core.sealing import missed
from hub.core.state import Alarm, Calendar, Call, Handover, Notice, Row, Sealing, State, Window
from tests.hub.core.calling.test_escalation import Office
from tests.support import hunting
from tests.support.grid import Grid, Step, machine
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHAO_MIN, ZHOU_QIANG, PaperHub
from tests.support.sealing import may_unseal, unseal_order
from tests.support.tables import change
from wire import messages as m

Patch = pytest.MonkeyPatch
R = TypeVar("R", bound=Row)
HOUR = 3_600_000
WALK = settings(hunting.WALK, max_examples=25, stateful_step_count=20)


def says(data: m.RecordData) -> Step:
    return lambda house: house.node("archive-1").says(data)


def also_put_away(house: PaperHub, kind: type[R], *key: Any) -> R:
    """The row, also one that no later decision needs."""
    found = house.state.find(kind, *key) or house.rebuilt().find(kind, *key)
    assert found is not None
    return found


# ---------------------------------------------------------------- calls

FORCED = says(m.Forced(point="archive/iron-gate"))
FAILS = says(m.Fault(part="loops", failed=True, detail=""))
MENDED = says(m.Fault(part="loops", failed=False, detail=""))


def office(begins: Step) -> Callable[[], Office]:
    def begin() -> Office:
        house = Office()
        house.node("archive-1")
        begins(house)
        return house

    return begin


def alarm(house: PaperHub) -> Alarm:
    """The newest that is not about a notice which nobody sends."""
    raised = [one.alarm for one in house.journal(m.AlarmRaised) if one.what in ("forced", "node-fault")]
    return also_put_away(house, Alarm, raised[-1])


def call(house: PaperHub) -> str:
    """How the call of the newest alarm stands; `+`: somebody is at the door, `closed`: the alarm is."""
    found = also_put_away(house, Call, alarm(house).number)
    told = any(one.call == found.number for one in house.journal(m.NoticeQueued))
    assert told or found.life in ("waiting", "over"), "it rings, and nobody is told"
    if found.life == "over" and not alarm(house).open:
        return "closed"
    return found.life + "+" * (found.life == "ringing" and alarm(house).attended_by is not None)


def passes(seconds: int) -> Step:
    """So much time; the hub looks at once, and a second later at what followed."""

    def passing(house: Office) -> None:
        for one in (seconds, 1):
            house.clock.forward(one)
            house.tick()

    return passing


def at_the_door(house: PaperHub) -> None:
    data = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(alarm(house).number,))
    house.node("archive-1").says(data)


def taken_on(house: PaperHub) -> None:
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=alarm(house).number))


def closed(house: PaperHub) -> None:
    house.asks(LIU_YANG, m.AlarmClosed(alarm=alarm(house).number, finding_cause="work", finding="锁匠在换锁"))


CALL_OF_AN_ALARM = Grid(
    """
                again      ten-minutes  taken-on               at-the-door  closed
    ringing     .          .            answered               ringing+     -not-acknowledged
    ringing+    ringing    .            over                   .            -not-acknowledged
    answered    ringing    .            -already-acknowledged  over         closed
    over        ringing    .            -already-acknowledged  .            closed
    closed      ringing    .            -alarm-closed          .            -alarm-closed
    """,
    office(FORCED),
    call,
    {
        "again": FORCED,
        "ten-minutes": passes(601),
        "taken-on": taken_on,
        "at-the-door": at_the_door,
        "closed": closed,
    },
)
CALL_OF_A_TROUBLE = Grid(
    """
                again      a-second     delay-over  taken-on               mended
    waiting     .          .            ringing     over                   closed
    ringing     .          .            .           over                   closed
    over        waiting    .            .           -already-acknowledged  closed
    closed      waiting    .            .           -alarm-closed          .
    """,
    office(FAILS),
    call,
    {"again": FAILS, "a-second": passes(0), "delay-over": passes(301), "taken-on": taken_on, "mended": MENDED},
)


# ---------------------------------------------------------------- notices


def short_message(house: PaperHub) -> Notice:
    first = next(one.notice for one in house.journal(m.NoticeQueued) if one.channel == "sms")
    return also_put_away(house, Notice, first)


def notice(house: PaperHub) -> str:
    one = short_message(house)
    mark = (
        "+late" if one.overdue and one.state == "queued" else "+awaits" if one.awaits and one.state == "handed" else ""
    )
    return one.state + mark


def becomes(fact: Callable[[int], m.FactData]) -> Step:
    return lambda house: house.fact(fact(short_message(house).number), "notify")


NOTICE = Grid(
    """
                   handed   handed-over      delivered  failed  a-minute     an-hour
    queued         handed   handed+awaits    -          failed  queued+late  queued+late
    queued+late    handed   handed+awaits    -          failed  .            .
    handed+awaits  -        -                delivered  failed  .            failed
    handed         -        -                -          -       .            .
    delivered      -        -                -          -       .            .
    failed         -        -                -          -       .            .
    """,
    office(FORCED),
    notice,
    {
        "handed": becomes(lambda one: m.NoticeHanded(notice=one, attempt=1, repeat=False, awaits=False)),
        "handed-over": becomes(lambda one: m.NoticeHanded(notice=one, attempt=1, repeat=False, awaits=True)),
        "delivered": becomes(lambda one: m.NoticeDelivered(notice=one)),
        "failed": becomes(lambda one: m.NoticeFailed(notice=one, attempt=1, detail="no such number")),
        "a-minute": passes(61),
        "an-hour": passes(3900),
    },
)


# ---------------------------------------------------------------- calendars


def known(house: PaperHub) -> Calendar:
    return house.state.find(Calendar, 2026) or Calendar(2026)


def calendar(house: PaperHub) -> str:
    """The document that was imported last; `+old`: an earlier one is in force meanwhile."""
    one = known(house)
    if not one.version:
        return "none"
    if one.approved == one.version:
        return "in-force"
    return ("of-administrator" if one.imported_by == ZHAO_MIN else "of-officer") + ("+old" if one.approved else "")


def imports(person: int, new: int = 1, after: int = 1) -> Step:
    def step(house: PaperHub) -> None:
        version = known(house).version
        sha256 = f"{version + (new if version else 1):064x}"
        fact = m.CalendarImported(year=2026, version=version + after, sha256=sha256, off=("2026-10-01",))
        house.asks(person, fact)

    return step


def approves(person: int, back: int = 0) -> Step:
    def step(house: PaperHub) -> None:
        version = max(0, known(house).version - back)
        house.asks(person, m.CalendarApproved(year=2026, version=version, sha256=f"{version:064x}"))

    return step


CALENDAR = Grid(
    """
                          by-administrator      by-officer      the-same        skips             approved           the-one-before    by-the-administrator  by-the-duty
    none                  of-administrator      of-officer      of-administrator -calendar-changed -calendar-unknown  -calendar-unknown -not-allowed          -not-allowed
    of-administrator      .                     of-officer      -calendar-same  -calendar-changed in-force           -calendar-changed -not-allowed          -not-allowed
    of-officer            of-administrator      .               -calendar-same  -calendar-changed -same-person       -same-person      -not-allowed          -not-allowed
    in-force              of-administrator+old  of-officer+old  -calendar-same  -calendar-changed -calendar-approved -calendar-changed -not-allowed          -not-allowed
    of-administrator+old  .                     of-officer+old  -calendar-same  -calendar-changed in-force           -calendar-changed -not-allowed          -not-allowed
    of-officer+old        of-administrator+old  .               -calendar-same  -calendar-changed -same-person       -same-person      -not-allowed          -not-allowed
    """,  # noqa: E501 - a table is read across
    PaperHub,
    calendar,
    {
        "by-administrator": imports(ZHAO_MIN),
        "by-officer": imports(LIU_YANG),
        "the-same": imports(ZHAO_MIN, new=0),
        "skips": imports(ZHAO_MIN, new=2, after=2),
        "approved": approves(LIU_YANG),
        "the-one-before": approves(LIU_YANG, back=1),
        "by-the-administrator": approves(ZHAO_MIN),
        "by-the-duty": approves(WANG_FANG),
    },
)


# ---------------------------------------------------------------- windows


def archive_house() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    return house


def latest(house: PaperHub) -> Window | None:
    return max(house.state.all(Window), key=lambda one: one.number, default=None)


def window(house: PaperHub) -> str:
    """The newest window and the sealing that is planned for it; `x`: the window is cancelled, `!`: it is told that the
    area is not sealed, `#`: its end is over."""
    one = latest(house)
    if one is None:
        return "none"
    sealing = next(it.sealing for it in house.journal(m.SealingPlanned) if it.window == one.number)
    marks = "" if one.planned else "x"
    marks += "!" * house.whats().count("not-sealed") + "#" * (house.clock() >= one.ends)
    return also_put_away(house, Sealing, sealing).state + marks


def plan(house: PaperHub) -> None:
    times = {"starts": house.clock() + HOUR, "ends": house.clock() + 25 * HOUR}
    house.asks(WANG_FANG, m.WindowPlanned(window=0, title="国庆节", areas=("archive",), **times))


def unsealed_again(house: PaperHub) -> None:
    """What was sealed for a window that is over, or cancelled."""
    one, area = latest(house), house.state.area("archive")
    if area.state != "sealed" or one is None or (one.planned and house.clock() < one.ends):
        return
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, area.sealing)
    house.node("archive-1").holds()


def not_any_more(house: PaperHub) -> None:
    one = latest(house)
    house.asks(WANG_FANG, m.WindowCancelled(window=one.number if one else 1, reason="改期"))


def clock_at(moment: Callable[[Window], int]) -> Step:
    def looks(house: PaperHub) -> None:
        if one := latest(house):
            house.clock.now = max(house.clock(), moment(one))
        for _ in range(2):
            house.decide(lambda state, _site: missed.due(state, house.clock()))

    return looks


def sealed(house: PaperHub) -> None:
    one = latest(house)
    due = one is not None and one.planned and house.clock() < one.ends
    if due and house.state.area("archive").state == "unsealed":
        seal(house, "archive", "archive-1")


WINDOW = Grid(
    """
                  plan                 no-more               two-hours-in  its-end       sealed
    none          planned              -window-not-planned   .             .             .
    planned       -window-overlaps     cancelledx            planned!      cancelled#    sealed
    planned!      -window-overlaps     cancelledx            .             cancelled#    sealed
    sealed        -window-overlaps     sealedx               .             sealed#       .
    sealed#       planned              sealedx#              .             .             .
    sealedx       planned              -window-not-planned   .             sealedx#      .
    sealedx#      planned              -window-not-planned   .             .             .
    cancelledx    planned              -window-not-planned   .             cancelledx#   .
    cancelled#    planned              cancelledx#           .             .             .
    cancelledx#   planned              -window-not-planned   .             .             .
    """,
    archive_house,
    window,
    {
        "plan": (unsealed_again, plan),
        "no-more": not_any_more,
        "two-hours-in": clock_at(lambda one: one.starts + 2 * HOUR),
        "its-end": clock_at(lambda one: one.ends),
        "sealed": sealed,
    },
)


# ---------------------------------------------------------------- handing over


def handover(house: PaperHub) -> str:
    one = max(house.state.all(Handover), key=lambda it: it.number, default=None)
    if one is None:
        return "none"
    assert one.taken_by != one.given_by, "handed over to whoever gave it"
    assert one.number == len(house.journal(m.HandoverDrafted)), "one has taken the place of another"
    return "taken" if one.taken_at is not None else f"by-{'wang-fang' if one.given_by == WANG_FANG else 'zhou-qiang'}"


def drafts(person: int) -> Step:
    return lambda house: house.asks(person, m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=""))


def takes(person: int) -> Step:
    def step(house: PaperHub) -> None:
        newest = max((one.number for one in house.state.all(Handover)), default=1)
        house.asks(person, m.HandoverTaken(handover=newest))

    return step


HANDOVER = Grid(
    """
                  wang-fang-gives  zhou-qiang-gives  wang-fang-takes    zhou-qiang-takes   administrator-takes
    none          by-wang-fang     by-zhou-qiang     -handover-unknown  -handover-unknown  -not-allowed
    by-wang-fang  .                by-zhou-qiang     -handover-same     taken              -not-allowed
    by-zhou-qiang by-wang-fang     .                 taken              -handover-same     -not-allowed
    taken         by-wang-fang     by-zhou-qiang     -                  -                  -not-allowed
    """,
    PaperHub,
    handover,
    {
        "wang-fang-gives": drafts(WANG_FANG),
        "zhou-qiang-gives": drafts(ZHOU_QIANG),
        "wang-fang-takes": takes(WANG_FANG),
        "zhou-qiang-takes": takes(ZHOU_QIANG),
        "administrator-takes": takes(ZHAO_MIN),
    },
)

GRIDS = {
    "call-of-an-alarm": CALL_OF_AN_ALARM,
    "call-of-a-trouble": CALL_OF_A_TROUBLE,
    "notice": NOTICE,
    "calendar": CALENDAR,
    "window": WINDOW,
    "handover": HANDOVER,
}


@pytest.mark.parametrize("name", GRIDS)
def test_whatever_happens_in_a_state_comes_to_what_the_table_says(name: str) -> None:
    for state, action in GRIDS[name].pairs:
        GRIDS[name].check(state, action)


@pytest.mark.parametrize("name", GRIDS)
def test_anything_may_happen_in_any_order(name: str) -> None:
    run_state_machine_as_test(machine(GRIDS[name]), settings=WALK)


# ---------------------------------------------------------------- planted bugs


def who_was_answered_is_never_called_again(patch: Patch) -> None:
    known = escalation.again

    def again(state: State, number: int, now: int) -> Any:
        found = calling_fold.call_of(state, number)
        return iter(()) if found is not None and found.life == "answered" else known(state, number, now)

    patch.setattr(escalation, "again", again)


def an_answer_ends_the_call(patch: Patch) -> None:
    patch.setattr(escalation, "need", lambda state, call, ladder: "ring" if _rings(state, call) else "nothing")


def _rings(state: State, call: Call) -> bool:
    return any(line.unacknowledged for line in calling_fold.open_lines(state, call))


def nobody_answers_a_call(patch: Patch) -> None:
    change(patch, m.CallAnswered, fold=(lambda *_: None,))


def a_call_never_ends(patch: Patch) -> None:
    change(patch, m.CallEnded, fold=(lambda *_: None,))


def a_call_that_is_over_takes_no_more(patch: Patch) -> None:
    known = escalation.raised

    def raised(state: State, number: int, now: int) -> Any:
        row = state.find(Alarm, number)
        return known(state, number, now) if row is None or row.count == 1 else iter(())

    patch.setattr(escalation, "raised", raised)


def a_trouble_rings_at_once(patch: Patch) -> None:
    patch.setattr(ladders, "TROUBLE_DELAY", dict.fromkeys(ladders.TROUBLE_DELAY, 0))


def a_mended_trouble_rings_on(patch: Patch) -> None:
    patch.setattr(escalation, "settled", lambda state, number: iter(()))


def a_notice_is_settled_twice(patch: Patch) -> None:
    for kind in (m.NoticeHanded, m.NoticeDelivered, m.NoticeFailed):
        change(patch, kind, check=None)


def what_nobody_reports_was_handed(patch: Patch) -> None:
    change(patch, m.NoticeHanded, fold=(_never_awaited,))


def _never_awaited(state: State, entry: Any, data: m.NoticeHanded, person: int | None) -> None:
    calling_fold.apply_handed(state, entry, replace(data, awaits=False), person)


def a_failure_is_forgotten(patch: Patch) -> None:
    change(patch, m.NoticeFailed, fold=(lambda *_: None,))


def nobody_misses_a_report(patch: Patch) -> None:
    patch.setattr(notices, "REPORT_MS", 10**12)


def nobody_misses_a_worker(patch: Patch) -> None:
    patch.setattr(notices, "OVERDUE_MS", 10**12)


def whoever_imports_approves(patch: Patch) -> None:
    change(patch, m.CalendarApproved, second=None)


def the_administrator_approves(patch: Patch) -> None:
    change(patch, m.CalendarApproved, roles=frozenset({"security", "administrator"}))


def any_version_is_approved(patch: Patch) -> None:
    change(patch, m.CalendarApproved, check=None)


def any_version_is_imported(patch: Patch) -> None:
    change(patch, m.CalendarImported, check=None)


def an_import_is_in_force_at_once(patch: Patch) -> None:
    def imported(state: State, entry: Any, data: m.CalendarImported, person: int | None) -> None:
        calendar_facts.apply_imported(state, entry, data, person)
        row = state.find(Calendar, data.year)
        assert row is not None
        state.put(replace(row, approved=data.version, approved_sha256=data.sha256))

    change(patch, m.CalendarImported, fold=(imported,))


def an_import_takes_the_old_out_of_force(patch: Patch) -> None:
    def imported(state: State, entry: Any, data: m.CalendarImported, person: int | None) -> None:
        calendar_facts.apply_imported(state, entry, data, person)
        row = state.find(Calendar, data.year)
        assert row is not None
        state.put(replace(row, approved=0, approved_sha256=""))

    change(patch, m.CalendarImported, fold=(imported,))


def windows_overlap(patch: Patch) -> None:
    def unchecked(state: State, _site: Any, request: m.WindowPlanned) -> m.WindowPlanned:
        return replace(request, window=1 + max((one.number for one in state.all(Window)), default=0))

    change(patch, m.WindowPlanned, check=unchecked)


def a_window_is_cancelled_twice(patch: Patch) -> None:
    change(patch, m.WindowCancelled, check=None)


def a_cancelled_window_keeps_its_plan(patch: Patch) -> None:
    change(patch, m.WindowCancelled, follows=())


def a_plan_stays_for_ever(patch: Patch) -> None:
    known = missed.due
    patch.setattr(
        missed, "due", lambda state, now: (one for one in known(state, now) if not isinstance(one, m.SealingDropped))
    )


def nobody_misses_a_sealing(patch: Patch) -> None:
    patch.setattr(missed, "GRACE_MS", 10**12)
    change(patch, m.SealingMissed, follows=())


def it_is_missed_when_it_is_sealed(patch: Patch) -> None:
    change(patch, m.Sealed, follows=())


def nobody_needs_another_to_hand_over(patch: Patch) -> None:
    change(patch, m.HandoverTaken, second=None)


def it_is_taken_twice(patch: Patch) -> None:
    change(patch, m.HandoverTaken, check=None)


def anybody_takes_over(patch: Patch) -> None:
    change(patch, m.HandoverTaken, roles=None)


def the_first_hand_over_is_drafted_for_ever(patch: Patch) -> None:
    change(patch, m.HandoverDrafted, check=lambda state, site, data: replace(roster.draft(state, site), handover=1))


BUGS: dict[Callable[[Patch], None], Grid] = {
    who_was_answered_is_never_called_again: CALL_OF_AN_ALARM,
    an_answer_ends_the_call: CALL_OF_AN_ALARM,
    nobody_answers_a_call: CALL_OF_AN_ALARM,
    a_call_never_ends: CALL_OF_AN_ALARM,
    a_call_that_is_over_takes_no_more: CALL_OF_AN_ALARM,
    a_trouble_rings_at_once: CALL_OF_A_TROUBLE,
    a_mended_trouble_rings_on: CALL_OF_A_TROUBLE,
    a_notice_is_settled_twice: NOTICE,
    what_nobody_reports_was_handed: NOTICE,
    a_failure_is_forgotten: NOTICE,
    nobody_misses_a_report: NOTICE,
    nobody_misses_a_worker: NOTICE,
    whoever_imports_approves: CALENDAR,
    the_administrator_approves: CALENDAR,
    any_version_is_approved: CALENDAR,
    any_version_is_imported: CALENDAR,
    an_import_is_in_force_at_once: CALENDAR,
    an_import_takes_the_old_out_of_force: CALENDAR,
    windows_overlap: WINDOW,
    a_window_is_cancelled_twice: WINDOW,
    a_cancelled_window_keeps_its_plan: WINDOW,
    a_plan_stays_for_ever: WINDOW,
    nobody_misses_a_sealing: WINDOW,
    it_is_missed_when_it_is_sealed: WINDOW,
    nobody_needs_another_to_hand_over: HANDOVER,
    it_is_taken_twice: HANDOVER,
    anybody_takes_over: HANDOVER,
    the_first_hand_over_is_drafted_for_ever: HANDOVER,
}


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, NotPossible, pytest.fail.Exception)):
        run_state_machine_as_test(machine(BUGS[plant]), settings=hunting.HUNT)
