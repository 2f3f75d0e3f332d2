"""A command starts without what it does not need: whoever types it waits for every module."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

from hub.cli import commands

HEAVY = {"sqlalchemy", "alembic", "cryptography", "paho", "msgspec"}


def loaded(*words: str) -> set[str]:
    """Libraries that a command has loaded at its end."""
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from hub.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_load_nothing_of_the_hub(word: str) -> None:
    assert loaded(word) & HEAVY == set()


def test_a_command_loads_no_other_commands_libraries() -> None:
    """Papers and Alembic are large, and only some commands make either."""
    assert loaded("status", "--help") & {"alembic", "weasyprint", "starlette"} == set()


@pytest.mark.parametrize(
    ("services", "needless"),
    [
        ("hub.engine.process, hub.notify.process, hub.console.app", "sqlalchemy.dialects.postgresql"),
        ("hub.engine.process", "cryptography.x509"),
    ],
)
def test_a_service_does_not_carry_all_year_what_it_needs_seldom_or_never(services: str, needless: str) -> None:
    """The kind of database that it does not have; what reads certificates, when the broker is not to be had."""
    program = f"import sys, {services}; print({needless!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("word", [word for word, one in commands.WORDS.items() if one.places[0].partition(":")[2]])
def test_the_help_of_a_command_is_the_same_in_the_list_and_by_itself(word: str) -> None:
    module, _, function = commands.WORDS[word].places[0].partition(":")
    said = inspect.getdoc(getattr(import_module(f"hub.cli.{module}"), function)) or ""
    assert commands.WORDS[word].help == said.split("\n\n")[0].replace("\n", " ")
