"""Which version this is. Apart from all else, so that asking for it loads nothing."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def own_version() -> str:
    """Version of this distribution; of a checkout what its project file says, or "source"."""
    try:
        return version("strongroom")
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    try:
        return f"{tomllib.loads(project.read_text('utf-8'))['project']['version']} (source)"
    except (OSError, ValueError, KeyError):
        return "source"
