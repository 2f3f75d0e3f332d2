"""A broker that is back at once disturbs nobody; one that stays away, or goes again and again, is told of once."""

from __future__ import annotations

from hub.core.nodes.broker_link import FIRST_MS, GRACE_MS, OFTEN, OFTEN_MS, BrokerLink
from wire import messages as m

NOW = 1_800_000_000_000


def link() -> BrokerLink:
    """A link that was made a moment after the engine's start."""
    made = BrokerLink(0)
    made.back(100)
    return made


def told(broker: BrokerLink, mono: int) -> list[m.FactData]:
    return list(broker.due(NOW + mono, mono))


def test_a_broker_that_is_back_within_two_seconds_is_nobodys_trouble() -> None:
    broker = link()
    broker.lost("Keep alive timeout", 10_000)
    assert told(broker, 10_000 + GRACE_MS - 1) == []
    broker.back(10_000 + GRACE_MS - 1)
    assert told(broker, 60_000) == []


def test_a_broker_that_stays_away_is_told_once_with_the_time_at_which_it_went_and_once_when_it_is_back() -> None:
    broker = link()
    broker.lost("Keep alive timeout", 10_000)
    (lost,) = told(broker, 12_000)
    assert lost == m.BrokerLost(since=NOW + 10_000, detail="Keep alive timeout")
    broker.lost("the broker does not answer", 13_000)
    assert told(broker, 20_000) == []
    broker.back(20_000)
    assert told(broker, 20_000) == [m.BrokerBack(lost_for=10_000)]
    assert told(broker, 21_000) == []


def test_a_broker_that_throws_us_out_again_and_again_is_told_though_each_time_is_short() -> None:
    broker = link()
    said: list[m.FactData] = []
    for mono in range(0, OFTEN * 1000, 1000):
        broker.lost("kicked", 10_000 + mono)
        broker.back(10_006 + mono)
        said += told(broker, 10_010 + mono)
    (lost,) = said
    assert isinstance(lost, m.BrokerLost)
    assert "5 times within a minute" in lost.detail
    assert lost.since == NOW + 10_000
    assert told(broker, 30_000) == [], "it may go on"
    assert told(broker, 10_000 + OFTEN * 1000 + OFTEN_MS) != []


def test_the_first_connection_may_take_longer_and_not_for_ever() -> None:
    broker = BrokerLink(0)
    broker.lost("the broker does not answer", 5)
    assert told(broker, FIRST_MS - 1) == []
    assert told(broker, FIRST_MS) == [m.BrokerLost(since=NOW, detail="the broker does not answer")]
