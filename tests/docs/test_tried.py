"""Every row of the page about what was tried names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "tried.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?(?:\[[^`]*\])?`")


def rows() -> list[str]:
    lines = PAGE.read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| kind")]


def functions_of(path: str) -> set[str]:
    """Functions of a file, also those of classes, such as state machines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = (target for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets)
    return found | {target.id for target in assigned if isinstance(target, ast.Name)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.split("|")[1].strip()[:60])
def test_the_tests_of_a_row_exist(row: str) -> None:
    named = NAMED.findall(row.split("|")[-2])
    assert named, "this row names no test"
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name, f"{path} is named without a test"
        assert name in functions_of(path), f"{path}::{name}"
