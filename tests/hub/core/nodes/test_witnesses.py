"""When the journal counts as unwitnessed: on a clock of paper, to the millisecond."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.nodes.witnesses import PATIENCE_MS, Witnesses, keys, witness_key
from tests.support.hub import FakeNode, seal
from tests.support.paper import PaperHub
from wire import messages as m

MINUTE = 60_000


class Watch:
    """An engine's watch over three enrolled nodes, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.house = PaperHub()
        self.nodes = [self.house.node(name) for name in ("archive-1", "cipher-1", "computer-1")]
        self.witnesses = Witnesses()
        self.mono = 1_000_000

    def signed(self, size: int) -> None:
        self.witnesses.signed(size, self.mono)

    def cosigned(self, size: int, *nodes: FakeNode) -> None:
        for node in nodes:
            self.witnesses.cosigned(size, key_of(node))

    def after(self, milliseconds: int) -> list[m.FactData]:
        """What is told so much later; it is journalled, as the engine does it."""
        self.mono += milliseconds
        told = list(self.witnesses.due(self.house.state, self.house.clock(), self.mono))
        assert told == list(self.witnesses.due(self.house.state, self.house.clock(), self.mono)), (
            "asking changes nothing"
        )
        self.house.decides(*told)
        self.house.check()
        return told


def key_of(node: FakeNode) -> tuple[str, str]:
    key = witness_key(str(node.witness.public))
    assert key is not None
    return node.name, key.key_id.hex()


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_two_of_three_are_a_majority(watch: Watch) -> None:
    watch.signed(10)
    watch.cosigned(10, *watch.nodes[:2])
    assert watch.after(10 * PATIENCE_MS) == []
    assert not watch.witnesses.waits


def test_without_a_majority_for_five_minutes_it_is_told_once(watch: Watch) -> None:
    watch.signed(10)
    watch.cosigned(10, watch.nodes[0])
    assert watch.after(PATIENCE_MS) == []
    since = watch.house.clock() - PATIENCE_MS - 1
    assert watch.after(1) == [m.Unwitnessed(since=since, cosigned=1, nodes=3)]
    alarm = watch.house.alarm("unwitnessed")
    assert (alarm.klass, alarm.place, alarm.active) == ("trouble", "hub", True)
    assert watch.after(PATIENCE_MS) == []


def test_when_a_majority_has_countersigned_again_the_trouble_is_mended(watch: Watch) -> None:
    watch.signed(10)
    watch.after(PATIENCE_MS + 1)
    watch.signed(12)
    watch.cosigned(12, *watch.nodes)
    assert watch.after(1) == [m.WitnessedAgain(size=12)]
    assert "unwitnessed" not in watch.house.whats()
    assert watch.after(PATIENCE_MS) == []


def test_it_counts_from_the_oldest_that_is_not_covered(watch: Watch) -> None:
    watch.signed(10)
    watch.after(4 * MINUTE)
    watch.signed(11)
    assert watch.after(MINUTE) == []
    assert len(watch.after(1)) == 1


