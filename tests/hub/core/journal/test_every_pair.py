"""Areas, sealings and alarms, every pair of state and event: what a person, a badge or a node does in each state, and
what comes of it. Each pair is tried by itself, from a state that was reached as people reach it; anything may happen at
random; and no row of the hub's own tables can be gone, or lead elsewhere, without one of these tables saying so."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings
from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import closing
from hub.core.alarms import life as alarm_life
from hub.core.calling import fold as calling_fold
from hub.core.refusal import NotPossible
from hub.core.sealing import area as area_sealing
from hub.core.sealing import course
from hub.core.state import Alarm, OrderOut, Sealing
from tests.hub.core.journal.test_office_pairs import GRIDS as OFFICE
from tests.hub.core.sealing.test_what_nodes_hold import freezes
from tests.support import hunting
from tests.support.grid import Grid, Step, machine
from tests.support.hub import seal
from tests.support.paper import CHEN_JIE, LIU_YANG, NOON, WANG_FANG, ZHANG_WEI, PaperHub
from tests.support.sealing import may_unseal, ready, unseal_order
from wire import messages as m

AREA, GATE, LID = "archive", "archive/iron-gate", "archive/lid"
HOUR = 3_600_000
WALK = settings(hunting.WALK, max_examples=25, stateful_step_count=25)


# ---------------------------------------------------------------- an area and its sealing


def planned_for_the_holiday() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    times = {"starts": NOON + HOUR, "ends": NOON + 240 * HOUR}
    house.asks(WANG_FANG, m.WindowPlanned(window=0, title="国庆节", areas=(AREA,), **times))
    return house


def newest(house: PaperHub) -> Sealing:
    """Also one that no later decision needs, and the hub has put away."""
    number = house.state.meta.next_sealing - 1
    found = house.state.find(Sealing, number) or house.rebuilt().find(Sealing, number)
    assert found is not None
    return found


def stands(house: PaperHub) -> str:
    """The area, and the newest sealing; `*`: without a plan or check, `!`: opened meanwhile, `2`: two have signed, `?`:
    an emergency opening that time would end. The node is told that the area is sealed from the badges that seal it to
    those that unseal it."""
    area, one = house.state.area(AREA), newest(house)
    told = area_sealing.sealed_areas(house.state, house.site, "archive-1")
    sealed = ("arming", "sealed", "unseal-ceremony", "change-ceremony", "changing")
    assert bool(told) == (area.state in sealed), "the node is told something else"
    marks = (
        one.adhoc and one.state in ("checking", "arming"),
        one.openings and one.state == "unsealing",
        len(one.signed) == 2 and one.state == "opened",
        one.state == "opened" and area.due_at is not None,
        area.word and area.state == "unsealing" and not area.loud,
    )
    return f"{area.state}/{one.state}" + "".join(itertools.compress("*!2?~", marks))


def as_ever(house: PaperHub) -> None:
    """Two people have signed for an emergency before, and the node is mended."""
    if stands(house) == "unsealed/opened":
        two_sign(house)
    life = house.state.life("archive-1")
    if life is not None and life.silent:
        house.fact(m.NodeBack(node="archive-1", silent_for=1))


def walked(house: PaperHub) -> None:
    as_ever(house)
    looked_at(house)


def looked_at(house: PaperHub) -> None:
    if house.state.area(AREA).state == "unsealed":
        ready(house, AREA)


def begin_check(house: PaperHub) -> None:
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area=AREA))


def orders(fact: m.SealingOrdered) -> Step:
    """Where it is refused, that is for how the area stands, and for nothing that might be made good."""

    def step(house: PaperHub) -> None:
        try:
            house.asks(WANG_FANG, fact)
        except NotPossible as refusal:
            if refusal.reason.startswith("area-is-"):
                raise
            pytest.fail(f"refused as {refusal.reason}")

    return step


def dropped(outcome: Any) -> Step:
    def drop(house: PaperHub) -> None:
        house.asks(WANG_FANG, m.SealingDropped(sealing=newest(house).number, area=AREA, outcome=outcome, reason="改期"))

    return drop


def badges(house: PaperHub) -> None:
    """Of two people, and not with one of before."""
    house.clock.forward(21)
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, house.state.area(AREA).sealing)


def the_node_obeys(house: PaperHub) -> None:
    house.node("archive-1").holds(*area_sealing.sealed_areas(house.state, house.site, "archive-1"))


def lets_go(house: PaperHub) -> None:
    """The node has seen two badges, and holds it no longer."""
    people = (ZHANG_WEI, WANG_FANG)
    number = house.state.area(AREA).sealing
    house.node("archive-1").says(m.Released(area=AREA, sealing=number, by="badges", people=people))


def admits(house: PaperHub) -> None:
    """The node has seen two badges for a change, and takes the list that it lacks."""
    node, number = house.node("archive-1"), house.state.area(AREA).sealing
    changes = house.state.area(AREA).state == "changing"
    if changes:
        node.says(m.Frozen(area=AREA, sealing=number, reader_node="archive-1", people=(), hash="ab" * 32))
    node.says(m.Permitted(area=AREA, sealing=number, people=(ZHANG_WEI, WANG_FANG), change=1))
    if changes:
        node.says(replace(freezes(house), sealing=number, change=1))
        node.takes("access")


def cancel(house: PaperHub) -> None:
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area=AREA, reason="by-hand", detail=""))


def time_is_up(house: PaperHub) -> None:
    area = house.state.area(AREA)
    house.decides(*[area_sealing.timed_out(area)] if area.due_at is not None else [])


def opening(house: PaperHub) -> None:
    """Of the gate, told as the node has it: under the sealing that it holds."""
    held = {one.area: one.sealing for one in area_sealing.held(house.state, house.site, "archive-1")}
    house.node("archive-1").opens(GATE, held.get(AREA))
    house.node("archive-1").closes(GATE, held.get(AREA))


def compared(house: PaperHub) -> None:
    if house.state.area(AREA).state == "sealed":
        may_unseal(house, AREA)


def two_sign(house: PaperHub) -> None:
    for person in (WANG_FANG, LIU_YANG):
        house.asks(person, m.EmergencySigned(sealing=0, area=AREA))


def dead_in_the_emergency(house: PaperHub) -> None:
    """The node, so that nobody can wait for it."""
    life = house.state.life("archive-1")
    if stands(house).startswith("unsealing/opened") and life is not None and not life.silent:
        house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))


SEALING = Grid(
    """
                               check             postpone           drop               order                   badges               obeys           cancel             time-up            opening                    unseal                     burns            sign              release         lets-go               change                   admits
    unsealed/planned           unsealed/checking unsealed/postponed unsealed/cancelled seal-ceremony/checking  .                    .               -                  .                  .                          -                          -                -                 -               .                     -                        .
    unsealed/checking          -                 unsealed/postponed unsealed/cancelled seal-ceremony/checking  .                    .               -                  .                  .                          -                          -                -                 -               .                     -                        .
    unsealed/postponed         unsealed/checking -                  -                  seal-ceremony/checking* .                    .               -                  .                  .                          -                          -                -                 -               .                     -                        .
    unsealed/cancelled         unsealed/checking -                  -                  seal-ceremony/checking* .                    .               -                  .                  .                          -                          -                -                 -               .                     -                        .
    seal-ceremony/checking     -                 -                  -                  -                       arming/arming        .               unsealed/checking  unsealed/checking  .                          -                          -                -                 -               .                     -                        .
    seal-ceremony/checking*    -                 -                  -                  -                       arming/arming*       .               unsealed/cancelled unsealed/cancelled .                          -                          -                -                 -               .                     -                        .
    arming/arming              -                 -                  -                  -                       .                    sealed/sealed   unsealed/checking  unsealed/checking  .                          -                          -                -                 -               .                     -                        .
    arming/arming*             -                 -                  -                  -                       .                    sealed/sealed   unsealed/cancelled unsealed/cancelled .                          -                          -                -                 -               .                     -                        .
    sealed/sealed              -                 -                  -                  -                       .                    .               -                  .                  sealed/breached            unseal-ceremony/unsealing  unsealing/opened -                 -               unsealing/unsealing~  change-ceremony/sealed   .
    sealed/breached            -                 -                  -                  -                       .                    .               -                  .                  .                          unseal-ceremony/unsealing! unsealing/opened -                 -               unsealing/unsealing!~ change-ceremony/breached .
    unseal-ceremony/unsealing  -                 -                  -                  -                       unsealing/unsealing  .               sealed/sealed      sealed/sealed      unseal-ceremony/unsealing! -                          unsealing/opened -                 -               unsealing/unsealing~  -                        .
    unseal-ceremony/unsealing! -                 -                  -                  -                       unsealing/unsealing! .               sealed/breached    sealed/breached    .                          -                          unsealing/opened -                 -               unsealing/unsealing!~ -                        .
    unsealing/unsealing        -                 -                  -                  -                       .                    unsealed/closed sealed/sealed      sealed/sealed      unsealing/unsealing!       -                          unsealing/opened -                 -               unsealing/unsealing~  -                        .
    unsealing/unsealing!       -                 -                  -                  -                       .                    unsealed/closed sealed/breached    sealed/breached    .                          -                          unsealing/opened -                 -               unsealing/unsealing!~ -                        .
    unsealing/unsealing~       -                 -                  -                  -                       .                    unsealed/closed -                  .                  unsealing/unsealing!~      -                          unsealing/opened -                 -               .                     -                        .
    unsealing/unsealing!~      -                 -                  -                  -                       .                    unsealed/closed -                  .                  .                          -                          unsealing/opened -                 -               .                     -                        .
    unsealing/opened           -                 -                  -                  -                       .                    unsealed/opened -                  .                  .                          -                          -                unsealing/opened2 unsealed/opened .                     -                        .
    unsealing/opened2          -                 -                  -                  -                       .                    unsealed/closed -                  .                  .                          -                          -                -                 unsealed/closed .                     -                        .
    unsealed/opened            unsealed/checking -                  -                  seal-ceremony/checking* .                    .               -                  .                  .                          -                          -                unsealed/closed   -               .                     -                        .
    unsealed/closed            unsealed/checking -                  -                  seal-ceremony/checking* .                    .               -                  .                  .                          -                          -                -                 -               .                     -                        .
    change-ceremony/sealed     -                 -                  -                  -                       changing/sealed      .               sealed/sealed      sealed/sealed      change-ceremony/breached   -                          unsealing/opened -                 -               unsealing/unsealing~  -                        .
    changing/sealed            -                 -                  -                  -                       .                    .               sealed/sealed      sealed/sealed      changing/breached          -                          unsealing/opened -                 -               unsealing/unsealing~  -                        sealed/sealed
    change-ceremony/breached   -                 -                  -                  -                       changing/breached    .               sealed/breached    sealed/breached    .                          -                          unsealing/opened -                 -               unsealing/unsealing!~ -                        .
    changing/breached          -                 -                  -                  -                       .                    .               sealed/breached    sealed/breached    .                          -                          unsealing/opened -                 -               unsealing/unsealing!~ -                        sealed/breached
    """,  # noqa: E501 - a table is read across
    begin=planned_for_the_holiday,
    state=stands,
    do={
        "check": (as_ever, begin_check),
        "postpone": dropped("postponed"),
        "drop": dropped("cancelled"),
        "order": (walked, orders(m.SealingOrdered(sealing=0, area=AREA, purpose="seal"))),
        "badges": badges,
        "obeys": the_node_obeys,
        "cancel": cancel,
        "time-up": time_is_up,
        "opening": opening,
        "unseal": (compared, orders(unseal_order(AREA))),
        "lets-go": lets_go,
        "change": orders(m.SealingOrdered(sealing=0, area=AREA, purpose="change", cause="门磁换线")),
        "admits": admits,
        "burns": lambda house: house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area=AREA, reason="起火")),
        "sign": two_sign,
        "release": (
            dead_in_the_emergency,
            lambda house: house.asks(LIU_YANG, m.SealingReleased(sealing=0, area=AREA)),
        ),
    },
)


def holds_a_forgotten_one(house: PaperHub) -> None:
    """The node of a hub that was put back from a backup: sealed under a number that the journal has not given out."""
    forgotten = m.SealedArea(area=AREA, sealing=house.state.meta.next_sealing + 5)
    house.node("archive-1").holds(forgotten)


def archive() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    return house


ADOPTED = Grid(
    """
                   order                  badges  obeys   holds-a-forgotten-one
    unsealed       seal-ceremony          .       .       sealed
    seal-ceremony  -area-is-seal-ceremony arming  .       sealed
    arming         -area-is-arming        .       sealed  .
    sealed         -area-is-sealed        .       .       .
    """,
    archive,
    lambda house: house.state.area(AREA).state,
    {
        "order": (looked_at, orders(m.SealingOrdered(sealing=0, area=AREA, purpose="seal"))),
        "badges": badges,
        "obeys": the_node_obeys,
        "holds-a-forgotten-one": holds_a_forgotten_one,
    },
)


# ---------------------------------------------------------------- orders


def order_of_plan(house: PaperHub) -> str:
    """The first order about the plan."""
    found = house.state.find(OrderOut, "archive-1", 1) or house.rebuilt().find(OrderOut, "archive-1", 1)
    assert found is not None
    waiting = [one.number for one in house.state.all(OrderOut) if (one.state, one.what) == ("open", "plan")]
    assert len(waiting) <= 1, "two orders about the same are open"
    return found.state


def refuses(reason: m.OrderRefusal) -> Step:
    return lambda house: house.node("archive-1").says(m.OrderRefused(order=1, mark=0, reason=reason))


ORDER = Grid(
    """
                newer       done  refused  too-late  revoked
    open        superseded  done  refused  .         superseded
    superseded  .           .     .        .         .
    done        .           .     .        .         .
    refused     .           .     .        .         .
    """,
    archive,
    order_of_plan,
    {
        "newer": lambda house: house.apply(house.site),
        "done": lambda house: house.node("archive-1").says(m.OrderDone(order=1, what="plan", sealed=())),
        "refused": refuses("not-usable"),
        "too-late": refuses("too-late"),
        "revoked": lambda house: house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin"),
    },
)


# ---------------------------------------------------------------- alarms


def about(what: str, *, sealed: bool = False) -> Callable[[str, Step, Step], Grid]:
    """The life of an alarm of this kind, from the first time that it happens. Somebody goes there before anything is
    written about it."""

    def begin(again: Step) -> Callable[[], PaperHub]:
        def of_now() -> PaperHub:
            house = PaperHub()
            house.node("archive-1")
            if sealed:
                seal(house, AREA, "archive-1")
            again(house)
            return house

        return of_now

    def latest(house: PaperHub) -> Alarm:
        number = max(one.alarm for one in house.journal(m.AlarmRaised) if one.what == what)
        found = house.state.find(Alarm, number) or house.rebuilt().find(Alarm, number)
        assert found is not None
        return found

    def once_more(again: Step) -> Step:
        """Each time that it happens is counted, or begins a new alarm."""

        def step(house: PaperHub) -> None:
            before = latest(house)
            again(house)
            after = latest(house)
            assert (after.number, after.count) > (before.number, before.count), "that it happened again is lost"

        return step

    def at_the_door(house: PaperHub) -> None:
        one = latest(house)
        if one.open and one.area is not None and one.attended_by is None:
            house.node("archive-1").says(
                m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(one.number,))
            )

    def found(house: PaperHub) -> None:
        number = latest(house).number
        house.asks(WANG_FANG, m.FindingWritten(alarm=number, finding_cause="forgotten", finding="风把门吹开了"))

    def closed(house: PaperHub) -> None:
        number = latest(house).number
        house.asks(LIU_YANG, m.AlarmClosed(alarm=number, finding_cause="forgotten", finding="风把门吹开了"))

    def grid(text: str, again: Step, over: Step) -> Grid:
        return Grid(
            text,
            begin(again),
            lambda house: latest(house).life,
            {
                "again": once_more(again),
                "over": over,
                "taken-on": lambda house: house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=latest(house).number)),
                "found": (at_the_door, found),
                "closed": (at_the_door, closed),
            },
        )

    return grid


def opened_again(place: str, what: str, number: int | None) -> Step:
    """Opened; or, where it stands open, cut and joined again."""

    def again(house: PaperHub) -> None:
        node = house.node("archive-1")
        if any(one.active for one in house.alarms() if one.what == what):
            node.level(place, "active", "open-circuit", number)
            node.level(place, "open-circuit", "active", number)
        else:
            node.opens(place, number)

    return again


def shut(place: str, number: int | None = None) -> Step:
    return lambda house: house.node("archive-1").closes(place, number)


def says(data: m.RecordData) -> Step:
    return lambda house: house.node("archive-1").says(data)


TAKES_TWO = about("opened-while-sealed", sealed=True)(
    """
                            again                   over                    taken-on              found             closed
    active-unacknowledged   .                       returned-unacknowledged active-acknowledged   -not-acknowledged -not-acknowledged
    active-acknowledged     active-unacknowledged   returned-acknowledged   -already-acknowledged -still-active     -still-active
    returned-unacknowledged active-unacknowledged   .                       returned-acknowledged -not-acknowledged -not-acknowledged
    returned-acknowledged   active-unacknowledged   .                       -already-acknowledged finding-written   -takes-two
    finding-written         active-unacknowledged   .                       -already-acknowledged .                 closed
    closed                  active-unacknowledged   .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    opened_again(GATE, "opened-while-sealed", 1),
    shut(GATE, 1),
)
TAKES_ONE = about("tamper")(
    """
                            again                   over                    taken-on              found             closed
    active-unacknowledged   .                       returned-unacknowledged active-acknowledged   -not-acknowledged -not-acknowledged
    active-acknowledged     active-unacknowledged   returned-acknowledged   -already-acknowledged -still-active     -still-active
    returned-unacknowledged active-unacknowledged   .                       returned-acknowledged -not-acknowledged -not-acknowledged
    returned-acknowledged   active-unacknowledged   .                       -already-acknowledged -takes-one        closed
    closed                  active-unacknowledged   .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    opened_again(LID, "tamper", None),
    shut(LID),
)
OF_A_MOMENT = about("forced")(
    """
                            again                   over                    taken-on              found             closed
    returned-unacknowledged .                       .                       returned-acknowledged -not-acknowledged -not-acknowledged
    returned-acknowledged   returned-unacknowledged .                       -already-acknowledged -takes-one        closed
    closed                  returned-unacknowledged .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    says(m.Forced(point=GATE)),
    shut(GATE),
)
OF_A_MOMENT_TAKES_TWO = about("badge-while-sealed", sealed=True)(
    """
                            again                   over  taken-on              found             closed
    returned-unacknowledged .                       .     returned-acknowledged -not-acknowledged -not-acknowledged
    returned-acknowledged   returned-unacknowledged .     -already-acknowledged finding-written   -takes-two
    finding-written         returned-unacknowledged .     -already-acknowledged .                 closed
    closed                  returned-unacknowledged .     -alarm-closed         -alarm-closed     -alarm-closed
    """,
    says(m.Denied(reader="archive/reader", credential="0" * 64, person=CHEN_JIE, reason="sealed", sealing=1)),
    lambda house: None,
)
TROUBLE = about("node-fault")(
    """
                            again                   over                    taken-on              found             closed
    active-unacknowledged   .                       closed                  active-acknowledged   -not-acknowledged -not-acknowledged
    active-acknowledged     active-unacknowledged   closed                  -already-acknowledged -still-active     -still-active
    closed                  active-unacknowledged   .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    says(m.Fault(part="loops", failed=True, detail="")),
    says(m.Fault(part="loops", failed=False, detail="")),
)
TROUBLE_OF_A_MOMENT = about("chatter")(
    """
                            again                   over                    taken-on              found             closed
    returned-unacknowledged .                       .                       closed                -not-acknowledged -not-acknowledged
    closed                  returned-unacknowledged .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    says(m.Chatter(point="archive/cabinet-1", edges=30, since=0, until=9, level="normal")),
    shut("archive/cabinet-1"),
)
MENDED = about("not-entered")(
    """
                            again                   over                    taken-on              found             closed
    closed                  .                       .                       -alarm-closed         -alarm-closed     -alarm-closed
    """,  # noqa: E501
    says(m.NotEntered(area=AREA, person=CHEN_JIE)),
    lambda house: None,
)

