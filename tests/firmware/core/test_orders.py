"""An order is carried out once, in the boot and the time it was meant for, and what became of it is always told."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core.effects import Contact, Save, Saved
from tests.firmware.core.cast import ACCESS, BOARD, NOON, ZHANG_WEI, Bench, plan, seal_order, working
from wire.messages import (
    AccessList,
    Ceremony,
    Granted,
    LevelChanged,
    OrderDone,
    OrderRefused,
    Plan,
    PlanPoint,
    PlanReader,
    Quiet,
    Respond,
    SelfTest,
    Started,
    Unseal,
)

SEALED = seal_order(5)


def refusals(bench: Bench) -> list[str]:
    return [refused.reason for refused in bench.told(OrderRefused)]


def with_points(*points: PlanPoint) -> Plan:
    return msgspec.structs.replace(plan(), points=points)


def with_readers(*readers: PlanReader) -> Plan:
    return msgspec.structs.replace(plan(), readers=readers)


DOOR = PlanPoint(place="archive/door", kind="door", terminal=1, input="two-state")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (plan(version=8), "plan"),
        (ACCESS, "access"),
        (SEALED, "seal"),
        (Unseal(area="archive", sealing=5), "unseal"),
        (Quiet(area="archive", word=""), "quiet"),
        (Ceremony(reader="archive/reader", purpose="seal", sealing=5, seconds=20), "ceremony"),
        (Respond(area="archive", alarms=(1,)), "respond"),
        (SelfTest(seconds=1), "self-test"),
    ],
)
def test_every_kind_is_done_and_its_number_is_on_disk_in_the_same_step(data: Plan | AccessList, kind: str) -> None:
    bench = working()
    effects = bench.order(data, number=4)
    (done,) = bench.told(OrderDone)
    assert (done.order, done.what) == (4, kind)
    assert Save({"mark": 4}) in effects
    assert bench.node.here(bench.now, 1, "", 0).mark == 4


def test_a_repeat_is_passed_over_in_silence() -> None:
    bench = working()
    bench.order(SelfTest(seconds=1), number=4)
    assert bench.order(SelfTest(seconds=1), number=4) == []


def test_a_lower_number_is_refused_once_and_not_each_time_it_comes() -> None:
    bench = working()
    bench.order(SelfTest(seconds=1), number=4)
    for _ in range(100):
        bench.order(SEALED, number=3)
    assert bench.told(OrderRefused) == [OrderRefused(order=3, mark=4, reason="old-number")]
    assert bench.node.beat_every() == 10_000


def test_a_number_on_disk_still_counts_after_a_start() -> None:
    bench = working(Saved(plan=plan(), access=ACCESS, mark=9, trusted_wall=NOON))
    bench.order(SEALED, number=8)
    assert refusals(bench) == ["old-number"]


def test_an_order_for_another_boot_is_refused() -> None:
    bench = working()
    bench.order(SEALED, boot="boot-0")
    assert refusals(bench) == ["other-boot"]


def test_an_order_is_good_up_to_its_uptime() -> None:
    bench = working()
    bench.order(SelfTest(seconds=1), until=bench.mono)
    bench.order(SelfTest(seconds=1), until=bench.mono - 1)
    assert refusals(bench) == ["too-late"]
    assert len(bench.told(OrderDone)) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (with_points(msgspec.structs.replace(DOOR, terminal=99)), "not-usable"),
        (with_points(msgspec.structs.replace(DOOR, input="supervised")), "not-usable"),
        (with_points(DOOR, msgspec.structs.replace(DOOR, place="archive/gate")), "not-usable"),
        (with_points(DOOR, msgspec.structs.replace(DOOR, terminal=2)), "not-usable"),
        (with_readers(PlanReader(place="archive/reader", port="r9")), "not-usable"),
        (seal_order(5, "cellar"), "unknown-area"),
        (Ceremony(reader="cellar/reader", purpose="seal", sealing=5, seconds=20), "unknown-reader"),
        (Respond(area="cellar", alarms=(1,)), "unknown-area"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(data: Plan, reason: str) -> None:
    bench = working()
    effects = bench.order(data, number=4)
    assert refusals(bench) == [reason]
    assert not any(isinstance(effect, Save) for effect in effects)
    assert bench.node.here(bench.now, 1, "", 0).mark == 0


def test_what_was_refused_may_come_again_when_it_can_be_done() -> None:
    bench = working(Saved(access=ACCESS, trusted_wall=NOON))
    bench.order(SEALED, number=4)
    bench.order(plan(), number=3)
    bench.order(SEALED, number=4)
    assert refusals(bench) == ["unknown-area"]
    assert [done.order for done in bench.told(OrderDone)] == [3, 4]


def test_a_plan_may_not_forget_an_area_that_is_sealed() -> None:
    bench = working()
    bench.order(SEALED)
    bench.order(Plan(version=8, points=(), readers=(), areas=()))
    assert refusals(bench) == ["frozen"]


def test_a_node_without_a_plan_only_listens_to_orders() -> None:
    bench = Bench(Saved())
    bench.run(3)
    bench.badge(ZHANG_WEI)
    assert bench.told(Started)[0].plan == 0
    assert bench.told(LevelChanged, Granted) == []
    assert bench.node.here(bench.now, 1, "", 0).levels == {}


def test_a_new_plan_judges_every_terminal_by_what_it_said_last() -> None:
    bench = working(Saved(access=ACCESS, trusted_wall=NOON))
    bench.step(Contact(1, False, bench.mono))
    bench.order(plan())
    bench.mono += 100
    bench.levels["archive/corridor-door"] = "active"
    bench.run(1)
    (change,) = bench.told(LevelChanged)
    assert (change.point, change.was, change.now) == ("archive/corridor-door", "normal", "active")


def test_a_point_moved_to_another_terminal_tells_the_difference_from_before() -> None:
    bench = working()
    bench.open("archive/window")
    moved = [
        msgspec.structs.replace(point, terminal=8) if point.place == "archive/window" else point
        for point in plan().points
    ]
    bench.step(Contact(8, True, bench.mono))
    bench.order(with_points(*moved))
    bench.run(1)
    assert [change.now for change in bench.told(LevelChanged)] == ["active", "normal"]


def test_a_plan_that_changes_nothing_tells_nothing() -> None:
    bench = working()
    bench.open("archive/window")
    bench.forget()
    bench.order(plan(version=8))
    bench.run(2)
    assert bench.told(LevelChanged) == []


def test_the_beat_says_what_is_in_force() -> None:
    bench = working()
    here = bench.node.here(bench.now, 12, "ab" * 32, 10)
    assert (here.seq, here.freed, here.plan, here.access, here.sealed) == (12, 10, 7, 3, ())
    assert here.echo is not None
    assert set(here.levels) == {point.place for point in plan().points}


def test_every_terminal_of_the_board_can_be_planned() -> None:
    points = tuple(
        PlanPoint(place=f"archive/p{one.number}", kind="window", terminal=one.number, input=one.input)
        for one in BOARD.terminal
    )
    bench = working()
    bench.order(with_points(*points))
    assert refusals(bench) == []
