"""The demonstration site of a bureau that grows: more people, each with a badge and a grant for the archive."""

from __future__ import annotations

from msgspec.structs import replace

from hub.core.site.document import Cardholder, Grant, Site
from tests.support.paper import demo_site

FIRST = 100_000


def crowd(people: int) -> Site:
    """The demonstration site with so many people more."""
    site = demo_site()
    more = tuple(Cardholder(number=FIRST + at, name=f"职员{at}", badge=f"{at:010X}") for at in range(people))
    grants = tuple(Grant(cardholder=one.number, areas=("archive",), schedule="office-hours") for one in more)
    return replace(site, cardholder=site.cardholder + more, grant=site.grant + grants)
