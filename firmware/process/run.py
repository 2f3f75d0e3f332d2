"""`strongroom node run`: opens everything in order, runs the node, closes everything."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import threading
from collections import Counter
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING

from firmware.core.node import Node
from firmware.core.proofs import Trust
from firmware.devices.assembly import Devices
from firmware.devices.gpio import PinsUnavailable
from firmware.hub_link.messages import Mail
from firmware.hub_link.unlinked import Unlinked
from firmware.outbox.records import Header, Identity
from firmware.outbox.store import Outbox
from firmware.outbox.when_the_disk_refuses import BufferedOutbox
from firmware.process.boot import Boot, tell_systemd
from firmware.process.inbox import Inbox
from firmware.process.lock import Lock
from firmware.process.loop import App
from firmware.setup import papers as papers_file
from firmware.setup.config import EXIT_CONFIG, Place
from firmware.setup.papers import KeysAndPapers, PapersError
from wire import board, keys, logs, settings
from wire.link import Link

if TYPE_CHECKING:
    from firmware.devices.simulated.cable import Cable

EXIT_OK = 0
EXIT_UNAVAILABLE = 69
EXIT_SOFTWARE = 70
EXIT_IO = 74

MEGABYTE = 1_000_000
MEND = "the node guards all the same; put the file back, or enrol the node again, and start it anew"
STOP_S = 3.0
"""How long a connection may take to be closed in order."""

log = logging.getLogger("strongroom.node")


class CannotRun(Exception):
    """The node cannot run; `code` is the exit code that says what kind of reason it is."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def run(place: Place) -> int:
    """Run the node until it is told to stop; returns the exit code. Raises CannotRun."""
    os.umask(0o077)
    try:
        papers = papers_file.load(place)
        terminals = board.load()
    except (PapersError, settings.SettingsError) as error:
        raise CannotRun(str(error), EXIT_CONFIG) from None
    with contextlib.ExitStack() as stack:
        return _run(place, papers, terminals, _lock(place, stack), stack)


def _run(place: Place, papers: KeysAndPapers, terminals: board.Board, lock: Lock, stack: contextlib.ExitStack) -> int:
    config, boot = place.config, Boot()
    spoilt = "; ".join(papers.spoilt)
    if spoilt:
        log.error("%s; %s", spoilt, MEND)
    who = Identity(config.site, config.node, papers.record_key)
    limit = config.outbox.megabytes * MEGABYTE
    claim = lock.take if papers.signs else partial(_nothing_is_kept, spoilt)
    outbox = Outbox(place.state / "outbox.db", who, papers.life, limit=limit, claim=claim, later=True)
    stack.callback(outbox.close)
    buffered = BufferedOutbox(outbox, limit)
    saved, damage = buffered.open(Header(boot.id, boot.mono(), boot.now().wall, "untrusted"))
    inbox = Inbox()
    try:
        devices = Devices(terminals, place, inbox.put, boot.mono)
    except PinsUnavailable as error:
        raise CannotRun(str(error), EXIT_CONFIG) from None
    stack.callback(devices.close)
    saved = saved._replace(trusted_wall=max(saved.trusted_wall, papers.begins))
    trust = Trust(config.site, papers.checkpoint_key, papers.hub_key, keys.CHECKS, lambda: secrets.token_hex(16))
    version, factory = _version(), config.gpio.factory
    node = Node(terminals, papers.badge_key, saved, version, factory, name=who.node, boot=boot.id, trust=trust)
    mail = Mail(who, papers.witness_key, papers.hub_key, boot.id, Counter())
    cable = _simulate(place, devices, papers, stack)
    link: Link | Unlinked = Unlinked(spoilt, inbox.queue)
    if papers.link:
        port = cable.port if cable else papers.port
        will = mail.will(outbox.life, boot.now().wall, "untrusted")
        link = Link(config.node, papers.host, port, papers.link, mail.subscriptions, inbox.queue, will)
    stack.callback(_stop_link, link, cable)
    app = App(boot, node, buffered, mail, devices, link, inbox, spoilt)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(app, "stopping", True))
    log.info("%s of %s: life %d, boot %s, newest record %d", who.node, who.site, outbox.life, boot.id, outbox.seq)
    try:
        app.start(saved.plan)
        if damage:
            buffered.keep(damage, {}, damage[0].header)
        app.run()
    except Exception as error:  # the outermost one: the next `started` tells of it
        log.critical("a fault in the program: %s: %s", type(error).__name__, error, exc_info=True)
        return EXIT_SOFTWARE
    tell_systemd("STOPPING=1")
    app.stop()
    return EXIT_OK


def _nothing_is_kept(why: str) -> None:
    """In place of the claim to an outbox for which nothing can be signed. Raises OSError, as when the disk refuses."""
    raise OSError(why)


def _lock(place: Place, stack: contextlib.ExitStack) -> Lock:
    lock = Lock(place.state)
    stack.callback(lock.close)
    try:
        lock.take()
    except BlockingIOError:
        raise CannotRun(f"{place.config.node} is running already", EXIT_UNAVAILABLE) from None
    except OSError as error:
        # It guards all the same. The outbox is not opened before the lock is had.
        log.error("%s cannot be used: %s", place.state, error.strerror)
    return lock


def _simulate(place: Place, devices: Devices, papers: KeysAndPapers, stack: contextlib.ExitStack) -> Cable | None:
    """With simulated devices: the socket for `strongroom sim`, and a cable to pull if the broker is here."""
    if devices.simulated is None or place.socket is None:
        return None
    from firmware.devices.simulated.cable import Cable, is_here
    from firmware.devices.simulated.control import Control

    linked = papers.link and is_here(papers.host)
    cable = Cable(papers.host, papers.port, devices.simulated.pulled) if linked else None
    if cable:
        stack.callback(cable.close)
    try:
        control = Control(place.socket, place.config.site, place.config.node, devices.simulated, cable)
    except OSError as error:
        raise CannotRun(f"{place.socket}: the socket for `strongroom sim` cannot be made: {error}", EXIT_IO) from None
    stack.callback(control.close)
    return cable


def _stop_link(link: Link | Unlinked, cable: Cable | None) -> None:
    if cable and cable.pulled:
        cable.close()  # there is nobody to take leave of
    # A handshake with a broker that does not answer would hold us up until it gives up by itself.
    closing = threading.Thread(target=link.stop, daemon=True)
    closing.start()
    closing.join(STOP_S)


def _version() -> str:
    try:
        return metadata.version("strongroom")
    except metadata.PackageNotFoundError:
        return "source"


def log_to_stderr() -> None:
    """One line for each event; systemd adds the time."""
    logs.to_stderr(logging.INFO)
