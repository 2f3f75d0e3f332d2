"""What stands before every page: origin, token, roles, headers, and errors without a traceback."""

from __future__ import annotations

import hashlib
import socket
import ssl

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.console.base import assets
from hub.console.base.gate import CSP
from hub.core.state import Alarm
from hub.store import alarm_list, queries
from tests.hub.console.conftest import Running
from tests.hub.console.visitor import ORIGIN, Visitor, text_of
from tests.support.hub import House
from wire import messages as m

ACTIONS = {
    "/alarms/1/acknowledge": {},
    "/alarms/1/finding": {"cause": "forgotten", "finding": "忘记关门"},
    "/alarms/1/close": {"cause": "forgotten", "finding": "忘记关门"},
    "/areas/archive/order": {"purpose": "seal"},
    "/areas/archive/cancel": {},
}


@pytest.fixture
def forced(house: House) -> House:
    """An alarm that is open."""
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    return house


def life(house: House) -> str:
    alarm: Alarm = house.read(lambda connection: alarm_list.alarm(connection, 1))
    return alarm.life


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://console.local",
        "https://console.local:444",
        "https://[",
        "https://console.local]",
    ],
)
def test_a_form_from_elsewhere_does_nothing(visitor: Visitor, forced: House, origin: str) -> None:
    visitor.signs_in("wangfang")
    answer = visitor.client.post(
        "/alarms/1/acknowledge", data={"csrf": visitor.token()}, headers={"Origin": origin}, follow_redirects=False
    )
    assert answer.status_code == 403
    assert "该请求不是来自本控制台的页面" in text_of(answer)
    assert life(forced) == "returned-unacknowledged"


def test_nobody_is_signed_in_from_elsewhere(visitor: Visitor) -> None:
    form = {"login": "wangfang", "password": "correct horse battery"}
    answer = visitor.client.post("/sign-in", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/sign-in", "/unlock", "/language", "/alarms/1/acknowledge"])
@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="csrf"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx',
        b'Content-Disposition: form-data; name="csrf"\r\n\r\n\xff',
        b"\r\n\r\n",
    ],
)
def test_a_form_that_nobody_can_read_does_nothing(visitor: Visitor, forced: House, path: str, part: bytes) -> None:
    """Before anybody is signed in, too: an error would be a traceback in the log for each."""
    visitor.signs_in("wangfang")
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=b"}
    body = b"--b\r\n" + part + b"\r\n--b--\r\n"
    answer = visitor.client.post(path, content=body, headers=headers, follow_redirects=False)
    assert answer.status_code in (400, 403)
    assert life(forced) == "returned-unacknowledged"


def test_a_finding_that_is_no_text_is_refused(visitor: Visitor, forced: House) -> None:
    visitor.signs_in("wangfang")
    visitor.does("/alarms/1/acknowledge")
    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    body = f"csrf={visitor.token()}&cause=work&finding=%CD%FC%BC%C7%B9%D8%C3%C5"  # GBK
    answer = visitor.client.post("/alarms/1/close", content=body, headers=headers, follow_redirects=False)
    assert answer.status_code == 400
    assert life(forced) == "returned-acknowledged"


