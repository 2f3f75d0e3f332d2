"""The network cable of a simulated node: a relay between its link and the broker that can be pulled and pushed in.

Pulled, it forwards nothing either way and closes nothing, as a real cable does: connections hang until somebody's
patience ends. Pushed in again, it goes on with what had been on its way.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading

CONNECT_S = 5.0
PIECE = 65_536


class Cable:
    """Listens on a loopback port of its own and forwards to the broker."""

    def __init__(self, host: str, port: int, pulled: bool) -> None:
        """Raises OSError when no port of `host`'s loopback address can be had."""
        self._broker = (host, port)
        self._pulled = pulled
        self._peers: dict[socket.socket, socket.socket] = {}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._wake, self._bell = os.pipe()
        self._stopped = False
        self._heeded = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Pull the cable out."""
        self._set(pulled=True)

    def push(self) -> None:
        """Push it in again."""
        self._set(pulled=False)

    @property
    def pulled(self) -> bool:
        """Whether it is out."""
        return self._pulled

    def close(self) -> None:
        """Close everything; more than once does no harm."""
        if self._stopped:
            return
        self._stopped = True
        os.write(self._bell, b"!")
        self._thread.join()
        for one in (*self._peers, self._listening):
            one.close()
        self._selector.close()
        os.close(self._wake)
        os.close(self._bell)

    def _set(self, *, pulled: bool) -> None:
        self._pulled = pulled
        self._heeded.clear()
        os.write(self._bell, b"!")
        self._heeded.wait(CONNECT_S)

    def _run(self) -> None:
        self._watch()
        while not self._stopped:
            for key, _events in self._selector.select():
                if key.fileobj == self._wake:
                    os.read(self._wake, 16)
                    self._watch()
                    self._heeded.set()
                elif self._pulled:
                    continue  # seen before the cable came out
                elif key.fileobj is self._listening:
                    self._accept()
                elif key.fileobj in self._peers:  # may have been closed with its peer a moment ago
                    self._forward(key.fileobj)

    def _watch(self) -> None:
        """Look at all sockets while the cable is in, at none while it is out."""
        for one in (self._listening, *self._peers):
            watched = one in self._selector.get_map()
            if self._pulled and watched:
                self._selector.unregister(one)
            elif not self._pulled and not watched:
                self._selector.register(one, selectors.EVENT_READ)

    def _accept(self) -> None:
        near, _address = self._listening.accept()
        try:
            far = socket.create_connection(self._broker, CONNECT_S)
        except OSError:
            near.close()
            return
        for one in (near, far):
            one.settimeout(CONNECT_S)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(one, selectors.EVENT_READ)
        self._peers[near], self._peers[far] = far, near

    def _forward(self, one: socket.socket) -> None:
        other = self._peers[one]
        try:
            data = one.recv(PIECE)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass  # either end is gone, as at the end of data
        for end in (one, other):
            self._peers.pop(end, None)
            with contextlib.suppress(KeyError):
                self._selector.unregister(end)
            end.close()


def is_here(host: str) -> bool:
    """Whether the broker is on this very machine, so that a relay can take its name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(address[4][0] == "127.0.0.1" for address in found)
