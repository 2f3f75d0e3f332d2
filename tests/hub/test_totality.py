"""Over one journal that holds everything that may be said, whoever reads it gets an answer."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from hub.admin import rebuild
from hub.console.app import make_app
from hub.core.state import Alarm, Sealing
from hub.engine.due import Watch
from hub.store import rows, session
from hub.store.tables import journal
from tests.hub import everything
from tests.hub.console.visitor import Visitor, text_of
from tests.hub.engine.test_hostile import answers
from tests.support.door import open_door
from tests.support.hub import Clock, House, make_hub
from tests.support.paper import NOON
from tests.support.terminal import type_in
from wire import messages as m
from wire import notes
from wire.audit import check, layout, suite
from wire.audit.report import FAIL, UNPROVEN
from wire.command_line.run import Failure

RECORDS, FACTS = get_args(m.RecordData), get_args(m.FactData)
NEVER_SO = (m.AlarmRaised, m.WindowPlanned)
"""Facts whose numbers at their bounds leave none for the next one. They stand in the journal, whoever wrote them."""


def make(folder: Path, kinds: tuple[type[m.Data], ...]) -> House:
    """A hub whose journal holds all of these kinds, with the state that it folds to."""
    house = make_hub(folder, Clock(NOON))
    for kind in kinds:
        if kind in RECORDS:
            assert set(everything.tell(house, kind)) <= {"next", "new-life"}
        elif kind in NEVER_SO:
            everything.append(house, kind)
        else:
            for _ in everything.note(house, kind):
                pass
    with session.writing(house.database) as connection:
        rebuild.make_anew(connection, lambda size: None)
    return house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    kinds = sorted((*RECORDS, *FACTS), key=lambda kind: (kind in FACTS, kind in NEVER_SO))
    return make(tmp_path_factory.mktemp("everything"), tuple(kinds))


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def door(house: House) -> Iterator[None]:
    """The engine can be asked: a page waits for one that is away."""
    with open_door(house):
        yield


@pytest.fixture(scope="module")
def visitor(house: House, door: None, language: str) -> Iterator[Visitor]:
    app = make_app(house.hub, house.clock, listens=False)
    app.state.console.live.heard_engine()
    with TestClient(app, base_url="https://console.local", raise_server_exceptions=False) as client:
        visitor = Visitor(client, house.hub.settings.console.port)
        visitor.signs_in("liuyang", language=language)
        yield visitor


def places(house: House) -> dict[str, list[tuple[int, str]]]:
    """Where in the journal each kind stands, and what is said there."""
    found = defaultdict(list)
    rows = select(journal.c.kind, journal.c.idx, journal.c.note).order_by(journal.c.idx)
    for kind, index, note in house.read(lambda connection: connection.execute(rows).all()):
        found[kind].append((index, repr(json.loads(notes.split(note).text)["data"])))
    return found


def test_each_kind_stands_in_it_and_the_rules_have_judged_it(house: House) -> None:
    count = {kind: len(at) for kind, at in places(house).items()}
    for kind in (*RECORDS, *FACTS):
        assert count[kind.__struct_config__.tag] >= everything.AT_LEAST, kind
    said = len(everything.of(m.NotJudged))
    assert count["not-judged"] == said, "no rule has failed over anything"


def test_what_is_due_is_decided(house: House) -> None:
    state, site = house.engine.look()
    watch = Watch("boot-1", house.clock())
    outcome = watch.look(house.service(), state, site, house.clock() + 100_000, house.clock() + 100_000)
    assert outcome is not None
    assert not [fact for fact in outcome.facts if isinstance(fact, m.NotJudged)]


def test_whoever_is_called_gets_words(house: House) -> None:
    assert list(house.engine.look()[0].all(Alarm))
    answers(house)


# ---------------------------------------------------------------- pages


def fine(answer: Response, address: str, tmp_path: Path) -> None:
    """A page; or one that says that there is none, or what of it was damaged: names of areas that the document does not
    know, calendars that are not there."""
    if answer.status_code not in (200, 303, 404, 409):
        pytest.fail(f"{address}: {answer.status_code}, already over {alone(address, tmp_path)}")


def alone(address: str, tmp_path: Path) -> str:
    """Which kind is enough for a page to fail."""
    for number, kind in enumerate((*RECORDS, *FACTS)):
        house = make(tmp_path / str(number), (kind,))
        app = make_app(house.hub, house.clock, listens=False)
        with open_door(house), TestClient(app, raise_server_exceptions=False) as client:
            visitor = Visitor(client, house.hub.settings.console.port)
            visitor.signs_in("liuyang")
            if visitor.sees(address).status_code >= 500:
                return str(kind.__struct_config__.tag)
    return "several kinds together"


def test_every_page_that_a_link_leads_to_is_shown(visitor: Visitor, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        page = re.sub(r"\d+", "N", address.partition("?")[0])
        seen[page] += 1
        if seen[page] > everything.AT_LEAST:
            continue
        answer = visitor.sees(address)
        fine(answer, address, tmp_path)
        found = {one.replace("&amp;", "&") for one in re.findall(r'(?:href|hx-get)="(/[^"#]*)', answer.text)}
        waiting += sorted(found - known)
        known |= found
    assert {"/alarms", "/alarms/N", "/areas/archive", "/access", "/journal/N", "/certificates", "/roster"} <= set(seen)


@pytest.mark.parametrize("many", [8, pytest.param(everything.AT_LEAST, marks=pytest.mark.long)])
def test_every_kind_of_entry_is_shown(house: House, visitor: Visitor, language: str, many: int, tmp_path: Path) -> None:
    """So many of each, every other one in Chinese; of those that say the same, one."""
    for kind, at in places(house).items():
        chosen = [at[number * len(at) // many] for number in range(many)]
        for index in {said: index for index, said in chosen[language == "zh" :: 2]}.values():
            answer = visitor.sees(f"/journal/{index}")
            fine(answer, f"/journal/{index}", tmp_path)
            assert kind in text_of(answer)


# ---------------------------------------------------------------- the command line, certificates, an export

COMMANDS = (
    "status", "journal --all", "journal --all --json", "access", "alarms list", "alarms kinds", "sealing list",
    "sealing status archive", "roster show", "calendar show", "node list",
)  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_that_shows_something_does(house: House, words: str) -> None:
    result = type_in("--dir", str(house.hub.layout.root), *words.split())
    assert result.exit_code == 0, (result.output[-300:], result.exception)
    assert result.stdout


def test_a_certificate_of_every_sealing_is_shown_or_there_is_none(house: House) -> None:
    sealings = house.read(lambda connection: rows.load_all(connection, Sealing))
    assert sealings
    for (number,) in sealings:
        result = type_in("--dir", str(house.hub.layout.root), "certificate", number)
        assert result.exit_code == 0 or isinstance(result.exception, Failure), result.exception


def test_it_is_exported_and_the_verifier_judges_it(house: House, tmp_path: Path) -> None:
    """It names keys that are none, so it is no journal that anybody can prove."""
    made = type_in("--dir", str(house.hub.layout.root), "export", tmp_path / "export")
    assert made.exit_code == 0, made.output
    report = check.verify(layout.Folder(tmp_path / "export"), suite.choose().checks, check.Options())
    assert report.verdict in (FAIL, UNPROVEN)
    assert report.why
