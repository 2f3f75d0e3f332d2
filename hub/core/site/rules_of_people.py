"""What must fit together about people in a site document: badges, grants, schedules, accounts."""

from __future__ import annotations

import re
from datetime import date

from hub.core.site.document import Grant, Schedule, Site, minutes
from hub.core.site.mistakes import Mistake, Mistakes, Rule, repeated
from wire.board import Board

_BADGE = re.compile(r"[0-9A-F]{10}")
_PHONE = re.compile(r"\+?[0-9]{3,20}")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}")
_YEARS = range(2000, 2200)
_LARGEST_NUMBER = 10**9  # wire.messages.Person


def ended(site: Site, today: date) -> list[Mistake]:
    """Grants that are over. That is no mistake, but perhaps nobody has noticed."""
    return [
        Mistake(f"{place}, ends", f"{grant.ends} is past: this grant opens nothing any more")
        for place, grant in _grants(site)
        if grant.ends and grant.ends < today
    ]


def _cardholders(site: Site, _board: Board) -> Mistakes:
    owners: dict[str, int] = {}
    for holder in site.cardholder:
        place = f"cardholder {holder.number}"
        if not 1 <= holder.number <= _LARGEST_NUMBER:
            yield Mistake(f"{place}, number", f"write a number from 1 to {_LARGEST_NUMBER}")
        for badge in holder.badges:
            if not _BADGE.fullmatch(badge):
                yield Mistake(
                    f"{place}, badge", f"{badge!r} is not ten characters 0-9 A-F (capitals), as the reader sends"
                )
        if holder.phone and not _PHONE.fullmatch(holder.phone):
            yield Mistake(f"{place}, phone", f"{holder.phone!r} is no telephone number; write it like +8613800000001")
        if holder.email and not _EMAIL.fullmatch(holder.email):
            yield Mistake(f"{place}, email", f"{holder.email!r} is no e-mail address; write it like duty@bureau.lan")
        for badge in repeated(holder.badges):
            yield Mistake(f"{place}, badge", f"{badge} is named twice")
        for badge in dict.fromkeys(holder.badges):
            if badge in owners:
                yield Mistake(f"{place}, badge", f"{badge} is the badge of {owners[badge]} too; a badge has one holder")
            owners.setdefault(badge, holder.number)


def _grants_alone(site: Site, _board: Board) -> Mistakes:
    for place, grant in _grants(site):
        if not grant.areas:
            yield Mistake(f"{place}, areas", "names no area; name some, or take the grant out")
        if grant.ends and grant.ends.year not in _YEARS:
            yield Mistake(f"{place}, ends", f"the year {grant.ends.year} cannot be meant")


def _granted(site: Site, _board: Board) -> Mistakes:
    schedules = {schedule.name for schedule in site.schedule}
    for place, grant in _grants(site):
        if grant.cardholder not in site.cardholders:
            yield Mistake(f"{place}, cardholder", f"no cardholder has number {grant.cardholder}: a grant for nobody")
        for name in dict.fromkeys(grant.areas):
            if name not in site.areas:
                yield Mistake(f"{place}, areas", f"there is no area {name}; correct the name")
        if grant.schedule is not None and grant.schedule not in schedules:
            yield Mistake(f"{place}, schedule", f"there is no schedule {grant.schedule}; add it, or correct the name")


def _office(site: Site, _board: Board) -> Mistakes:
    if site.office is not None and not any(schedule.name == site.office for schedule in site.schedule):
        yield Mistake("site, office", f"there is no schedule {site.office}; add it, or correct the name")


def _supervisor(site: Site, _board: Board) -> Mistakes:
    if site.supervisor is not None and site.supervisor not in site.cardholders:
        yield Mistake("site, supervisor", f"no cardholder has number {site.supervisor}; correct it, or leave it out")


def _phones_twice(site: Site, _board: Board) -> Mistakes:
    """An answer by SMS is the word of whoever has that number."""
    owners: dict[str, int] = {}
    for holder in site.cardholder:
        if holder.phone and holder.phone in owners:
            other = owners[holder.phone]
            sentence = f"{holder.phone} is the telephone of {other} too; an answer must say whose it is"
            yield Mistake(f"cardholder {holder.number}, phone", sentence)
        owners.setdefault(holder.phone, holder.number)


def _schedules(site: Site, _board: Board) -> Mistakes:
    for schedule in site.schedule:
        if not schedule.windows:
            yield Mistake(f"schedule {schedule.name}, windows", "is empty, so it never holds; add a window")
        yield from _windows(schedule)


def _windows(schedule: Schedule) -> Mistakes:
    for number, hours in enumerate(schedule.windows, 1):
        place = f"schedule {schedule.name}, window {number}"
        times: list[int] = []
        for key, clock in (("start", hours.start), ("end", hours.end)):
            try:
                times.append(minutes(clock))
            except ValueError:
                yield Mistake(f"{place}, {key}", f'{clock!r} is not a time of day; write it like "08:30"')
        if not hours.days:
            yield Mistake(f"{place}, days", 'is empty; name days, such as ["mon", "tue"]')
        if len(times) == 2 and times[0] >= times[1]:
            yield Mistake(place, 'ends before it begins; for a night write two windows, up to "24:00" and from "00:00"')


def _account_owners(site: Site, _board: Board) -> Mistakes:
    for account in site.account:
        if account.cardholder not in site.cardholders:
            sentence = f"no cardholder has number {account.cardholder}: an account for nobody"
            yield Mistake(f"account {account.login}, cardholder", sentence)


def _roles(site: Site, _board: Board) -> Mistakes:
    for account in site.account:
        place = f"account {account.login}"
        if not account.roles:
            yield Mistake(f"{place}, roles", "is empty; name what the person signs in as")
        if "auditor" in account.roles and set(account.roles) != {"auditor"}:
            yield Mistake(
                f"{place}, roles", "the auditor holds no other role (三员分立); give one of them to another person"
            )
    for number in repeated(account.cardholder for account in site.account):
        # Two accounts would be a way round the rule above.
        logins = " and ".join(account.login for account in site.account if account.cardholder == number)
        yield Mistake(f"cardholder {number}", f"has the accounts {logins}; a person has one account with all roles")


RULES: tuple[Rule, ...] = (_cardholders, _phones_twice, _grants_alone, _schedules, _roles)
RULES_OF_THE_WHOLE: tuple[Rule, ...] = (_granted, _account_owners, _office, _supervisor)


def _grants(site: Site) -> list[tuple[str, Grant]]:
    return [(f"grant {number} (cardholder {one.cardholder})", one) for number, one in enumerate(site.grant, 1)]