GRIDS = {
    "sealing": SEALING,
    "adopted": ADOPTED,
    "order": ORDER,
    "takes-two": TAKES_TWO,
    "takes-one": TAKES_ONE,
    "of-a-moment": OF_A_MOMENT,
    "of-a-moment-takes-two": OF_A_MOMENT_TAKES_TWO,
    "trouble": TROUBLE,
    "trouble-of-a-moment": TROUBLE_OF_A_MOMENT,
    "mended": MENDED,
}


@pytest.mark.parametrize("name", GRIDS)
def test_whatever_happens_in_a_state_comes_to_what_the_table_says(name: str) -> None:
    for state, action in GRIDS[name].pairs:
        GRIDS[name].check(state, action)


TestAnythingWithASealing = machine(SEALING).TestCase
TestAnythingWithASealing.settings = WALK
TestAnythingWithAnAlarm = machine(TAKES_TWO).TestCase
TestAnythingWithAnAlarm.settings = WALK


# ---------------------------------------------------------------- the hub's own tables

TABLES: dict[str, tuple[ModuleType, str]] = {
    "areas": (area_sealing, "SEAL"),
    "told": (area_sealing, "ON_NODES"),
    "courses": (course, "COURSE"),
    "lives": (alarm_life, "LIFE"),
    "orders": (order_numbers, "ORDER"),
    "notices": (calling_fold, "NOTICE"),
    "births": (alarm_life, "BORN"),
    "refusals": (alarm_life, "REFUSALS"),
    "barred": (closing, "BARRED"),
}
ALL = GRIDS | {"notice": OFFICE["notice"]}
ROWS = [(name, row) for name, (module, table) in TABLES.items() for row in getattr(module, table)]
CRIES = (AssertionError, KeyError, NotPossible, pytest.fail.Exception)
Pairs = dict[tuple[str, Any], list[tuple[str, str, str]]]


