"""The ladder on the page of an alarm: by time, and what was only sent never looks like what has arrived."""

from __future__ import annotations

import html
import re

import pytest

from hub.core.state import Notice
from tests.hub.console.visitor import TAG, Visitor
from tests.support.hub import House, seal
from wire import messages as m


@pytest.fixture
def wang(visitor: Visitor, house: House) -> Visitor:
    """王芳; the hub has a sounder and a modem."""
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms")), "notify")
    visitor.signs_in("wangfang")
    return visitor


def told(visitor: Visitor, number: int = 1) -> list[tuple[str, str]]:
    """Look and text of each line."""
    part = visitor.sees(f"/alarms/{number}").text.partition('id="told"')[2].partition("</section>")[0]
    lines = re.findall(r'<li class="is-(\w+)">(.*?)</li>', part, re.DOTALL)
    return [(look, " ".join(html.unescape(TAG.sub(" ", text)).split())) for look, text in lines]


def without_times(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(look, re.sub(r"^(\d\d:\d\d:\d\d \+[\d:]+|not yet) ", "", text)) for look, text in lines]


def short_messages(house: House) -> dict[int | None, int]:
    """Number of each person's short message."""
    return {one.person: one.number for one in house.engine.look()[0].all(Notice) if one.channel == "sms"}


def test_from_the_journal_to_what_is_still_to_come(wang: Visitor, house: House) -> None:
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    sms = short_messages(house)
    house.clock.forward(65)
    house.fact(m.NoticeHanded(notice=sms[1003], attempt=1, repeat=False, awaits=True), "notify")
    house.fact(m.NoticeHanded(notice=sms[1008], attempt=2, repeat=True, awaits=True), "notify")
    lines = told(wang)
    assert lines[0][1].endswith("+0:00 Entered in the journal")
    assert lines[-1] == ("next", "not yet Finding written no finding yet")
    assert lines[1][1].split()[1] == "+1:05"
    assert without_times(lines) == [
        ("done", "Entered in the journal"),
        ("sent", "Sent 王芳 short message · whether it was received is not known"),
        ("sent", "Sent 周强 short message · perhaps a second time · whether it was received is not known"),
        ("next", "The hub's sounder sounds the sounder has not been switched on"),
        ("next", "Shown on a page of the console on no page yet"),
        ("next", "Answered nobody has answered yet"),
        ("next", "Badge at the door nobody is at the door yet"),
        ("next", "Finding written no finding yet"),
    ]


def test_what_was_received_and_what_was_not(wang: Visitor, house: House) -> None:
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    sms = short_messages(house)
    for notice in sms.values():
        house.fact(m.NoticeHanded(notice=notice, attempt=1, repeat=False, awaits=True), "notify")
    house.clock.forward(5)
    house.fact(m.NoticeDelivered(notice=sms[1003]), "notify")
    house.fact(m.NoticeFailed(notice=sms[1008], attempt=1, detail="no such number"), "notify")
    house.clock.forward(5)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    lines = without_times(told(wang))
    assert ("done", "Received 王芳 short message") in lines
    assert ("wrong", "Not received 周强 short message · no such number") in lines
    assert ("done", "Answered 王芳 at the console") in lines
    assert not any("not known" in text for _look, text in lines)
    assert ("sent", "Sent 王芳 short message") in lines  # that it arrived is another line


def test_what_happens_again_wants_to_be_answered_again(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    assert not any(text.startswith("Answered nobody") for _look, text in without_times(told(wang)))
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    assert ("next", "Answered nobody has answered yet") in without_times(told(wang))


def test_a_closed_alarm_has_nothing_to_come(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    house.fact(m.AlarmClosed(alarm=1, finding_cause="work", finding="锁匠在修门"), "console", 1003, "duty")
    lines = without_times(told(wang))
    assert [look for look, _text in lines if look == "next" and "Waits" not in _text] == []
    assert ("done", "Finding written 王芳") in lines


def test_a_ladder_that_went_on_for_hours_is_folded_in_the_middle(wang: Visitor, house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    for _ in range(40):
        house.clock.forward(300)
        notice = m.NoticeQueued(
            notice=house.engine.look()[0].duty.next_notice,
            call=1,
            alarms=(1,),
            step=0,
            round=1,
            channel="sms",
            person=1003,
            drill=False,
        )
        house.engine.decide(lambda _state, _site, notice=notice: iter([notice]))  # type: ignore[misc]
    page = wang.sees("/alarms/1").text
    assert re.search(r"<summary>\d+ lines between</summary>", page)
    assert len(told(wang)) > 40
