"""Where things lie under a site's directory, and which node is meant."""

from __future__ import annotations

import os
from pathlib import Path

from firmware.setup import config
from firmware.setup.config import Place

INSTALLED = Path("/var/lib/strongroom")
INSTALLED_CONFIG = Path("/etc/strongroom/node.toml")


class Unclear(Exception):
    """It is not clear which node is meant, or there is none; the message says what to type."""


def directory(named: Path | None) -> Path:
    """The site's directory: as named, else STRONGROOM_DIR, else the installed one, else a demo in this folder."""
    if named:
        return named
    from_environment = os.environ.get("STRONGROOM_DIR")
    if from_environment:
        return Path(from_environment)
    return INSTALLED if INSTALLED.is_dir() else Path("demo-site")


def node_config(site: Path, node: str) -> Path:
    """node.toml of a node under a site's directory."""
    return site / "nodes" / node / "node.toml"


def socket_of(site: Path, node: str) -> Path:
    """Where `strongroom sim` reaches a simulated node."""
    return site / "sim" / f"{node}.sock"


def place(site: Path, node: str | None, file: Path | None) -> Place:
    """The configuration that is meant. Raises Unclear or settings.SettingsError."""
    if file:
        return config.load(file)
    if node:
        return config.load(node_config(site, node))
    found = sorted((site / "nodes").glob("*/node.toml"))
    if len(found) == 1:
        return config.load(found[0])
    if found:
        raise Unclear(f"which node? --node {' | '.join(one.parent.name for one in found)}")
    if INSTALLED_CONFIG.exists():
        return config.load(INSTALLED_CONFIG)
    raise Unclear(f"there is no node under {site}; name its configuration with --config FILE")
