"""A noisy night with the ladders that are built in: one dead switch behind twelve sealed rooms, and one break-in."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from hub.core.calling.escalation import Escalation
from hub.core.site.document import Site
from hub.core.state import Notice
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, PaperHub, demo_site
from wire import messages as m

ROOMS = [f"room-{number}" for number in range(1, 13)]
MINUTE, HOUR = 60, 3600
BY_HAND: tuple[m.Channel, ...] = ("sms", "email")
SILENT = "node-silent-while-sealed"
BROKEN_INTO = "opened-while-sealed"


def site_of_thirteen() -> Site:
    """The demonstration's archive, and twelve more rooms like its computer room, each with a node of its own."""
    site = demo_site()
    area = site.areas["computer-room"]
    node = next(one for one in site.node if one.name == "computer-1")
    points = [one for one in site.point if one.node == node.name and one.area == area.name]
    readers = [one for one in site.reader if one.node == node.name and one.area == area.name]
    return replace(
        site,
        area=(*site.area, *(replace(area, name=room, doors=tuple(area.doors)) for room in ROOMS)),
        node=(*site.node, *(replace(node, name=f"{room}-1") for room in ROOMS)),
        point=(*site.point, *(replace(one, area=room, node=f"{room}-1") for room in ROOMS for one in points)),
        reader=(*site.reader, *(replace(one, area=room, node=f"{room}-1") for room in ROOMS for one in readers)),
    )


class Night(PaperHub):
    """Everything is sealed; deadlines are looked at each second, and every notice is sent."""

    def __init__(self) -> None:
        super().__init__(site_of_thirteen())
        self.escalation = Escalation()
        self.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms", "email", "syslog")), "notify")
        self.numbers = {area: seal(self, area, node) for area, node in self.nodes().items()}

    def nodes(self) -> dict[str, str]:
        return {"archive": "archive-1"} | {room: f"{room}-1" for room in ROOMS}

    def passes(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.forward(1)
            now = self.clock()
            self.decide(lambda state, site, now=now: self.escalation.due(state, site, now, now))  # type: ignore[misc]
            for notice in list(self.state.all(Notice)):
                if notice.state == "queued" and notice.channel != "console":
                    handed = m.NoticeHanded(notice=notice.number, attempt=1, repeat=False, awaits=False)
                    self.fact(handed, "notify")

    def switch_dies(self) -> None:
        """The nodes fall silent one after the other, within a beat."""
        for index, room in enumerate(ROOMS):
            held = m.SealedArea(area=room, sealing=self.numbers[room])
            self.decides(m.NodeSilent(node=f"{room}-1", last_heard=self.clock() - 10_000, sealed=(held,)))
            if index % 4 == 3:
                self.passes(1)

    def switch_is_mended(self) -> None:
        for room in ROOMS:
            self.decides(m.NodeBack(node=f"{room}-1", silent_for=HOUR * 1000))

    def takes_on(self, person: int, what: str) -> None:
        for alarm in self.alarms():
            if alarm.what == what and alarm.unacknowledged:
                self.asks(person, m.AlarmAcknowledged(alarm=alarm.number))

    def called(self, since: int = 0) -> Counter[tuple[int | None, str]]:
        """How often each person was called since then, by what."""
        facts = ((one.time, one.message.data) for one in self.entries)
        return Counter(
            (data.person, data.channel)
            for time, data in facts
            if isinstance(data, m.NoticeQueued) and data.channel in BY_HAND and time >= since
        )


@pytest.fixture
def night() -> Night:
    return Night()


def test_whoever_answers_is_called_twice_for_a_dead_switch_and_not_all_night(night: Night) -> None:
    """At once, and by the next rungs once more, as nobody can show a badge to a node that is silent."""
    night.switch_dies()
    night.passes(MINUTE)
    night.takes_on(WANG_FANG, SILENT)
    night.passes(8 * HOUR)
    called = night.called()
    assert called[WANG_FANG, "sms"] == called[ZHOU_QIANG, "sms"] == 1
    assert set(called.values()) == {1}
    assert {person for person, _ in called} > {WANG_FANG, ZHOU_QIANG, LIU_YANG}


def test_the_break_in_of_that_night_is_a_call_of_its_own(night: Night) -> None:
    night.switch_dies()
    night.passes(MINUTE)
    night.takes_on(WANG_FANG, SILENT)
    night.passes(HOUR)
    began = night.clock()
    night.node("archive-1").opens("archive/corridor-door", night.numbers["archive"])
    night.passes(30)
    assert {person for person, _ in night.called(began)} == {WANG_FANG, ZHOU_QIANG}
    night.takes_on(ZHOU_QIANG, BROKEN_INTO)
    night.passes(5 * MINUTE)
    badge = m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=())
    night.node("archive-1").says(badge)
    night.passes(6 * HOUR)
    assert night.called(began) == {(WANG_FANG, "sms"): 1, (ZHOU_QIANG, "sms"): 1}
    assert max(night.called().values()) <= 2, "two calls in the shift, one for each cause"


def test_a_break_in_that_nobody_goes_to_is_called_for_again_whatever_else_is_silent(night: Night) -> None:
    night.switch_dies()
    night.node("archive-1").opens("archive/corridor-door", night.numbers["archive"])
    night.passes(MINUTE)
    night.takes_on(WANG_FANG, SILENT)
    night.takes_on(WANG_FANG, BROKEN_INTO)
    night.passes(HOUR)
    began = night.clock()
    night.passes(HOUR)
    assert night.called(began)[WANG_FANG, "sms"] >= 10


def test_once_the_switch_is_mended_somebody_is_waited_for_at_the_doors_again(night: Night) -> None:
    night.switch_dies()
    night.passes(MINUTE)
    night.takes_on(WANG_FANG, SILENT)
    night.passes(2 * HOUR)
    night.switch_is_mended()
    began = night.clock()
    night.passes(9 * MINUTE)
    assert not night.called(began)
    night.passes(2 * MINUTE)
    assert night.called(began)


def test_a_dead_switch_that_nobody_answers_for_is_called_for_without_an_end(night: Night) -> None:
    night.switch_dies()
    night.passes(7 * HOUR)
    began = night.clock()
    night.passes(HOUR)
    assert 11 <= night.called(began)[WANG_FANG, "sms"] <= 13, "every five minutes"
