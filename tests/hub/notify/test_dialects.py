"""What modems say, each in its own way: a message goes out all the same, and nothing that came in is lost."""

from __future__ import annotations

import contextlib
import logging
import os
import pty
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import serial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.phone.modem import SimulatedModem
from hub.notify.channels.channel import Unreadable
from hub.notify.sms import at, line, pdu
from hub.notify.sms.line import ModemError
from hub.notify.sms.modem import Modem

WANG_FANG = "+8613800000003"
CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "data" / "modem.toml").read_text())["case"]
ANSWER = "0891683108000000F0040D91683100000000F10000621192918000230131"
"""Somebody answers 1."""
REPORT = "0006290D91683108000000F3622181413000002621814130000000"
"""The network reports of part 41."""


def opened(modem: SimulatedModem) -> Modem:
    return Modem.open(modem.device, 115_200)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for what a modem need not say, nor before it is asked again."""
    monkeypatch.setattr(line, "LATE_S", 0.5)
    monkeypatch.setattr(line, "PAUSE_S", 0.1)
    monkeypatch.setattr(line, "QUIET_S", 0.05)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_modem_of_the_collection_is_understood(
    modem: SimulatedModem, case: dict[str, Any], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command, answer in zip(case["to"].split(" then "), case["answer"].split(" | "), strict=True):
        if answer:
            modem.dialect[command] = answer.encode()
    right = case["right"]
    if right == "sends" or right.startswith("an error at once"):
        with opened(modem) as port:
            port.send(WANG_FANG, "x", 1)
        assert [sent.text for sent in modem.sent] == ["x"]
    elif right == "registered":
        with opened(modem) as port:
            assert port.health().registered
    elif right == "not ready":
        monkeypatch.setattr(line, "COMMAND_S", 2.0)
        with pytest.raises(ModemError, match="not ready"):
            opened(modem)
    elif right.startswith("the answer 1"):
        with opened(modem) as port:
            ((place, message),) = port.fetch()
            assert isinstance(message, pdu.Incoming)
            assert message.text == "1"
            assert not any(command.startswith("AT+CMGD") for command in modem.asked)
            port.discard(place)
        assert modem.asked[-1] == "AT+CMGD=1"
    else:
        assert not case["answer"], "a line that takes no bytes has a test of its own"


def test_a_line_that_takes_no_more_bytes_is_one_error_in_bounded_time() -> None:
    master, slave = pty.openpty()
    try:
        port = serial.Serial(os.ttyname(slave), 115_200, timeout=0.1, write_timeout=0.3)
        for size in (4096, 1):
            with contextlib.suppress(serial.SerialTimeoutException):
                while True:
                    port.write(b"x" * size)
        modem = Modem(port)
        with pytest.raises(ModemError, match="cannot be written to"):
            modem.prepare()
        with pytest.raises(ModemError, match="cannot be written to"):
            modem.send(WANG_FANG, "x", 1)
        modem.close()
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize("what", [115_200, -1])
def test_what_is_no_serial_line_is_one_error(tmp_path: Path, what: int) -> None:
    file = tmp_path / "modem"
    file.write_bytes(b"")
    with pytest.raises(ModemError):
        Modem.open(str(file), what)


class NoTerminal:
    """A port whose every call fails as pyserial's may: with what is no OSError."""

    timeout: float | None = None

    def __getattr__(self, _name: str) -> Any:
        import termios

        raise termios.error(5, "Input/output error")


def test_an_error_of_the_terminal_is_the_channels_own() -> None:
    modem = Modem(NoTerminal())
    with pytest.raises(ModemError, match="Input/output error"):
        modem.prepare()
    with pytest.raises(ModemError, match="Input/output error"):
        modem.health()
    modem.close()


