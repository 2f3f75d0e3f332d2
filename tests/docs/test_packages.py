"""The page of packages is that of the lock, and no licence bars us from giving them on."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (?!package )([a-z0-9-]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
LOCKED = re.compile(r"^([a-z0-9-]+)==", re.M)
FAMILIES = ("MIT-CMU", "MIT", "BSD", "Apache", "PSF", "MPL", "EPL", "LGPL")
"""As a licence is called in its shortest form, in whatever way a package writes it."""


def rows() -> dict[str, str]:
    """Licence of each package on the page."""
    return {row[1]: row[3] for row in ROW.finditer((ROOT / "docs/reference/packages.md").read_text("utf-8"))}


def locked() -> set[str]:
    return set(LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")))


def said(package: str) -> str:
    """What a package says of its licence."""
    about = metadata.metadata(package)
    expressions, classifiers, words = (
        about.get_all(key) or [] for key in ("License-Expression", "Classifier", "License")
    )
    return " ".join(
        [*expressions, *(one for one in classifiers if one.startswith("License ::")), *(one[:60] for one in words)]
    )


def families(licence: str) -> set[str]:
    licence = licence.replace("Lesser General Public License", "LGPL").replace("Mozilla Public License", "MPL")
    return {family for family in FAMILIES if family in licence}


def test_every_package_of_the_lock_is_on_the_page_and_no_other() -> None:
    assert rows().keys() == locked()


@pytest.mark.parametrize("package", sorted(locked()))
def test_a_package_has_the_licence_that_the_page_says(package: str) -> None:
    try:
        found = families(said(package))
    except metadata.PackageNotFoundError:
        pytest.skip("not for this machine")
    written = families(rows()[package])
    assert written
    assert written <= found, said(package)


def test_nothing_is_under_the_gpl_alone() -> None:
    assert [package for package, licence in rows().items() if "GPL" in licence and not families(licence)] == []
