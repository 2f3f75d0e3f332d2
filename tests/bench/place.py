"""The place of a benchmark: a whole site in a directory, its broker, its processes, and nodes whose keys we hold."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from firmware.setup import config, enrolment
from firmware.setup import papers as papers_file
from hub.admin import admission, first_entry, first_papers
from hub.admin import enrolment as hub_enrolment
from hub.core.site import reading as site_reading
from hub.core.site.document import DAYS
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.hub import Hub, open_hub
from hub.site_directory.layout import Layout
from tests.support import fence
from tests.support.broker import Broker, node_papers
from tests.support.hub import Clock, House, apply_site
from tests.support.ports import free_port
from wire import board, keys
from wire.link import TlsFiles

SITE = "demo"
SITE_FILE = Path(__file__).parents[2] / "demo" / "site" / "site.toml"
FLOOR = "floor"
FLOOR_EVENT = "floor/event"
FLOOR_ANNOUNCE = "floor/announce"
REAL_NODE = "archive-1"
"""The node that runs as its own process, with the real firmware on simulated pins."""
WINDOW = "window"
CABINETS = ("cabinet-1", "cabinet-2", "cabinet-3")
"""What hangs on each node that is ours to play."""
PATIENCE_S = 20


class Member(NamedTuple):
    """A node of the site, with all that it holds."""

    name: str
    key: keys.SigningKey
    papers: TlsFiles


class Place:
    """The demonstration's site in `root`, with further nodes named bench-1 and so on, which are ours to play, and one
    more that is `loud`."""

    def __init__(self, root: Path, nodes: int) -> None:
        wanted = BrokerSettings(SITE, ("localhost", "127.0.0.1"), "127.0.0.1", free_port())
        layout = first_papers.init(root, wanted, datetime.now(UTC))
        # The generated rules, and one line more: the floor's two topics, so that both run on the same broker.
        with (layout.broker / "acl").open("a") as rules:
            rules.write("\npattern readwrite floor/#\n")
        self.root = root
        self.hub: Hub = open_hub(root)
        self.port = wanted.port
        made = self.hub.on(fence.made(self.hub.database_url))  # until there is an engine
        names = [f"bench-{number + 1}" for number in range(nodes + 1)]
        document = _open_at_any_hour(SITE_FILE.read_text("utf-8")) + "".join(_in_document(name) for name in names)
        reading = site_reading.read(document, board.load())
        assert reading.site is not None, reading.mistakes
        first_entry.open_journal(made)
        self._journal = _Journal(made)
        apply_site(self._journal.house, reading.site, keys.read_secret(layout.badge_key))
        *self.members, self.loud = [self._enrol(name) for name in names]
        self._enrol(REAL_NODE)
        self.floor_papers = node_papers(layout, FLOOR)
        self.broker = Broker(root)
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def layout(self) -> Layout:
        return self.hub.layout

    @property
    def sim_socket(self) -> Path:
        """Where the hardware of the real node is worked."""
        return self.root / f"{REAL_NODE}.sock"

    def engine(self) -> subprocess.Popen[bytes]:
        """Start the engine as `./strongroom hub engine` does."""
        return self.start("engine", "-P", "-m", "hub", "--dir", str(self.root), "hub", "engine")

    def node(self) -> subprocess.Popen[bytes]:
        """Start the real node as `./strongroom node run` does."""
        return self.start("node", "-P", "-m", "firmware", "--dir", str(self.root), "node", "run", "--node", REAL_NODE)

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a Python process that ends with us."""
        with (self.root / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._running.append(process)
        return process

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._running):
            end(process)
        self.broker.stop()

    def _enrol(self, name: str) -> Member:
        """The steps of `node request`, `node enrol` and `node accept`, without the ceremony of the words."""
        folder = self.root / "nodes" / name
        folder.mkdir(mode=0o700, parents=True)
        (folder / "node.toml").write_text(config.text_for(SITE, name, "mock", f"../../{name}.sock"))
        place = config.load(folder / "node.toml")
        request = hub_enrolment.open_request(enrolment.request(place), SITE)
        made = admission.admit(self.layout, request, self._journal, datetime.now(UTC))
        enrolment.accept(place, made.papers)
        files = papers_file.Files(place.keys)
        return Member(name, keys.load(files.path(files.record)), files.for_link)


def point_of(node: str, name: str) -> str:
    """A point of a node of ours. It speaks of its own alone: a word about another's would be one more alarm."""
    return f"archive/{node}-{name}"


def _open_at_any_hour(document: str) -> str:
    """With an office that never closes, and an archive that nobody sets: else each cabinet of the flood would be an
    alarm at night, or until somebody came, and it would be another flood."""
    office, archive = 'office = "office-hours"', 'name = "archive"\n'
    assert office in document
    assert archive in document
    document = document.replace(archive, f"{archive}guard = false\n", 1)
    days = ", ".join(f'"{day}"' for day in DAYS)
    windows = f'{{ days = [{days}], start = "00:00", end = "24:00" }}'
    always = f'\n[[schedule]]\nname = "always"\nwindows = [{windows}]\n'
    return document.replace(office, 'office = "always"') + always


def _in_document(node: str) -> str:
    """A node of ours and its points, as the site's document has them."""
    text = f'\n[[node]]\nname = "{node}"\ntitle = {{ zh = "{node}", en = "{node}" }}\n'
    points = [(WINDOW, "window", 12, "supervised")]
    points += [(name, "cabinet", number, "two-state") for number, name in enumerate(CABINETS, 1)]
    for name, kind, terminal, way in points:
        text += f'[[point]]\narea = "archive"\nname = "{node}-{name}"\ntitle = {{ zh = "{name}", en = "{name}" }}\n'
        text += f'kind = "{kind}"\nnode = "{node}"\nterminal = {terminal}\ninput = "{way}"\n'
    return text


def no_delay(_client: object, _data: object, sock: Any) -> None:
    """For a client of paho's: without it every answer would wait."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and if that does not help, SIGKILL."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Journal:
    """The journal as admission sees it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        clock = Clock()
        clock.run()
        self.house = House(hub, clock)

    def node_life(self, node: str) -> tuple[int, int]:
        life = self.house.engine.look()[0].life(node)
        return (life.life, life.seq) if life else (0, 0)

    def was_revoked(self, record_key: str) -> bool:
        return False

    def checkpoint_key(self) -> str:
        return self.hub.checkpoint_public()

    def bring(self, make: Callable[[], admission.F]) -> admission.F:
        made = make()
        self.house.brings(made)
        return made
