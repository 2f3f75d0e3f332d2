"""What an answer by short message means: who it is from, and which alarms they have taken on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import Alarm, Notice, State

YES = frozenset({"1", "收到", "确认", "好", "ok"})
"""Answers that mean everything that this person was told of."""
_NUMBER = re.compile(r"([0-9]{1,15})号?")
_SAME_DIGITS = 11
"""Digits of a mobile number in China; with or without the country's code it is the same telephone."""
ANSWER_MS = 24 * 3_600_000
"""How old a notice may be that somebody answers."""
LONGEST = 20
"""Characters of the longest answer that is looked at."""
_LONGEST_RAW = 160
_MARKS = frozenset("。.!,、;:'\"“”‘’「」()[]【】<>《》#")
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Categories of what nobody has typed: telephones and centres put byte order marks, NUL and the like round a text."""


class Message(NamedTuple):
    """A short message that has come in. `late_at`: when (wall ms), where it is judged only later."""

    sender: str
    text: str
    late_at: int | None = None


class Taken(NamedTuple):
    """A person takes alarms on, in these roles: those that still wait for somebody; none where others were first."""

    person: int
    roles: frozenset[str]
    alarms: tuple[int, ...]


def taken(state: State, site: Site, phones: Mapping[int, str], told: Iterable[Notice], message: Message) -> Taken:
    """What a message says. `phones`: of everybody; `told`: the notices that people were sent lately. Raises
    NotPossible for a reason of `m.AnswersRefused`."""
    known = {person: phone for person, phone in phones.items() if person in site.cardholders}
    person = whose(known, message.sender)
    if person is None:
        raise NotPossible("unknown-sender")
    number = understood(message.text)
    sent = [] if number is None else [one for one in told if one.person == person and number in (0, one.number)]
    if number is None or not sent:
        raise NotPossible("not-understood")
    found = (state.find(Alarm, alarm) for alarm in meant(number, sent))
    waiting = tuple(one.number for one in found if one is not None and one.unacknowledged and _knew(one, message))
    return Taken(person, roles(site, person), waiting)


def _knew(alarm: Alarm, message: Message) -> bool:
    """Whether somebody who answered then can have meant what has happened last."""
    return message.late_at is None or alarm.last_happened <= message.late_at


def whose(phones: Mapping[int, str], sender: str) -> int | None:
    """The person whose telephone that is. None for nobody, and for a sender that names itself by letters."""
    digits = sender.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    for person, phone in phones.items():
        known = phone.removeprefix("+")
        long = min(len(digits), len(known)) >= _SAME_DIGITS
        if known and (digits == known or (long and digits[-_SAME_DIGITS:] == known[-_SAME_DIGITS:])):
            return person
    return None


def understood(text: str) -> int | None:
    """0 for yes to everything, the number of a notice, or None for what is neither."""
    plain = _bare(unicodedata.normalize("NFKC", text[:_LONGEST_RAW])).lower()
    if len(plain) > LONGEST:
        return None
    if plain in YES:
        return 0
    match = _NUMBER.fullmatch(plain)
    return int(match[1]) if match else None


def _bare(text: str) -> str:
    """Without what stands round it and means nothing. What is in the middle stays: 1 and 2 with a mark between them
    is not 12, and a question mark makes another text."""
    first, after = 0, len(text)
    while first < after and _is_round(text[first]):
        first += 1
    while after > first and _is_round(text[after - 1]):
        after -= 1
    return text[first:after]


def _is_round(character: str) -> bool:
    return character in _MARKS or unicodedata.category(character) in _UNSEEN


def meant(number: int, told: Iterable[Notice]) -> list[int]:
    """Alarms that an answer is about: those of one notice that this person was sent, or of all."""
    return sorted({alarm for notice in told if number in (0, notice.number) for alarm in notice.alarms})


def roles(site: Site, person: int) -> frozenset[str]:
    """As what a person answers: by their account, and as the supervisor."""
    own = {role for account in site.account if account.cardholder == person for role in account.roles}
    return frozenset(own | ({"supervisor"} if person == site.supervisor else set()))
