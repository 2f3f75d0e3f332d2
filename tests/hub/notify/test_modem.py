"""Short messages through a modem on a pseudo-terminal: sent, reported, answered, and what goes wrong."""

from __future__ import annotations

import pytest

from demo.phone.modem import SimulatedModem
from hub.core.state import Alarm, Notice
from hub.notify.channels import letters
from hub.notify.channels.channel import Unsent
from hub.notify.hub_access import HubAccess
from hub.notify.sms.channel import Sms
from hub.notify.sms.line import ModemError
from hub.notify.sms.modem import Modem
from hub.notify.worker import Worker
from hub.site_directory.settings import SmsSettings
from hub.store import alarm_list, queries, session
from tests.support.hub import House
from wire import messages as m

WANG_FANG, ZHOU_QIANG = "+8613800000003", "+8613800000008"
STRANGER = "+8613900000000"


@pytest.fixture
def worker(house: House, modem: SimulatedModem) -> Worker:
    sms = Sms(SmsSettings(modem.device))
    return Worker(sms, lambda _name: None, house.clock)  # type: ignore[arg-type, return-value]


def hear(worker: Worker, access: HubAccess) -> None:
    assert isinstance(worker.channel, Sms)
    worker.channel.hear(access.hear)
    access.tell_refused("sms")


def alarm(house: House, number: int = 1) -> Alarm:
    found = house.read(lambda connection: alarm_list.alarm(connection, number))
    assert isinstance(found, Alarm)
    return found


def notices(house: House) -> dict[int, Notice]:
    from hub.store.tables import notice

    with session.reading(house.database) as connection:
        rows = [Notice(**row._mapping) for row in connection.execute(notice.select())]
    return {one.number: one for one in rows if one.channel == "sms"}


def forced(house: House) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))


