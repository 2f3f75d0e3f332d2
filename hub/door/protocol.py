"""What is asked of the engine and what it answers, and how both go over a socket: four bytes of length, then JSON.

Each asker has a socket of its own, in a folder that only its group may enter: whoever can open it is that service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from hub.core.site.document import Account, Person
from hub.site_directory.layout import Asker
from wire import decoding
from wire import messages as m

T = TypeVar("T")

VERSION = 1
HEADER = 4
"""Bytes of the length before each message, the highest first."""

LARGEST: Mapping[Asker, int] = {"console": 512 * 1024, "notify": 64 * 1024, "admin": 4 * 1024 * 1024}
"""Bytes of the largest request; a calendar comes through the console, a site document from the command line."""
LARGEST_ANSWER = 1024 * 1024

Token = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{43}\Z")]
"""256 random bits: who has signed in is known by it, to the engine alone."""
Facts = Annotated[tuple[m.FactData, ...], Meta(min_length=1, max_length=64)]
RequestId = Annotated[str, Meta(pattern=r"^[0-9a-z-]{1,64}\Z")]
Login = Annotated[str, Meta(max_length=64)]


class Request(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="ask"):
    """Base of all that may be asked."""


class SignIn(Request, frozen=True, tag="sign-in"):
    """A person shows a password. `address`: where from, as the asker says; wrong tries from there are counted."""

    login: Login
    password: Annotated[str, Meta(max_length=1000)]
    address: Annotated[str, Meta(min_length=1, max_length=200)] = "here"


class SignOut(Request, frozen=True, tag="sign-out"):
    """A person has gone."""

    token: Token


class Act(Request, frozen=True, tag="act"):
    """Commit what a person asks for, all of it or nothing."""

    token: Token
    wanted: Facts


class Say(Request, frozen=True, tag="say"):
    """Commit what the asking service itself has seen or done, all of it or nothing."""

    said: Facts


class Answered(Request, frozen=True, tag="answered"):
    """A short message has come in, from that number, heard at `at` (wall ms). Who that is, and what it means, the
    engine judges: refused for a reason of `m.AnswersRefused`."""

    sender: Annotated[str, Meta(max_length=64)]
    text: Annotated[str, Meta(max_length=200)]
    at: m.Wall


class ImportCalendar(Request, frozen=True, tag="import-calendar"):
    """Bring a calendar in, which then waits for another person's approval."""

    token: Token
    document: Annotated[str, Meta(max_length=400_000)]


class Document(Struct, frozen=True, forbid_unknown_fields=True, tag="document"):
    """A site document as it is stored, without names; and what lies beside it: people with their names, and accounts
    with their logins, in its order."""

    text: Annotated[str, Meta(max_length=3_000_000)]
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]


class Password(Struct, frozen=True, forbid_unknown_fields=True, tag="password"):
    """What is kept of a new password. The password itself never comes here."""

    login: Login
    kept: Annotated[str, Meta(pattern=r"^\$argon2id\$[!-~]{1,200}\Z")]


class Bring(Request, frozen=True, tag="bring"):
    """Journal what root's command has signed, byte for byte, and keep what lies beside the journal for it. `tokens`: of
    the people who answer for it, the one whom the fact names first."""

    notes: Annotated[tuple[Annotated[str, Meta(max_length=65_535)], ...], Meta(min_length=1, max_length=2_000)]
    beside: Document | Password | None = None
    tokens: Annotated[tuple[Token, ...], Meta(max_length=2)] = ()


AnyRequest = SignIn | SignOut | Act | Say | Answered | ImportCalendar | Bring


class Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request as it is sent. `id` is the asker's: one that was committed is not done a second time."""

    v: int
    id: RequestId
    ask: AnyRequest


class Answer(Struct, frozen=True, kw_only=True, tag_field="answer"):
    """Base of all answers."""


class Done(Answer, frozen=True, tag="done"):
    """It is committed. `size` of the journal after it; `facts` that were asked for, completed, and those that followed.
    `again`: it was committed before, and nothing was done now."""

    size: int
    facts: tuple[m.FactData, ...] = ()
    again: bool = False


class SignedIn(Answer, frozen=True, tag="signed-in"):
    """Somebody has signed in."""

    token: str
    person: int
    roles: tuple[str, ...]


class Refused(Answer, frozen=True, tag="refused"):
    """The rules do not allow it, and nothing was changed."""

    reason: str
    about: str = ""


class TryLater(Answer, frozen=True, tag="try-later"):
    """Not looked at: too many wrong tries, or too much at once."""

    ms: int


class Held(Answer, frozen=True, tag="held"):
    """Not done: another process holds the database. Whoever still wants it asks again."""


class NotUnderstood(Answer, frozen=True, tag="not-understood"):
    """No request that this engine knows; the connection ends."""

    why: str


AnyAnswer = Done | SignedIn | Refused | TryLater | Held | NotUnderstood

ASKS: Mapping[Asker, tuple[type[Request], ...]] = {
    "console": (SignIn, SignOut, Act, Say, ImportCalendar),
    "notify": (Say, Answered),
    "admin": (SignIn, SignOut, Act, Say, ImportCalendar, Bring),
}
"""Who may ask for what."""

URGENT: tuple[type[m.Data], ...] = (m.AlarmAcknowledged, m.EmergencyOpened)
"""What is done before everything else."""


class _Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    id: RequestId
    ask: msgspec.Raw


class Foreign(ValueError):
    """Bytes that are no message of this protocol. The text says why."""


class NotValid(ValueError):
    """A message of this protocol that asks for what cannot be. The text says why."""


def is_urgent(asked: Asked) -> bool:
    """Whether somebody waits for it at a door, or for an alarm to stop."""
    if isinstance(asked.ask, Answered):
        return True
    return isinstance(asked.ask, Act) and any(isinstance(one, URGENT) for one in asked.ask.wanted)


def pack(message: Asked | Answer) -> bytes:
    """A message as it goes over the socket."""
    body = msgspec.json.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


def length(buffer: bytes | bytearray, largest: int) -> int | None:
    """Bytes of the first message in the buffer, its header included; None while that is not known. Raises Foreign."""
    if len(buffer) < HEADER:
        return None
    body = int.from_bytes(buffer[:HEADER], "big")
    if not 0 < body <= largest:
        raise Foreign(f"a message of {body} bytes")
    return HEADER + body


def read_request(body: bytes) -> Asked:
    """A request. Raises Foreign; NotValid for one that somebody may have filled in wrongly."""
    envelope = _read(body, _Envelope)
    if envelope.v != VERSION:
        raise Foreign(f"version {envelope.v} of the protocol; this engine speaks {VERSION}")
    try:
        return Asked(v=envelope.v, id=envelope.id, ask=decoding.decode(envelope.ask, AnyRequest))
    except msgspec.ValidationError as error:
        raise NotValid(str(error)[:200]) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Foreign(str(error)[:200]) from None


def read_answer(body: bytes) -> AnyAnswer:
    """An answer. Raises Foreign."""
    return _read(body, AnyAnswer)  # type: ignore[arg-type]


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return decoding.decode(body, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Foreign(str(error)[:200]) from None
