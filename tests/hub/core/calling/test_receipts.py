"""The receipt ladder tells apart what was sent and what somebody has."""

from __future__ import annotations

from hub.core.calling.receipts import ladder_of
from hub.core.state import Notice
from tests.support.paper import WANG_FANG, ZHANG_WEI, PaperHub
from wire import messages as m


def test_the_ladder_of_an_alarm_from_the_journal_to_the_finding() -> None:
    house = PaperHub()
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms")), "notify")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    notices = {one.person: one for one in house.state.all(Notice) if one.channel == "sms"}
    mine = notices[WANG_FANG].number

    def seconds(*facts: m.FactData) -> None:
        for fact in facts:
            house.clock.forward(1)
            house.fact(fact, "console" if isinstance(fact, m.AlarmShown) else "notify")

    seconds(
        m.AlarmSounded(alarm=1),
        m.NoticeHanded(notice=mine, attempt=1, repeat=False, awaits=True),
        m.AlarmShown(alarm=1),
    )
    # "Handed" is all that is known by now.
    row = house.alarm("forced")
    kept = [house.state.find(Notice, mine)]
    assert [one.rung for one in ladder_of(row, [one for one in kept if one])] == [
        "stored",
        "sounded",
        "handed",
        "shown",
    ]
    house.clock.forward(1)
    house.fact(m.NoticeDelivered(notice=mine), "notify")
    kept = [one for one in house.rebuilt().all(Notice) if one.number == mine]
    house.clock.forward(1)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    house.clock.forward(1)
    attended = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(1,))
    house.node("archive-1").says(attended)
    house.clock.forward(1)
    house.asks(WANG_FANG, m.AlarmClosed(alarm=1, finding_cause="work", finding="锁匠在修门"))
    closed = next(one for one in house.rebuilt().all(type(row)) if one.number == 1)
    ladder = ladder_of(closed, [one for one in kept if one])
    assert [one.rung for one in ladder] == [
        "stored",
        "sounded",
        "handed",
        "shown",
        "delivered",
        "answered",
        "at-the-door",
        "finding",
    ]
    assert [one.person for one in ladder if one.rung in ("answered", "at-the-door")] == [WANG_FANG, ZHANG_WEI]
    assert [one.at for one in ladder] == sorted(one.at for one in ladder)