def test_a_later_checkpoint_covers_those_before_it_and_none_after_it(watch: Watch) -> None:
    watch.signed(10)
    watch.after(4 * MINUTE)
    watch.signed(11)
    watch.after(MINUTE // 2)
    watch.signed(12)
    watch.cosigned(11, *watch.nodes[1:])
    assert watch.after(4 * MINUTE) == []
    assert watch.after(2 * MINUTE) == [m.Unwitnessed(since=watch.house.clock() - 6 * MINUTE, cosigned=0, nodes=3)]


def test_different_nodes_under_different_checkpoints_are_no_majority(watch: Watch) -> None:
    """The verifier counts so, too."""
    for size, node in zip((10, 11, 12), watch.nodes, strict=True):
        watch.signed(size)
        watch.cosigned(size, node)
    (told,) = watch.after(PATIENCE_MS + 1)
    assert told == m.Unwitnessed(since=watch.house.clock() - PATIENCE_MS - 1, cosigned=1, nodes=3)


def test_a_loss_of_the_broker_gives_a_fresh_interval(watch: Watch) -> None:
    watch.signed(10)
    watch.after(4 * MINUTE)
    watch.witnesses.broker_lost()
    assert watch.after(10 * PATIENCE_MS) == []
    watch.witnesses.broker_back(watch.mono)
    assert watch.after(PATIENCE_MS) == []
    assert len(watch.after(1)) == 1


def test_a_fresh_interval_is_no_majority(watch: Watch) -> None:
    """The trouble from before stays until somebody has countersigned."""
    watch.signed(9)
    watch.cosigned(9, *watch.nodes)
    watch.after(1)
    watch.signed(10)
    watch.after(PATIENCE_MS + 1)
    watch.witnesses.broker_lost()
    watch.witnesses.broker_back(watch.mono)
    assert watch.after(1) == []
    assert "unwitnessed" in watch.house.whats()


def test_a_new_engine_waits_for_a_checkpoint_of_its_own(watch: Watch) -> None:
    watch.signed(10)
    watch.after(PATIENCE_MS + 1)
    watch.witnesses = Witnesses()
    assert watch.after(10 * PATIENCE_MS) == []
    watch.signed(20)
    assert watch.after(PATIENCE_MS) == []
    watch.cosigned(20, *watch.nodes[:2])
    assert watch.after(1) == [m.WitnessedAgain(size=20)]


def test_whoever_is_revoked_is_not_counted_on_either_side(watch: Watch) -> None:
    watch.signed(10)
    watch.cosigned(10, *watch.nodes[:2])
    watch.house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    (told,) = watch.after(PATIENCE_MS + 1)
    assert told == m.Unwitnessed(since=watch.house.clock() - PATIENCE_MS - 1, cosigned=1, nodes=2)
    watch.house.fact(m.NodeRevoked(node="computer-1", reason="stolen"), "admin")
    assert watch.after(1) == [m.WitnessedAgain(size=10)], "one of one"


def test_where_no_node_is_enrolled_nobody_is_waited_for() -> None:
    house, witnesses = PaperHub(), Witnesses()
    witnesses.signed(10, 0)
    assert list(witnesses.due(house.state, house.clock(), 10 * PATIENCE_MS)) == []


def test_a_checkpoint_of_a_key_from_before_the_last_enrolment_counts_for_nobody(watch: Watch) -> None:
    watch.signed(10)
    watch.cosigned(10, *watch.nodes[:2])
    archive = watch.nodes[0]
    archive.witness = archive.key
    archive.enrol()
    assert len(watch.after(PATIENCE_MS + 1)) == 1


def test_one_key_under_two_names_that_an_earlier_version_let_in_counts_once(watch: Watch) -> None:
    one, other = (watch.house.state.life(node.name) for node in watch.nodes[:2])
    assert one
    assert other
    watch.house.state.put(replace(one, witness_key=other.witness_key))
    assert len(keys(watch.house.state)) == 2


def test_what_waits_for_months_takes_no_more_room_and_keeps_its_beginning(watch: Watch) -> None:
    watch.house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    for size in range(1000):
        watch.signed(size)
        watch.mono += 100
    told = watch.after(PATIENCE_MS)
    assert told == [m.Unwitnessed(since=watch.house.clock() - PATIENCE_MS - 100_000, cosigned=0, nodes=2)]
    watch.cosigned(999, *watch.nodes[1:])
    assert watch.after(1) == [m.WitnessedAgain(size=999)]


def test_while_something_is_sealed_it_is_told_as_a_fault(watch: Watch) -> None:
    seal(watch.house, "archive", "archive-1")
    watch.signed(10)
    watch.after(PATIENCE_MS + 1)
    alarm = watch.house.alarm("unwitnessed")
    assert (alarm.priority, alarm.sealing) == (2, 1)
