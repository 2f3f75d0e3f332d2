"""A sealing from its check to its certificate as people type it, and the certificate checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.refusal import NotPossible
from hub.engine.certifier import Certifier
from tests.support.door import open_door
from tests.support.hub import AT_ANY_HOUR, Clock, House, make_hub
from tests.support.terminal import Result, type_in
from wire import messages as m
from wire.command_line.run import Failure

Type = Callable[..., Result]
SEAL = "archive/corridor-seal"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("COLUMNS", "200")
    clock = Clock()
    monkeypatch.setattr("hub.site_directory.hub.wall_ms", clock)
    monkeypatch.setattr("hub.cli.sealing.wall_ms", clock)
    house = make_hub(tmp_path, clock)
    house.node("archive-1")
    return house


@pytest.fixture
def typed(house: House) -> Iterator[Type]:
    root = str(house.hub.layout.root)
    with open_door(house):
        yield lambda *words: type_in("--dir", root, *map(str, words))


def good(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(result: Result, kind: type[Exception], words: str) -> None:
    assert isinstance(result.exception, kind), result.output
    assert words in str(result.exception)


def walk(house: House) -> None:
    for point in house.engine.look()[1].point:
        if point.area == "archive" and point.kind in ("door", "gate", "window", "cabinet"):
            house.node("archive-1").opens(point.place)
            house.node("archive-1").closes(point.place)


def badges(house: House) -> None:
    for person in (1001, 1003):
        house.node("archive-1").presents("archive/reader", person, house.engine.look()[0].area("archive").sealing)


def certify(house: House) -> None:
    certifier = Certifier(house.database, house.engine, house.hub.key("engine"))
    for _ in range(20):
        certifier.turn(*house.engine.look())


def seal(house: House, typed: Type) -> None:
    good(typed("sealing", "check", "archive", "--as", "wangfang"))
    walk(house)
    good(typed("sealing", "tick", "archive", "all", "--as", "wangfang"))
    for person in (1001, 1003):
        good(typed("sealing", "number", SEAL, "SN-1", "--said-by", person, "--as", "wangfang"))
    good(typed("seal", "archive", "--as", "wangfang"))
    badges(house)
    house.node("archive-1").holds(m.SealedArea(area="archive", sealing=1))
    certify(house)


def unseal(house: House, typed: Type) -> None:
    good(typed("sealing", "compare", SEAL, "SN-1", "--as", "wangfang"))
    good(typed("sealing", "approve", "archive", "--cause", "节后开库", "--as", "liuyang"))
    good(typed("unseal", "archive", "--cause", "节后开库", "--as", "wangfang"))
    badges(house)
    house.node("archive-1").holds()
    certify(house)


def test_what_is_missing_stands_in_one_list(house: House, typed: Type) -> None:
    result = typed("seal", "archive", "--as", "wangfang")
    refused(result, Failure, "what stands above is missing")
    assert "not-tested           archive/iron-gate" in result.stdout
    answer: Any = json.loads(good(typed("sealing", "status", "archive", "--json")))
    assert {"lack": "no-number", "about": SEAL} in answer["missing"]
    assert "missing: not-ticked" in good(typed("sealing", "status", "archive"))


def test_a_sealing_from_its_check_to_its_certificate(house: House, typed: Type, tmp_path: Path) -> None:
    seal(house, typed)
    assert "half: sealed" in good(typed("certificate", "archive"))
    unseal(house, typed)
    assert "0 openings" in good(typed("certificate", "archive"))
    assert "closed" in good(typed("sealing", "list"))
    note = good(typed("certificate", "1", "--text"))
    file = tmp_path / "archive.txt"
    file.write_text(note, "utf-8")
    assert "GOOD 通过: it is the one in the journal" in good(typed("verify", "certificate", file))
    assert "GOOD" in good(typed("verify", "certificate", note))  # as the text of a code is handed in
    key = house.hub.layout.public_key("engine")
    assert "no journal was at hand" in good(typed("verify", "certificate", file, "--key", key))


def test_the_numbers_of_the_last_sealing_are_not_shown_for_the_next(house: House, typed: Type) -> None:
    number = f"seal: {SEAL} SN-1, said by 1001, repeated by 1003"
    seal(house, typed)
    assert number in good(typed("sealing", "status", "archive"))
    unseal(house, typed)
    status = good(typed("sealing", "status", "archive"))
    assert number not in status
    assert f"no-number            {SEAL}" in status


def test_a_changed_certificate_is_refused_and_the_field_is_named(house: House, typed: Type, tmp_path: Path) -> None:
    seal(house, typed)
    unseal(house, typed)
    note = good(typed("certificate", "1", "--text"))
    for old, new, field in (
        ('"openings":0', '"openings":1', "closing.openings"),
        ('"people":[1001,1003]', '"people":[1002,1003]', "people[0]"),
        ('"number":"SN-1"', '"number":"SN-2"', "seals[0].number"),
    ):
        file = tmp_path / "changed.txt"
        file.write_text(note.replace(old, new), "utf-8")
        refused(typed("verify", "certificate", file), Failure, field)
    refused(typed("verify", "certificate", "some text"), Failure, "REFUSED")


def test_a_certificate_whose_journal_was_changed_since_is_refused(
    house: House, typed: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seal(house, typed)
    note = good(typed("certificate", "1", "--text"))
    monkeypatch.setattr("hub.cli.certificate.tlog.leaf_hash", lambda _note: b"\0" * 32)
    refused(typed("verify", "certificate", note), Failure, "(root)")


def test_an_emergency_as_it_is_typed(house: House, typed: Type) -> None:
    seal(house, typed)
    good(typed("emergency", "archive", "--reason", "起火", "--as", "wangfang"))
    house.node("archive-1").holds()
    good(typed("sealing", "sign", "archive", "--as", "wangfang"))
    refused(typed("sealing", "sign", "archive", "--as", "wangfang"), NotPossible, "signed-already")
    good(typed("sealing", "sign", "archive", "--as", "liuyang"))
    certify(house)
    assert "NOT intact" in good(typed("certificate", "archive"))


def test_what_cannot_be_is_said(house: House, typed: Type) -> None:
    refused(typed("sealing", "tick", "archive", "roof", "--as", "wangfang"), Failure, "is no item")
    refused(typed("sealing", "status", "attic"), Failure, "there is no area 'attic'")
    refused(typed("certificate", "archive"), Failure, "no certificate")
    refused(typed("sealing", "drop", "7", "--reason", "x", "--as", "wangfang"), NotPossible, "sealing-not-planned")


def test_an_area_that_there_is_not_is_said_to_be_none(typed: Type) -> None:
    for command in ("list", "status"):
        refused(
            typed("sealing", command, "archiv"),
            Failure,
            "there is no area 'archiv' (did you mean 'archive'?); areas: archive",
        )


def test_how_a_sealing_stands_is_said_with_the_engines_silence(typed: Type) -> None:
    assert "The engine is silent" in good(typed("sealing", "status", "archive"))
    assert json.loads(good(typed("sealing", "status", "archive", "--json")))["engine"] == "silent"


def test_a_point_of_a_sealed_area_is_moved_by_two_badges_and_a_document_while_it_stays_sealed(
    house: House, typed: Type, tmp_path: Path
) -> None:
    node = house.node("archive-1")
    seal(house, typed)
    area = house.engine.look()[1].areas["archive"]
    people = tuple(
        m.FrozenPerson(
            person=one.number,
            credentials=one.badges,
            seals=one.number in area.may_seal,
            responds=one.number in area.responders,
        )
        for one in house.engine.look()[1].cardholder
        if one.badges
    )
    held = m.Frozen(area="archive", sealing=1, reader_node="archive-1", people=people, hash="ab" * 32)
    node.says(held)
    node.takes("plan", "access")
    document = tmp_path / "moved.toml"
    document.write_text(AT_ANY_HOUR.replace("terminal = 10\n", "terminal = 14\n", 1), "utf-8")
    refused(typed("site", "apply", document), NotPossible, "sealed-points")
    order = ("sealing", "change", "archive", "--as", "wangfang")
    refused(typed(*order, "--cause", " "), NotPossible, "cause-empty")
    assert "red and green together" in good(typed(*order, "--cause", "铁门改接"))
    for person in (1001, 1003):
        node.presents("archive/reader", person, 1, purpose="change")
    node.says(m.Permitted(area="archive", sealing=1, people=(1001, 1003), change=1))
    assert "is in force" in good(typed("site", "apply", document))
    assert "kept back: the plan of archive-1" in good(typed("sealing", "status", "archive"))
    node.says(m.Frozen(area="archive", sealing=1, reader_node="archive-1", people=people, hash="cd" * 32, change=1))
    node.takes("plan", "access")
    said = good(typed("sealing", "status", "archive"))
    assert "archive: sealed" in said
    assert "cd" * 32 in said
    assert "kept back" not in said
    (shown,) = [json.loads(line) for line in good(typed("sealing", "status", "archive", "--json")).splitlines()]
    assert [(one["node"], one["hash"], one["kept_back"], one["lacks"]) for one in shown["held"]] == [
        ("archive-1", "cd" * 32, False, False)
    ]
