"""A node that is heard and does not do as it is told is a trouble: after a minute, once, until it does."""

from __future__ import annotations

import pytest

from hub.core.nodes.order_watch import OrderWatch
from hub.core.state import OrderOut
from tests.hub.core.nodes.test_watching import Listener
from wire import messages as m


class OrderBench(Listener):
    """The liveness of nodes and the watch over their orders. The archive's node starts with three open orders."""

    def __init__(self) -> None:
        super().__init__("archive-1", "cipher-1")
        self.orders = OrderWatch()
        self.answers("cipher-1")

    def look(self, seconds: float, heard: bool = True) -> list[m.OrderNotDone]:
        """What is told at that time, journalled; the nodes are heard until then, or not."""
        self.mono = int(seconds * 1000)
        for node in ("archive-1", "cipher-1") if heard else ():
            self.hears(self.beat(node))
        told = list(self.orders.overdue(self.house.state, self.liveness, self.mono))
        self.house.decides(*told)
        return [one for one in told if isinstance(one, m.OrderNotDone)]

    def open(self, node: str = "archive-1") -> list[OrderOut]:
        return [one for one in self.house.state.all(OrderOut) if one.node == node and one.state == "open"]

    def answers(self, node: str) -> None:
        for order in self.open(node):
            self.house.node(node).says(m.OrderDone(order=order.number, what=order.what, sealed=()))


def test_an_order_that_is_open_for_a_minute_at_a_node_that_is_heard_is_told_once() -> None:
    bench = OrderBench()
    assert bench.look(1) == bench.look(60) == []
    (told,) = bench.look(61)
    assert (told.node, told.order, told.what, told.size) == ("archive-1", 1, "plan", None)
    assert bench.look(62) == bench.look(600) == []
    assert bench.house.alarm("order-not-done").place == "archive-1"


def test_it_is_over_when_the_node_has_said_of_every_order_what_became_of_it() -> None:
    bench = OrderBench()
    bench.look(1)
    bench.look(61)
    bench.house.node("archive-1").says(m.OrderDone(order=1, what="plan", sealed=()))
    assert bench.house.alarm("order-not-done").active
    bench.answers("archive-1")
    assert "order-not-done" not in bench.house.whats()
    assert bench.look(200) == []
    bench.house.check()


def test_a_newer_order_that_is_not_done_either_is_the_same_trouble() -> None:
    bench = OrderBench()
    bench.look(1)
    bench.look(61)
    bench.house.apply(bench.house.site)
    bench.answers("cipher-1")
    assert bench.look(62) == bench.look(200) == []
    assert bench.house.alarm("order-not-done").active


def test_a_refusal_ends_it_as_well() -> None:
    bench = OrderBench()
    bench.look(1)
    bench.look(61)
    for number in (1, 2, 3):
        bench.house.node("archive-1").says(m.OrderRefused(order=number, mark=0, reason="not-usable"))
    assert "order-not-done" not in bench.house.whats()


def test_a_silent_node_is_silent_and_no_more() -> None:
    """Its minute begins when it is heard again."""
    bench = OrderBench()
    bench.look(1)
    assert bench.look(100, heard=False) == bench.look(101) == bench.look(150) == []
    assert [one.node for one in bench.look(161)] == ["archive-1"]


def test_without_the_broker_nobody_is_to_blame() -> None:
    bench = OrderBench()
    bench.look(1)
    bench.liveness.broker_lost()
    assert bench.look(100) == []
    bench.liveness.broker_back(100_000)
    assert bench.look(101) == []


def test_an_order_that_no_node_opens_is_told_at_once_with_its_size() -> None:
    bench = OrderBench()
    bench.orders.not_sent(bench.open()[1], 300_000)
    (told,) = bench.look(1)
    assert (told.order, told.what, told.size) == (2, "access", 300_000)


@pytest.mark.parametrize("how", ["revoked", "smaller"])
def test_it_is_over_when_the_node_is_revoked_or_the_list_has_become_smaller(how: str) -> None:
    bench = OrderBench()
    bench.orders.not_sent(bench.open()[1], 300_000)
    bench.look(1)
    if how == "revoked":
        bench.house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    else:
        bench.house.apply(bench.house.site)
        bench.answers("archive-1")
    assert "order-not-done" not in bench.house.whats()
    assert bench.look(2) == []
