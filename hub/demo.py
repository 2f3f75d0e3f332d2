"""The demonstration: makes a site by the same commands as a person would, starts its processes, and plays the story."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec

from hub import broker, story
from hub.layout import Layout
from hub.site_names import Names
from hub.supervisor import Program, Supervisor

SITE_FILE = Path(__file__).parent / "demo_site.toml"
READY_S = 60
TEND_S = 0.2


class DemoError(Exception):
    """Why the demonstration cannot run, in one line."""


def run(directory: Path, port: int, with_story: bool) -> int:
    """Make or go on with the site in `directory`, and run it until stopped, or until the story ends. Exit code."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory):
        if _in_use(port) or _in_use(port + 1):
            raise DemoError(f"port {port} or {port + 1} is in use; name another with --port")
        layout = Layout(directory)
        if not (directory / "logins.txt").exists():
            _make(layout)
        names = Names.read(directory / "site.toml")
        _set_ports(layout, names, port)
        return _run(layout, names, port, with_story)


def _run(layout: Layout, names: Names, port: int, with_story: bool) -> int:
    ended = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal ended
        ended = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    supervisor = Supervisor(layout.root / "log", layout.root / "run", _say)
    try:
        for program in _programs(layout, names):
            supervisor.start(program)
        waited_since = time.monotonic()
        while not ended and not _in_use(port):
            supervisor.tend()
            time.sleep(TEND_S)
            if time.monotonic() - waited_since > READY_S:
                raise DemoError(f"the console does not answer; see {layout.root / 'log'}")
        if not ended:
            _welcome(layout, port)
        if with_story and not ended:
            return _tell(layout, supervisor, lambda: ended)
        while not ended:
            supervisor.tend()
            time.sleep(TEND_S)
    finally:
        supervisor.stop()
    return 0


def _tell(layout: Layout, supervisor: Supervisor, ended: story.Ended) -> int:
    """Play the story beside the processes."""
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(story.play, layout.root, ended)
        while not playing.done():
            supervisor.tend()
            time.sleep(TEND_S)
        return playing.result()


def _programs(layout: Layout, names: Names) -> Iterator[Program]:
    mosquitto = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if mosquitto is None:
        raise DemoError("mosquitto is not installed; run: apt-get install mosquitto")
    yield Program("broker", (mosquitto, "-c", str(layout.broker_conf)))
    yield Program("engine", _hub(layout, "hub", "engine"))
    yield Program("console", _hub(layout, "hub", "console"))
    for node in names.nodes:
        yield Program(node, _node(layout, "node", "run", "--node", node))


# ---------------------------------------------------------------- making the site


def _make(layout: Layout) -> None:
    """Everything that a new site needs, by the commands that a person would type."""
    root = layout.root
    _say(f"making a demonstration site in {root} (some twenty seconds)")
    for name in ("log", "run", "sim", "nodes"):
        (root / name).mkdir(mode=0o700, exist_ok=True)
    if layout.hub.exists() or layout.broker.exists():
        raise DemoError(f"{root} holds half a site; remove it and start again")
    shutil.copyfile(SITE_FILE, root / "site.toml")
    names = Names.read(root / "site.toml")
    _call(_hub(layout, "site", "init", names.site, "--host", "localhost", "--host", "127.0.0.1", "--bind", "127.0.0.1"))
    _call(_hub(layout, "hub", "migrate"))
    _call(_hub(layout, "site", "apply", str(root / "site.toml")))
    for node in names.nodes:
        _enrol(layout, names.site, node)
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda login: _call(_hub(layout, "hub", "password", login, "--generate")), names.logins)
        logins = "".join(
            f"{login:<12} {password.strip():<20} {person}\n"
            for (login, person), password in zip(names.logins.items(), made, strict=True)
        )
    descriptor = os.open(root / "logins.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(logins)


def _enrol(layout: Layout, site: str, node: str) -> None:
    """The node makes its keys and asks; a person would compare the six words; the hub answers; the node accepts."""
    folder = layout.root / "nodes" / node
    folder.mkdir(mode=0o700)
    _write_node(layout, site, node, broker.load(layout).port)
    request = folder / f"{node}.request"
    asked = json.loads(_call(_node(layout, "node", "request", "--node", node, "--out", str(request), "--json")))
    _call(_hub(layout, "node", "enrol", str(request), "--words", asked["words"]))
    _call(_node(layout, "node", "accept", "--node", node, str(folder / f"{node}.papers")))


def _write_node(layout: Layout, site: str, node: str, port: int) -> None:
    (layout.root / "nodes" / node / "node.toml").write_text(
        f'site = "{site}"\nnode = "{node}"\nstate = "."\nkeys = "keys"\n\n'
        f'[gpio]\nfactory = "mock"\n\n[broker]\nport = {port}\n\n'
        f'[simulation]\nsocket = "../../sim/{node}.sock"\n'
    )


def _set_ports(layout: Layout, names: Names, port: int) -> None:
    """The same directory may run at another port each time."""
    layout.settings.write_text(f'[console]\nport = {port}\n\n[demo]\nsockets = "{layout.root / "sim"}"\n')
    broker.write(layout, msgspec.structs.replace(broker.load(layout), port=port + 1))
    for node in names.nodes:
        _write_node(layout, names.site, node, port + 1)


def _hub(layout: Layout, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "hub", "--dir", str(layout.root), *words)


def _node(layout: Layout, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "firmware", "--dir", str(layout.root), *words)


def _call(command: tuple[str, ...]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"{' '.join(command[2:])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


# ---------------------------------------------------------------- around it


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise DemoError(f"another demonstration runs in {directory}") from None
    finally:
        os.close(descriptor)


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _welcome(layout: Layout, port: int) -> None:
    ca = layout.tls / "ca.crt"
    print(
        f"""
The console:     https://localhost:{port}
                 Your browser will not know the site's own authority; import {ca}
The hardware:    https://localhost:{port}/play   or from a second terminal, for example
                 ./strongroom --dir {layout.root} sim open archive/corridor-door

Logins:
{(layout.root / "logins.txt").read_text("utf-8")}
Ctrl-C ends it; the same directory goes on where it stopped.""",
        flush=True,
    )


def _say(line: str) -> None:
    print(f"demo: {line}", file=sys.stderr, flush=True)
