"""Somebody who asks for pages and sends forms, as a browser without JavaScript does."""

from __future__ import annotations

import html
import re
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from tests.support.hub import PASSWORD

TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
ORIGIN = "https://console.local"


class Visitor:
    def __init__(self, client: TestClient, port: int) -> None:
        self.client = client
        self.cookie = f"__Host-strongroom-{port}"

    def signs_in(self, login: str, password: str = PASSWORD, language: str = "en", **form: str) -> Response:
        fields = {"login": login, "password": password, "lang": language, "next": "/", **form}
        return self.sends("/sign-in", fields)

    def sees(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def sends(self, path: str, form: dict[str, Any], **headers: str) -> Response:
        """A form as it is, with the Origin that a browser adds."""
        return self.client.post(path, data=form, headers={"Origin": ORIGIN, **headers}, follow_redirects=False)

    def does(self, path: str, **form: Any) -> Response:
        """A form with the token of the page that it stands on."""
        return self.sends(path, {"csrf": self.token(), **form})

    def token(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.sees("/unlock").text)
        assert found
        return found[1]


def text_of(response: Response) -> str:
    """What stands on a page, without its tags."""
    return " ".join(html.unescape(TAG.sub(" ", response.text)).split())
