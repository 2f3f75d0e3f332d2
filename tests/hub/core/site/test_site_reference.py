"""docs/reference/site.md says of every key in the structs what the structs say, and nothing of any other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.core.site import document as site_document
from wire import messages as m

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "reference" / "site.md").read_text("utf-8")

SECTIONS: dict[str, type[site_document.Table]] = {
    "At the top": site_document.Site,
    "[[area]]": site_document.Area,
    "[[node]]": site_document.Node,
    "[[point]]": site_document.Point,
    "[[reader]]": site_document.Reader,
    "[[cardholder]]": site_document.Cardholder,
    "[[schedule]]": site_document.Schedule,
    "Window": site_document.Hours,
    "[[grant]]": site_document.Grant,
    "[[account]]": site_document.Account,
}
TABLES = [heading.strip("[]") for heading in SECTIONS if heading.startswith("[[")]
# The structs let these be left out only so that the rules can say more of them than that they are missing.
DEMANDED_BY_RULES = {"keeper", "may_seal", "responders"}


def described(heading: str) -> dict[str, str]:
    """Keys of a section, with what holds if they are left out."""
    section = re.split(r"^#+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", section, re.MULTILINE))


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_is_described_and_no_other(heading: str) -> None:
    keys = [field.name for field in msgspec.structs.fields(SECTIONS[heading])]
    assert list(described(heading)) == [key for key in keys if heading != "At the top" or key not in TABLES]


@pytest.mark.parametrize("heading", SECTIONS)
def test_what_must_be_given_is_said_to_be(heading: str) -> None:
    said = described(heading)
    for field in msgspec.structs.fields(SECTIONS[heading]):
        if field.name in said:
            must = field.required or field.name in DEMANDED_BY_RULES
            assert (said[field.name] == "must be given") == must, field.name


def test_defaults_are_those_of_the_structs() -> None:
    for heading, kind in SECTIONS.items():
        said = described(heading)
        for field in msgspec.structs.fields(kind):
            if said.get(field.name, "").startswith("`"):
                value = list(field.default) if isinstance(field.default, tuple) else field.default
                assert said[field.name].strip("`").replace("false", "False") == repr(value).replace("'", '"')


def test_every_table_has_a_section() -> None:
    keys = {field.name for field in msgspec.structs.fields(site_document.Site)}
    assert keys == {*described("At the top"), *TABLES}


@pytest.mark.parametrize(
    ("heading", "key", "values"),
    [
        ("[[area]]", "leave", m.LeaveBy),
        ("[[point]]", "kind", m.PointKind),
        ("[[point]]", "input", m.InputKind),
        ("Window", "days", site_document.Day),
        ("[[account]]", "roles", site_document.Role),
    ],
)
def test_every_word_that_may_stand_there_is_named(heading: str, key: str, values: Any) -> None:
    line = next(one for one in PAGE.partition(f"# {heading}\n")[2].splitlines() if one.startswith(f"| `{key}`"))
    assert re.findall(r'"([a-z-]+)"', line) == list(values.__args__)


def test_links_of_the_guide_lead_somewhere() -> None:
    guide = DOCS / "how-to" / "describe-your-site.md"
    for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text("utf-8")):
        assert (guide.parent / target).exists(), target
