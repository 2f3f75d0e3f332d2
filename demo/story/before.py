"""Before an area is sealed: the walk test, the ticks, the numbers on the seals. And before it is unsealed."""

from __future__ import annotations

import time

from demo.story.teller import Officer, Teller
from hub.core.sealing import before as before_sealing
from wire import messages as m

OFFICER = Officer(1005, "liuyang")
"""Liu Yang, the security officer."""
REST_S = 0.06
"""A contact rests for so long, or it would be chattering."""
NUMBERS = {"archive": "SR-2026-0117", "cipher-room": "SR-2026-0118"}
CAUSE = "节后开库"


def lacks(teller: Teller, area: str) -> list[before_sealing.Missing]:
    """What is missing, as `strongroom sealing status` shows it."""
    state, site = teller.look()
    return before_sealing.missing(state, site, area, state.meta.newest_time)


def walk(teller: Teller, area: str, person: int) -> None:
    """Somebody goes round with a badge, and opens and closes whatever has not been opened in the last hours."""
    open_for = {one.about for one in lacks(teller, area) if one.lack == "not-tested"}
    _state, site = teller.look()
    doors = [f"{area}/{door}" for door in site.areas[area].doors]
    if open_for.intersection(doors):
        after = teller.now()
        teller.badge(f"{area}/reader", person)
        teller.wait_for("granted", f"{area}/reader", after)
        opens_and_closes(teller, doors)
    opens_and_closes(teller, sorted(open_for.difference(doors)))


def opens_and_closes(teller: Teller, places: list[str]) -> None:
    """One after the other, and shut in the other order; each is on record before the next."""
    for act, order in ((teller.opens, places), (teller.closes, places[::-1])):
        for place in order:
            after = teller.now()
            act(place)
            teller.wait_for("level", place, after)
            time.sleep(REST_S)


def tick_and_number(teller: Teller, area: str, people: tuple[int, int]) -> None:
    """Wang Fang ticks the list; the number of each seal is read aloud by one, and again by the other."""
    _state, site = teller.look()
    teller.asks(*(m.CheckTicked(area=area, item=item) for item in before_sealing.items(site, area)))
    for seal in before_sealing.seals(site, area):
        for person in people:
            teller.asks(m.SealNumber(point=seal, number=NUMBERS[area], said_by=person))


def compare_and_approve(teller: Teller, area: str) -> None:
    """The numbers are read off the seals before anything is disarmed; the security officer approves."""
    _state, site = teller.look()
    after = teller.now()
    for seal in before_sealing.seals(site, area):
        teller.asks(m.SealCompared(sealing=0, point=seal, number=NUMBERS[area], same=False))
    compared = [row.message.data for row in teller.entries(after) if row.kind == "seal-compared"]
    same = {one.point for one in compared if isinstance(one, m.SealCompared) and one.same}
    teller.expect(
        "the number read off each seal is the one of then", same == set(before_sealing.seals(site, area)), NUMBERS[area]
    )
    teller.asks(m.UnsealingApproved(sealing=0, area=area, cause=CAUSE), by=OFFICER)
