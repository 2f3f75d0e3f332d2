"""The fixed cast of the node's shell: one node, archive-1 of the site demo, its hub on paper, and its own plan."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from firmware.core.effects import Saved
from firmware.outbox import records
from firmware.outbox.records import Happening, Header, Identity
from firmware.outbox.store import Outbox
from firmware.setup import config, enrolment, where
from firmware.setup.config import Place
from firmware.setup.papers import Files
from tests.support import commands
from wire import keys, notes
from wire import messages as m
from wire.enrolment import NodePapers, NodeRequest
from wire.messages import (
    AccessList,
    Forced,
    Grant,
    HeldOpen,
    Holder,
    LevelChanged,
    Plan,
    PlanArea,
    PlanPoint,
    PlanReader,
    Record,
    RecordData,
)
from wire.sealed_box import seal_for

ROOT = Path(__file__).resolve().parents[2]
SITE, NODE = "demo", "archive-1"
BADGE_KEY = b"site demo: the key of its badges"
ZHANG_WEI, STRANGER = "0A00003E81", "FFFFFFFFFF"
CORRIDOR_DOOR, IRON_GATE, WINDOW, BUTTON = (
    "archive/corridor-door",
    "archive/iron-gate",
    "archive/window",
    "archive/exit",
)
READER = "archive/reader"
PATIENCE_S = 90.0
"""How long anything is waited for. Generous: a loaded machine must not fail a test."""

PLAN = Plan(
    version=7,
    points=(
        PlanPoint(place=CORRIDOR_DOOR, kind="door", terminal=1, input="two-state"),
        PlanPoint(place=BUTTON, kind="exit-button", terminal=2, input="two-state", normally="open"),
        PlanPoint(place=IRON_GATE, kind="gate", terminal=9, input="supervised"),
        PlanPoint(place=WINDOW, kind="window", terminal=10, input="supervised"),
    ),
    readers=(PlanReader(place=READER, port="r1"),),
    areas=(PlanArea(name="archive", doors=(CORRIDOR_DOOR, IRON_GATE), leave="button", seconds=10),),
)
ACCESS = AccessList(
    version=3,
    expires=2**45,
    utc_offset=480,
    schedules={},
    holders=(
        Holder(
            person=1001,
            credentials=(hmac.new(BADGE_KEY, ZHANG_WEI.encode(), hashlib.sha256).hexdigest(),),
            grants=(Grant(area="archive", schedule=None, ends=None),),
            seals=(),
            responds=(),
        ),
    ),
)

DOOR_FORCED = Forced(point=CORRIDOR_DOOR)
DOOR_HELD = HeldOpen(point=CORRIDOR_DOOR, seconds=60)


def header(mono: int = 0, boot: str = "boot-1") -> Header:
    return Header(boot, mono, 1_790_000_000_000 + mono, "trusted")


def happening(data: RecordData = DOOR_FORCED, mono: int = 0, boot: str = "boot-1") -> Happening:
    return Happening(header(mono, boot), data)


def opened(mono: int = 0) -> Happening:
    return happening(LevelChanged(point=CORRIDOR_DOOR, was="normal", now="active", at=mono), mono)


def identity() -> Identity:
    return Identity(SITE, NODE, keys.make(keys.key_name(SITE, NODE, "record")))


def all_records(outbox: Outbox) -> list[Record]:
    return [records.read(one.note) for one in outbox.waiting(0, 1_000_000)]


def check_chain(outbox: Outbox, key: notes.VerifierKey) -> list[Record]:
    """Every record is signed, numbered without a gap, and names the one before it."""
    found = outbox.waiting(0, 1_000_000)
    before = None
    for one in found:
        text, _signer = notes.open_record(one.note, [key], keys.CHECKS)
        record = m.decode(text, Record)
        assert record.seq == one.seq
        assert one.hash == notes.text_hash(text)
        if before:
            assert (record.seq, record.prev) == (before.seq + 1, before.hash)
        before = one
    return all_records(outbox)


def until(happened: Callable[[], bool], what: str) -> None:
    """Wait for something that another thread or process brings about."""
    given_up = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < given_up, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(0.01)


class Hub:
    """The hub on paper: an authority and the engine's key, enough to answer a node's request."""

    def __init__(self) -> None:
        self.key = keys.make(keys.key_name(SITE, "engine", "record"))
        self.checkpoint_key = keys.make(f"strongroom/{SITE}/journal")
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.authority = self._certificate("demo CA", self._private.public_key(), ca=True)

    def answer(self, request: bytes, *, life: int = 1, node: str = NODE, port: int = 1, **other: object) -> bytes:
        body = messages_decode_request(request)
        csr = x509.load_pem_x509_csr(body.csr.encode())
        public = csr.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        papers = {
            "v": 1,
            "site": SITE,
            "node": node,
            "life": life,
            "certificate": _pem(self._certificate(node, public, ca=False)),
            "authority": _pem(self.authority),
            "hub_key": str(self.key.public),
            "checkpoint_key": str(self.checkpoint_key.public),
            "badge_key": seal_for(body.box_key, BADGE_KEY),
            "host": "localhost",
            "port": port,
            **other,
        }
        return self.key.sign(m.encode(NodePapers(**papers)))  # type: ignore[arg-type]

    def _certificate(self, name: str, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "demo CA")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(self._private, hashes.SHA256())
        )


def messages_decode_request(request: bytes) -> NodeRequest:
    import msgspec

    return msgspec.json.decode(notes.split(request).text, type=NodeRequest)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class House:
    """A site's directory with one simulated node in it, enrolled with a hub on paper."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.hub = Hub()
        self.file = where.node_config(directory, NODE)
        self.file.parent.mkdir(parents=True)
        self.file.write_text(config.text_for(SITE, NODE, "mock", f"../../sim/{NODE}.sock"))
        self.socket = where.socket_of(directory, NODE)
        self.processes: list[subprocess.Popen[str]] = []

    @property
    def place(self) -> Place:
        return config.load(self.file)

    def enrol(self, life: int = 1, port: int = 1) -> None:
        enrolment.accept(self.place, self.hub.answer(enrolment.request(self.place), life=life, port=port))

    def outbox(self) -> Outbox:
        """The node's outbox, for a test to look into while the node is not running."""
        key = keys.load(Files(self.place.keys).path(Files(self.place.keys).record))
        return Outbox(self.place.state / "outbox.db", Identity(SITE, NODE, key), 1)

    def records(self) -> list[Record]:
        outbox = self.outbox()
        try:
            return all_records(outbox)
        finally:
            outbox.close()

    def save(self, **fields: object) -> None:
        """What the node is to find on its disk, as if the hub had ordered it."""
        assert set(fields) <= set(Saved._fields)
        outbox = self.outbox()
        outbox.commit([], fields)
        outbox.close()

    def strongroom(self, *words: str) -> subprocess.CompletedProcess[str]:
        side = "demo.sim" if words[0] == "sim" else "firmware"
        return commands.run(side, self.directory, *words)

    def run(self, within: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start the node as its own process; `within`: words before its command."""
        command = [*within, sys.executable, "-P", "-m", "firmware", "--dir", str(self.directory), "node", "run"]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            if process.stderr and not process.stderr.closed:
                process.communicate()


@contextmanager
def no_room_on_disk() -> Iterator[None]:
    """From now on no file of this process can grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
