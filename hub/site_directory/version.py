"""Which version this is. Apart from all else, so that asking for it loads nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def own_version() -> str:
    """Version of this distribution; of a checkout what its project file says, or "source"."""
    if not PROJECT.exists():
        from importlib.metadata import version  # the half of what this takes, and a checkout does without

        return version("strongroom")
    try:
        return f"{tomllib.loads(PROJECT.read_text('utf-8'))['project']['version']} (source)"
    except (OSError, ValueError, KeyError):
        return "source"
