"""What a person types, on every side: one look of help and of errors, one exit code for every slip."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest

from demo.command import demo
from demo.sim.command import app as sim
from firmware.cli.node import app as node
from hub.cli import commands
from tests.support.terminal import Result, type_in
from wire.command_line.run import Failure, call, of_the_system
from wire.command_line.signature import Argument, Context, Function, Option
from wire.command_line.tree import Elsewhere, Group, Later

Given = dict[str, object]


def tools(given: list[Given]) -> Group:
    """A small command line, which writes down what it was given."""
    tools = Group("Tools.", default="turn")

    @tools.command()
    def turn(
        context: Context,
        what: Annotated[str, Argument("What is turned.")],
        others: Annotated[list[str] | None, Argument()] = None,
        far: Annotated[int, Option("--by", help="How far.", least=1, most=9)] = 3,
        way: Annotated[Literal["left", "right"] | None, Option(help="Which way.")] = None,
        with_: Annotated[list[str] | None, Option(help="Repeatable.")] = None,
        slowly: Annotated[bool, Option(help="Not at once.")] = False,
    ) -> None:
        """Turn it.

        And more that no help shows.
        """
        given.append({"at": context.directory, **{key: one for key, one in locals().items() if key != "context"}})
        given[-1].pop("given", None)

    @tools.command("put")
    def put_down(file: Path, why: Annotated[str, Option(help="The reason.")]) -> None:
        """Put it down."""
        given.append({"file": file, "why": why})

    tools.add("far", Later("Somewhere far.", lambda: put_down))
    tools.add("away", Elsewhere("What others do.", "Elsewhere"))
    return tools


def said(*words: str, top: Group | Function | None = None, prefix: str = "") -> Result:
    return type_in(*words, invoke=lambda typed: call(top or tools([]), typed, lambda: Path("here"), prefix))


def given(*words: str) -> Given:
    found: list[Given] = []
    result = said(*words, top=tools(found))
    assert result.exception is None
    return found[0]


def slip(*words: str, top: Group | Function | None = None, prefix: str = "") -> str:
    refusal = said(*words, top=top, prefix=prefix).exception
    assert isinstance(refusal, Failure)
    assert refusal.code == os.EX_USAGE
    return str(refusal)


# ---------------------------------------------------------------- what is understood


def test_words_and_options_may_stand_in_any_order() -> None:
    wanted = {"at": Path("here"), "what": "a", "others": ["b"], "far": 5, "way": "left", "with_": None, "slowly": True}
    for words in ("a b --by 5 --slowly --way=left", "--by=5 a b --slowly --way left", "--slowly --way left --by 5 a b"):
        assert given("turn", *words.split()) == wanted


def test_what_is_left_out_is_as_the_function_says() -> None:
    assert given("turn", "a") == {
        "at": Path("here"), "what": "a", "others": None, "far": 3, "way": None, "with_": None, "slowly": False
    }  # fmt: skip


def test_an_option_that_may_be_repeated_takes_one_value_each_time() -> None:
    assert given("turn", "--with", "x", "a", "--with", "y")["with_"] == ["x", "y"]


@pytest.mark.parametrize("words", ["--dir there turn a", "--dir=there turn a", "turn a --dir there"])
def test_the_directory_is_named_before_the_command_or_after_it(words: str) -> None:
    assert given(*words.split())["at"] == Path("there")


@pytest.mark.parametrize("words", ["--version", "--dir there --version"])
def test_the_version_is_said_before_any_command(words: str) -> None:
    shown = type_in(*words.split(), invoke=lambda typed: call(tools([]), typed, Path, version=lambda: "1.2"))
    assert shown.stdout == "strongroom 1.2\n"


def test_what_names_no_command_is_for_the_one_that_is_meant_then() -> None:
    assert given("whatever")["what"] == "whatever"


def test_what_is_imported_late_is_found_by_its_word() -> None:
    assert given("far", "f", "--why", "w") == {"file": Path("f"), "why": "w"}


# ---------------------------------------------------------------- slips


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("put f --wyh x", "there is no option '--wyh' (did you mean '--why'?); see: strongroom put --help"),
        ("put f --why", "--why: expected one argument; see: strongroom put --help"),
        ("put --why w", "missing: FILE; see: strongroom put --help"),
        ("put", "missing: FILE, --why; see: strongroom put --help"),
        ("put f g --why w", "'g' is one word too many; see: strongroom put --help"),
        ("turn a --by x", "--by: 'x' is not a whole number; see: strongroom turn --help"),
        ("turn a --by 0", "--by: '0' is not from 1 to 9; see: strongroom turn --help"),
        ("turn a --way rihgt", "--way: 'rihgt' is none of: left, right (did you mean 'right'?); see: strongroom turn"),
        ("--dir", "--dir wants a value; see: strongroom --help"),
        ("", "which command? There are: turn, put, far, away; see: strongroom --help"),
    ],
)
def test_a_slip_is_one_line_that_says_where_it_is_and_what_helps(words: str, says: str) -> None:
    assert slip(*words.split()).startswith(says)


SIDES: dict[str, Group | Function] = {"": commands.tree(), "demo": demo, "sim": sim, "node": node}


@pytest.mark.parametrize("side", SIDES)
def test_every_side_tells_a_slip_in_the_same_words(side: str) -> None:
    word = () if side == "demo" else ("status",) if side in ("", "node") else ("state",)
    typed = " ".join(("strongroom", *filter(None, (side, *word))))
    top = SIDES[side]
    told = slip(*filter(None, (side, *word)), "--jsn", top=top, prefix=side)
    assert told.startswith("there is no option '--jsn'")
    assert told.endswith(f"; see: {typed} --help")


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_help_is_no_wider_than_the_terminal_and_breaks_no_word(
    side: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = said(*filter(None, [side]), "--help", top=SIDES[side], prefix=side).stdout.splitlines()
    assert lines[0].startswith(f"Usage: strongroom {side}".rstrip())
    assert max(map(len, lines)) <= min(width, 100)
    monkeypatch.setenv("COLUMNS", "200")
    whole = said(*filter(None, [side]), "--help", top=SIDES[side], prefix=side).stdout
    assert {word for line in lines for word in line.split()} == set(whole.split())


def test_the_help_of_a_command_says_what_must_be_given() -> None:
    text = said("put", "--help").stdout
    assert text.splitlines()[0] == "Usage: strongroom put FILE --why WHY [OPTIONS]"
    assert "--why WHY  The reason. [must be given]" in text


def test_a_group_shows_what_other_sides_do_under_a_heading_of_its_own() -> None:
    text = said("--help").stdout
    assert text.index("Commands:") < text.index("put") < text.index("Elsewhere:") < text.index("What others do.")


@pytest.mark.parametrize(("side", "top"), [("sim", sim), ("demo", demo)])
def test_the_whole_list_says_of_other_sides_what_they_say_of_themselves(side: str, top: Group | Function) -> None:
    own = top.help if isinstance(top, Group) else top.__doc__
    assert commands.ELSEWHERE[side] == own


def test_a_node_says_of_the_hubs_commands_what_the_hub_says() -> None:
    hubs = commands.tree().find("node")
    assert isinstance(hubs, Group)
    theirs = {word: one.help for word, one in node.nodes.items() if isinstance(one, Elsewhere)}
    assert theirs == {word: one.__doc__ for word, one in hubs.nodes.items()}


# ---------------------------------------------------------------- the end


def ended(*words: str, out: str, unbuffered: bool) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, with its output going to `out`."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    command = [sys.executable, "-P", "-m", *words]
    with Path(out).open("wb") as stream:
        return subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, env=environment, check=False)


@pytest.mark.parametrize("unbuffered", [True, False])
@pytest.mark.parametrize("side", ["hub", "demo.sim", "firmware", "demo"])
def test_an_output_that_takes_no_more_is_told_in_one_line(side: str, unbuffered: bool) -> None:
    done = ended(side, "--help", out="/dev/full", unbuffered=unbuffered)
    assert done.returncode == os.EX_IOERR
    assert done.stderr.startswith(b"strongroom: ")
    assert done.stderr.endswith(b"No space left on device\n")
    assert done.stderr.count(b"\n") == 1


def test_what_the_system_refuses_is_told_with_its_file() -> None:
    assert of_the_system(PermissionError(13, "Permission denied", "/x")) == ("/x: Permission denied", os.EX_NOPERM)
    assert of_the_system(OSError(28, "No space left on device")) == ("No space left on device", os.EX_IOERR)
    assert of_the_system(ValueError("a bug")) is None
