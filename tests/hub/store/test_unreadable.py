"""One entry that this version cannot read, say after a step back, costs its own line and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from hub.console.app import make_app
from hub.store import session, tables
from tests.hub.console.visitor import Visitor, text_of
from tests.support.door import open_door
from tests.support.hub import House, make_hub
from tests.support.terminal import type_in
from wire import messages as m


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path)
    node = house.node("archive-1")
    node.grants("archive/reader", 1001)
    node.says(m.Forced(point="archive/corridor-door"))
    return house


NEWER = {
    "a kind of a later version": b'{"v":1,"data":{"kind":"granted","reader":7}}\n\n\xe2\x80\x94 x y\n',
    "a later protocol": b'{"v":2}\n\n\xe2\x80\x94 x y\n',
    "no note at all": b"\x00\xff",
    "nothing": b"",
}


@pytest.fixture(params=NEWER, ids=list(NEWER))
def stranger(request: pytest.FixtureRequest, house: House) -> int:
    """An entry of the access log, and of every list that goes by kind or place. Returns its number."""
    journal = tables.journal
    with session.writing(house.database) as connection:
        row = connection.execute(select(journal).where(journal.c.kind == "granted")).mappings().one()
        index = connection.execute(select(tables.head.c.size)).scalar_one()
        connection.execute(insert(journal).values(**{**row, "idx": index, "seq": 999, "note": NEWER[request.param]}))
        connection.execute(tables.head.update().values(size=index + 1))
    return int(index)


@pytest.fixture
def typed(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("COLUMNS", "200")

    def type_(*words: str) -> str:
        result = type_in("--dir", str(house.hub.layout.root), *words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    return type_


@pytest.mark.parametrize("path", ["/access", "/journal/{}", "/alarms/1", "/areas/archive", "/", "/figures"])
def test_the_pages_show_all_the_others(house: House, stranger: int, path: str) -> None:
    app = make_app(house.hub, house.clock, listens=False)
    with open_door(house), TestClient(app, base_url="https://console.local") as client:
        visitor = Visitor(client, house.hub.settings.console.port)
        visitor.signs_in("wangfang")
        page = visitor.sees(path.format(stranger))
        assert page.status_code == 200
        if path == "/access":
            assert f"№ {stranger}" in text_of(page)
            assert "Door forced" in text_of(page)


def test_so_do_the_commands(stranger: int, typed: Callable[..., str]) -> None:
    for shown in (typed("journal"), typed("journal", "--all"), typed("access")):
        assert shown.count("cannot be read by this version") == 1
        assert "corridor-door" in shown


def test_a_program_gets_a_line_for_it_without_its_fields(stranger: int, typed: Callable[..., str]) -> None:
    for command in ("journal", "access"):
        rows = {row["index"]: row for row in map(json.loads, typed(command, "--json").splitlines())}
        assert rows[stranger]["data"] is None
        assert rows[stranger]["kind"] == "granted"
        assert all(row["data"] is not None for index, row in rows.items() if index != stranger)