class Watched(dict[Any, Any]):
    """A table that writes down which of its rows were asked for."""

    asked: set[Any]

    def __getitem__(self, row: Any) -> Any:
        self.asked.add(row)
        return super().__getitem__(row)

    def __contains__(self, row: object) -> bool:
        self.asked.add(row)
        return super().__contains__(row)

    def get(self, row: Any, default: Any = None) -> Any:
        self.asked.add(row)
        return super().get(row, default)


@pytest.fixture(scope="module")
def asking() -> Pairs:
    """For each row, the pairs above that ask for it: grid, state, action."""
    found: Pairs = {}
    with pytest.MonkeyPatch.context() as patch:
        watched = {}
        for name, (module, table) in TABLES.items():
            watched[name] = Watched(getattr(module, table))
            patch.setattr(module, table, watched[name])
        for name, grid in ALL.items():
            for state, action in grid.pairs:
                for one in watched.values():
                    one.asked = set()
                grid.check(state, action)
                for table, one in watched.items():
                    for row in one.asked:
                        found.setdefault((table, row), []).append((name, state, action))
    return found


def found_by(pairs: list[tuple[str, str, str]]) -> bool:
    for name, state, action in pairs:
        try:
            ALL[name].check(state, action)
        except CRIES:
            return True
    return False


