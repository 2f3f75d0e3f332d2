"""Mail against aiosmtpd, log messages against a TLS listener, the sounder against gpiozero's mock pins."""

from __future__ import annotations

import queue
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from hub.core.alarms.kinds import KINDS
from hub.notify.channels import letters
from hub.notify.channels.channel import Channel, Unsent
from hub.notify.channels.email import Email
from hub.notify.channels.sounder import Sounder, rings
from hub.notify.channels.syslog import Syslog, frame
from hub.notify.hub_access import HubAccess
from hub.notify.worker import Worker
from hub.site_directory.settings import EmailSettings, SounderSettings, SyslogSettings
from hub.store import alarm_list, queries
from tests.support.hub import House
from tests.support.ports import free_port
from wire import messages as m


class Postbox:
    """What the bureau's mail server was given."""

    def __init__(self) -> None:
        self.mails: queue.Queue[Envelope] = queue.Queue()
        self.refuses = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        self.mails.put(envelope)
        return "250 OK"


@pytest.fixture
def postbox(house: House) -> Iterator[tuple[Postbox, Controller]]:
    """A mail server that insists on TLS and on a name and password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls = house.hub.layout.tls
    context.load_cert_chain(tls / "https.crt", tls / "https.key")
    box = Postbox()

    def sign_in(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"strongroom", b"secret word"), handled=False)

    server = Controller(
        box,
        "localhost",
        free_port(),
        tls_context=context,
        require_starttls=True,
        authenticator=sign_in,
        auth_required=True,
    )
    server.start()
    (house.hub.layout.hub / "mail-user").write_text("strongroom\nsecret word\n")
    yield box, server
    server.stop()


def email(house: House, server: Controller, **changes: Any) -> Email:
    port = server.port
    wanted = {
        "host": "localhost",
        "sender": "strongroom@bureau.lan",
        "port": port,
        "user_file": "mail-user",
        "ca": "tls/ca.crt",
    }
    return Email(EmailSettings(**{**wanted, **changes}), house.hub.layout.hub)


def worker(channel: Channel, house: House) -> Worker:
    return Worker(channel, lambda _name: None, house.clock)  # type: ignore[arg-type, return-value]


def call_by_mail(house: House) -> None:
    """An alarm whose ladder has come to the mail."""
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    house.engine.decide(lambda _state, _site: iter([m.CallMoved(call=1, step=1, round=0, why="unanswered", wait=1000)]))


def test_a_mail_goes_encrypted_to_each_and_names_nobody(house: House, access: HubAccess, postbox: Any) -> None:
    box, server = postbox
    call_by_mail(house)
    working = worker(email(house, server), house)
    while working.send_next(access):
        pass
    mails = [box.mails.get(timeout=60) for _ in range(2)]
    assert {mail.rcpt_tos[0] for mail in mails} == {"p1003@bureau.lan", "p1008@bureau.lan"}
    read = message_from_bytes(mails[0].content, policy=default)
    assert re.search(r"Strongroom \d+: .* forced archive", read["Subject"])
    part = read.get_body()
    assert part
    body = part.get_content()
    assert "铁栅门 archive/iron-gate" in body
    assert not any(name in body for name in ("王芳", "周强", "张伟"))


def test_the_silent_test_of_the_mail_sends_none(house: House, postbox: Any) -> None:
    box, server = postbox
    assert email(house, server).test() == "the server answers"
    assert box.mails.empty()


def test_without_encryption_nothing_is_said(house: House, postbox: Any) -> None:
    _box, server = postbox
    with pytest.raises(Unsent):
        email(house, server, ca="keys/engine.pub").test()


def test_a_wrong_password_is_a_failure_and_stands_nowhere(house: House, postbox: Any) -> None:
    _box, server = postbox
    (house.hub.layout.hub / "mail-user").write_text("strongroom\nwrong word\n")
    with pytest.raises(Unsent) as refused:
        email(house, server).test()
    assert str(refused.value) == "the server answers 535"


def test_a_recipient_that_is_refused_is_not_tried_again(house: House, access: HubAccess, postbox: Any) -> None:
    box, server = postbox
    box.refuses = True
    call_by_mail(house)
    working = worker(email(house, server), house)
    while working.send_next(access):
        pass
    rows = house.read(lambda connection: queries.journal(connection, kind="notice-failed"))
    assert {row.data.detail for row in rows} == {"the server refuses the recipient"}
    assert {row.data.attempt for row in rows} == {1}


# ---------------------------------------------------------------- log server


class LogServer:
    """Takes RFC 5425 frames over TLS, and keeps the messages."""

    def __init__(self, tls: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(tls / "https.crt", tls / "https.key")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.messages: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True) as connection:
                    data = b""
                    while block := connection.recv(4096):
                        data += block
                    while data:
                        length, _, rest = data.partition(b" ")
                        self.messages.put(rest[: int(length)])
                        data = rest[int(length) :]
            except OSError:
                continue


@pytest.fixture
def log_server(house: House) -> Iterator[LogServer]:
    server = LogServer(house.hub.layout.tls)
    yield server
    server.close()


RFC_5424 = re.compile(
    rb"<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z demo strongroom notify (\S{1,32}) (-|\[.*\]) "
    rb"\xef\xbb\xbf(.*)"
)


def test_an_alarm_is_a_log_message_of_its_severity(house: House, access: HubAccess, log_server: LogServer) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    syslog = Syslog(SyslogSettings("localhost", "tls/ca.crt", log_server.port), house.hub.layout.hub, "demo")
    assert worker(syslog, house).send_next(access)
    match = RFC_5424.fullmatch(log_server.messages.get(timeout=60))
    assert match is not None
    assert int(match[1]) == 10 * 8 + 2  # critical
    assert match[2] == b"forced"
    assert b'place="archive/iron-gate"' in match[3]


def test_a_log_server_that_speaks_no_tls_1_3_gets_nothing(house: House, log_server: LogServer) -> None:
    log_server._context.maximum_version = ssl.TLSVersion.TLSv1_2
    syslog = Syslog(SyslogSettings("localhost", "tls/ca.crt", log_server.port), house.hub.layout.hub, "demo")
    with pytest.raises(Unsent, match="log server"):
        syslog.test()


def test_the_silent_test_of_the_log_server_is_a_message_for_nobody(house: House, log_server: LogServer) -> None:
    syslog = Syslog(SyslogSettings("localhost", "tls/ca.crt", log_server.port), house.hub.layout.hub, "demo")
    syslog.test()
    match = RFC_5424.fullmatch(log_server.messages.get(timeout=60))
    assert match is not None
    assert int(match[1]) == 10 * 8 + 6  # informational


def test_a_log_server_of_another_authority_is_told_nothing(house: House, log_server: LogServer, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from hub.admin import first_papers
    from hub.site_directory.broker import BrokerSettings

    other = first_papers.init(
        tmp_path / "other", BrokerSettings("other", ("localhost",), "127.0.0.1", 1), datetime.now(UTC)
    )
    syslog = Syslog(
        SyslogSettings("localhost", str(other.tls / "ca.crt"), log_server.port), house.hub.layout.hub, "demo"
    )
    with pytest.raises(Unsent):
        syslog.test()
    assert log_server.messages.empty()


def test_a_frame_begins_with_its_length_in_octets() -> None:
    assert frame("铁".encode()) == b"3 " + "铁".encode()


# ---------------------------------------------------------------- sounder


def test_the_sounder_sounds_until_somebody_answers(house: House, access: HubAccess) -> None:
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder")), "notify")
    sounder = Sounder(SounderSettings("mock", lamp=24), "/tmp")
    assert (sounder.test(), sounder.on) == ("2 pins", False)
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    assert worker(sounder, house).send_next(access)
    assert sounder.on
    assert rings(access.look()[0])
    row = house.read(lambda connection: alarm_list.alarm(connection, 1))
    assert row.sounded_at is not None
    house.fact(m.AlarmAcknowledged(alarm=1), "console", 1003, "duty")
    sounds = []
    for help_wanted in (False, True, False):
        sounder.turn(access, help_wanted)
        sounds.append(sounder.on)
    assert sounds == [False, True, False], "it sounds while help is called without the database"
    sounder.close()


# ---------------------------------------------------------------- letters


def test_every_kind_has_a_code_and_no_two_alarms_have_the_same() -> None:
    assert set(letters.CODES) <= set(KINDS)
    assert len(set(letters.CODES.values())) == len(letters.CODES)
    for what, kind in KINDS.items():
        assert what in letters.CODES or kind.klass == "trouble", what