# ---------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("takes", "reports"),
    [
        ((), "none"),
        (("2,1",), "none"),
        (("2,1,0,0,0", "2,1"), "none"),
        (("2,1,0,1,0", "2,1,0,0,0"), "in line"),
        (("2,1,0,2,1", "2,1,0,0,1"), "stored"),
    ],
    ids=["nothing at all", "two numbers", "A7670", "SIM800", "MC75i"],
)
def test_what_a_modem_can_do_about_reports_is_found_out(
    modem: SimulatedModem, takes: tuple[str, ...], reports: str
) -> None:
    for command, _kind in at.REPORTS:
        taken = command.removeprefix("AT+CNMI=") in takes
        modem.dialect[command] = b"\r\nOK\r\n" if taken else b"\r\n+CME ERROR: 4\r\n"
    with opened(modem) as port:
        assert port.reports == reports
        port.send(WANG_FANG, "x", 1)


def test_a_report_that_is_said_in_line_is_heard(modem: SimulatedModem) -> None:
    with opened(modem) as port:
        modem.says(f"+CDS: 26\r\n{REPORT}")
        found = _until_found(port)
    assert [what for _place, what in found] == [pdu.Report(41, WANG_FANG, "delivered")]


def test_a_report_between_a_message_and_its_head_is_not_taken_for_it(modem: SimulatedModem) -> None:
    said = f"\r\n+CMGL: 7,0,,22\r\n+CDS: 26\r\n{REPORT}\r\n{ANSWER}\r\n\r\nOK\r\n"
    modem.dialect["AT+CMGL=4"] = said.encode()
    with opened(modem) as port:
        found = {type(what): (place, what) for place, what in port.fetch()}
    assert found[pdu.Report][1] == pdu.Report(41, WANG_FANG, "delivered")
    assert (found[pdu.Incoming][0].number, found[pdu.Incoming][1].text) == (7, "1")  # type: ignore[union-attr]


def test_reports_that_are_kept_in_a_memory_of_their_own_are_fetched_and_deleted_there(modem: SimulatedModem) -> None:
    """EC25 says that they are in SM."""
    modem.dialect |= {
        "AT+CPMS=?": b'\r\n+CPMS: ("SM","ME","MT","SR"),("SM","ME"),("SM","ME")\r\n\r\nOK\r\n',
        'AT+CPMS="': b"\r\n+CPMS: 1,50,1,50,1,50\r\n\r\nOK\r\n",
    }
    with opened(modem) as port:
        port.fetch()
        selected = [command for command in modem.asked if command.startswith('AT+CPMS="')]
        assert selected == ['AT+CPMS="SM"', 'AT+CPMS="ME"', 'AT+CPMS="SR"']
        modem.dialect["AT+CMGL=4"] = f"\r\n+CMGL: 3,0,,26\r\n{REPORT}\r\n\r\nOK\r\n".encode()
        modem.says('+CDSI: "SM",0')
        found = _until_found(port, 3)
        place, report = found[-1]
        assert place == ("SR", 3)
        assert isinstance(report, pdu.Report)
        port.discard(found[0][0])
        port.discard(place)
        assert modem.asked[-4:] == ['AT+CPMS="SM"', "AT+CMGD=3", 'AT+CPMS="SR"', "AT+CMGD=3"]


def test_a_modem_that_wants_all_three_memories_gets_them(modem: SimulatedModem) -> None:
    """Huawei E3372-325."""
    modem.dialect |= {
        "AT+CPMS=?": b'\r\n+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\r\n\r\nOK\r\n',
        'AT+CPMS="SM","SM","SM"': b"\r\n+CPMS: 0,10,0,10,0,10\r\n\r\nOK\r\n",
        'AT+CPMS="ME","ME","ME"': b"\r\n+CPMS: 23,23,0,10,0,10\r\n\r\nOK\r\n",
        'AT+CPMS="': b"\r\nERROR\r\n",
    }
    with opened(modem) as port:
        assert port.fetch() == []
        assert port.full == "ME 23 of 23"


def test_a_modem_that_announces_reports_and_keeps_none_is_told_to_say_them(modem: SimulatedModem) -> None:
    """SIM7600, and EC25 where SR cannot be listed."""
    modem.dialect["AT+CNMI=2,1,0,1,0"] = b"\r\nOK\r\n"
    with opened(modem) as port:
        assert port.reports == "stored"
        deadline = time.monotonic() + 60
        while port.reports == "stored" and time.monotonic() < deadline:
            modem.says('+CDSI: "SR",8')
            port.fetch()
        assert port.reports == "in line"