def _name(row: Any) -> str:
    return " ".join(map(str, row)) if isinstance(row, tuple) else str(row)


@pytest.mark.parametrize(("name", "row"), ROWS, ids=_name)
def test_no_row_can_lead_elsewhere_or_be_gone(
    name: str, row: Any, asking: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, attribute = TABLES[name]
    table = getattr(module, attribute)
    pairs = asking[name, row]
    elsewhere = next(one for one in table.values() if one != table[row])
    monkeypatch.setitem(table, row, elsewhere)
    assert found_by(pairs), f"it may lead to {elsewhere}, and nobody cries"
    monkeypatch.delitem(table, row)
    assert found_by(pairs), "it may be gone, and nobody cries"


def test_no_row_can_be_added_that_anybody_would_ask_for(asking: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not in a table of states is refused, or nothing comes of it."""
    added = 0
    for name, row in asking:
        module, attribute = TABLES[name]
        table = getattr(module, attribute)
        if name in ("areas", "courses", "lives", "orders", "notices") and row not in table:
            elsewhere = next(one for one in table.values() if one != row[0])
            with monkeypatch.context() as patch:
                patch.setitem(table, row, elsewhere)
                assert found_by(asking[name, row]), f"{row} may lead to {elsewhere}, and nobody cries"
            added += 1
    assert added > 30
