"""The certificate of a sealing: what is signed, and how it is told from anything else. Each half is a signed note.

The body is one line of JSON. Times are hub's wall times in ms, spans are ms. People are numbers; their names lie
beside, so that they can be erased without a certificate losing its signature. It is long since the form, which is
printed and which others' programs read, stands in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from hub.core.sealing import before as before_sealing
from hub.core.sealing.sealed_time import Ledger
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Exemption, Point, Sealing, SealOn, State, Window
from wire import decoding, notes
from wire import messages as m
from wire.checkpoint import Checkpoint


class Base(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all that stands in a certificate."""


class Seal(Base, frozen=True):
    """A seal: its number, the two who said it, the level of its loop at the sealing; what was read at the end. `ohms`:
    what the loop measured; a two-state input has no such baseline, and leaves it out, as did certificates before."""

    point: m.Place
    number: str
    said_by: tuple[int, ...]
    baseline: m.Level
    read: str = ""
    ohms: int | msgspec.UnsetType = msgspec.UNSET


class HeldAnew(Base, frozen=True):
    """What it has held since two people admitted a change while the area stayed sealed."""

    at: int
    sha256: m.Hash


class Held(Base, frozen=True):
    """What the node at the reader holds of the sealing by itself, as it has signed it."""

    node: m.Name
    people: tuple[int, ...]
    """Those whose badges end it, as of now."""
    sha256: m.Hash
    changes: tuple[HeldAnew, ...] | msgspec.UnsetType = msgspec.UNSET
    """Left out where there are none, as in certificates made before."""


class Exception_(Base, frozen=True):
    """A point that was sealed blind or untested, on somebody's signature."""

    point: m.Place
    reason: str
    signed_by: int | None


class Line(Base, frozen=True):
    """The ledger of one point: the five spans and the steps of its node's clock add up to the interval."""

    point: m.Place
    node: m.Name
    watched: int
    alarm: int
    trouble: int
    blind: int
    bypassed: int
    steps: int


class Step(Base, frozen=True):
    """A node's clock moved by so many ms."""

    node: m.Name
    wall: int
    by: int


class Closing(Base, frozen=True, omit_defaults=True):
    """What the closing half adds."""

    first: m.Hash
    """Text hash of the first half."""
    ended: int
    """When two badges, or an emergency, ended it."""
    unsealed: int
    people: tuple[int, ...]
    cause: str
    approved_by: int | None
    emergency_by: int | None
    signed: tuple[int, ...]
    openings: int
    alarms: int
    hub_away: int
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    unconfirmed: tuple[m.Name, ...] = ()
    """Nodes that never said that they have unsealed. Left out where there are none, as in certificates made before."""


class Certificate(Base, frozen=True):
    """Body of the note. `size` and `root`: the journal at that point; `origin`: its name, which certificates before did
    not say."""

    v: Literal[1]
    site: m.Name
    area: m.Name
    sealing: int
    half: m.Half
    people: tuple[int, ...]
    sealed: int
    planned_until: int | None
    points: tuple[m.Place, ...]
    seals: tuple[Seal, ...]
    exceptions: tuple[Exception_, ...]
    size: int
    root: m.Hash
    closing: Closing | None = None
    origin: str | msgspec.UnsetType = msgspec.UNSET
    held: Held | msgspec.UnsetType = msgspec.UNSET
    """Left out where a node has signed nothing of it, as in certificates made before."""


class Slip(Base, frozen=True):
    """What the QR code holds: a note of its own that names the certificate, since not every one fits into a code."""

    v: Literal[1]
    site: m.Name
    area: m.Name
    sealing: int
    half: m.Half
    sha256: m.Hash
    size: int
    root: m.Hash
    says: str


class NotGood(Exception):
    """The text is no certificate of this hub; the message says why."""


def encode(body: Certificate | Slip) -> bytes:
    """The text that is signed: one line."""
    return msgspec.json.encode(body) + b"\n"


def make(state: State, site: Site, sealing: Sealing, at: Checkpoint, ledger: Ledger | None) -> Certificate:
    """The first half, or with a ledger the closing one. `at`: the journal as it stands."""
    window = state.find(Window, sealing.window) if sealing.window is not None else None
    points = tuple(one.place for one in site.point if one.area == sealing.area and lookups.guards(site, one.place))
    exempt = {row.place: row for row in state.all(Exemption)}
    return Certificate(
        v=1,
        site=site.name,
        area=sealing.area,
        sealing=sealing.number,
        half="closed" if ledger else "sealed",
        people=sealing.people,
        sealed=sealing.sealed_at or 0,
        planned_until=window.ends if window else None,
        points=points,
        seals=tuple(
            _seal(state, row) for place in before_sealing.seals(site, sealing.area) if (row := _on(state, place))
        ),
        exceptions=tuple(
            Exception_(point=place, reason=exempt[place].reason, signed_by=exempt[place].signed_by)
            for place in sealing.exceptions
            if place in exempt
        ),
        size=at.size,
        root=at.root.hex(),
        origin=at.origin,
        closing=_closing(sealing, ledger) if ledger else None,
        held=_held(site, sealing),
    )


