"""docs/reference/calendar.md says of every key in the structs what the structs say, and nothing of any other."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from hub.core.calendar import document as calendar_document
from hub.core.calendar.document_rules import STATUTORY, STATUTORY_BEFORE_2025, YEARS
from hub.core.calendar.windows import OFFICE
from hub.core.journal.facts import FACTS
from hub.core.site.document import Table
from wire import messages as m

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "reference" / "calendar.md").read_text("utf-8")
SECTIONS: dict[str, type[Table]] = {"At the top": calendar_document.Calendar, "[[holiday]]": calendar_document.Holiday}
ROLE_WORDS = {"security": "security officer", "administrator": "system administrator", "duty": "duty officer"}


def section(heading: str) -> str:
    return re.split(r"^#+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_is_described_and_no_other(heading: str) -> None:
    said = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", section(heading), re.MULTILINE))
    fields = [one for one in msgspec.structs.fields(SECTIONS[heading]) if one.encode_name != "holiday"]
    assert list(said) == [one.encode_name for one in fields]
    for field in fields:
        assert (said[field.encode_name] == "must be given") == field.required
        if not field.required:
            assert said[field.encode_name] == f"`{list(field.default)}`"


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"not {STATUTORY} ({STATUTORY_BEFORE_2025} before 2025)" in PAGE
    assert f"{YEARS[0]} to {YEARS[-1]}" in PAGE
    assert f"{OFFICE[0].start} to {OFFICE[0].end}" in PAGE
    assert f"| `office` | {OFFICE[0].start} to {OFFICE[0].end} |" in (DOCS / "reference" / "site.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ("import", [m.CalendarImported]),
        ("approve", [m.CalendarApproved]),
        ("plan, cancel", [m.WindowPlanned, m.WindowCancelled]),
    ],
)
def test_the_roles_are_those_of_the_code(step: str, facts: list[type[m.Data]]) -> None:
    line = next(one for one in section("Who may do what").splitlines() if one.startswith(f"| {step} |"))
    for fact in facts:
        assert frozenset(role for role, words in ROLE_WORDS.items() if words in line) == FACTS[fact].roles


def test_links_lead_somewhere() -> None:
    for page in (DOCS / "reference" / "calendar.md", DOCS / "how-to" / "import-a-calendar.md"):
        for target in re.findall(r"\]\(([^)#:]+)[)#]", page.read_text("utf-8")):
            assert (page.parent / target).exists(), target
