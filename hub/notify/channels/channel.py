"""What a channel must do, and may do. One file per channel beside this one; each has a worker of its own.

A channel must: take a letter or raise Unsent, and say without disturbing anybody whether it works (`test`).
It may: take its time, hang, keep a connection, and do more in its `turn` (listen, hold a level).
It must not: touch the database but through what it is given.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from hub.core.site.document import Site
from hub.core.state import Alarm, Notice, State
from wire import messages as m


class Unsent(Exception):
    """A letter was not taken. `final`: to try it again is of no use. The message says why, and names nobody."""

    def __init__(self, why: str, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Contact(NamedTuple):
    """How a person is reached; empty where that is not known."""

    phone: str
    email: str


class Letter(NamedTuple):
    """A notice that is to be sent now. `repeat`: an earlier attempt may have got through. `now`: wall time in ms.
    `text`: what is said in place of the lines, where there is no notice, since nothing can be journalled."""

    notice: Notice
    repeat: bool
    lines: tuple[Alarm, ...]
    site: Site
    contact: Contact
    now: int
    text: str = ""


class Answered(NamedTuple):
    """A message that came in: from which number, what it says, and when the network took it (wall ms), if known."""

    sender: str
    text: str
    sent_at: int | None = None


class Part(NamedTuple):
    """One part of a short message that the network has taken: its reference, and to whom it goes."""

    reference: int
    recipient: str


class Reported(NamedTuple):
    """What the network says of a part."""

    part: Part
    delivered: bool


class Handed(NamedTuple):
    """The channel has taken a letter. With parts, their delivery will be reported."""

    parts: tuple[Part, ...] = ()


class Unreadable(NamedTuple):
    """Something came in that is no message we understand. `why`, without what it says."""

    why: str


Heard = Answered | Reported | Unreadable


class Told(Protocol):
    """Whom a channel asks how things stand, and tells what has come in."""

    def look(self) -> tuple[State, Site]:
        """State and site, for reading only."""

    def hear(self, heard: Heard) -> bool:
        """Take a message or a report in. Whether it is kept now, so that it may be deleted where it came from."""

    def tell_refused(self, channel: m.Channel) -> None:
        """Journal how many messages were no answers."""


class Channel(Protocol):
    """One way to somebody's attention. Used by one thread alone."""

    name: m.Channel
    lease_s: int
    """How long sending may take before it counts as given up."""

    def send(self, letter: Letter) -> Handed:
        """Send it. Raises Unsent."""

    def test(self) -> str:
        """Whether it works, without disturbing anybody: how it stands, in a few words. Raises Unsent."""

    def turn(self, hub: Told, help_wanted: bool) -> None:
        """Do what it does besides sending, several times a second. `help_wanted`: help is called without the database.
        Raises Unsent."""

    def close(self) -> None:
        """Let go of what is open. Never raises."""
