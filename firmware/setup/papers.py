"""What a node holds after its enrolment: its own keys, and the papers that the hub answered with.

A file of them that is spoilt takes away what only it can give, and no more; the node guards all the same:

    record.key, papers.note          no record can be signed for this life: nothing is kept, and nothing sent
    tls.key, node.crt, ca.crt        no link: records are signed and kept
    badge.key                        no badge is read
    witness.key                      no checkpoint is countersigned
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from firmware.setup.config import Place
from wire import decoding, keys, link, notes
from wire.enrolment import NodePapers
from wire.keys import KeyFileError, SigningKey
from wire.messages import LATEST_WALL

T = TypeVar("T")

MAX_PAPERS = 64 * 1024
"""Bytes of the largest answer that is opened; a real one has about 3,000."""


class PapersError(ValueError):
    """The node is not enrolled, or papers are not for it or cannot be used; the message says which."""


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
    def for_link(self) -> link.TlsFiles:
        """What the connection to the broker needs."""
        return link.TlsFiles(self.path(self.authority), self.path(self.certificate), self.path(self.tls))


class KeysAndPapers(NamedTuple):
    """Everything that a running node needs of them, as far as it can be had."""

    record_key: SigningKey
    witness_key: SigningKey | None
    badge_key: bytes | None
    hub_key: notes.VerifierKey
    checkpoint_key: notes.VerifierKey
    """The one in force when the papers were made."""
    life: int
    host: str
    port: int
    link: link.TlsFiles | None
    """None when there can be no link."""
    begins: int
    """When they were made, in milliseconds since 1970; 0 if not known. It is later than that."""
    signs: bool = True
    """False when no record can be signed: then the keys named above stand for what is not there."""
    spoilt: tuple[str, ...] = ()
    """What is wrong, and with which file, each in one sentence without its full stop."""


def open_papers(note: bytes) -> NodePapers:
    """Read an answer of the hub: signed by the very key that it states. Raises PapersError."""
    if len(note) > MAX_PAPERS:
        raise PapersError(f"the hub's answer has at most {MAX_PAPERS} bytes, this has {len(note)}")
    try:
        found = decoding.decode(notes.split(note).text, NodePapers)
        notes.open_record(note, [notes.parse_key(found.hub_key)], keys.CHECKS)
        notes.parse_key(found.checkpoint_key)
    except (notes.NoteError, msgspec.MsgspecError) as error:
        raise PapersError(f"not an answer of a hub: {error}") from None
    if found.v != 1:
        raise PapersError(f"the hub speaks protocol {found.v}, this node 1")
    return found


def load(place: Place) -> KeysAndPapers:
    """Read what was installed, and say what of it is spoilt. Raises PapersError when the node was never enrolled, or
    as another one."""
    files, config = Files(place.keys), place.config
    spoilt: list[str] = []

    def take(read: Callable[[Path], T], name: Path) -> T | None:
        try:
            return read(files.path(name))
        except (KeyFileError, PapersError) as error:
            spoilt.append(str(error))
            return None

    found = take(_answer, files.papers)
    if found is None and not (place.state / "outbox.db").exists():
        raise PapersError(_why_none(files, config.node, spoilt[0]))
    if found and (found.site, found.node) != (config.site, config.node):
        raise PapersError(
            f"the papers are for {found.node} of {found.site}, but node.toml says {config.node} of {config.site}"
        )
    record = take(keys.load, files.record)
    witness, badge = take(keys.load, files.witness), take(keys.read_badge_key, files.badge)
    linked = take(lambda _: _for_link(files), files.tls)
    nobody = keys.make(keys.key_name(config.site, config.node, "none"))
    signs = found is not None and record is not None
    return KeysAndPapers(
        record or nobody,
        witness,
        badge,
        notes.parse_key(found.hub_key) if found else nobody.public,
        notes.parse_key(found.checkpoint_key) if found else nobody.public,
        found.life if found else 1,
        config.broker.host or (found.host if found else ""),
        config.broker.port or (found.port if found else 0),
        linked if signs else None,
        valid(files)[0],
        signs,
        tuple(spoilt),
    )


def _answer(path: Path) -> NodePapers:
    try:
        return open_papers(path.read_bytes())
    except OSError as error:
        raise PapersError(f"{path}: {error.strerror}") from None
    except PapersError as error:
        raise PapersError(f"{path}: {error}") from None


def _why_none(files: Files, node: str, why: str) -> str:
    if files.path(files.papers).exists():
        return why
    return f"{node} is not enrolled yet: `strongroom node request`, then the hub's answer to `strongroom node accept`"


def _for_link(files: Files) -> link.TlsFiles:
    keys.read_secret(files.path(files.tls))
    link.tls(files.for_link)
    return files.for_link


def valid(files: Files) -> tuple[int, int]:
    """From when to when the papers are valid, in milliseconds since 1970; 0 and 0 if that is not known."""
    try:
        begins, ends = (int(word) for word in files.path(files.valid).read_text("ascii").split())
    except (OSError, ValueError):
        return 0, 0
    return (begins, ends) if 0 <= begins <= ends <= LATEST_WALL else (0, 0)
