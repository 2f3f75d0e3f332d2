"""What there is on a site by name: a slip of the pen is told with the nearest name, and not as an empty answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wire.command_line.run import Failure, nearest

if TYPE_CHECKING:
    from hub.core.site.document import Site
    from wire.messages import FactData

MANY = 30
"""More names than these are not listed: nobody reads them."""
_FIELDS = {"area": "area", "areas": "area", "point": "point", "person": "person", "said_by": "person",
           "stand_in": "person"}  # fmt: skip
"""What the fields of a request name."""


def refused(what: str, word: object, known: Iterable[str], plural: str = "") -> Failure:
    """There is no such thing; these there are. `plural`: what they are called, where that is not `what` with an s."""
    names = list(known)
    shown = ", ".join(names[:MANY]) + (f" and {len(names) - MANY} more" if len(names) > MANY else "")
    there_are = f"; {plural or f'{what}s'}: {shown}" if names else f"; there are no {plural or f'{what}s'} yet"
    return Failure(f"there is no {what} {word!r}{nearest(str(word), names)}{there_are}", 65)


def area(site: Site, name: str) -> None:
    """Raises Failure where the site has no such area."""
    if name not in site.areas:
        raise refused("area", name, site.areas)


def check(site: Site, people: Mapping[int, str], request: FactData) -> None:
    """Raises Failure for an area, point or person that a request names and that is not there."""
    for field, what in _FIELDS.items():
        named = getattr(request, field, None)
        for one in named if isinstance(named, tuple) else () if named is None else (named,):
            if what == "area":
                area(site, one)
            elif what == "point" and one not in site.points:
                raise refused("point", one, site.points)
            elif what == "person" and not any(each.number == one for each in site.cardholder):
                numbers = (f"{each.number} {people.get(each.number, '')}".strip() for each in site.cardholder)
                raise refused("person", one, numbers, "people")
