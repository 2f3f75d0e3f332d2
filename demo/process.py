"""The demonstration: a complete site on this machine, its processes, and the story that is played on it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from demo.phone.telephones import Telephones
from demo.site import make_site
from demo.site.make_site import DemoError, demo_command, hub_command, node_command
from demo.site.names import Names
from demo.story.play import play
from demo.supervisor import Program, Supervisor, await_end
from hub.admin.authority import PapersError
from hub.site_directory.layout import Layout
from wire.settings import SettingsError

READY_S = 60
FAILURES = 3
"""So many starts of a program that fail one after the other, and we give up while nothing has run yet."""
TEND_S = 0.2
STOPPED = 130


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM while the site was being made."""


class _Ending:
    """Whether we are to end. Before `calm` a signal ends us at once, after it the loops look at it."""

    def __init__(self) -> None:
        self.asked = False
        self.calm = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if not self.calm:
            raise _Stopped


class Story(NamedTuple):
    """The story is to be played; `export`: where the journal's export is left, if anywhere."""

    export: Path | None


def run(directory: Path, port: int, story: Story | None, database: str | None = None) -> int:
    """Make or go on with the site in `directory`, and run it until stopped, or until the story ends. Exit code.

    `database`: URL for a new site; one that stands keeps its own. Raises DemoError.
    """
    if not 1 <= port < 65535:
        raise DemoError(f"{port} cannot be the console's port: it and the next one are needed")
    if story and story.export and story.export.exists():
        raise DemoError(f"{story.export} is there already; name a new folder with --export")
    _mosquitto()
    ending = _Ending()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DemoError(f"{directory}: {error.strerror}") from None
    with _alone(directory):
        layout = Layout(directory)
        stands = make_site.stands(directory)
        await_end((directory / "run").glob("*.pid"), str(directory))
        for number in (port, port + 1):
            if _in_use(number):
                raise DemoError(f"port {number} is in use; name another with --port (it takes that and the next one)")
        try:
            if not stands:
                _say(f"making a demonstration site in {directory}")
                make_site.make(layout, database)
            ending.calm = True
        except (_Stopped, DemoError) as error:
            make_site.remove(directory)
            if isinstance(error, DemoError):
                raise
            return STOPPED
        names = Names.read(directory / "site.toml")
        try:
            make_site.prepare(layout, names, port)
        except (PapersError, SettingsError) as error:
            raise DemoError(str(error)) from None
        with Telephones(layout.root / "sim"):
            return _run(layout, names, port, story, ending)


def _run(layout: Layout, names: Names, port: int, story: Story | None, ending: _Ending) -> int:
    supervisor = Supervisor(layout.root / "log", layout.root / "run", _say)
    try:
        for program in _programs(layout, names):
            supervisor.start(program)
        _await(supervisor, "broker", lambda: ending.asked or _in_use(port + 1), layout)
        if story and not ending.asked:
            return _tell(layout, supervisor, story, ending)
        _await(supervisor, "console", lambda: ending.asked or _in_use(port), layout)
        if not ending.asked:
            _welcome(layout, port)
        while not ending.asked:
            supervisor.tend()
            time.sleep(TEND_S)
        _say("ending")
    finally:
        supervisor.stop()
    return 0


def _await(supervisor: Supervisor, name: str, ready: Callable[[], bool], layout: Layout) -> None:
    deadline = time.monotonic() + READY_S
    while not ready():
        supervisor.tend()
        if supervisor.failures.get(name, 0) >= FAILURES or time.monotonic() > deadline:
            raise DemoError(
                f"the {name} does not start: {supervisor.last_words(name)} (see {layout.root}/log/{name}.log)"
            )
        time.sleep(TEND_S / 4)


def _tell(layout: Layout, supervisor: Supervisor, story: Story, ending: _Ending) -> int:
    """Play the story beside the processes. A console that does not start is a part of what it tells."""
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(play, layout.root, lambda: ending.asked, story.export)
        while not playing.done():
            supervisor.tend()
            time.sleep(TEND_S)
        code = playing.result()
    return STOPPED if ending.asked else code


def _programs(layout: Layout, names: Names) -> Iterator[Program]:
    yield Program("broker", (_mosquitto(), "-c", str(layout.broker_conf)))
    yield Program("engine", hub_command(layout, "hub", "engine"))
    for node in names.nodes:
        yield Program(node, node_command(layout, "node", "run", "--node", node))
    yield Program("console", demo_command(layout, "console"))
    yield Program("notify", hub_command(layout, "hub", "notify"))


def _mosquitto() -> str:
    # Debian keeps it outside an ordinary user's PATH.
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DemoError("mosquitto is not installed; as root: apt-get install mosquitto")
    return found


# ---------------------------------------------------------------- around it


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise DemoError(f"another demonstration runs in {directory}; name another directory with --dir") from None
    finally:
        os.close(descriptor)


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _welcome(layout: Layout, port: int) -> None:
    here = "" if layout.root == (Path.cwd() / "demo-site").resolve() else f"--dir {layout.root} "
    print(
        f"""
The console:     https://localhost:{port}
                 Your browser does not know the site's own authority: import {layout.tls / "ca.crt"}
                 or, to look around only, go on past its warning
The hardware:    https://localhost:{port}/play, or from a second terminal, for example
                 ./strongroom {here}sim open archive/corridor-door
                 ./strongroom {here}sim badge archive/reader 张伟
                 ./strongroom {here}sim phone
                 ./strongroom {here}journal --follow

Logins:          login        password             person (role)
{_indented(layout.logins)}
Ctrl-C ends it; the same directory goes on where it stopped.
""",
        flush=True,
    )


def _indented(path: Path) -> str:
    return "".join(f"                 {line}\n" for line in path.read_text("utf-8").splitlines())


def _say(line: str) -> None:
    print(f"demo: {line}", file=sys.stderr, flush=True)
