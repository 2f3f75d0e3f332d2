"""Pictures of roster, hand-over, calendar, figures and certificates after half a year of work: tests/out/*.png."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.admin import first_entry
from hub.core.state import Alarm, Notice
from hub.engine.certifier import Certifier
from hub.ledger.checkpoint import Signing
from tests.hub.console.conftest import BrowserUser, Running
from tests.hub.console.test_calendar import calendar_of_2026
from tests.hub.engine.test_certifier import unseal, works
from tests.support.hub import House, seal
from wire import keys
from wire import messages as m

pytestmark = pytest.mark.browser

CHINA = ZoneInfo("Asia/Shanghai")
WANG, LIU, ZHOU = 1003, 1005, 1008
BEGIN, NOW = (datetime(2025, 9, 1, 10, tzinfo=CHINA), datetime(2026, 2, 18, 22, 40, tzinfo=CHINA))


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@pytest.fixture
def since() -> int:
    return ms(BEGIN)


@pytest.fixture
def half_year(house: House, running: Running) -> House:
    """Alarms, drills and shifts since September; the Spring Festival, with the archive sealed."""
    archive, certifier = house.node("archive-1"), Certifier(house.database, house.engine, house.hub.key("engine"))
    places = ("archive/iron-gate", "archive/security-door", "archive/corridor-door")
    for day in range(0, 160, 2):
        shift(
            house, ZHOU if day % 4 else WANG, BEGIN + timedelta(days=day, hours=-1), 48, LIU if day % 6 == 0 else None
        )
        house.clock.now = ms(BEGIN + timedelta(days=day))
        if day % 5 == 0:
            for again in range(1 + day % 3):
                answered(house, m.Forced(point=places[(day + again) % 3]), 20 + 7 * day % 260)
        if day == 60:
            for _ in range(6):
                for place in places:
                    archive.says(m.Forced(point=place))
            for alarm in [one.number for one in house.engine.look()[0].all(Alarm) if one.open]:
                settled(house, alarm)
        if day % 40 == 0:
            number = house.engine.look()[0].meta.next_alarm
            house.fact(m.DrillStarted(area="archive"), "console", LIU, "security")
            house.clock.forward(30)
            settled(house, number)
    house.clock.now = ms(datetime(2026, 2, 9, 9, tzinfo=CHINA))
    calendar_of_2026(house)
    seal(house, "archive", "archive-1")
    works(house, certifier)
    house.clock.forward(36 * 3600)
    unseal(house)
    plan(house, "春节 Spring Festival", ("archive",), (2, 14, 17), (2, 24, 8))
    plan(house, "档案搬迁", ("computer-room",), (3, 5, 17), (3, 7, 8))
    house.clock.now = ms(datetime(2026, 2, 14, 17, 35, tzinfo=CHINA))
    seal(house, "archive", "archive-1")
    works(house, certifier)
    house.fact(
        m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note="暖气有杂音"), "console", WANG, "duty"
    )
    house.fact(m.HandoverTaken(handover=1), "console", ZHOU, "duty")
    house.clock.now = ms(NOW)
    shift(house, WANG, NOW - timedelta(hours=5, minutes=10), 15, ZHOU)
    shift(house, ZHOU, NOW + timedelta(hours=9, minutes=50), 72)
    shift(house, WANG, NOW + timedelta(hours=105, minutes=50), 200)
    called(house)
    house.fact(m.NodeSilent(node="cipher-1", last_heard=None, sealed=()))
    note = "锁匠明天三点来，修计算机房的门。"
    house.fact(m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note), "console", ZHOU, "duty")
    key = keys.make(first_entry.first_origin(house.hub.site))
    assert Signing(house.database, key).turn(house.clock(), 0, whatever=True)
    house.clock.run()
    running.live.heard_engine()
    return house


def called(house: House) -> None:
    """The sealed archive is opened: one short message arrives, one does not, and nobody knows of the third."""
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms", "email", "syslog")), "notify")
    house.node("archive-1").opens("archive/corridor-door", 2)
    breach = house.engine.look()[0].meta.next_alarm - 1
    house.fact(m.AlarmSounded(alarm=breach), "notify")
    house.clock.forward(2)
    house.fact(m.AlarmShown(alarm=breach), "console")
    sent = [one for one in house.engine.look()[0].all(Notice) if one.channel in ("sms", "syslog")]
    for number, notice in enumerate(sent):
        awaits = notice.channel == "sms"
        house.fact(m.NoticeHanded(notice=notice.number, attempt=1, repeat=number == 1, awaits=awaits), "notify")
        house.clock.forward(3)
    short = [one.number for one in sent if one.channel == "sms"]
    house.fact(m.NoticeDelivered(notice=short[0]), "notify")


def shift(house: House, person: int, starts: datetime, hours: int, stand_in: int | None = None) -> None:
    wanted = m.ShiftAdded(
        shift=0, person=person, stand_in=stand_in, starts=ms(starts), ends=ms(starts + timedelta(hours=hours))
    )
    house.fact(wanted, "console", LIU, "security")


def plan(
    house: House, title: str, areas: tuple[str, ...], starts: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    """From half past an hour to half past an hour of 2026."""
    begin, end = (ms(datetime(2026, *one, 30, tzinfo=CHINA)) for one in (starts, ends))
    house.fact(m.WindowPlanned(window=0, title=title, areas=areas, starts=begin, ends=end), "console", LIU, "security")


def answered(house: House, record: m.RecordData, seconds: int) -> None:
    """It happens, is answered after so long, and closed an hour later."""
    number = house.engine.look()[0].meta.next_alarm
    house.node("archive-1").says(record)
    house.clock.forward(seconds)
    settled(house, number)


def settled(house: House, number: int) -> None:
    """Somebody answers for an alarm, and writes the finding."""
    house.fact(m.AlarmAcknowledged(alarm=number), "console", WANG, "duty")
    house.clock.forward(3600)
    closed = m.AlarmClosed(alarm=number, finding_cause="false", finding="风吹开的，已关好")
    house.fact(closed, "console", WANG, "duty")


PAGES = {
    "roster": "/roster",
    "handover": "/handover",
    "handover-one": "/handover/1",
    "sheet": "/handover/2/sheet",
    "calendar": "/calendar",
    "calendar-year": "/calendar/2026",
    "plan": "/calendar/plan?after=2026-02-14&before=2026-02-24",
    "figures": "/figures?period=2025-10",
    "certificates": "/certificates",
    "area-papers": "/areas/archive",
    "told": "/alarms/BREACH",
}


@pytest.mark.long
def test_pictures_of_the_duty_pages(sit_down: Callable[..., BrowserUser], half_year: House) -> None:
    for look, width, dark, language in (
        ("wide-zh", 1366, False, "zh"),
        ("wide-en-dark", 1366, True, "en"),
        ("phone-zh", 390, False, "zh"),
    ):
        user = sit_down(width, 768 if width > 1000 else 844, dark).sign_in(language=language)
        breach = half_year.engine.look()[0].meta.next_alarm - 2
        for name, path in PAGES.items():
            user.page.goto(user.address + path.replace("BREACH", str(breach)))
            user.page.wait_for_function("document.getElementById('clock').textContent.length == 8")
            wider = user.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name} is {wider} px wider than the screen"
            user.picture(f"{name}-{look}")
        assert user.complaints == []


def test_the_duty_sheet_is_one_page_of_a4(sit_down: Callable[..., BrowserUser], half_year: House) -> None:
    user = sit_down(794, 1123).sign_in(language="zh")  # A4 at 96 dots an inch
    user.page.goto(user.address + "/handover/2/sheet")
    made = user.page.pdf(prefer_css_page_size=True)
    assert made.count(b"/Type /Page\n") == 1
    boxes = {tuple(round(float(one)) for one in box.split()) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", made)}
    assert boxes == {(0, 0, 595, 842)}
    user.page.emulate_media(media="print")
    user.picture("sheet-print")
    assert not user.page.is_visible("nav")
    assert user.page.is_visible(".code svg")
