"""What beats tell beyond the records: fresh break-ins behind a backlog or a bad disk, and what that disk lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from hub.core.nodes import contradiction, node_disk
from hub.core.site.document import Site
from hub.core.state import Life, OrderOut, State
from tests.support.hub import FakeNode, seal
from tests.support.paper import WANG_FANG, PaperHub
from wire import messages as m

GATE, WINDOW, LID = "archive/iron-gate", "archive/window", "archive/case"


class Room:
    """The archive, sealed or not, whose node is heard by its beats."""

    def __init__(self, sealed: bool = True) -> None:
        self.house = PaperHub()
        self.archive: FakeNode = self.house.node("archive-1")
        self.number = seal(self.house, "archive", "archive-1") if sealed else None
        self.newest: tuple[str, int] | None = None

    def beats(self, levels: dict[str, m.Level] | None = None, **changes: Any) -> list[str]:
        """A beat of now; returns the kinds of what was journalled of it."""
        sealed = (m.SealedArea(area="archive", sealing=self.number),) if self.number else ()
        here = {
            "uptime": self.archive.mono, "seq": self.archive.seq, "hash": "", "freed": 0, "levels": levels or {},
            "sealed": sealed, "sounding": False, "plan": 1, "access": 1, "mark": 0, "echo": None, "checkpoint": None,
        }  # fmt: skip
        boot = changes.pop("boot", self.archive.boot)
        said = m.Here(**{**here, **changes})
        beat = m.Beat(v=1, site="demo", node="archive-1", life=1, boot=boot, wall=1, clock="trusted", data=said)
        told: list[m.FactData] = []

        def rule(state: State, site: Site) -> Iterator[m.FactData]:
            facts = chain(node_disk.found(state, site, beat, said), self._contradictions(state, site, beat, said))
            for fact in facts:
                told.append(fact)
                yield fact

        self.house.decide(rule)
        return [m.kind_of(fact) for fact in told]

    def _contradictions(self, state: State, site: Site, beat: m.Beat, said: m.Here) -> Iterator[m.FactData]:
        if not contradiction.is_older(state, beat, said, self.newest):
            yield from contradiction.found(state, site, beat, said)

    def later(self, seconds: float = 1) -> None:
        self.house.clock.forward(seconds)


def refuses(waiting: int = 1, lost: int = 0) -> m.Unwritten:
    return m.Unwritten(since=5_000, waiting=waiting, lost=lost)


# ---------------------------------------------------------------- what a beat says of a point


def test_a_fresh_beat_alarms_at_once_though_its_numbers_say_that_all_is_delivered() -> None:
    """So it is with a node whose disk refuses: nothing gets a number any more."""
    room = Room()
    assert room.beats({GATE: "active"}) == ["beat-contradicts"]
    alarm = room.house.alarm("opened-while-sealed")
    assert (alarm.place, alarm.priority, alarm.sealing) == (GATE, 1, room.number)
    room.house.check()


def test_what_a_beat_has_told_is_told_once() -> None:
    room = Room()
    room.beats({GATE: "active"})
    room.later()
    assert room.beats({GATE: "active"}) == []


def test_every_opening_that_only_beats_tell_of_is_on_record_and_alarms() -> None:
    room = Room()
    for _ in range(3):
        room.later()
        room.beats({GATE: "active"}, unwritten=refuses())
        room.later()
        room.beats({GATE: "normal"}, unwritten=refuses())
    alarm = room.house.alarm("opened-while-sealed")
    assert (alarm.count, alarm.life) == (3, "returned-unacknowledged")
    levels = [one.level for one in room.house.journal(m.BeatContradicts)]
    assert levels == ["active", "normal"] * 3
    room.house.check()


def test_records_that_come_after_all_disturb_nobody_a_second_time() -> None:
    room = Room()
    for _ in range(2):
        room.later()
        room.beats({GATE: "active"}, unwritten=refuses())
        room.later()
        room.beats({GATE: "normal"}, unwritten=refuses())
    room.house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=room.house.alarm("opened-while-sealed").number))
    for ago in (4.0, 2.0):
        room.archive.opens(GATE, room.number, ago=ago)
        room.archive.level(GATE, "active", "normal", room.number, ago=ago - 1)
    alarm = room.house.alarm("opened-while-sealed")
    assert (alarm.count, alarm.life) == (2, "returned-acknowledged")
    room.later(60)
    room.archive.opens(GATE, room.number)
    assert (room.house.alarm("opened-while-sealed").count) == 3
    room.house.check()


def test_an_opening_long_after_what_beats_had_told_calls_anew_though_a_record_of_that_never_came() -> None:
    room = Room()
    room.beats({GATE: "active"})
    room.later()
    room.beats({GATE: "normal"})
    room.later(3600)
    room.archive.opens(GATE, room.number)
    assert room.house.alarm("opened-while-sealed").count == 2


def test_an_alarm_that_is_over_and_not_closed_hides_no_fresh_opening() -> None:
    room = Room()
    room.archive.opens(GATE, room.number)
    room.archive.closes(GATE, room.number)
    assert room.house.alarm("opened-while-sealed").life == "returned-unacknowledged"
    room.later()
    assert room.beats({GATE: "active"}) == ["beat-contradicts"]
    assert room.house.alarm("opened-while-sealed").count == 2


def test_a_beat_that_the_newest_record_has_overtaken_tells_nothing() -> None:
    """The gate was opened and shut; the beat of when it stood open comes behind both records."""
    room = Room()
    room.archive.opens(GATE, room.number)
    seq, uptime = room.archive.seq, room.archive.mono
    room.later()
    room.archive.closes(GATE, room.number)
    room.newest = (room.archive.boot, room.archive.mono)
    assert room.beats({GATE: "active"}, seq=seq, uptime=uptime) == []
    room.newest = None  # an engine that has just started does not know when that was
    assert room.beats({GATE: "active"}, seq=seq, uptime=uptime) == []
    assert room.house.alarm("opened-while-sealed").count == 1


def test_a_node_that_counts_anew_behind_the_same_boot_is_still_heard() -> None:
    """Its outbox was set aside: its numbers are low, but the beat is newer than any record of it."""
    room = Room()
    room.newest = (room.archive.boot, room.archive.mono)
    room.later()
    assert room.beats({GATE: "active"}, seq=1) == ["beat-contradicts"]


def test_a_backlog_does_not_take_back_what_a_newer_beat_has_told() -> None:
    room = Room()
    room.later(100)
    room.beats({GATE: "active"}, seq=room.archive.seq + 50)
    room.archive.opens(GATE, room.number, ago=50)
    room.archive.level(GATE, "active", "normal", room.number, ago=40)
    assert room.house.alarm("opened-while-sealed").life == "active-unacknowledged"
    assert room.beats({GATE: "active"}, seq=room.archive.seq + 48) == []
    room.later()
    room.archive.closes(GATE, room.number)
    assert room.house.alarm("opened-while-sealed").life == "returned-unacknowledged"
    room.house.check()


def test_a_cut_loop_is_told_by_a_beat_though_nothing_is_sealed_and_an_open_door_is_not() -> None:
    room = Room(sealed=False)
    assert room.beats({GATE: "active"}, seq=room.archive.seq + 9) == []
    assert room.beats({GATE: "open-circuit"}, seq=room.archive.seq + 9) == ["beat-contradicts"]
    assert room.house.whats() == ["loop-tamper"]


def test_a_node_that_has_forgotten_its_sealing_is_judged_by_ours() -> None:
    room = Room()
    assert room.beats({GATE: "active"}, sealed=()) == ["beat-contradicts"]
    assert room.house.alarm("opened-while-sealed").sealing == room.number


def test_after_a_start_what_beats_had_told_before_is_over() -> None:
    room = Room()
    room.beats({GATE: "active"})
    room.archive.boot = "boot-2"
    room.archive.starts((m.SealedArea(area="archive", sealing=room.number or 0),))
    assert not room.house.alarm("opened-while-sealed").active
    room.later()
    assert room.beats({GATE: "active"}) == ["beat-contradicts"]
    assert room.house.alarm("opened-while-sealed").count == 2
    room.house.check()


# ---------------------------------------------------------------- a disk that refuses


def test_a_disk_that_refuses_is_a_trouble_at_once_and_once() -> None:
    room = Room(sealed=False)
    assert room.beats(unwritten=refuses(waiting=3)) == ["disk-refuses"]
    assert (room.house.alarm("storage-read-only").klass, room.house.whats()) == ("trouble", ["storage-read-only"])
    assert room.beats(unwritten=refuses(waiting=3)) == []


def test_while_an_area_is_sealed_it_is_an_alarm_at_its_door() -> None:
    room = Room()
    room.beats(unwritten=refuses())
    alarm = room.house.alarm("disk-refuses-while-sealed")
    assert (alarm.klass, alarm.priority, alarm.area, alarm.sealing) == ("alarm", 1, "archive", room.number)


def test_what_waits_is_told_again_when_it_has_doubled_and_disturbs_nobody() -> None:
    room = Room()
    told = [bool(room.beats(unwritten=refuses(waiting=count))) for count in (1, 2, 3, 4, 5, 7, 8)]
    assert told == [True, True, False, True, False, False, True]
    assert room.house.alarm("disk-refuses-while-sealed").count == 1


@pytest.mark.parametrize("sealed", [True, False])
def test_when_the_disk_writes_again_the_records_come_and_nothing_was_lost(sealed: bool) -> None:
    room = Room(sealed)
    room.beats(unwritten=refuses())
    room.archive.says(m.Fault(part="outbox-write", failed=True, detail="disk I/O error"))
    room.archive.says(m.Fault(part="outbox-write", failed=False, detail="can be written again"))
    assert [alarm.what for alarm in room.house.alarms() if alarm.active] == []
    room.archive.boot = "boot-2"
    room.archive.starts()
    assert "records-lost" not in room.beats()
    assert room.house.journal(m.RecordsLost) == []
    room.house.check()


def test_a_power_cut_before_that_is_a_loss_that_the_hub_puts_on_record() -> None:
    room = Room()
    room.beats(unwritten=refuses(waiting=1))
    room.beats(unwritten=refuses(waiting=40, lost=5))
    room.archive.boot = "boot-2"
    room.archive.starts((m.SealedArea(area="archive", sealing=room.number or 0),))
    assert room.beats() == ["records-lost"]
    assert room.house.journal(m.RecordsLost) == [m.RecordsLost(node="archive-1", boot="boot-1", count=45)]
    assert room.house.alarm("cannot-fill").place == "archive-1"
    assert room.beats() == []
    room.house.check()


def test_nothing_is_called_lost_while_the_node_has_more_to_deliver() -> None:
    """The disk may have taken it all just before the power cut."""
    room = Room()
    room.beats(unwritten=refuses())
    assert room.beats(boot="boot-2", seq=room.archive.seq + 9) == []


def test_a_start_on_a_dead_disk_ends_the_boot_before_and_is_told_everything_by_orders() -> None:
    room = Room()
    room.beats(unwritten=refuses(waiting=7))
    told = room.beats(boot="boot-2", seq=0, unwritten=refuses(waiting=1))
    assert told[:2] == ["records-lost", "disk-refuses"]
    open_orders = {order.what for order in room.house.state.all(OrderOut) if order.state == "open"}
    assert {"plan", "access", "sealed/archive"} <= open_orders
    assert room.beats(boot="boot-2", seq=0, unwritten=refuses(waiting=1)) == []
    room.house.check()


def test_a_new_board_does_not_make_the_loss_of_the_old_one_forgotten() -> None:
    room = Room()
    room.beats(unwritten=refuses(waiting=7))
    room.archive.enrol()
    life = room.house.state.find(Life, "archive-1")
    assert life is not None
    assert (life.refusing, life.unwritten) == ("boot-1", 7)


def test_a_loss_that_the_node_itself_has_told_of_is_not_told_twice() -> None:
    """Only its outbox had refused: it could leave word on its disk."""
    room = Room()
    room.beats(unwritten=refuses(waiting=3))
    room.archive.boot = "boot-2"
    room.archive.starts((m.SealedArea(area="archive", sealing=room.number or 0),))
    room.archive.says(m.Overflow(since=0, until=9, lost={"unknown": 1}))
    assert room.beats() == []
    assert "overflow" in room.house.whats()
    assert "cannot-fill" not in room.house.whats()
    room.house.check()
