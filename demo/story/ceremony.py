"""Sealing and unsealing as the chapters tell it: the check before, and the badges."""

from __future__ import annotations

from typing import Literal

from demo.story import before
from demo.story.teller import Teller
from hub.core.refusal import NotPossible
from wire import messages as m


def check(teller: Teller, area: str, name: str, people: tuple[int, int]) -> None:
    """Nothing is sealed before everything was seen."""
    teller.says(f"Before the holiday: {name} walks through the {area}, and what is missing is told in one list")
    lacks = before.lacks(teller, area)
    for lack in lacks:
        teller.shows(f"missing: {lack}")
    if lacks:
        _is_refused(teller, area)
    else:
        teller.shows(
            "nothing: what was seen, ticked and said at an earlier telling is of the last hours, and still counts"
        )
    teller.asks(m.SealingChecking(sealing=0, area=area))
    before.walk(teller, area, people[0])
    before.tick_and_number(teller, area, people)
    left = ", ".join(map(str, before.lacks(teller, area)))
    teller.expect("every point was opened, closed and seen; every number was said by two", not left, left)


def _is_refused(teller: Teller, area: str) -> None:
    try:
        teller.asks(m.SealingOrdered(sealing=0, area=area, purpose="seal"))
    except NotPossible as refusal:
        teller.expect("it cannot be sealed before that", refusal.reason == "not-ready")
    else:
        teller.expect("it cannot be sealed before that", held=False)


def ceremony(teller: Teller, area: str, purpose: Literal["seal", "unseal"], people: tuple[int, ...]) -> None:
    """Order a ceremony and show badges, each once the reader is ready for it."""
    after = teller.now()
    teller.asks(m.SealingOrdered(sealing=0, area=area, purpose=purpose, cause=before.CAUSE))
    node = teller.names.places[f"{area}/reader"]
    teller.wait(lambda: teller.orders_done(node, "ceremony", after))
    for person in people:
        badge(teller, area, person)


def badge(teller: Teller, area: str, person: int) -> None:
    """A badge for a ceremony, and what was made of it."""
    after = teller.now()
    teller.badge(f"{area}/reader", person)
    teller.wait_for("sealing-badge", area, after)


def becomes(teller: Teller, area: str, state: str, sentence: str) -> None:
    """It is in that state, once it is."""
    teller.expect(sentence, teller.wait(lambda: teller.state().area(area).state == state))