def test_both_duty_officers_get_a_short_message_without_names(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    while worker.send_next(access):
        pass
    assert {sent.number for sent in modem.sent} == {WANG_FANG, ZHOU_QIANG}
    for sent in modem.sent:
        assert "104" in sent.text
        assert "archive" in sent.text
        assert len(sent.text) <= 70, "one part"
        assert not any(word in sent.text for word in ("王芳", "周强", "档案室", "iron-gate"))


def test_sent_is_not_received_before_the_network_says_so(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    modem.reports = False
    worker.send_next(access)
    (sent,) = modem.sent
    number = min(notices(house))
    assert notices(house)[number].state == "handed"
    hear(worker, access)
    assert notices(house)[number].state == "handed"
    modem.reports_on(sent)
    hear(worker, access)
    assert notices(house)[number].state == "delivered"
    assert not modem.store, "what was taken is discarded"


def test_a_message_that_the_network_gives_up_is_a_trouble(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    modem.reports = False
    worker.send_next(access)
    modem.reports_on(modem.sent[0], 0x46)
    hear(worker, access)
    assert notices(house)[min(notices(house))].state == "failed"
    assert alarm(house, 2).what == "notice-not-delivered"


@pytest.mark.parametrize(
    "text",
    ["1", "收到", " 收到。", "１", "{number}", "{number}号", "\ufeff1", "1\x00\x00", "“1”", "1️⃣", "\u200e1\r\n", "1，"],
)
def test_an_answer_from_the_recipient_acknowledges_as_that_person(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker, text: str
) -> None:
    forced(house)
    while worker.send_next(access):
        pass
    number = next(one.number for one in notices(house).values() if one.person == 1003)
    modem.receives(WANG_FANG, text.format(number=number))
    hear(worker, access)
    assert (alarm(house).acknowledged_by, alarm(house).acknowledged_via) == (1003, "sms")


def test_the_national_form_of_the_number_is_the_same_telephone(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    while worker.send_next(access):
        pass
    modem.receives("13800000003", "1")
    hear(worker, access)
    assert alarm(house).acknowledged_by == 1003


@pytest.mark.parametrize(
    ("sender", "text", "reason"),
    [
        (STRANGER, "1", "unknown-sender"),
        ("+8613800000004", "1", "not-understood"),  # known, and told of nothing
        (WANG_FANG, "什么事？", "not-understood"),
        (WANG_FANG, "99999", "not-understood"),
        (WANG_FANG, "1?", "not-understood"),
        (WANG_FANG, "1\x002", "not-understood"),
        (WANG_FANG, "1" + " " * 30 + "2", "not-understood"),
    ],
)
def test_anything_else_is_counted_and_never_obeyed(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker, sender: str, text: str, reason: str
) -> None:
    forced(house)
    while worker.send_next(access):
        pass
    modem.receives(sender, text)
    hear(worker, access)
    assert alarm(house).acknowledged_by is None
    rows = house.read(lambda connection: queries.journal(connection, kind="answers-refused"))
    assert [(row.data.reason, row.data.count) for row in rows] == [(reason, 1)]
    assert not any(sender.encode() in row.note for row in rows)


def test_a_part_of_a_longer_text_answers_nothing(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    while worker.send_next(access):
        pass
    modem.store = {1: "00440D91683108000000F3000862119291800023080500030B02010031"}  # "1", part 1 of 2
    hear(worker, access)
    assert alarm(house).acknowledged_by is None
    (row,) = house.read(lambda connection: queries.journal(connection, kind="answers-refused"))
    assert row.data.reason == "not-understood"


def test_what_cannot_be_read_is_counted_in_the_journal_and_then_deleted(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    modem.store = {3: "00040D91683108000000F3002062119291800023010131"}  # compressed
    hear(worker, access)
    (row,) = house.read(lambda connection: queries.journal(connection, kind="answers-refused"))
    assert (row.data.reason, row.data.count) == ("unreadable", 1)
    assert not modem.store


def test_what_no_report_is_to_be_had_of_waits_for_none(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    modem.dialect["AT+CNMI"] = b"\r\nERROR\r\n"
    forced(house)
    worker.send_next(access)
    assert modem.sent
    assert notices(house)[min(notices(house))].awaits is False


def test_a_full_memory_is_told_by_the_silent_test(modem: SimulatedModem) -> None:
    modem.dialect['AT+CPMS="SM"'] = b"\r\n+CPMS: 10,10,10,10,10,10\r\n\r\nOK\r\n"
    sms = Sms(SmsSettings(modem.device))
    assert sms.test() == "in the network, signal 21; its memory is full, nothing comes in: SM 10 of 10"
    sms.close()


def test_a_modem_that_refuses_is_tried_three_times(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    modem.refuses = True
    for pause in (0, 11, 31):
        house.clock.forward(pause)
        while worker.send_next(access):
            pass
    assert {one.state for one in notices(house).values() if one.call == 1} == {"failed"}
    assert {one.attempt for one in notices(house).values() if one.call == 1} == {3}


def test_who_has_no_telephone_is_not_tried_for_long(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    from hub.store.tables import person

    house.change(lambda connection: connection.execute(person.update().values(phone="")))
    forced(house)
    while worker.send_next(access):
        pass
    assert not modem.sent
    assert {one.state for one in notices(house).values() if one.call == 1} == {"failed"}


def test_what_was_answered_meanwhile_is_not_sent(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    attended = m.Attended(reader="archive/reader", credential="0" * 64, person=1001, alarms=(1,))
    house.node("archive-1").says(attended)
    while worker.send_next(access):
        pass
    assert not modem.sent


def test_a_drill_says_so(house: House, access: HubAccess, modem: SimulatedModem, worker: Worker) -> None:
    house.fact(m.DrillStarted(area="archive"), "console", 1005, "security")
    worker.send_next(access)
    assert modem.sent[0].text.startswith("【演练】")
    assert str(letters.CODES["drill"]) in modem.sent[0].text


def test_a_crash_in_the_middle_repeats_it_under_the_same_number(
    house: House, access: HubAccess, modem: SimulatedModem, worker: Worker
) -> None:
    forced(house)
    access.claim("sms", 1)  # and then it died
    access.leases.take_over()
    worker.send_next(access)
    first = notices(house)[min(notices(house))]
    assert (first.state, first.attempt, first.repeat) == ("handed", 2, True)
    assert f"【重发】{first.number}号" in modem.sent[0].text


# ---------------------------------------------------------------- the modem itself


def test_long_chinese_texts_come_in_parts(modem: SimulatedModem) -> None:
    text = "封存期间库房铁栅门被打开，" * 12
    with Modem.open(modem.device, 115_200) as port:
        references = port.send(WANG_FANG, text, 9)
    assert len(references) == len(modem.sent) > 1
    assert "".join(sent.text for sent in modem.sent) == text


def test_the_silent_test_asks_for_network_and_signal(modem: SimulatedModem) -> None:
    sms = Sms(SmsSettings(modem.device))
    assert sms.test() == "in the network, signal 21"
    modem.registered = False
    with pytest.raises(Unsent, match="in no network"):
        sms.test()
    assert not modem.sent
    sms.close()


def test_a_modem_that_says_nothing_is_given_up(modem: SimulatedModem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.notify.sms.modem.SEND_S", 0.3)
    modem.hangs.set()
    with Modem.open(modem.device, 115_200) as port, pytest.raises(ModemError, match="does not answer"):
        port.send(WANG_FANG, "x", 1)


def test_no_device_is_said_in_one_line() -> None:
    with pytest.raises(ModemError, match="/dev/no-modem"):
        Modem.open("/dev/no-modem", 115_200)