def _held(site: Site, sealing: Sealing) -> Held | msgspec.UnsetType:
    node = lookups.ceremony_node(site, sealing.area)
    if not sealing.frozen or not node:
        return msgspec.UNSET
    changes = tuple(
        HeldAnew(at=at, sha256=sha256) for at, sha256 in zip(sealing.frozen_at, sealing.frozen_anew, strict=True)
    )
    return Held(node=node, people=sealing.may_unseal, sha256=sealing.frozen, changes=changes or msgspec.UNSET)


def _on(state: State, place: str) -> SealOn | None:
    return state.find(SealOn, place)


def _seal(state: State, row: SealOn) -> Seal:
    point = state.find(Point, row.place)
    people = tuple(one for one in (row.said_by, row.repeated_by) if one is not None)
    return Seal(
        point=row.place,
        number=row.number,
        said_by=people,
        baseline=point.level if point and row.read_for is None else "normal",  # nothing is sealed over anything else
        read=row.read,
        ohms=msgspec.UNSET if row.ohms is None else row.ohms,
    )


def _closing(sealing: Sealing, ledger: Ledger) -> Closing:
    return Closing(
        first=sealing.certificate,
        ended=ledger.end,
        unsealed=sealing.unsealed_at or ledger.end,
        people=sealing.unsealed_by,
        cause=sealing.cause,
        approved_by=sealing.approved_by,
        emergency_by=sealing.emergency_by,
        signed=sealing.signed,
        openings=sealing.openings,
        alarms=sealing.alarms,
        hub_away=ledger.hub_away,
        lines=tuple(
            Line(point=line.point, node=line.node, steps=line.steps, **line.sums._asdict()) for line in ledger.lines
        ),
        steps=tuple(Step(node=node, wall=one.wall, by=one.by) for node, one in ledger.steps),
        unconfirmed=sealing.unconfirmed,
    )


# ---------------------------------------------------------------- what it says


def intact(closing: Closing, seals: Iterable[Seal]) -> bool:
    """Whether nothing was opened, nobody came in an emergency, and each seal bears its number."""
    numbers = all(one.read in ("", one.number) for one in seals)
    return not closing.openings and closing.emergency_by is None and numbers


def worst_blind(closing: Closing) -> int:
    """Milliseconds for which the point that was worst off was blind."""
    return max((line.blind for line in closing.lines), default=0)


def says(body: Certificate) -> str:
    """In one line, such as `intact, 8 d 14 h 02 m, 0 openings, 11 s blind`."""
    closing = body.closing
    if closing is None:
        return f"sealed, {len(body.points)} points, {len(body.exceptions)} exceptions"
    word = "intact" if intact(closing, body.seals) else "NOT intact"
    blind = -(-worst_blind(closing) // 1000)  # rounded up: what is blind is never made less
    openings = f"{closing.openings} opening{'s' * (closing.openings != 1)}"
    return f"{word}, {span(closing.ended - body.sealed)}, {openings}, {blind} s blind"


def span(ms: int) -> str:
    """A time in days, hours and minutes, whole ones that have passed."""
    minutes = max(0, ms) // 60_000
    return f"{minutes // 1440} d {minutes // 60 % 24:02} h {minutes % 60:02} m"


def slip(body: Certificate) -> Slip:
    """The short note for the QR code."""
    return Slip(
        v=1,
        site=body.site,
        area=body.area,
        sealing=body.sealing,
        half=body.half,
        sha256=notes.text_hash(encode(body)),
        size=body.size,
        root=body.root,
        says=says(body),
    )


# ---------------------------------------------------------------- checking one


def read(text: bytes) -> Certificate | Slip:
    """The body of a note. Raises NotGood."""
    kinds: tuple[type[Certificate], type[Slip]] = (Certificate, Slip)
    for kind in kinds:
        try:
            body: Certificate | Slip = decoding.decode(text, kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if encode(body) == text:
            return body
    raise NotGood("this is no certificate, or it was changed")


def certificate_of(note: bytes) -> Certificate:
    """The certificate in a note that this hub has kept. Raises NotGood."""
    body = read(notes.split(note).text)
    if not isinstance(body, Certificate):
        raise NotGood("this is the text of a code, not the certificate itself")
    return body


def check(note: bytes, key: notes.VerifierKey, checks: Mapping[int, notes.Check]) -> Certificate | Slip:
    """What a note says, if the hub with this key has signed just that. Raises NotGood."""
    try:
        text, _ = notes.open_record(note, [key], checks)
    except notes.NoteError as error:
        raise NotGood(str(error)) from None
    return read(text)


class About(NamedTuple):
    """What a text claims to be, be it good or not."""

    sealing: int
    half: m.Half
    slip: bool


def loose(text: bytes) -> About:
    """Which certificate a text claims to be. Raises NotGood."""
    try:
        body = msgspec.json.decode(text)
        half: m.Half = "closed" if body["half"] == "closed" else "sealed"
        return About(int(body["sealing"]), half, "says" in body)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise NotGood("this is no certificate") from None


def differences(shown: bytes, kept: bytes) -> list[str]:
    """Fields in which a text that is shown differs from the one that is kept, as `closing.lines[2].blind`."""
    try:
        one = msgspec.json.decode(shown)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ["(it cannot be read)"]
    return list(_differ(one, msgspec.json.decode(kept), "")) or ["(the spelling)"] * (shown != kept)


def _differ(one: Any, other: Any, where: str) -> Iterable[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _differ(one.get(key), other.get(key), f"{where}.{key}" if where else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _differ(a, b, f"{where}[{at}]")
    elif one != other:
        yield where or "(all of it)"
