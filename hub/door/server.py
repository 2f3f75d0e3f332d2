"""The engine's side of the door: a socket for each asker, worked in the engine's own loop without ever waiting.

Whoever asks slowly, sends nonsense or takes no answer costs nobody else anything: every buffer is bounded, one request
of a connection is looked at at a time, and what does not get on is closed.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from hub.door import protocol
from hub.door.protocol import Answer, Asked
from hub.site_directory.layout import ASKERS, Asker
from wire import local_socket

CONNECTIONS = 32
"""Connections of one asker at once; beyond them the oldest idle one gives way."""
STALLED_MS = 10_000
"""How long a request may take to arrive, or an answer to be taken."""
AT_ONCE = 8
"""Requests that are looked at in one turn of the engine's loop: each is a transaction, and nodes have alarms."""
EVERYBODY = CONNECTIONS * len(ASKERS)
"""As many as can have asked."""
_CHUNK = 64 * 1024

log = logging.getLogger("strongroom.door")


class Ticket(NamedTuple):
    """A request that is to be answered, and whose it is."""

    asker: Asker
    asked: Asked
    connection: _Connection


class _Connection:
    """One that has called. `asked`: a request of it is being worked on, so that no other is read."""

    def __init__(self, asker: Asker, sock: socket.socket, now: int) -> None:
        self.asker: Asker = asker
        self.sock = sock
        self.came = bytearray()
        self.goes = bytearray()
        self.since = now
        self.asked: Asked | None = None
        self.ends = False

    @property
    def stands(self) -> bool:
        """Whether something of it is half done."""
        return bool(self.came) or bool(self.goes)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way with it."""
        return self.asked is None and not self.stands

    def take_in(self, now: int) -> None:
        """Read what is there. Raises OSError, EOFError when the other side is gone, Foreign."""
        most = protocol.LARGEST[self.asker] + protocol.HEADER
        chunk = self.sock.recv(min(_CHUNK, most - len(self.came)) or 1)
        if not chunk:
            raise EOFError
        if not self.came:
            self.since = now
        self.came += chunk

    def request(self) -> Asked | None:
        """The first request that has come whole. Raises Foreign."""
        if self.asked or self.ends:
            return None
        whole = protocol.length(self.came, protocol.LARGEST[self.asker])
        if whole is None or len(self.came) < whole:
            return None
        body = bytes(self.came[protocol.HEADER : whole])
        del self.came[:whole]
        self.asked = protocol.read_request(body)
        return self.asked

    def say(self, answer: Answer, now: int) -> None:
        """Begin to send an answer."""
        self.asked = None
        self.goes += protocol.pack(answer)
        self.since = now

    def send(self) -> None:
        """Send what fits. Raises OSError."""
        if self.goes:
            del self.goes[: self.sock.send(self.goes)]


class Door:
    """The sockets of all askers. Nothing is opened before `open`."""

    def __init__(self, sockets_of: Mapping[Asker, Path]) -> None:
        self._paths = sockets_of
        self._listening: dict[Asker, socket.socket] = {}
        self._connections: list[_Connection] = []
        self._waiting: list[Ticket] = []
        self.refused = 0
        """Connections that were ended for what they sent or did not take."""

    def open(self) -> None:
        """Listen. Raises OSError: an engine that nobody can ask is none."""
        for asker, path in self._paths.items():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._listening[asker] = local_socket.listen(path, CONNECTIONS)

    def close(self) -> None:
        """End every connection."""
        for connection in self._connections:
            connection.sock.close()
        self._connections.clear()
        for asker, listening in self._listening.items():
            listening.close()
            self._paths[asker].unlink(missing_ok=True)
        self._listening.clear()

    def waits(self) -> tuple[list[socket.socket], list[socket.socket]]:
        """What to select on, for reading and for writing."""
        readers = [one.sock for one in self._connections if one.asked is None and not one.goes]
        listening = [sock for asker, sock in self._listening.items() if self._has_room(asker)]
        return [*listening, *readers], [one.sock for one in self._connections if one.goes]

    @property
    def lined_up(self) -> bool:
        """Whether requests have come that have had no turn yet."""
        return bool(self._waiting)

    def hear(self, now: int, most: int = AT_ONCE) -> list[Ticket]:
        """The requests that are to be answered in this turn, the urgent ones first. `now`: monotonic, in ms."""
        self._accept(now)
        for connection in list(self._connections):
            try:
                connection.send()
                self._read(connection, now)
            except BlockingIOError:
                pass
            except (OSError, EOFError):
                self._end(connection)
            if connection.stands and now - connection.since > STALLED_MS:
                self.refused += 1
                self._end(connection)
            elif connection.ends and not connection.goes:
                self._end(connection)
        tickets = self._next(most)
        self._waiting = [one for one in self._waiting if one not in tickets]
        return tickets

    def answer(self, ticket: Ticket, answer: Answer, now: int) -> None:
        """Answer a request, if whoever asked is still there."""
        connection = ticket.connection
        if connection not in self._connections:
            return
        connection.say(answer, now)
        try:
            connection.send()
        except BlockingIOError:
            pass
        except OSError:
            self._end(connection)

    def _next(self, most: int) -> list[Ticket]:
        """Of each asker one after the other, and of each the urgent ones first, then as they came: what one of them
        calls urgent keeps none of the others waiting."""
        in_order = sorted(self._waiting, key=_waits)
        of_each = [[one for one in in_order if one.asker == asker] for asker in self._paths]
        in_turn = [one for row in zip_longest(*of_each) for one in row if one is not None]
        return sorted(in_turn[:most], key=_waits)

    def _read(self, connection: _Connection, now: int) -> None:
        if connection.asked or connection.goes or connection.ends:
            return
        try:
            with contextlib.suppress(BlockingIOError):
                connection.take_in(now)
            if asked := connection.request():
                self._waiting.append(Ticket(connection.asker, asked, connection))
        except protocol.NotValid as error:
            connection.say(protocol.Refused("not-valid", str(error)), now)
            connection.send()
        except protocol.Foreign as error:
            self.refused += 1
            log.warning("%s asks for something that cannot be understood: %s", connection.asker, error)
            connection.say(protocol.NotUnderstood(why=str(error)), now)
            connection.ends = True
            connection.send()

    def _accept(self, now: int) -> None:
        for asker, listening in self._listening.items():
            # What there is no room for waits in the kernel: it is not looked at, and not waited for.
            while self._has_room(asker):
                try:
                    sock, _address = listening.accept()
                except OSError:  # nobody, or nobody any longer
                    break
                sock.setblocking(False)
                self._make_room(asker)
                self._connections.append(_Connection(asker, sock, now))

    def _has_room(self, asker: Asker) -> bool:
        """Whether one more may be taken in, be it in the place of an idle one."""
        its = self._of(asker)
        return len(its) < CONNECTIONS or any(one.idle for one in its)

    def _make_room(self, asker: Asker) -> None:
        its = self._of(asker)
        if len(its) >= CONNECTIONS:
            self._end(next(one for one in its if one.idle))

    def _of(self, asker: Asker) -> list[_Connection]:
        return [one for one in self._connections if one.asker == asker]

    def _end(self, connection: _Connection) -> None:
        connection.sock.close()
        if connection in self._connections:
            self._connections.remove(connection)


def _waits(ticket: Ticket) -> bool:
    """Whether it is not urgent: those that are sort first."""
    return not protocol.is_urgent(ticket.asked)
