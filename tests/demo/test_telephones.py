"""The simulated telephones of a demonstration: called by the hub's own short messages, and answering them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo.phone.telephones import Telephones, modem_in
from demo.sim.__main__ import run
from hub.notify.sms.line import ModemError
from hub.notify.sms.modem import Modem
from hub.notify.sms.pdu import Report
from tests.support.hub import DEMO_SITE
from tests.support.terminal import Result, type_in
from wire.simulation import telephones

WANG_FANG, LI_NA = "+8613800000003", "+8613800000002"
CALL = "8号 紧急101 archive 03:14。回1确认"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """The directory of a demonstration whose telephones are on."""
    (tmp_path / "sim").mkdir()
    shutil.copyfile(DEMO_SITE, tmp_path / "site.toml")
    with Telephones(tmp_path / "sim"):
        yield tmp_path


@pytest.fixture
def modem(site: Path) -> Iterator[Modem]:
    """Its modem, opened as the hub opens a real one."""
    with Modem.open(str(modem_in(site / "sim")), 115_200) as modem:
        yield modem


def phone(site: Path, *words: str) -> Result:
    """What `strongroom sim phone` says."""
    return type_in("--dir", site, "sim", "phone", *words, invoke=run)


def on(site: Path, number: str) -> list[tuple[str, str]]:
    """Way and text of what is on a telephone."""
    found = telephones.send(site / "sim", telephones.Look()).telephones
    return [(one.way, one.text) for one in found.get(number, ())]


def test_a_call_is_on_the_telephone_of_whom_it_was_for_and_reported_as_delivered(site: Path, modem: Modem) -> None:
    (reference,) = modem.send(WANG_FANG, CALL, 8)
    assert on(site, WANG_FANG) == [("in", CALL)]
    assert on(site, LI_NA) == []
    assert [message for _place, message in modem.fetch()] == [Report(reference, WANG_FANG, "delivered")]


def test_a_long_message_is_read_as_one(site: Path, modem: Modem) -> None:
    text = "封存期间库房铁栅门被打开，" * 12
    assert len(modem.send(WANG_FANG, text, 9)) > 1
    assert on(site, WANG_FANG) == [("in", text)]


def test_an_answer_reaches_the_hub_from_the_number_of_whoever_gives_it(site: Path, modem: Modem) -> None:
    answer = telephones.send(site / "sim", telephones.Reply(LI_NA, "收到"))
    assert answer.error == ""
    assert on(site, LI_NA) == [("out", "收到")]
    ((place, message),) = modem.fetch()
    assert message[:3] == (LI_NA, "收到", None)
    modem.discard(place)
    assert modem.fetch() == []


def test_it_is_there_again_for_whoever_opens_it_anew_in_the_middle_of_a_message(site: Path, modem: Modem) -> None:
    """As when the notifying service was killed between the prompt and the message."""
    modem._line.write(b"AT+CMGS=20\r")
    modem._line.expect_prompt("AT+CMGS=20")
    modem.close()
    with Modem.open(str(modem_in(site / "sim")), 115_200) as again:
        again.send(WANG_FANG, CALL, 8)
    assert on(site, WANG_FANG) == [("in", CALL)]


@pytest.mark.parametrize("command", ["AT+CMGF=1", "AT+NONSENSE", "AT+CMGS=x"])
def test_a_modem_refuses_what_it_does_not_know(modem: Modem, command: str) -> None:
    with pytest.raises(ModemError, match="refuses"):
        modem._line.ask(command)


def test_the_command_line_shows_the_telephones_and_answers_from_one(site: Path, modem: Modem) -> None:
    assert phone(site).stdout == "no short message yet\n"
    modem.send(WANG_FANG, CALL, 8)
    head, call, answer, zone = phone(site, "王芳", "1").stdout.splitlines()
    assert head == f"王芳 1003 {WANG_FANG}"
    assert zone == "Times are those of Asia/Shanghai."
    assert (call.split(" < ")[1], answer.split(" > ")[1]) == (CALL, "1")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["何人"], 66, "nobody with a telephone is called '何人'; there are: 张伟 1001"),
        (["王芳", "长" * 71], 66, "an answer has 1 to 70 characters"),
        (["王芳", "🔔" * 40], 66, "too long for one short message"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(site: Path, words: list[str], code: int, why: str) -> None:
    refused = phone(site, *words)
    assert refused.exit_code == code
    assert why in str(refused.exception)


def test_without_a_demonstration_there_are_no_telephones(tmp_path: Path) -> None:
    shutil.copyfile(DEMO_SITE, tmp_path / "site.toml")
    assert phone(tmp_path).exit_code == 69
    assert "no demonstration is running" in str(phone(tmp_path).exception)


def test_times_are_the_sites_wherever_the_machine_stands(
    site: Path, modem: Modem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    modem.send(WANG_FANG, CALL, 8)
    (message,) = telephones.send(site / "sim", telephones.Look()).telephones[WANG_FANG]
    shanghai = datetime.fromtimestamp(message.at / 1000, ZoneInfo("Asia/Shanghai"))
    assert f"  {shanghai:%H:%M:%S} < {CALL}" in phone(site).stdout.splitlines()
    monkeypatch.undo()
    time.tzset()