def _until_found(port: Modem, many: int = 1) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    deadline = time.monotonic() + 60
    while len(found) < many and time.monotonic() < deadline:
        found = list(port.fetch())
    return found


# ---------------------------------------------------------------- what cannot be read


def test_what_cannot_be_read_is_named_before_it_is_deleted(modem: SimulatedModem) -> None:
    modem.store = {4: "0004" + "FF" * 12}
    with opened(modem) as port:
        ((place, what),) = port.fetch()
        assert isinstance(what, Unreadable)
        assert modem.store, "it is still there"
        port.discard(place)
    assert not modem.store


def test_a_place_that_is_listed_without_a_message_is_named_too(modem: SimulatedModem) -> None:
    modem.dialect["AT+CMGL=4"] = b"\r\n+CMGL: 5,1,,0\r\n\r\n\r\nOK\r\n"
    with opened(modem) as port:
        ((place, what),) = port.fetch()
    assert (place.number, type(what)) == (5, Unreadable)


def test_what_a_modem_refuses_to_delete_is_heard_once(modem: SimulatedModem) -> None:
    modem.dialect["AT+CMGD"] = b"\r\n+CMS ERROR: 302\r\n"
    with opened(modem) as port:
        modem.receives(WANG_FANG, "1")
        ((place, _answer),) = port.fetch()
        port.discard(place)
        assert port.fetch() == []
        modem.store = {place.number: ANSWER}
        assert len(port.fetch()) == 1, "another message at that place is heard"


def test_nothing_is_deleted_in_a_memory_that_cannot_be_selected(modem: SimulatedModem) -> None:
    modem.dialect |= {
        "AT+CPMS=?": b'\r\n+CPMS: ("SM","SR"),("SM"),("SM")\r\n\r\nOK\r\n',
        'AT+CPMS="': b"\r\n+CPMS: 1,50,1,50,1,50\r\n\r\nOK\r\n",
        "AT+CMGL=4": f"\r\n+CMGL: 3,0,,26\r\n{REPORT}\r\n\r\nOK\r\n".encode(),
    }
    with opened(modem) as port:
        *_, (place, _report) = port.fetch()
        assert place == ("SR", 3)
        modem.dialect = {'AT+CPMS="SR"': b"\r\nERROR\r\n"} | modem.dialect
        port.discard(place)
    assert not any(command.startswith("AT+CMGD") for command in modem.asked)