def test_a_page_that_somebody_says_he_comes_from_and_that_is_none_leads_to_the_first(visitor: Visitor) -> None:
    headers = {"Origin": ORIGIN, "Referer": "https://["}
    answer = visitor.client.post("/language", data={}, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_without_the_token_of_its_page_does_nothing(visitor: Visitor, forced: House, token: str) -> None:
    visitor.signs_in("wangfang")
    answer = visitor.sends("/alarms/1/acknowledge", {"csrf": token})
    assert answer.status_code == 403
    assert life(forced) == "returned-unacknowledged"


@pytest.mark.parametrize("login", ["zhaomin", "sunli"])
@pytest.mark.parametrize("path", ACTIONS)
def test_administrator_and_auditor_read_only(visitor: Visitor, forced: House, login: str, path: str) -> None:
    visitor.signs_in(login)
    answer = visitor.does(path, **ACTIONS[path])
    assert answer.status_code == 403
    assert "Your role may read here, but not act" in text_of(answer)
    assert life(forced) == "returned-unacknowledged"


@pytest.mark.parametrize("login", ["zhaomin", "sunli"])
def test_who_may_not_act_sees_no_button_for_it(visitor: Visitor, forced: House, login: str) -> None:
    visitor.signs_in(login)
    for path in ("/", "/alarms/1", "/areas/archive"):
        page = visitor.sees(path).text
        assert 'action="/alarms' not in page
        assert 'action="/areas' not in page


@pytest.mark.parametrize("login", ["wangfang", "liuyang"])
def test_duty_and_security_may_act(visitor: Visitor, forced: House, login: str) -> None:
    visitor.signs_in(login)
    assert visitor.does("/alarms/1/acknowledge").status_code == 303
    assert life(forced) == "returned-acknowledged"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/console.css", "/static/none.css", "/nothing", "/alarms/x"])
def test_every_answer_bears_the_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.sees(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "'unsafe" not in headers["content-security-policy"]
    assert ("no-store" in headers["cache-control"]) == (path != "/static/console.css")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/alarms/99", "/alarms/x", "/areas/nowhere", "/journal/99999", "/journal/-1", "/static/../app.py"],
)
def test_what_is_not_there_is_a_page_that_says_so(visitor: Visitor, path: str) -> None:
    visitor.signs_in("wangfang")
    answer = visitor.sees(path)
    assert answer.status_code == 404
    assert "There is no such page." in text_of(answer) or "没有这个页面。" in text_of(answer)


def test_an_error_is_a_page_without_a_traceback(
    app: Starlette, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.signs_in("wangfang")

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(queries, "areas", fail)
    visitor.client = TestClient(
        app, str(visitor.client.base_url), raise_server_exceptions=False, cookies=visitor.client.cookies
    )
    answer = visitor.sees("/")
    assert answer.status_code == 500
    assert "Something went wrong in the console" in text_of(answer)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_form_that_is_too_large_is_refused(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    answer = visitor.sends("/alarms/1/close", {"csrf": visitor.token(), "finding": "长" * 100_000})
    assert answer.status_code == 413


def test_a_method_that_a_page_does_not_have_is_refused(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    assert visitor.client.delete("/alarms/1", headers={"Origin": ORIGIN}).status_code == 405


def test_the_page_that_plays_is_only_there_in_a_demonstration(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    assert visitor.sees("/play").status_code == 404
    assert "/play" not in visitor.sees("/").text


def test_htmx_is_the_one_that_we_have_written_down() -> None:
    written = (assets.FOLDER / "VENDORED.md").read_text("utf-8")
    assert hashlib.sha256((assets.FOLDER / "htmx.min.js").read_bytes()).hexdigest() in written


def test_static_files_are_packed_and_may_be_kept(visitor: Visitor) -> None:
    found = assets.load()
    for asset in found.values():
        answer = visitor.sees(asset.address)
        assert answer.content == asset.plain
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
    assert sum(len(asset.packed) for asset in found.values()) < 40_000


def test_only_tls_1_3_is_spoken_and_browsers_are_told_never_to_come_without(running: Running, house: House) -> None:
    address = ("localhost", house.hub.settings.console.port)

    def greets(newest: ssl.TLSVersion) -> bytes:
        context = ssl.create_default_context(cafile=str(house.hub.layout.https.authority))
        context.maximum_version = newest
        with (
            socket.create_connection(address, 60) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"strict-transport-security: max-age=63072000" in greets(ssl.TLSVersion.TLSv1_3).lower()
    with pytest.raises(ssl.SSLError):
        greets(ssl.TLSVersion.TLSv1_2)
