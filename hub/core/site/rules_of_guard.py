"""What must fit together about the everyday guard of areas, and what is worth a remark."""

from __future__ import annotations

from collections.abc import Iterable

from hub.core.site import guarding
from hub.core.site.document import Area, Site
from hub.core.site.mistakes import Mistake, Mistakes, Rule
from wire import messages as m
from wire.board import Board
from wire.points import KINDS

_LATEST_CLOSE = 60
_AT_LAST = 60  # firmware.core.set_area.LAST_MS: so many minutes after the close it is set in any case


def remarks(site: Site) -> Mistakes:
    """What is allowed and may not be meant. Only for a site without mistakes."""
    for remark in (_counts_for_nothing, _readers_apart, _one_alone, _past_midnight):
        yield from remark(site)


# ---------------------------------------------------------------- mistakes


def _close(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        if not 0 <= area.close <= _LATEST_CLOSE:
            yield Mistake(f"area {area.name}, close", f"write 0 to {_LATEST_CLOSE} minutes; 15 is usual")


def _opened_by_nobody(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        if area.opens == ():
            sentence = "is empty, so nobody could unset it; name people, or leave it out: then keeper and may_seal do"
            yield Mistake(f"area {area.name}, opens", sentence)


def _two_of_one(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        people = set(area.opens or ())
        if area.outside == "two" and len(people) == 1:
            sentence = 'it takes two, and opens names one; name another there, or write outside = "told"'
            yield Mistake(f"area {area.name}, outside", sentence)


def _openers(site: Site, _board: Board) -> Mistakes:
    """Whoever unsets an area enters it, so it takes a grant like any entry."""
    for area in site.area:
        place = f"area {area.name}, opens"
        for person in sorted(set(area.opens or ())):
            if person not in site.cardholders:
                yield Mistake(place, f"no cardholder has number {person}")
            elif not site.cardholders[person].badges:
                yield Mistake(place, f"{person} has no badge to do this with; give them one")
            elif not _enters(site, person, area):
                sentence = (
                    f"{person} has no grant for it, so the reader refuses them; add a [[grant]], or take them out"
                )
                yield Mistake(place, sentence)
        if area.opens is None and _is_meant(site, area) and not _able(site, area):
            sentence = "keeper and may_seal name nobody with a badge and a grant for it, so nobody could unset it"
            yield Mistake(place, f"{sentence}; name people who have both")


def _hours(site: Site, _board: Board) -> Mistakes:
    for area in site.area:
        if area.hours is not None and area.hours not in site.schedules:
            yield Mistake(f"area {area.name}, hours", f"there is no schedule {area.hours}; add it, or correct the name")
        if area.guard and site.office is None and area.hours is None:
            sentence = "no hours are known by which it could be unset; name those of the office at the top, or its own"
            yield Mistake(f"area {area.name}, guard", sentence)


def _set_buttons(site: Site, _board: Board) -> Mistakes:
    """The node at whose reader the area is set hears its own terminals alone."""
    for point in site.point:
        reader = site.outside_readers.get(point.area)
        if KINDS[point.kind].sets and reader and reader.node != point.node:
            sentence = f"the area is set at {reader.place}, which hangs on {reader.node}; connect the button to it"
            yield Mistake(f"point {point.place}, node", sentence)


RULES: tuple[Rule, ...] = (_close, _opened_by_nobody, _two_of_one)
RULES_OF_THE_WHOLE: tuple[Rule, ...] = (_openers, _hours, _set_buttons)


# ---------------------------------------------------------------- remarks


def _counts_for_nothing(site: Site) -> Mistakes:
    for area in site.area:
        given = {"opens": area.opens, "hours": area.hours, "outside": area.outside}
        keys = [key for key, value in given.items() if value is not None]
        if keys and not guarding.is_guarded(site, area):
            sentence = (
                "with guard = false nobody sets or unsets it, and this counts for nothing; take out one of the two"
            )
            yield Mistake(f"area {area.name}, {keys[0]}", sentence)


def _readers_apart(site: Site) -> Mistakes:
    for area in site.area:
        outside = [reader for reader in site.area_readers.get(area.name, ()) if not reader.inside]
        nodes = list(dict.fromkeys(reader.node for reader in outside))
        if len(nodes) > 1 and guarding.is_set(site, area):
            sentence = (
                f"its readers outside hang on {' and '.join(nodes)}, and those of {nodes[0]} alone set and unset it"
            )
            yield Mistake(f"area {area.name}", f"{sentence}; connect the others to that node")


def _one_alone(site: Site) -> Mistakes:
    for area in site.area:
        able = _able(site, area)
        if guarding.is_set(site, area) and guarding.outside(area) == "two" and len(able) == 1:
            sentence = (
                f"outside its hours it takes two, and only {able[0]} of keeper and may_seal has a badge and a grant"
            )
            yield Mistake(f"area {area.name}, opens", f"{sentence}; give another both, or name people in opens")


def _past_midnight(site: Site) -> Mistakes:
    """The hour after the close in which an area is set at last, where the day is over before it."""
    by_place = {
        f"area {area.name}, hours" if area.hours else "site, office": area
        for area in site.area
        if guarding.is_set(site, area)
    }
    for place, area in by_place.items():
        yield from _late(place, guarding.closing_of(site, area), guarding.hours_of(site, area))


def _late(place: str, closing: Iterable[m.Window], opening: Iterable[m.Window]) -> Mistakes:
    ends = {day: max(one.end for one in closing if day in one.days) for one in closing for day in one.days}
    starts = {day: min(one.start for one in opening if day in one.days) for one in opening for day in one.days}
    late = {day: end + _AT_LAST - guarding.DAY for day, end in ends.items() if end + _AT_LAST > guarding.DAY}
    if not late:
        return
    latest = max(late.values())
    close = _clock(latest + guarding.DAY - _AT_LAST)
    if any(starts.get((day + 1) % 7, guarding.DAY) < minute for day, minute in late.items()):
        sentence = f"it closes at {close} and opens again within the hour, so an area may never set itself"
        yield Mistake(place, f"{sentence}; write hours with a longer pause, or have people set them")
        return
    sentence = f"it closes at {close}: the hours in which one person unsets an area end at midnight, and an area sets"
    yield Mistake(
        place, f"{sentence} itself by {_clock(latest)} of the next day; write an earlier end if that is not meant"
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# ---------------------------------------------------------------- within


def _is_meant(site: Site, area: Area) -> bool:
    """Whether the area would be set; to be asked of a document with mistakes, too."""
    return guarding.is_guarded(site, area) and (site.office is not None or area.hours is not None)


def _able(site: Site, area: Area) -> list[int]:
    """Of those who may unset the area: who has what it takes."""
    return [person for person in guarding.who_opens(area) if _enters(site, person, area)]


def _enters(site: Site, person: int, area: Area) -> bool:
    """Whether the person has a badge, and a grant for the area."""
    holder = site.cardholders.get(person)
    grants = site.grants_of.get(person, ())
    return holder is not None and bool(holder.badges) and any(area.name in grant.areas for grant in grants)
