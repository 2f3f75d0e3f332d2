"""`strongroom node …` and `site init`, as a person types them. Cast: node archive-1 of the site bureau."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.admin import enrolment as hub_enrolment
from hub.admin.authority import Authority, PapersError
from hub.core.state import Life
from hub.site_directory.hub import open_hub
from hub.site_directory.layout import Layout
from tests.hub.admin.test_enrol import Node
from tests.support.terminal import Result, type_in
from wire import enrolment, keys, notes
from wire.command_line.run import Failure

Type = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    """Types a command in a new site."""

    def run(*words: str, keyboard: str = "") -> Result:
        return type_in("--dir", tmp_path / "site", *words, keyboard=keyboard)

    made = run("site", "init", "bureau", "--host", "hub.lan", "--bind", "127.0.0.1", "--port", "18883")
    assert made.exit_code == 0, made.output
    return run


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    path = tmp_path / "stick" / "request.note"
    path.parent.mkdir()
    path.write_bytes(Node().request())
    return path


def words_of(path: Path) -> str:
    return " ".join(enrolment.check_words(path.read_bytes()))


def listed(typed: Type) -> list[dict[str, object]]:
    return [json.loads(line) for line in typed("node", "list", "--json").stdout.splitlines()]


def journalled(directory: Path) -> list[str]:
    return [life.node for life in open_hub(directory).service().look()[0].all(Life)]


@pytest.mark.parametrize("by_option", [True, False])
def test_a_node_is_let_in_by_its_six_words(typed: Type, request_file: Path, tmp_path: Path, by_option: bool) -> None:
    words = words_of(request_file)
    options = ["--words", words] if by_option else []
    outcome = typed("node", "enrol", str(request_file), *options, keyboard="" if by_option else words + "\n")
    assert outcome.exit_code == 0, outcome.output
    answer = request_file.with_name("archive-1.papers")
    assert answer.stat().st_mode & 0o777 == 0o600
    engine = keys.load(Layout(tmp_path / "site").record_key("engine")).public
    notes.open_record(answer.read_bytes(), [engine], keys.CHECKS)
    assert " ".join(hub_enrolment.hub_words(str(engine))) in outcome.stdout
    assert journalled(tmp_path / "site") == ["archive-1"]
    assert [(row["node"], row["life"], row["state"]) for row in listed(typed)] == [("archive-1", 1, "let in")]


@pytest.mark.parametrize("words", ["lusab babad gutih tugad mudof sakat", "", "yes"])
def test_with_wrong_words_nothing_happens(typed: Type, request_file: Path, tmp_path: Path, words: str) -> None:
    outcome = typed("node", "enrol", str(request_file), "--words", words)
    assert isinstance(outcome.exception, Failure)
    assert "not the words" in str(outcome.exception)
    assert list(request_file.parent.iterdir()) == [request_file]
    assert journalled(tmp_path / "site") == []
    assert [one for one in Authority(Layout(tmp_path / "site").authority).issued() if one.kind == "node"] == []


def test_a_node_is_put_out_for_good_and_may_come_again_with_new_keys(typed: Type, request_file: Path) -> None:
    typed("node", "enrol", str(request_file), "--words", words_of(request_file))
    assert typed("node", "revoke", "archive-1", "--reason", "stolen").exit_code == 0
    assert [(row["state"], row["papers_until"]) for row in listed(typed)] == [("put out", None)]
    request_file.write_bytes(Node().request())
    assert typed("node", "enrol", str(request_file), "--words", words_of(request_file)).exit_code == 0
    assert [(row["life"], row["state"]) for row in listed(typed)] == [(2, "let in")]


def test_keys_that_were_revoked_do_not_come_in_again(typed: Type, request_file: Path) -> None:
    typed("node", "enrol", str(request_file), "--words", words_of(request_file))
    typed("node", "revoke", "archive-1", "--reason", "stolen")
    outcome = typed("node", "enrol", str(request_file), "--words", words_of(request_file))
    assert "revoked" in str(outcome.exception)
    assert [row["state"] for row in listed(typed)] == ["put out"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_putting_out_needs_a_reason(typed: Type, request_file: Path, reason: str) -> None:
    typed("node", "enrol", str(request_file), "--words", words_of(request_file))
    assert typed("node", "revoke", "archive-1", "--reason", reason).exit_code != 0
    assert [row["state"] for row in listed(typed)] == ["let in"]


def test_a_site_is_made_once(typed: Type) -> None:
    outcome = typed("site", "init", "another", "--host", "hub.lan")
    assert isinstance(outcome.exception, PapersError)


def test_what_was_renewed_is_said(typed: Type) -> None:
    assert "two years" in typed("site", "renew").stdout