class Answering:
    """A port on which every command is answered by a function."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        self.timeout: float | None = None
        self._answer = answer
        self._pending = b""

    @property
    def in_waiting(self) -> int:
        return len(self._pending)

    def write(self, data: bytes) -> int:
        if command := data.decode().strip():
            self._pending += f"\r\n{self._answer(command)}\r\n".encode()
        return len(data)

    def read(self, size: int = 1) -> bytes:
        data, self._pending = self._pending[:size], self._pending[size:]
        return data

    def close(self) -> None:
        pass


def test_a_memory_that_cannot_be_listed_is_done_without_and_the_others_are_heard() -> None:
    selected = ["SM"]

    def answer(command: str) -> str:
        if command == "AT+CPMS=?":
            return '+CPMS: ("SM","SR"),("SM"),("SM")\r\nOK'
        if command.startswith("AT+CPMS="):
            selected[0] = command[9:11]
            return "+CPMS: 1,50,1,50,1,50\r\nOK"
        if command == "AT+CMGL=4":
            return "+CMS ERROR: 302" if selected[0] == "SR" else f"+CMGL: 3,0,,22\r\n{ANSWER}\r\nOK"
        return "+CPIN: READY\r\nOK" if command == "AT+CPIN?" else "OK"

    modem = Modem(Answering(answer))
    modem.prepare()
    for _ in range(2):
        assert [place for place, _answer in modem.fetch()] == [("SM", 3)]


# ---------------------------------------------------------------- manners


@pytest.mark.parametrize(
    "answer",
    [
        b"\r\nOK\r\n\r\n+CREG: 0,1\r\n",  # Wavecom: the answer after the OK
        b"AT+CREG?\r\r\n+CREG: 0,5\r\n\r\nOK\r\n",  # the echo is on
        b"^RSSI:21\r\nAT+CREG?\r\r\n+CREG: 0,1\r\n^RSSI:22\r\n\r\nOK\r\n",
        b'\r\n+CREG: 2,1,"25FF","8D8A",7\r\n\r\nOK\r\n',
        b"+CREG:0,10\nOK\n",
        b'\r\n+CTZV: +32\r\n*PSUTTZ: 2026,2,18,3,14,0,"+32",0\r\n+CREG: 0,1\r\n\r\nOK\r\n',
        b"\x00\x00\r\n+CREG: 0,1\x00\r\n\r\nOK\r\n",
    ],
)
def test_registration_is_found_among_what_else_is_said(modem: SimulatedModem, answer: bytes) -> None:
    modem.dialect |= {"AT+CREG?": answer, "AT+CEREG?": b"\r\nERROR\r\n", "AT+CGREG?": b"\r\nERROR\r\n"}
    with opened(modem) as port:
        assert port.health().registered


@pytest.mark.parametrize(("state", "why"), [(0, "does not look"), (2, "looks"), (3, "refused"), (8, "emergency")])
def test_why_it_is_in_no_network_is_said_in_words(modem: SimulatedModem, state: int, why: str) -> None:
    modem.dialect["AT+CREG?"] = f"\r\n+CREG: 0,{state}\r\n\r\nOK\r\n".encode()
    with opened(modem) as port:
        health = port.health()
    assert not health.registered
    assert why in health.why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", "asks for its PIN"),
        (b"\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", "asks for its PUK"),
        (b"\r\n+CME ERROR: 10\r\n", "no SIM card"),
        (b"\r\n+CME ERROR: SIM not inserted\r\n", "SIM not inserted"),
    ],
)
def test_what_is_wrong_with_the_card_is_said_in_words(modem: SimulatedModem, answer: bytes, why: str) -> None:
    modem.dialect["AT+CPIN?"] = answer
    with pytest.raises(ModemError, match=why):
        opened(modem)


def test_a_modem_that_is_busy_is_asked_again(
    modem: SimulatedModem, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    modem.dialect["AT+CPIN?"] = b"\r\n+CME ERROR: 14\r\n"
    monkeypatch.setattr(time, "sleep", lambda _seconds: modem.dialect.clear())
    with opened(modem) as port:
        assert port.health().registered


def test_a_modem_that_has_started_anew_is_prepared_anew(modem: SimulatedModem) -> None:
    with opened(modem) as port:
        modem.says("RDY")
        deadline = time.monotonic() + 60
        while modem.asked.count("AT+CMGF=0") < 2 and time.monotonic() < deadline:
            port.fetch()
        assert modem.asked.count("AT+CMGF=0") == 2


def test_one_that_says_so_amid_its_list_of_messages_is_prepared_anew_too(modem: SimulatedModem) -> None:
    with opened(modem) as port:
        modem.dialect["AT+CMGL"] = b"\r\nRDY\r\n\r\nOK\r\n"
        port.fetch()
        del modem.dialect["AT+CMGL"]
        port.fetch()
        assert modem.asked.count("AT+CMGF=0") == 2


def test_a_refusal_is_told_in_words(modem: SimulatedModem) -> None:
    modem.dialect["AT+CMGS"] = b"\r\n+CMS ERROR: 330\r\n"
    with opened(modem) as port, pytest.raises(ModemError, match="number of the message centre is not known"):
        port.send(WANG_FANG, "x", 1)


# ---------------------------------------------------------------- whatever comes


NOISE = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"\r\nOK\r\n",
            b"\r\nERROR\r\n",
            b"> ",
            b"\r\n>\r\n",
            b"+CMGL: 1,0,,22\r\n",
            b"+CDS: 26\r\n",
            b"+CMGS: 41\r\n",
            b"+CPIN: READY\r\n",
            b"+CREG: 0,1\r\n",
            b"+CPMS: 9,9\r\n",
            b'+CPMS: ("SM","SR")\r\n',
            b'+CMTI: "ME",-1\r\n',
            b"+CME ERROR: 99999999999999999999\r\n",
            b"^RSSI:3\r\n",
            b"RDY\r\n",
            ANSWER.encode() + b"\r\n",
            REPORT.encode() + b"\r\n",
            b"F" * 5000,
        ]
    ),
)


class Babbler:
    """A port on which a modem says whatever it likes, whatever it is told."""

    def __init__(self, script: list[bytes]) -> None:
        self.timeout: float | None = None
        self._script = script
        self._pending = b""

    @property
    def in_waiting(self) -> int:
        return len(self._pending)

    def write(self, data: bytes) -> int:
        self._pending += self._script.pop(0) if self._script else b""
        return len(data)

    def read(self, size: int = 1) -> bytes:
        if not self._pending:
            time.sleep(0.001)
        data, self._pending = self._pending[:size], self._pending[size:]
        return data

    def close(self) -> None:
        pass


@pytest.fixture
def brief(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMMAND_S", "FIRST_S", "LATE_S"):
        monkeypatch.setattr(line, name, 0.3)
    monkeypatch.setattr("hub.notify.sms.modem.SEND_S", 0.3)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMMAND_S", "FIRST_S", "LATE_S", "PAUSE_S", "QUIET_S"):
        monkeypatch.setattr(line, name, 0.005)
    monkeypatch.setattr("hub.notify.sms.modem.SEND_S", 0.005)
    monkeypatch.setattr(logging.getLogger("strongroom.notify"), "disabled", True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(NOISE, max_size=30))
def test_whatever_a_modem_says_the_channel_answers_or_fails_with_its_own_error(
    hasty: None, script: list[bytes]
) -> None:
    modem = Modem(Babbler(script))
    calls = (modem.prepare, modem.fetch, modem.health, lambda: modem.send(WANG_FANG, "x", 1), modem.fetch)
    for call in calls:
        try:
            call()
        except ModemError:
            continue


COMMANDS = ("AT+CPIN?", "AT+CNMI", "AT+CPMS=?", 'AT+CPMS="', "AT+CMGL", "AT+CMGD", "AT+CREG?", "AT+CSQ", "AT+CMGS")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=12)
@given(st.dictionaries(st.sampled_from(COMMANDS), st.lists(NOISE, max_size=4).map(b"".join), max_size=4))
def test_on_a_real_line_too_every_call_ends_in_an_answer_or_the_channels_own_error(
    brief: None, answers: dict[str, bytes]
) -> None:
    with SimulatedModem() as modem:
        try:
            port = opened(modem)
        except ModemError:
            return
        modem.dialect = answers
        modem.receives(WANG_FANG, "1")
        for call in (port.fetch, port.health, lambda: port.send(WANG_FANG, "x", 1), port.prepare):
            with contextlib.suppress(ModemError):
                call()
        port.close()


def test_a_modem_that_never_ends_talking_is_given_up(hasty: None) -> None:
    class Endless(Babbler):
        @property
        def in_waiting(self) -> int:
            return 4096

        def read(self, size: int = 1) -> bytes:
            return b"^RSSI:21\r\n" * (size // 10 + 1)

    modem = Modem(Endless([]))
    with pytest.raises(ModemError, match="does not answer"):
        modem.prepare()


@given(st.binary(max_size=300))
def test_every_octet_is_in_a_line_or_waits_for_its_end(data: bytes) -> None:
    rest, lines = data, []
    while True:
        found, rest = at.cut(rest)
        if found is None:
            break
        lines.append(found)
    kept = "".join(lines) + rest.decode("ascii", "replace")
    printable = {char for char in data.decode("ascii", "replace") if char.isprintable() and char != " "}
    assert printable <= set(kept)


@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from(["+CMGL: 1,0,,22", "+CDS: 26", ANSWER, REPORT]))))
def test_every_line_of_a_list_is_read_or_kept(lines: list[str]) -> None:
    read = at.listed(lines)
    assert len(read.other) + len(read.stored) + len(read.direct) <= len(lines)
    assert set(read.other) <= set(lines)
