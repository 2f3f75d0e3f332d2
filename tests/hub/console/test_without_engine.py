"""While the engine is away the console shows what there is; nobody acts, and nothing is kept from the journal."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.console.base import hub_access
from hub.console.session import sessions
from hub.core.state import Alarm
from hub.store import queries, tables
from tests.hub.console.visitor import Visitor, text_of
from tests.support.door import OpenDoor, open_door
from tests.support.hub import House
from wire import messages as m


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that is away is found to be so at once."""
    monkeypatch.setattr(hub_access, "PATIENCE_S", 0.2)
    monkeypatch.setattr(hub_access.HubAccess.do, "__defaults__", (None, 0.2))


def entries(house: House, kind: str) -> list[m.Data]:
    return [row.data for row in house.read(lambda c: queries.journal(c, kind=kind)) if row.data]


def test_people_sign_in_to_look_and_the_journal_hears_of_it_with_the_true_time(
    visitor: Visitor, house: House, door: OpenDoor
) -> None:
    door.close()
    then = house.clock()
    assert visitor.signs_in("wangfang").status_code == 303
    assert "王芳" in visitor.sees("/").text
    assert entries(house, "signed-in") == []
    house.clock.forward(600)
    with open_door(house):
        visitor.client.__exit__(None, None, None)
        assert entries(house, "signed-in") == [m.SignedIn(person=1003, at=then)]


def test_a_wrong_password_is_wrong_without_an_engine_too(visitor: Visitor, house: House, door: OpenDoor) -> None:
    door.close()
    for _ in range(5):
        assert visitor.signs_in("wangfang", "wrong").status_code == 403
    assert visitor.signs_in("wangfang").status_code == 429
    with open_door(house):
        visitor.client.__exit__(None, None, None)
        assert entries(house, "sign-in-failed") == [m.SignInFailed(count=5)]


def test_what_somebody_wants_to_do_then_is_not_done_and_that_is_said(
    visitor: Visitor, house: House, door: OpenDoor
) -> None:
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    visitor.signs_in("wangfang")
    door.close()
    answer = visitor.does("/alarms/1/acknowledge")
    assert answer.status_code == 409
    assert "engine does not answer. Nothing was changed." in text_of(answer)
    with open_door(house):  # and once it is back, it goes on with the same session
        assert visitor.does("/alarms/1/acknowledge").status_code == 303
    alarm = house.engine.look()[0].find(Alarm, 1)
    assert alarm is not None
    assert alarm.acknowledged_by == 1003


def test_who_signed_in_without_an_engine_signs_in_again_to_act(visitor: Visitor, house: House, door: OpenDoor) -> None:
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    door.close()
    visitor.signs_in("wangfang")
    with open_door(house):
        answer = visitor.does("/alarms/1/acknowledge")
        assert "Sign in again to act." in text_of(answer)
        visitor.signs_in("wangfang")
        assert visitor.does("/alarms/1/acknowledge").status_code == 303


def test_sessions_outlive_the_console_and_what_lies_on_its_disk_opens_none(
    app: Starlette, visitor: Visitor, house: House
) -> None:
    visitor.signs_in("wangfang")
    value = visitor.client.cookies[visitor.cookie]
    app.state.console.sessions.close()
    kept = house.hub.layout.sessions
    assert kept.stat().st_mode & 0o777 == 0o600
    assert value not in kept.read_text()
    again = sessions.Sessions(kept)
    signed = house.read(lambda connection: again.find(connection, value, house.clock()))
    assert (signed.person, signed.reads) == (1003, False)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": {}}', b"\xff\xfe"])
def test_a_file_of_sessions_that_is_none_signs_people_out_and_nothing_else(house: House, content: bytes) -> None:
    kept = house.hub.layout.sessions
    kept.parent.mkdir(parents=True)
    kept.write_bytes(content)
    started = sessions.Sessions(kept)
    started.start("v" * 43, "wangfang", "zh", house.clock(), reads=True)
    assert house.read(lambda connection: started.find(connection, "v" * 43, house.clock())).person == 1003
    started.close()


def test_the_console_writes_nothing_into_the_database(app: Starlette, house: House, door: OpenDoor) -> None:
    with TestClient(app, base_url="https://console.local") as client:
        visitor = Visitor(client, house.hub.settings.console.port)
        visitor.signs_in("wangfang")
        door.close()
        visitor.sees("/")
        visitor.sends("/language", {"csrf": visitor.token(), "lang": "zh"})
        house.clock.forward(60)
        visitor.sees("/alarms")
    rows = house.read(lambda connection: connection.execute(tables.session.select()).all())
    assert [row.login for row in rows] == ["wangfang"]
