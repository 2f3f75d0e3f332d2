"""Who is called when the database cannot be used: a copy of the next days of the roster, with addresses, without names.

It lies in a file of its own (hub/site_directory/contacts.py), and is bounded, since whoever reads it must not trust it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from hub.core.calling import roster
from hub.core.site.document import Site
from hub.core.state import Shift, State
from wire import decoding
from wire import messages as m

AHEAD_MS = 62 * 24 * 3_600_000
"""How far ahead the roster is copied."""
MOST = 500
LARGEST = 256 * 1024
"""Bytes of the file."""

Number = m.Person
Numbers = Annotated[tuple[Number, ...], Meta(max_length=MOST)]


class Unusable(ValueError):
    """The file is no such list; the message says what is wrong with it."""


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """How a person is reached; empty where that is not known."""

    number: Number
    phone: Annotated[str, Meta(max_length=32, pattern=r"^\+?[0-9]*\Z")] = ""
    email: Annotated[str, Meta(max_length=254, pattern=r"^[^\s<>]*\Z")] = ""


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers from when to when (hub's wall time), and who stands in."""

    starts: m.Wall
    ends: m.Wall
    people: Numbers


class Contacts(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list. `everybody` is called when no turn covers the time; `then` as well from the second round on."""

    v: Literal[1]
    site: m.Name
    timezone: Annotated[str, Meta(max_length=64)]
    language: Literal["zh", "en"]
    people: Annotated[tuple[Address, ...], Meta(max_length=MOST)]
    turns: Annotated[tuple[Turn, ...], Meta(max_length=MOST)]
    everybody: Numbers
    then: Numbers


def made(
    state: State, site: Site, phones: Mapping[int, tuple[str, str]], language: Literal["zh", "en"], now: int
) -> Contacts:
    """The contacts at the hub's wall time `now`. `phones`: telephone and e-mail of each person who has any."""
    everybody = roster.in_role(site, "duty")
    shifts = roster.counting(state.all(Shift), site)
    coming = sorted((one for one in shifts if now < one.ends and one.starts < now + AHEAD_MS), key=_when)
    turns = [Turn(one.starts, one.ends, (one.person, *_stand_ins(one, everybody))[:MOST]) for one in coming[:MOST]]
    supervisor = (site.supervisor,) if site.supervisor in site.cardholders and site.supervisor else ()
    then = tuple(dict.fromkeys((*supervisor, *roster.in_role(site, "security", "administrator"))))
    wanted = dict.fromkeys((*everybody, *then, *(person for turn in turns for person in turn.people)))
    people = tuple(Address(number, *phones[number]) for number in wanted if number in phones)
    return Contacts(1, site.name, site.timezone, language, people[:MOST], tuple(turns), everybody[:MOST], then[:MOST])


def _when(shift: Shift) -> tuple[int, int]:
    return shift.starts, shift.number


def _stand_ins(shift: Shift, everybody: Iterable[int]) -> tuple[int, ...]:
    return (shift.stand_in,) if shift.stand_in else tuple(one for one in everybody if one != shift.person)


def called(contacts: Contacts, now: int, round: int) -> list[Address]:
    """Who is called at `now`: whoever is on duty, and from the second round on whoever answers for them, too."""
    on_duty = [person for turn in contacts.turns if turn.starts <= now < turn.ends for person in turn.people]
    numbers = dict.fromkeys((*(on_duty or contacts.everybody), *(contacts.then if round else ())))
    reached = [one for one in contacts.people if one.number in numbers and (one.phone or one.email)]
    return reached or [one for one in contacts.people if one.phone or one.email]


def read(content: bytes) -> Contacts:
    """Raises Unusable for what cannot be one, whatever the bytes."""
    if len(content) > LARGEST:
        raise Unusable("it is too large")
    try:
        return decoding.decode(content, Contacts)
    except msgspec.MsgspecError as error:
        raise Unusable(str(error)) from None
    except (ValueError, RecursionError):
        raise Unusable("it is no JSON") from None


def written(contacts: Contacts) -> bytes:
    """The bytes of the file: the same contacts are always the same bytes."""
    return msgspec.json.format(msgspec.json.encode(contacts), indent=1) + b"\n"
