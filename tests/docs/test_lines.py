"""What every page of the documentation keeps to: short lines, and no file or module named that is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.lines import too_long

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("demo", "firmware", "hub", "tests", "wire")
PAGES = sorted(
    set(ROOT.glob("*.md"))
    | {page for folder in ("docs", "hardware", "hub", "systemd") for page in (ROOT / folder).rglob("*.md")}
)
SOURCES = sorted(source for package in PACKAGES for source in (ROOT / package).rglob("*.py"))
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(PACKAGES)})(?:/[\w-]+)+\.py\b")
MODULE = re.compile(rf"(?<![\w/.-])(?:{'|'.join(PACKAGES)})(?:\.[a-z_]+)+(?!\.?\w|/)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_lines_have_at_most_120_characters(page: Path) -> None:
    assert too_long(page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_and_module_that_a_page_names_is_there(page: Path) -> None:
    assert missing(prose_of(page)) == set()


def test_every_file_and_module_that_a_docstring_names_is_there() -> None:
    assert {name(source): lost for source in SOURCES if (lost := missing(docstrings(source)))} == {}


def prose_of(page: Path) -> str:
    """A page without its code."""
    return "\n".join(line for line in page.read_text("utf-8").split("\n") if not line.startswith("    "))


def docstrings(source: Path) -> str:
    return "\n".join(_docstrings(ast.parse(source.read_text("utf-8"))))


def _docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def missing(text: str) -> set[str]:
    return {path for path in PATH.findall(text) if not (ROOT / path).exists()} | {
        module for module in MODULE.findall(text) if not is_there(module)
    }


def is_there(module: str) -> bool:
    """A package, a module, or a name in one. `hub.toml` and `hub.key` are files of a site, not modules."""
    path = ROOT.joinpath(*module.split("."))
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    parent = path.parent
    if parent == ROOT / module.split(".")[0]:
        return module.rpartition(".")[2] in {"toml", "key", "pub", "db", "md"}
    source = parent.with_suffix(".py") if parent.with_suffix(".py").exists() else parent / "__init__.py"
    return source.exists() and re.search(rf"\b{path.name}\b", source.read_text("utf-8")) is not None
