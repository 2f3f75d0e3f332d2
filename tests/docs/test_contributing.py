"""The recipes of CONTRIBUTING.md name files and tests that are there, and its hook does what the whole check does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.test_tried import functions_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
RECIPES: dict[str, str] = dict(re.findall(r"^### (.+?)\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL))
FOLDERS = ("demo", "docs", "firmware", "hardware", "hub", "systemd", "tests", "wire")
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)(?:::(\w+))?`")
HOOK = ROOT / ".githooks" / "pre-commit"


def test_there_is_a_recipe_for_everything_that_there_are_kinds_of() -> None:
    assert list(RECIPES) == [
        "A kind of point",
        "A kind of alarm",
        "A kind of fact",
        "A kind of record",
        "A channel",
        "A console page",
        "A command",
    ]


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED.findall(PAGE)}))
def test_every_file_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("path", "name"), sorted({one for one in NAMED.findall(PAGE) if one[1]}))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in functions_of(path)


@pytest.mark.parametrize("recipe", RECIPES)
def test_names_in_capitals_are_in_a_file_of_the_recipe(recipe: str) -> None:
    for row in re.findall(r"^\| (.+) \|$", RECIPES[recipe], re.MULTILINE):
        files = [ROOT / path for path, name in NAMED.findall(row) if not name]
        sources = [file.read_text("utf-8") for file in files if file.is_file()]
        folders = [one.read_text("utf-8") for file in files if file.is_dir() for one in file.glob("*.py")]
        for name in re.findall(r"`\*?(?:\w+\.)?([A-Z][A-Za-z_]+)`", row):
            assert any(re.search(rf"\b{name}\b", text) for text in (*sources, *folders)) or "both catalogues" in row


def test_a_row_says_for_every_folder_which_tests() -> None:
    table = PAGE.partition("## Which tests")[2].partition("## Recipes")[0]
    named = set(re.findall(r"^\| `(\w+)/", table, re.MULTILINE))
    assert named >= set(FOLDERS) - {"docs", "tests"}
    rooms = {path.parent.name for path in (ROOT / "hub").glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^\| `hub/(\w+)/", table, re.MULTILINE)), "say which tests a change of it needs"


def test_the_hook_calls_what_the_whole_check_calls() -> None:
    called = [line for line in HOOK.read_text("utf-8").splitlines() if line.startswith("$bin/")]
    assert called
    whole = (ROOT / "tests" / "run").read_text("utf-8")
    assert all(re.search(re.escape(line) + r"(?= |$)", whole, re.MULTILINE) for line in called)


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
def test_the_hook_lets_nothing_in_that_is_not_well_formed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copytree(HOOK.parent, tmp_path / ".githooks")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "one.py").write_text("import os\n")

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.hooksPath=.githooks"]
        return subprocess.run(["git", "-C", tmp_path, *options, *words], capture_output=True, text=True, check=False)

    git("add", "one.py")
    refused = git("commit", "-qm", "one")
    assert refused.returncode != 0
    assert "one.py" in refused.stdout + refused.stderr
    assert git("log").returncode != 0
