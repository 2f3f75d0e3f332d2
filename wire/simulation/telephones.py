"""How `strongroom sim`, the demo's page and its story look at the simulated telephones, and answer from them.

One Unix socket for all of them, in the folder of the simulated nodes' sockets; asked as those are (wire.simulation).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from wire import decoding
from wire.simulation import hardware as simulated

SOCKET = "telephones"
"""Its name in that folder."""
LONGEST = 70
"""Characters of an answer: what fits into one short message that is not in Latin letters."""

Number = Annotated[str, Meta(pattern=r"^\+?[0-9]{3,20}$")]


class Look(Struct, frozen=True, forbid_unknown_fields=True, tag_field="ask", tag="look"):
    """What is on every telephone."""


class Reply(Struct, frozen=True, forbid_unknown_fields=True, tag_field="ask", tag="reply"):
    """Whoever has this number sends a short message to the hub."""

    number: Number
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]


Question = Look | Reply


class Message(Struct, frozen=True):
    """A short message on a telephone. `at`: wall time in ms. `way`: from the hub, or to it."""

    at: int
    way: Literal["in", "out"]
    text: str


class Answer(Struct, frozen=True):
    """`error` is empty when it was done. `telephones`: what is on each, oldest first, by number."""

    error: str = ""
    telephones: dict[str, tuple[Message, ...]] = {}


class NotThere(OSError):
    """No simulated telephones are to be had here."""


def send(folder: Path, question: Question, timeout: float = simulated.TIMEOUT_S) -> Answer:
    """Ask the telephones of the demonstration whose sockets lie in `folder`. Raises NotThere."""
    try:
        line = simulated.exchange(folder / SOCKET, msgspec.json.encode(question), timeout)
        return decoding.decode(line, Answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise NotThere(f"no simulated telephones answer in {folder}: {error}") from None
