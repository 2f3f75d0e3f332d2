"""Log messages of RFC 5424 over TLS, each preceded by its length (RFC 5425): for the bureau's log server.

That protocol has no answer. What was written to a connection that nobody then reset counts as handed.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from hub.core.state import Alarm
from hub.notify.channels.channel import Handed, Letter, Told, Unsent
from hub.site_directory.settings import SyslogSettings
from wire import messages as m
from wire import moments

PATIENCE_S = 10.0
FACILITY = 10
"""Security and authorization messages, private (RFC 5424, table 1)."""
SEVERITIES = {1: 1, 2: 2, 3: 4, 4: 5}
"""Priority to severity: alert, critical, warning, notice."""
INFORMATIONAL = 6
ENTERPRISE = 32473
"""The number that RFC 5612 keeps for examples: we have none of our own."""


class Syslog:
    """One connection for each notice, so that a server that is gone is noticed."""

    name: m.Channel = "syslog"
    lease_s = 60

    def __init__(self, settings: SyslogSettings, folder: Path, site: str) -> None:
        """`folder`: where relative paths of the settings begin."""
        self._settings = settings
        self._folder = folder
        self._site = site

    def send(self, letter: Letter) -> Handed:
        """Send a message for each line. Raises Unsent."""
        self._write([line_message(letter, line, self._site) for line in letter.lines])
        return Handed()

    def test(self) -> str:
        """Say that we are there: on a log server that disturbs nobody."""
        now = datetime.now(UTC)
        self._write([_message(INFORMATIONAL, now, self._site, "test", "", "channel test")])
        return "the server takes messages"

    def turn(self, hub: Told, help_wanted: bool) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, messages: list[bytes]) -> None:
        address = (self._settings.host, self._settings.port)
        try:
            context = ssl.create_default_context(cafile=str(self._folder / self._settings.ca))
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            with (
                socket.create_connection(address, PATIENCE_S) as plain,
                context.wrap_socket(plain, server_hostname=self._settings.host) as connection,
            ):
                for message in messages:
                    connection.sendall(frame(message))
                with contextlib.suppress(ssl.SSLError):  # many servers just close, which RFC 5425 4.4 lets them
                    connection.unwrap()
        except (OSError, ValueError) as error:
            raise Unsent(f"the log server cannot be used: {type(error).__name__}") from None


def frame(message: bytes) -> bytes:
    """A message with its length before it (RFC 5425, 4.3)."""
    return str(len(message)).encode() + b" " + message


def line_message(letter: Letter, line: Alarm, site: str) -> bytes:
    """The message about one alarm."""
    moment = moments.at(letter.now)
    data = {
        "notice": str(letter.notice.number),
        "alarm": str(line.number),
        "priority": str(line.priority),
        "place": line.place,
        "drill": "yes" if letter.notice.drill else "no",
        "repeat": "yes" if letter.repeat else "no",
    }
    elements = "".join(f' {name}="{_escaped(value)}"' for name, value in data.items())
    mark = "DRILL " if letter.notice.drill else ""
    text = f"{mark}alarm {line.number}: {line.what} at {line.place}"
    return _message(SEVERITIES[line.priority], moment, site, line.what, elements, text)


def _message(severity: int, moment: datetime, site: str, msgid: str, elements: str, text: str) -> bytes:
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    structured = f"[strongroom@{ENTERPRISE}{elements}]" if elements else "-"
    head = f"<{FACILITY * 8 + severity}>1 {stamp} {site} strongroom notify {msgid[:32]} {structured} "
    return head.encode("ascii", "replace") + b"\xef\xbb\xbf" + text.encode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
