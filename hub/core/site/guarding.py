"""The everyday guard of areas, as the site document describes it: where it is, in which hours, and who unsets them."""

from __future__ import annotations

from collections.abc import Iterable

from hub.core.site.document import Area, Hours, Outside, Site, Span, by_day
from wire import messages as m

AROUND = 60
"""Minutes before the office's first opening and after its last closing in which one person still unsets an area."""
DAY = 1440


def is_guarded(site: Site, area: Area) -> bool:
    """Whether ordinary nights are guarded there: as the document says, else where people show a badge."""
    if area.guard is not None:
        return area.guard
    return area.name in site.area_readers


def is_set(site: Site, area: Area) -> bool:
    """Whether the area is ever set and unset: it is guarded, has a reader at which, and hours by which."""
    return is_guarded(site, area) and area.name in site.outside_readers and bool(hours_of(site, area))


def who_opens(area: Area) -> tuple[int, ...]:
    """Numbers of the people who may unset the area, each once."""
    people = (area.keeper, *area.may_seal) if area.opens is None else area.opens
    return tuple(dict.fromkeys(person for person in people if person is not None))


def outside(area: Area) -> Outside:
    """What it takes outside the area's hours."""
    return area.outside or ("told" if len(who_opens(area)) == 1 else "two")


def hours_of(site: Site, area: Area) -> tuple[m.Window, ...]:
    """In which hours one of them unsets the area; empty without any. Of one that is not guarded: those of all others,
    by the office."""
    own = _own(site, area)
    return tuple(one.window for one in own) if own else by_office(site)


def by_office(site: Site) -> tuple[m.Window, ...]:
    """The hours of an area that names none: the office's with time to come and go, as far as the day reaches."""
    return _windows(
        span and Span(max(0, span.opens - AROUND), min(DAY, span.closes + AROUND)) for span in site.office_days
    )


def closing_of(site: Site, area: Area) -> tuple[m.Window, ...]:
    """By the ends of which the area sets itself: the office's hours from the first opening to the last closing of each
    day; on a weekday on which the office rests, the area's own."""
    return _windows(of_office or own for of_office, own in zip(site.office_days, by_day(_own(site, area)), strict=True))


def _own(site: Site, area: Area) -> tuple[Hours, ...]:
    schedule = site.schedules.get(area.hours or "") if is_guarded(site, area) else None
    return schedule.windows if schedule else ()


def _windows(spans: Iterable[Span | None]) -> tuple[m.Window, ...]:
    days: dict[Span, list[int]] = {}
    for day, span in enumerate(spans):
        if span:
            days.setdefault(span, []).append(day)
    return tuple(m.Window(days=tuple(of), start=span.opens, end=span.closes) for span, of in days.items())


def guards_for(site: Site, node: str) -> tuple[m.Guarding, ...]:
    """How the node's areas are guarded. Of several nodes of an area that of its first reader outside decides."""
    areas = [site.areas[name] for name in site.node_areas.get(node, ()) if name in site.areas]
    return tuple(
        m.Guarding(
            area=area.name,
            decides=site.outside_readers[area.name].node == node,
            hours=hours_of(site, area),
            office=closing_of(site, area),
            outside=outside(area),
            close=area.close,
        )
        for area in areas
        if is_set(site, area)
    )
