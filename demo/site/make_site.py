"""Making the demonstration's site: the commands that a person would type, one after the other."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from demo.phone.telephones import modem_in
from demo.site.names import Names
from hub.admin import broker
from hub.site_directory import broker as broker_settings
from hub.site_directory import files
from hub.site_directory import settings as site_settings
from hub.site_directory.layout import Layout
from hub.site_directory.settings import HubSettings, SmsSettings, SounderSettings
from wire.command_line.run import Failure

SITE_FILE = Path(__file__).parent / "site.toml"
ALARMS_FILE = SITE_FILE.parent / "alarms.toml"
CALENDARS = SITE_FILE.parents[2] / "hub" / "documents" / "calendars"
MARK = "half-made"
"""Lies in the directory while the site is being made."""
MADE = ("broker", "hub", "log", "logins.txt", "nodes", "run", "sim", "site.toml")
"""All that making a site makes."""

_PORT = re.compile(r"^port = \d+$", re.MULTILINE)


class DemoError(Exception):
    """Why the demonstration cannot run, in one line."""


def stands(directory: Path) -> bool:
    """Whether a whole site stands there. Raises DemoError for a directory that is something else."""
    if (directory / MARK).exists():
        return False
    found = {name for name in MADE if (directory / name).exists()}
    if found and not {"hub", "broker", "nodes", "logins.txt", "site.toml"} <= found:
        raise DemoError(f"{directory} holds something, but no demonstration site; name another directory with --dir")
    return bool(found)


def make(layout: Layout, database: str | None) -> None:
    """Make everything; what an interrupted making has left is removed first. Raises DemoError."""
    root = layout.root
    mark = root / MARK
    remove(root)
    mark.touch(0o600)
    for name in ("log", "run", "sim", "nodes"):
        (root / name).mkdir(mode=0o700)
    files.replace(root / "site.toml", SITE_FILE.read_bytes(), 0o644)
    names = Names.read(root / "site.toml")
    layout.hub.mkdir(mode=0o700)
    # First, as it says where the database is.
    _write_settings(layout, HubSettings(database or "", sounder=SounderSettings("mock")))
    _hub(layout, "site", "init", names.site, "--host", "localhost", "--host", "127.0.0.1", "--bind", "127.0.0.1")
    _hub(layout, "site", "apply", str(root / "site.toml"))
    _give_passwords(layout, names)  # by which everybody acts from here on
    _bring_in_calendars(layout)
    _quicken_alarms(layout)
    _enrol(layout, names)
    mark.unlink()


def remove(root: Path) -> None:
    """Take away a site that is not finished, and nothing else."""
    if not (root / MARK).exists():
        return
    for name in MADE:
        path = root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (root / MARK).unlink()


def prepare(layout: Layout, names: Names, port: int) -> None:
    """Make it ready to run: another port than last time, another place, another version of this program.

    Raises DemoError.
    """
    settings = site_settings.load(layout.settings)
    # Never another modem: whoever plays here wakes nobody.
    sms = SmsSettings(str(modem_in(layout.root / "sim")))
    _write_settings(layout, replace(settings, console=replace(settings.console, port=port), sms=sms))
    broker.write(layout, replace(broker_settings.load(layout), port=port + 1))
    for node in names.nodes:
        # What somebody has changed in it stays as it is.
        path = layout.root / "nodes" / node / "node.toml"
        files.replace(path, _PORT.sub(f"port = {port + 1}", path.read_text("utf-8"), count=1).encode(), 0o644)
    _hub(layout, "hub", "migrate")


def hub_command(layout: Layout, *words: str) -> tuple[str, ...]:
    """A command of the hub as a process."""
    return (sys.executable, "-P", "-m", "hub", "--dir", str(layout.root), *words)


def demo_command(layout: Layout, *words: str) -> tuple[str, ...]:
    """A command of the demonstration as a process."""
    return (sys.executable, "-P", "-m", "demo", "--dir", str(layout.root), *words)


def node_command(layout: Layout, *words: str) -> tuple[str, ...]:
    """A command of a node as a process."""
    return (sys.executable, "-P", "-m", "firmware", "--dir", str(layout.root), *words)


# ---------------------------------------------------------------- steps


def _give_passwords(layout: Layout, names: Names) -> None:
    """For everybody one, and all in a list for us alone: whoever is played here does not type."""
    logins = "".join(
        f"{login:<12} {_hub(layout, 'hub', 'password', login, '--generate').strip():<20} {person}\n"
        for login, person in names.logins.items()
    )
    files.replace(layout.logins, logins.encode())


def _bring_in_calendars(layout: Layout) -> None:
    """The administrator imports what comes with the program; the security officer approves just that."""
    for file in sorted(CALENDARS.glob("*.toml")):
        _hub(layout, "calendar", "import", str(file), "--as", "zhaomin")
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        _hub(layout, "calendar", "approve", file.stem, "--as", "liuyang", "--sha256", sha256)


def _quicken_alarms(layout: Layout) -> None:
    """The security officer puts a table in force by which help is called within seconds: nobody watches for minutes."""
    table = layout.hub / "alarms.toml"
    files.replace(table, ALARMS_FILE.read_bytes(), 0o644)
    _hub(layout, "alarms", "apply", str(table), "--as", "liuyang")


def _enrol(layout: Layout, names: Names) -> None:
    """Each node makes its keys and asks; a person would compare the six words; the hub answers; the node accepts."""

    for node in names.nodes:
        folder = layout.root / "nodes" / node
        folder.mkdir(mode=0o700)
        _write_node(layout, names.site, node, broker_settings.load(layout).port)
        request, papers = str(folder / f"{node}.request"), str(folder / f"{node}.papers")
        asked = json.loads(_node(layout, "request", "--node", node, "--out", request, "--json"))
        _hub(layout, "node", "enrol", request, "--words", asked["words"])
        _node(layout, "accept", "--node", node, papers)


def _write_settings(layout: Layout, settings: HubSettings) -> None:
    # A JSON string is a TOML string.
    console = settings.console
    text = f"database = {json.dumps(settings.database)}\n\n" if settings.database else ""
    text += f"[console]\nhost = {json.dumps(console.host)}\nport = {console.port}\n"
    text += f"language = {json.dumps(console.language)}\n"
    others = {"sounder": settings.sounder, "sms": settings.sms, "email": settings.email, "syslog": settings.syslog}
    for name, table in others.items():
        plain = {} if table is None else msgspec.to_builtins(table)
        keys = "".join(f"{key} = {json.dumps(value)}\n" for key, value in plain.items() if value is not None)
        text += f"\n[{name}]\n{keys}" if keys else ""
    files.replace(layout.settings, text.encode(), 0o644)


def _write_node(layout: Layout, site: str, node: str, port: int) -> None:
    text = (
        f'site = "{site}"\nnode = "{node}"\nstate = "."\nkeys = "keys"\n\n'
        f'[gpio]\nfactory = "mock"\n\n[broker]\nport = {port}\n\n'
        f'[simulation]\nsocket = "../../sim/{node}.sock"\n'
    )
    files.replace(layout.root / "nodes" / node / "node.toml", text.encode(), 0o644)


def _hub(layout: Layout, *words: str) -> str:
    from hub.cli.main import exits, invoke  # only a new site needs the whole command line

    return _said(invoke, layout, words, (Failure, *exits()))


def _node(layout: Layout, *words: str) -> str:
    from firmware.cli.main import invoke

    return _said(invoke, layout, ("node", *words), (Failure, OSError))


def _said(
    invoke: Callable[[Sequence[str]], None],
    layout: Layout,
    words: tuple[str, ...],
    refusals: tuple[type[Exception], ...],
) -> str:
    """What a command says, in this process: Python alone would take half a second to start each time."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            invoke(["--dir", str(layout.root), *words])
    except refusals as error:
        raise DemoError(f"{' '.join(words[:2])}: {error}") from None
    return said.getvalue()
