"""What a node holds after its enrolment: its own keys, and the papers that the hub answered with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from firmware.config import Place
from wire import keys, notes
from wire.enrolment import NodePapers
from wire.keys import KeyFileError, SigningKey
from wire.link import Papers as LinkPapers
from wire.messages import LATEST_WALL

MAX_PAPERS = 64 * 1024
"""Bytes of the largest answer that is opened; a real one has about 3,000."""


class PapersError(ValueError):
    """Keys or papers are missing, do not belong together, or are not for this node; the message says which."""


class Files(NamedTuple):
    """Every file in a node's folder of keys."""

    folder: Path

    record: Path = Path("record.key")
    witness: Path = Path("witness.key")
    tls: Path = Path("tls.key")
    box: Path = Path("box.key")
    request: Path = Path("request.note")
    papers: Path = Path("papers.note")
    certificate: Path = Path("node.crt")
    authority: Path = Path("ca.crt")
    badge: Path = Path("badge.key")
    valid: Path = Path("node.valid")
    """From when to when the certificate is valid, in milliseconds since 1970: to be had without reading it."""

    def path(self, name: Path) -> Path:
        """Where one of them lies."""
        return self.folder / name

    @property
    def for_link(self) -> LinkPapers:
        """What the connection to the broker needs."""
        return LinkPapers(self.path(self.authority), self.path(self.certificate), self.path(self.tls))


class Papers(NamedTuple):
    """Everything that a running node needs of them."""

    record_key: SigningKey
    witness_key: SigningKey
    badge_key: bytes
    hub_key: notes.VerifierKey
    checkpoint_key: notes.VerifierKey
    """The one in force when the papers were made."""
    life: int
    host: str
    port: int
    link: LinkPapers
    begins: int
    """When they were made, in milliseconds since 1970; 0 if not known. It is later than that."""


def open_papers(note: bytes) -> NodePapers:
    """Read an answer of the hub: signed by the very key that it states. Raises PapersError."""
    if len(note) > MAX_PAPERS:
        raise PapersError(f"the hub's answer has at most {MAX_PAPERS} bytes, this has {len(note)}")
    try:
        found = msgspec.json.decode(notes.split(note).text, type=NodePapers)
        notes.open_record(note, [notes.parse_key(found.hub_key)], keys.CHECKS)
        notes.parse_key(found.checkpoint_key)
    except (notes.NoteError, msgspec.MsgspecError) as error:
        raise PapersError(f"not an answer of a hub: {error}") from None
    if found.v != 1:
        raise PapersError(f"the hub speaks protocol {found.v}, this node 1")
    return found


def load(place: Place) -> Papers:
    """Read what was installed. Raises PapersError, which says what to do about it."""
    files = Files(place.keys)
    site, node = place.config.site, place.config.node
    try:
        note = files.path(files.papers).read_bytes()
    except FileNotFoundError:
        raise PapersError(
            f"{node} is not enrolled yet: `strongroom node request`, then the hub's answer to `strongroom node accept`"
        ) from None
    except OSError as error:
        raise PapersError(f"{files.path(files.papers)}: {error.strerror}") from None
    found = open_papers(note)
    if (found.site, found.node) != (site, node):
        raise PapersError(f"the papers are for {found.node} of {found.site}, but node.toml says {node} of {site}")
    try:
        record_key = keys.load(files.path(files.record))
        witness_key = keys.load(files.path(files.witness))
        badge_key = keys.read_badge_key(files.path(files.badge))
        keys.read_secret(files.path(files.tls))
    except KeyFileError as error:
        raise PapersError(str(error)) from None
    broker = place.config.broker
    return Papers(
        record_key,
        witness_key,
        badge_key,
        notes.parse_key(found.hub_key),
        notes.parse_key(found.checkpoint_key),
        found.life,
        broker.host or found.host,
        broker.port or found.port,
        files.for_link,
        valid(files)[0],
    )


def valid(files: Files) -> tuple[int, int]:
    """From when to when the papers are valid, in milliseconds since 1970; 0 and 0 if that is not known."""
    try:
        begins, ends = (int(word) for word in files.path(files.valid).read_text("ascii").split())
    except (OSError, ValueError):
        return 0, 0
    return (begins, ends) if 0 <= begins <= ends <= LATEST_WALL else (0, 0)
