"""Keeps the catalogues in step with templates and code: `.venv/bin/python -m hub.console.words.catalogues`.

Then translate what is empty. The service never imports this.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from hub.console.words.texts import CATALOGUES, LANGUAGES

FOLDERS = (Path(__file__).parents[1], Path(__file__).parents[3] / "demo")
"""The console, and the one page that the demonstration adds to it."""
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {"N_": None, "_": None, "say": None, "count": (1, 2), "ngettext": (1, 2)}
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}

HEADER = "# What the console says. Kept in step by: .venv/bin/python -m hub.console.words.catalogues"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def extract() -> Catalog:
    """Every sentence of templates and code."""
    catalogue = Catalog(project="Strongroom", fuzzy=False)
    found = [
        one
        for folder in FOLDERS
        for one in extract_from_dir(str(folder), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
    ]
    for file, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(file, 0)])
    return catalogue


def path_of(language: str) -> Path:
    """Where a catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "console.po"


def read(language: str) -> Catalog:
    """A catalogue as it lies there."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    """Add what is new, drop what is gone. English says what the key says."""
    path = path_of(language)
    kept = {message.id: message.string for message in read(language)} if path.exists() else {}
    # No dates: a run that changes nothing changes no file.
    catalogue = Catalog(
        language, project="Strongroom", fuzzy=False, header_comment=HEADER, creation_date=EPOCH, revision_date=EPOCH
    )
    for message in extract():
        if message.id:
            string = message.id if language == "en" else kept.get(message.id, "")
            catalogue.add(message.id, string, locations=message.locations)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, include_lineno=False, sort_output=False)


if __name__ == "__main__":
    for name in LANGUAGES:
        update(name)
