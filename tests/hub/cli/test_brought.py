"""While an engine runs, no command writes the database itself: whatever it changes, the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import hub
from hub.cli import bringing
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Life, State
from hub.door import protocol
from hub.sign_in.passwords import Passwords
from hub.store import queries, session, tables
from tests.hub.admin.test_enrol import Node
from tests.support.door import open_door
from tests.support.hub import AT_ANY_HOUR, PASSWORD, House, make_hub
from tests.support.terminal import Result, type_in
from wire import enrolment
from wire import messages as m

CALENDAR = Path(hub.__file__).parent / "documents" / "calendars" / "2026.toml"
GONE = 1099


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A hub whose engine answers; nobody else can open its database but to read it."""
    monkeypatch.setattr("hub.cli.export.PATIENCE_S", 0.2)
    house = make_hub(tmp_path)
    opened = session.open_database
    with open_door(house):
        monkeypatch.setattr(
            "hub.site_directory.hub.session.open_database", lambda url, patience, _writes: opened(url, patience, False)
        )
        yield house


def typed(house: House, *words: object, keyboard: str = "") -> Result:
    return type_in("--dir", house.hub.layout.root, *words, keyboard=keyboard)


def good(house: House, *words: object, keyboard: str = "") -> str:
    result = typed(house, *words, keyboard=keyboard)
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.stdout


def kinds(house: House) -> set[str]:
    return {row.kind for row in house.read(lambda connection: queries.journal(connection, limit=10_000))}


def document(tmp_path: Path) -> Path:
    file = tmp_path / "site.toml"
    file.write_text(AT_ANY_HOUR, "utf-8")
    return file


@pytest.fixture
def request_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tests.hub.admin.test_enrol.SITE", "demo")
    file = tmp_path / "archive-1.request"
    file.write_bytes(Node().request())
    return file


def test_a_site_document_is_put_in_force(house: House, tmp_path: Path) -> None:
    before = house.engine.look()[0].meta.site_version
    good(house, "site", "apply", document(tmp_path))
    assert house.engine.look()[0].meta.site_version == before + 1


def test_a_node_is_let_in_and_put_out(house: House, request_file: Path) -> None:
    words = " ".join(enrolment.check_words(request_file.read_bytes()))
    good(house, "node", "enrol", request_file, "--words", words)
    good(house, "node", "revoke", "archive-1", "--reason", "张伟 has lost it")
    (life,) = house.engine.look()[0].all(Life)
    assert life.revoked
    (row,) = house.read(lambda connection: queries.journal(connection, kind="node-revoked"))
    assert row.data == m.NodeRevoked(node="archive-1", reason="#1001 has lost it")


def test_a_password_is_set_and_the_old_one_is_none_any_more(house: House) -> None:
    good(house, "hub", "password", "wangfang", keyboard="another battery staple\n")
    kept = house.read(lambda connection: queries.account(connection, "wangfang")).password
    assert Passwords().fits("another battery staple", kept)
    assert "another" not in "".join(map(str, house.read(lambda one: one.execute(select(tables.journal)).all())))
    old = typed(house, "drill", "archive", "--as", "wangfang")
    assert "the password of wangfang" in str(old.exception)


def test_somebody_who_has_left_is_erased_by_two_who_show_their_passwords(house: House) -> None:
    house.change(lambda connection: connection.execute(insert(tables.person).values(number=GONE, name="钱多")))
    words = ("hub", "erase", GONE, "--as", "zhaomin", "--second", "liuyang", "--reason", "钱多 has left")
    for one in ("zhaomin", "liuyang"):
        house.give_passwords()
        good(house, "hub", "password", one, keyboard="another battery staple\n")
        assert f"the password of {one}" in str(typed(house, *words).exception), "one password is not enough"
    house.give_passwords()
    good(house, *words)
    people = house.read(queries.people)
    assert GONE not in people
    (row,) = house.read(lambda connection: queries.journal(connection, kind="person-erased"))
    assert (row.author, row.person, row.data) == (
        "admin", 1006, m.PersonErased(erased=GONE, reason=f"#{GONE} has left", second=1005)
    )  # fmt: skip


def test_all_else_that_a_command_changes_is_changed_by_the_engine_too(house: House, tmp_path: Path) -> None:
    alarms = tmp_path / "alarms.toml"
    alarms.write_text("")
    good(house, "hub", "backup", tmp_path / "backup")
    good(house, "export", tmp_path / "export")
    good(house, "export", tmp_path / "export-2", "--as", "sunli")
    good(house, "calendar", "import", CALENDAR, "--as", "zhaomin")
    good(house, "calendar", "approve", "2026", "--as", "liuyang", keyboard="y\n")
    good(house, "alarms", "apply", alarms, "--as", "liuyang")
    good(house, "roster", "add", 1003, "--from", "2199-01-01 08:00", "--to", "2199-01-01 18:00", "--as", "liuyang")
    good(house, "roster", "handover", "give", "--as", "wangfang")
    good(house, "drill", "archive", "--as", "wangfang")
    good(house, "sealing", "check", "archive", "--as", "wangfang")
    assert kinds(house) >= {
        "hub-backed-up", "journal-exported", "calendar-imported", "calendar-approved", "alarms-set", "shift-added",
        "handover-drafted", "alarm-raised", "sealing-checking",
    }  # fmt: skip
    house.check_services()


def test_what_has_changed_meanwhile_is_looked_at_anew(house: House) -> None:
    """Somebody else lets a node in between our looking and our bringing."""
    lives: list[int] = []
    keys = Node(), Node()

    def make(state: State, _site: Site) -> list[m.FactData]:
        life = state.life("archive-1")
        lives.append(life.life + 1 if life else 1)
        if len(lives) == 1:
            house.fact(enrolled(keys[0], 1), "admin")
        return [enrolled(keys[1], lives[-1])]

    bringing.bring(house.hub, make)
    assert lives == [1, 2]


def test_where_it_changes_again_and_again_it_is_given_up(house: House) -> None:
    lives: list[int] = []

    def make(_state: State, _site: Site) -> list[m.FactData]:
        lives.append(7)
        return [enrolled(Node(), 7)]

    with pytest.raises(NotPossible, match="life-taken"):
        bringing.bring(house.hub, make)
    assert len(lives) == bringing.TIMES


def enrolled(node: Node, life: int) -> m.NodeEnrolled:
    record, witness = str(node.record.public), str(node.witness.public)
    return m.NodeEnrolled(
        node="archive-1", life=life, record_key=record, witness_key=witness, serial=str(life), last_seq=0
    )


def test_nobody_gets_another_password_than_roots_command_has_signed_for(house: House) -> None:
    with pytest.raises(NotPossible, match="account-unknown"):
        bringing.bring(
            house.hub,
            lambda _state, _site: [m.PasswordSet(person=1003)],
            protocol.Password("liuyang", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"),
        )
    assert typed(house, "drill", "archive", "--as", "liuyang", keyboard=f"{PASSWORD}\n").exit_code == 0
