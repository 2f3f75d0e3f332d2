"""A duty officer at the console: signs in with the password that was printed, and does all by its pages."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from urllib.parse import urlencode

from hub.cli import passwords
from hub.site_directory.hub import Hub

TIMEOUT_S = 20


class ConsoleError(Exception):
    """The console does not do what it should; the message says what."""


class DutyOfficer:
    """One person's browser. Every method raises ConsoleError."""

    def __init__(self, hub: Hub, login: str) -> None:
        self._login = login
        self._port = hub.settings.console.port
        self._authority = hub.layout.https.authority
        self._layout = hub.layout
        self._cookie = ""

    def has_a_console(self) -> bool:
        """Whether somebody listens where the console should be."""
        with socket.socket() as probe:
            return probe.connect_ex(("localhost", self._port)) == 0

    def sign_in(self) -> None:
        """Sign in by the password that was printed."""
        self._cookie = ""
        login, password = self._login, passwords.of(self._layout, self._login)
        self._post("/sign-in", {"login": login, "password": password, "next": "/", "lang": "en"})
        if not self._cookie:
            raise ConsoleError(f"{login} was not let in")

    def board(self) -> str:
        """The duty board, as a page."""
        return self._get("/")

    def sees(self, alarm: int) -> bool:
        """Whether the board shows this alarm."""
        return f'"/alarms/{alarm}"' in self.board()

    def acknowledge(self, alarm: int) -> None:
        """Press the button."""
        self._act(f"/alarms/{alarm}", "acknowledge", {})

    def write_finding(self, alarm: int, cause: str, finding: str) -> None:
        """Write the finding of an alarm that takes two people."""
        self._act(f"/alarms/{alarm}", "finding", {"cause": cause, "finding": finding})

    def close(self, alarm: int, cause: str, finding: str) -> None:
        """Confirm just that finding, as the second person: this closes the alarm."""
        self._act(f"/alarms/{alarm}", "close", {"cause": cause, "finding": finding})

    def _act(self, page: str, what: str, fields: dict[str, str]) -> None:
        token = re.search(r'name="csrf" value="([^"]+)"', self._get(page))
        if token is None:
            raise ConsoleError(f"{page} has no form")
        self._post(f"{page}/{what}", {"csrf": token[1], **fields})

    def _get(self, path: str) -> str:
        status, page = self._ask("GET", path, None)
        if status != 200:
            raise ConsoleError(f"{path} answers {status}")
        return page

    def _post(self, path: str, fields: dict[str, str]) -> None:
        status, page = self._ask("POST", path, fields)
        if status not in (302, 303):
            wrong = re.search(r'class="wrong"[^>]*>(.*?)</p>', page, re.DOTALL)
            why = re.sub(r"<[^>]+>|\s+", " ", wrong[1]).strip() if wrong else ""
            raise ConsoleError(f"{path} answers {status} {why}")

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=str(self._authority))
        host = f"localhost:{self._port}"
        line = http.client.HTTPSConnection("localhost", self._port, timeout=TIMEOUT_S, context=context)
        headers = (
            {"Origin": f"https://{host}", "Cookie": self._cookie} if self._cookie else {"Origin": f"https://{host}"}
        )
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, urlencode(fields) if fields is not None else None, headers)
            answer = line.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                self._cookie = value.split(";")[0]
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise ConsoleError(f"the console does not answer: {error}") from None
        finally:
            line.close()
