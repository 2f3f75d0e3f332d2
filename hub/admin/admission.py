"""Letting a node in and putting it out: authority, journal and broker in the order in which nothing can go amiss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from hub.admin import broker
from hub.admin import enrolment as hub_enrolment
from hub.admin.authority import Authority, PapersError, pem
from hub.site_directory import broker as broker_settings
from hub.site_directory.layout import Layout
from wire import keys
from wire.enrolment import NodeRequest
from wire.messages import NodeEnrolled, NodeRevoked

F = TypeVar("F", NodeEnrolled, NodeRevoked)


class Journal(Protocol):
    """What admission needs of the hub's service."""

    def node_life(self, node: str) -> tuple[int, int]:
        """Number of a node's newest life and its last sequence number; (0, 0) for a node never enrolled."""

    def was_revoked(self, record_key: str) -> bool:
        """Whether a node with this record key was revoked, as the keys may have been in a stranger's hands."""

    def checkpoint_key(self) -> str:
        """Verifier key with which the journal's checkpoints are signed now."""

    def bring(self, make: Callable[[], F]) -> F:
        """Sign a fact and have it journalled, and made anew where something has changed meanwhile. It is committed when
        this returns it."""


class Enrolled(NamedTuple):
    """What became of a request. `papers` are to be carried to the node."""

    node: str
    life: int
    serial: str
    papers: bytes
    hub_words: list[str]


class Revoked(NamedTuple):
    """What became of a node's papers. `broker_restarted` False: no broker was running."""

    serials: list[str]
    broker_restarted: bool


def admit(layout: Layout, request: NodeRequest, journal: Journal, now: datetime) -> Enrolled:
    """Open a new life for a node whose request was opened and whose words a person has compared.

    Papers of an earlier life are void from then on. Raises PapersError, KeyFileError, SettingsError.
    """
    if journal.was_revoked(request.record_key):
        raise PapersError(f"the keys of this request were revoked; {request.node} needs new ones: a new folder of keys")
    site = broker_settings.load(layout)
    authority = Authority(layout.authority)
    engine = keys.load(layout.record_key("engine"))
    badge_key = keys.read_badge_key(layout.badge_key)
    checkpoint_key = journal.checkpoint_key()
    certificate = authority.for_node(request.node, hub_enrolment.public_key(request), now)
    serial = f"{certificate.serial_number:x}"

    def enrolled() -> NodeEnrolled:
        life, last_seq = journal.node_life(request.node)
        return NodeEnrolled(
            node=request.node,
            life=life + 1,
            record_key=request.record_key,
            witness_key=request.witness_key,
            serial=serial,
            last_seq=last_seq,
        )

    # What is journalled counts: from here on the engine takes the new key only. If we die before the answer is
    # written, the person enrols once more, and the life in between stays empty.
    life = journal.bring(enrolled).life
    if life > 1:
        _void(layout, authority, request.node, now, keep=certificate.serial_number)
    papers = hub_enrolment.make_papers(
        request,
        site=site.site,
        life=life,
        certificate=pem(certificate),
        authority=pem(authority.certificate),
        engine=engine,
        checkpoint_key=checkpoint_key,
        badge_key=badge_key,
        host=site.hosts[0],
        port=site.port,
    )
    return Enrolled(request.node, life, serial, papers, hub_enrolment.hub_words(str(engine.public)))


def expel(layout: Layout, node: str, reason: str, journal: Journal, now: datetime) -> Revoked:
    """Make a node's papers void: for the engine by the journal, for the broker by the list, at once for both.

    Done again, it goes on where an interrupted one stopped. Raises PapersError for a node that never had papers.
    """
    authority = Authority(layout.authority)
    if not any(one.kind == "node" and one.name == node for one in authority.issued()):
        raise PapersError(f"{node!r} never had papers of this site")
    if authority.in_force("node", node):
        journal.bring(lambda: NodeRevoked(node=node, reason=reason))
    return _void(layout, authority, node, now)


def read_request(path: Path) -> bytes:
    """A request file's bytes. Raises RequestRefused."""
    try:
        with path.open("rb") as file:
            return file.read(hub_enrolment.MAX_REQUEST + 1)
    except OSError as error:
        raise hub_enrolment.RequestRefused(f"{path}: {error.strerror}") from None


def _void(layout: Layout, authority: Authority, node: str, now: datetime, keep: int | None = None) -> Revoked:
    old = [one.serial for one in authority.in_force("node", node) if one.serial != keep]
    authority.revoke(old, now)
    broker.publish_list(layout, authority)
    # The broker asks nobody again who is connected already: only its end ends that connection.
    return Revoked([f"{serial:x}" for serial in old], broker.restart(layout))
