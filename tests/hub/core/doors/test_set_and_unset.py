"""An area that is set and unset: what an opening in it is, who is told, and what other nodes of the area are told."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest
from msgspec.structs import replace

from hub.core.alarms import of_points
from hub.core.alarms.kinds import COLUMNS, KINDS, Column
from hub.core.alarms.of_points import alarm_of_level
from hub.core.nodes import order_content
from hub.core.site.document import Site
from hub.core.state import Guarded, OrderOut
from tests.support.hub import OWN, FakeNode
from tests.support.paper import WANG_FANG, ZHANG_WEI, PaperHub, demo_site, two_nodes_guard_the_archive
from wire import board
from wire import messages as m

BOARD = board.load()
ARCHIVE, GATE, CABINET, WINDOW = "archive", "archive/iron-gate", "archive/cabinet-1", "archive/security-window"
DAY, NIGHT = "2026-09-21T10:00", "2026-09-21T22:00"
"""A Monday: within the hours of the archive, and out of them."""

# What the security officer reads: kind of point, and what an opening of it is, with its priority.
_SAFE = (
    "",
    "safe-opened-in-overtime 3",
    "opened-out-of-hours 2",
    "safe-opened-while-set 1",
    "safe-opened-while-set 1",
)
_SET = ("opened-while-set 2", "opened-while-set 1")
TABLE: dict[m.PointKind, tuple[str, ...]] = {
    # kind    unset, overtime, out of hours, set in hours, set out of hours
    "door": ("", "", "", *_SET),
    "gate": ("", "", "", *_SET),
    "window": ("", "", "window-out-of-hours 3", *_SET),
    "cabinet": ("", "", "opened-out-of-hours 2", *_SET),
    "safe": _SAFE,
    "bolt": _SAFE,
    "seal": ("", "", "", "seal-broken 2", "seal-broken 1"),
    "tamper": ("tamper 2", "tamper 2", "tamper 1", "tamper 1", "tamper 1"),
    "water": ("water 2", "water 2", "water 1", "water 1", "water 1"),
    "smoke": ("smoke 1",) * 5,
    "panic": ("panic 1",) * 5,
    "exit-button": ("",) * 5,
    "set-button": ("",) * 5,
}


def at(local: str, site: Site | None = None) -> PaperHub:
    house = PaperHub(site or demo_site())
    goes_to(house, "2026-09-14T12:00")
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    goes_to(house, local)
    return house


def goes_to(house: PaperHub, local: str) -> None:
    house.clock.now = int(datetime.fromisoformat(local).replace(tzinfo=house.site.zone).timestamp() * 1000)


def stands(house: PaperHub, column: Column) -> tuple[FakeNode, int | None]:
    """The archive stands so; its node, and the number that it stamps with."""
    goes_to(house, DAY if column in ("unset", "set") else NIGHT)
    node = house.node("archive-1")
    node.sets(ARCHIVE, 1, ago=7200)
    if column in ("set", "set-out"):
        return node, 1
    until = house.clock() + 3_600_000 if column == "overtime" else None
    node.unsets(ARCHIVE, 2, until=until, ago=7000)
    return node, None


def told(house: PaperHub, node: str) -> m.OrderData:
    """What a node is told of how the archive stands."""
    return order_content.compose(house.state, house.site, BOARD, node, f"guard/{ARCHIVE}", house.clock())


def with_a(kind: m.PointKind) -> Site:
    site = demo_site()
    points = tuple(replace(one, kind=kind) if one.place == CABINET else one for one in site.point)
    return replace(site, point=points)


@pytest.mark.parametrize("column", COLUMNS[:-1])
@pytest.mark.parametrize("kind", get_args(m.PointKind))
def test_what_is_opened_is_what_the_table_says(kind: m.PointKind, column: Column) -> None:
    house = at(DAY, with_a(kind))
    node, number = stands(house, column)
    node.opens(CABINET, guard=number)
    said = [f"{one.what} {one.priority}" for one in house.alarms() if one.place == CABINET]
    assert said == [one for one in [TABLE[kind][COLUMNS.index(column)]] if one]
    house.check()


def test_nobody_is_told_of_the_safe_that_is_opened_on_the_walk_before_a_sealing() -> None:
    house = at(DAY, with_a("safe"))
    node, _ = stands(house, "overtime")
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area=ARCHIVE))
    node.opens(CABINET)
    assert house.whats() == []


@pytest.mark.parametrize("kind", get_args(m.PointKind))
def test_a_cut_wire_is_tamper_wherever_it_is_and_a_seals_is_broken_while_guarded(kind: m.PointKind) -> None:
    for column in COLUMNS:
        broken = kind == "seal" and column in ("set", "set-out", "sealed")
        wanted = None if kind.endswith("-button") else "seal-broken" if broken else "loop-tamper"
        assert alarm_of_level(kind, "open-circuit", column) == wanted


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("unset", "chatter 3"),
        ("overtime", "chatter 3"),
        ("out", "chatter 3"),
        ("set", "chatter-while-set 2"),
        ("set-out", "chatter-while-set 1"),
        ("sealed", "chatter-while-sealed 1"),
    ],
)
def test_a_contact_that_chatters_is_as_urgent_as_what_it_guards(column: Column, wanted: str) -> None:
    house = at(DAY)
    node, number = stands(house, column) if column != "sealed" else (house.node("archive-1"), None)
    sealing = 1 if column == "sealed" else None
    node.says(m.Chatter(point=GATE, edges=21, since=0, until=1, level="normal", guard=number, sealing=sealing))
    assert [f"{one.what} {one.priority}" for one in house.alarms()] == [wanted]


@pytest.mark.parametrize("what", KINDS)
def test_whatever_happens_is_never_less_urgent_where_more_is_guarded(what: str) -> None:
    unset, overtime, out, when_set, set_out, sealed = KINDS[what].priorities
    assert unset == overtime
    assert sealed <= set_out <= when_set <= out <= unset or what in SAID_OTHERWISE


SAID_OTHERWISE = {"window-out-of-hours"}
"""Told by kinds of their own where more is guarded."""


@pytest.mark.parametrize(
    ("column", "wanted"),
    [("unset", []), ("overtime", ["forced 2"]), ("out", ["forced 2"])],
)
def test_a_door_without_a_badge_waits_for_one_in_hours_alone(column: Column, wanted: list[str]) -> None:
    house = at(DAY)
    node, _ = stands(house, column)
    node.says(m.Forced(point=GATE))
    assert [f"{one.what} {one.priority}" for one in house.alarms()] == wanted


@pytest.mark.parametrize(
    ("column", "priority"), [("unset", 2), ("overtime", 2), ("out", 1), ("set", 1), ("set-out", 1)]
)
def test_the_fifth_wrong_badge_is_urgent_where_nobody_ought_to_be(column: Column, priority: int) -> None:
    house = at(DAY)
    node, _ = stands(house, column)
    for _ in range(5):
        node.denies("archive/reader", None, "unknown")
    assert house.alarm("denied-five-times").priority == priority


def test_colleagues_who_wait_for_the_keeper_have_tried_no_wrong_badge() -> None:
    house = at(DAY)
    node, _ = stands(house, "set")
    for _ in range(12):
        node.denies("archive/reader", ZHANG_WEI, "set")
    assert house.whats() == []


@pytest.mark.parametrize(
    ("column", "priority", "seconds"), [("unset", 3, 300), ("out", 2, 30), ("set", 2, 30), ("set-out", 1, 30)]
)
def test_a_silent_node_is_as_urgent_as_what_it_guards(column: Column, priority: int, seconds: int) -> None:
    house = at(DAY)
    stands(house, column)
    house.fact(m.NodeSilent(node="archive-1", last_heard=house.clock(), sealed=()))
    assert house.alarm("node-silent").priority == priority
    assert [call.wait for call in house.journal(m.CallOpened)] == [seconds * 1000]
    house.fact(m.NodeBack(node="archive-1", silent_for=1))
    assert not [one for one in house.alarms() if one.active]


# ---------------------------------------------------------------- set and unset


def test_who_has_set_and_unset_it_is_known() -> None:
    house = at(DAY)
    node = house.node("archive-1")
    node.says(m.AreaSet(area=ARCHIVE, number=1, by="badge", person=ZHANG_WEI, inside=1))
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert (row.state, row.number, row.by, row.people, row.since) == ("set", 1, "badge", (ZHANG_WEI,), house.clock())
    house.clock.forward(60)
    node.says(m.AreaUnset(area=ARCHIVE, number=2, by="two", people=(ZHANG_WEI, WANG_FANG), until=house.clock() + 9))
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert (row.state, row.number, row.by, row.people) == ("unset", 2, "two", (ZHANG_WEI, WANG_FANG))
    assert (row.until, row.since) == (house.clock() + 9, house.clock())
    house.check()


@pytest.mark.parametrize("before", ["set", "unset"])
@pytest.mark.parametrize("after", ["set", "unset"])
def test_whatever_it_was_it_is_what_its_node_says(before: m.GuardState, after: m.GuardState) -> None:
    house = at(DAY)
    node = house.node("archive-1")
    for number, state in enumerate((before, after), 1):
        if state == "set":
            node.sets(ARCHIVE, number)
        else:
            node.unsets(ARCHIVE, number)
        house.clock.forward(60)
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert (row.state, row.number) == (after, 2)
    house.check()


def test_what_a_start_says_of_it_is_so_whatever_a_backup_has_forgotten() -> None:
    house = at(NIGHT)
    node = house.node("archive-1")
    node.unsets(ARCHIVE, 1)
    held = m.GuardedArea(area=ARCHIVE, state="set", number=4)
    node.says(m.Started(version="1", factory="mock", plan=1, sealed=(), guards=(held,)))
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert (row.state, row.number) == ("set", 4)
    house.check()


def test_what_the_hour_leaves_open_is_told_to_the_keeper_until_it_is_shut() -> None:
    house = at(NIGHT)
    node = house.node("archive-1")
    node.opens(WINDOW)
    node.sets(ARCHIVE, 1, left_open=(WINDOW,))
    alarm = house.alarm("left-open")
    assert (alarm.place, alarm.klass, alarm.priority) == (WINDOW, "trouble", 3)
    assert [call.ladder for call in house.journal(m.CallOpened)][-1] == "closing"
    node.closes(WINDOW)
    assert "left-open" not in house.whats()
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert row.left_open == ()
    house.check()


def test_what_another_node_sees_open_is_left_open_too() -> None:
    house = at(NIGHT, two_nodes_guard_the_archive())
    house.node("computer-1").opens(WINDOW)
    house.node("archive-1").sets(ARCHIVE, 1)
    assert house.alarm("left-open").place == WINDOW
    house.node("computer-1").level(WINDOW, "active", "normal")
    house.node("computer-1").opens(WINDOW, guard=1)
    assert house.alarm("opened-while-set").place == WINDOW
    house.check()


@pytest.mark.parametrize(
    "data",
    [
        m.NotSet(area=ARCHIVE, points=(WINDOW,), inside=1),
        m.SetRefused(area=ARCHIVE, person=ZHANG_WEI, points=(WINDOW,)),
    ],
)
def test_what_is_not_set_is_told_to_the_keeper_and_over_once_it_is(data: m.RecordData) -> None:
    house = at(NIGHT)
    node = house.node("archive-1")
    node.says(data)
    what = "not-set" if isinstance(data, m.NotSet) else "set-refused"
    assert (house.alarm(what).klass, house.alarm(what).priority) == ("trouble", 3)
    node.sets(ARCHIVE, 1)
    assert what not in house.whats()
    house.check()


def test_somebody_who_was_shut_in_and_has_shown_a_badge_is_over() -> None:
    house = at(NIGHT)
    node, number = stands(house, "set-out")
    node.says(m.SomebodyInside(area=ARCHIVE, by="button", number=number or 0))
    assert (house.alarm("somebody-inside").priority, house.alarm("somebody-inside").active) == (2, True)
    node.says(m.SomebodyOut(area=ARCHIVE, person=ZHANG_WEI))
    assert not house.alarm("somebody-inside").active
    house.check()


def test_who_opens_up_alone_is_told_of_where_that_is_enough() -> None:
    house = at(NIGHT)
    node, _ = stands(house, "set-out")
    node.unsets(ARCHIVE, 2, by="told", until=house.clock() + 1)
    assert [call.ladder for call in house.journal(m.CallOpened)] == ["told"]
    assert house.alarm("unset-out-of-hours").klass == "trouble"


# ---------------------------------------------------------------- other nodes, and late records


def test_the_areas_other_nodes_are_told_and_what_they_do_is_known() -> None:
    house = at(DAY, two_nodes_guard_the_archive())
    house.node("archive-1").sets(ARCHIVE, 4)
    orders = [one for one in house.state.all(OrderOut) if one.what == "guard/archive"]
    assert [one.node for one in orders] == ["computer-1"]
    assert told(house, "computer-1") == m.Guard(area=ARCHIVE, state="set", number=4)
    house.node("archive-1").unsets(ARCHIVE, 5)
    assert told(house, "computer-1") == m.Guard(area=ARCHIVE, state="unset", number=5)


@pytest.mark.parametrize(
    ("ago", "wanted"),
    [(3600, []), (1200, ["opened-while-set"]), (60, ["opened-while-set"])],
)
def test_what_another_node_tells_late_is_judged_by_how_the_area_stood_then(ago: float, wanted: list[str]) -> None:
    house = at(DAY, two_nodes_guard_the_archive())
    house.node("archive-1").unsets(ARCHIVE, 1, ago=7200)
    house.node("archive-1").sets(ARCHIVE, 2, ago=1800)
    house.node("computer-1").opens(WINDOW, ago=ago)
    assert house.whats() == wanted
    house.check()


def test_what_happened_while_it_was_set_stays_so_when_it_is_told_after() -> None:
    house = at(DAY, two_nodes_guard_the_archive())
    house.node("archive-1").sets(ARCHIVE, 1, ago=3600)
    house.node("archive-1").unsets(ARCHIVE, 2, ago=600)
    house.node("computer-1").opens(WINDOW, ago=1200)
    assert house.whats() == ["opened-while-set"]


def test_an_opening_while_set_is_no_repeat_of_one_that_was_less_urgent() -> None:
    house = at(DAY)
    node, number = stands(house, "set")
    node.opens(CABINET, guard=number)
    assert house.alarm("opened-while-set").priority == 2
    node.level(CABINET, "active", "normal", guard=number)
    goes_to(house, NIGHT)
    node.opens(CABINET, guard=number)
    assert sorted(one.priority for one in house.alarms()) == [1, 2]
    house.check()


def test_a_node_of_another_area_sets_and_unsets_nothing() -> None:
    house = at(NIGHT)
    stands(house, "set-out")
    house.node("cipher-1").unsets(ARCHIVE, 9)
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert row.state == "set"
    assert "impossible-record" in house.whats()


def test_all_that_is_one_alarm_an_area_is_in_the_table() -> None:
    assert set(of_points.EVERYDAY) == {row[2] for row in of_points.ACTIVE.values() if row[2] and row[0] is None}


# ---------------------------------------------------------------- who says so, and for how long that holds


def test_a_node_that_follows_and_starts_with_old_news_changes_nothing() -> None:
    house = at(DAY, two_nodes_guard_the_archive())
    house.node("archive-1").sets(ARCHIVE, 4)
    stale = m.GuardedArea(area=ARCHIVE, state="unset", number=3)
    house.node("computer-1").says(m.Started(version="1", factory="mock", plan=1, sealed=(), guards=(stale,)))
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert (row.state, row.number) == ("set", 4)
    assert told(house, "computer-1") == m.Guard(area=ARCHIVE, state="set", number=4)
    house.check()


def not_guarded_any_more(house: PaperHub) -> None:
    areas = tuple(replace(one, guard=False) if one.name == ARCHIVE else one for one in house.site.area)
    house.apply(replace(house.site, area=areas))


def test_an_area_that_is_not_guarded_any_more_is_not_set_whatever_was_told_before() -> None:
    house = at(NIGHT, two_nodes_guard_the_archive())
    house.node("archive-1").sets(ARCHIVE, 1)
    not_guarded_any_more(house)
    house.node("computer-1").opens(WINDOW)
    assert house.whats() == []
    house.fact(m.NodeSilent(node="archive-1", last_heard=house.clock(), sealed=()))
    assert house.alarm("node-silent").priority == 3
    house.asks(WANG_FANG, m.SealingChecking(sealing=0, area=ARCHIVE))


def test_what_its_node_has_recorded_under_a_number_is_an_alarm_also_when_it_is_told_after() -> None:
    house = at(NIGHT)
    house.node("archive-1").sets(ARCHIVE, 1)
    not_guarded_any_more(house)
    house.node("archive-1").opens(GATE, guard=1, ago=60)
    assert house.whats() == ["opened-while-set"]


@pytest.mark.parametrize(
    "data",
    [
        m.NotSet(area=ARCHIVE, points=(WINDOW,), inside=0),
        m.SetRefused(area=ARCHIVE, person=ZHANG_WEI, points=(WINDOW,)),
        m.AreaSet(area=ARCHIVE, number=1, by="time", left_open=(WINDOW,)),
        m.SomebodyInside(area=ARCHIVE, by="button", number=1),
    ],
)
def test_what_lasts_of_it_is_over_when_it_is_not_guarded_any_more(data: m.RecordData) -> None:
    house = at(NIGHT)
    house.node("archive-1").says(data)
    assert [one for one in house.alarms() if one.active]
    not_guarded_any_more(house)
    assert [one for one in house.alarms() if one.active] == []


@pytest.mark.parametrize("how", ["unset", "attended"])
def test_somebody_inside_who_has_shown_nothing_is_over_when_people_have_come(how: str) -> None:
    """Else nobody could ever close it."""
    house = at(NIGHT)
    node = house.node("archive-1")
    node.sets(ARCHIVE, 1)
    node.says(m.SomebodyInside(area=ARCHIVE, by="door", number=1))
    if how == "unset":
        node.unsets(ARCHIVE, 2)
    else:
        node.says(m.Attended(reader="archive/reader", credential=OWN, person=ZHANG_WEI, alarms=()))
    assert not house.alarm("somebody-inside").active


def test_a_node_of_another_area_ends_no_trouble_of_it() -> None:
    house = at(NIGHT)
    house.node("archive-1").says(m.NotSet(area=ARCHIVE, points=(), inside=1))
    house.node("cipher-1").sets(ARCHIVE, 9)
    assert house.alarm("not-set").active
