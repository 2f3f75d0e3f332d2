"""A batch takes from the nodes in turn."""

from __future__ import annotations

from hub.engine.turns import Turns
from wire.link import Arrived


def message(node: str, number: int) -> Arrived:
    return Arrived(f"{node}/record", b"%d" % number, 1, number, False)


def waiting(**numbers: int) -> Turns:
    """So many messages of each node, one node's behind the other's."""
    turns = Turns()
    for node, count in numbers.items():
        for number in range(count):
            turns.put(node, message(node, number))
    return turns


def names(taken: list[Arrived]) -> list[str]:
    return [one.topic.removesuffix("/record") for one in taken]


def test_one_nodes_queue_never_fills_a_batch_while_another_waits() -> None:
    turns = waiting(loud=1000, quiet=1, other=2)
    assert names(turns.take(6)) == ["loud", "quiet", "other", "loud", "other", "loud"]


def test_whose_turn_it_is_goes_on_from_batch_to_batch() -> None:
    turns = waiting(first=5, second=5, third=5)
    assert [names(turns.take(2)) for _ in range(3)] == [["first", "second"], ["third", "first"], ["second", "third"]]


def test_each_nodes_messages_stay_in_order_and_none_is_lost() -> None:
    turns = waiting(loud=100, quiet=3)
    taken = [one for _ in range(30) for one in turns.take(7)]
    for node, count in (("loud", 100), ("quiet", 3)):
        assert [one.payload for one in taken if one.topic == f"{node}/record"] == [b"%d" % at for at in range(count)]
    assert not turns


def test_how_many_of_a_topic_wait_is_known() -> None:
    turns = waiting(loud=10)
    turns.take(4)
    assert (turns.waiting("loud/record"), turns.waiting("quiet/record")) == (6, 0)
