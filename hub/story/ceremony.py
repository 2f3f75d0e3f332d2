"""Sealing and unsealing as the chapters tell it: the check before, the badges, the paper after."""

from __future__ import annotations

from typing import Literal

from hub.core import certificate
from hub.core.refusal import NotPossible
from hub.store import certificates, session
from hub.store.certificates import Kept
from hub.story import before
from hub.story.teller import Teller
from wire import keys, notes
from wire import messages as m


def check(teller: Teller, area: str, name: str, people: tuple[int, int]) -> None:
    """Nothing is sealed before everything was seen."""
    teller.says(f"Before the holiday: {name} walks through the {area}, and what is missing is told in one list")
    lacks = before.lacks(teller, area)
    for lack in lacks:
        teller.console.print(f"      [dim]missing: {lack}[/dim]")
    try:
        teller.asks(m.SealingOrdered(sealing=0, area=area, purpose="seal"))
    except NotPossible as refusal:
        teller.expect("it cannot be sealed before that", refusal.reason == "not-ready")
    else:
        teller.expect("it cannot be sealed before that", held=False)
    teller.asks(m.SealingChecking(sealing=0, area=area))
    before.walk(teller, area, people[0])
    before.tick_and_number(teller, area, people)
    left = before.lacks(teller, area)
    teller.expect("every point was opened, closed and seen; every number was said by two", not left, left)


def ceremony(teller: Teller, area: str, purpose: Literal["seal", "unseal"], people: tuple[int, ...]) -> None:
    """Order a ceremony and show badges, each once the reader is ready for it."""
    after = teller.now()
    teller.asks(m.SealingOrdered(sealing=0, area=area, purpose=purpose, cause=before.CAUSE))
    node = teller.names.places[f"{area}/reader"]
    teller.wait(lambda: teller.order_done(node, "ceremony", after))
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


def certificate_of(teller: Teller, area: str) -> None:
    """The paper about it, checked as anybody can who has the hub's public key."""
    number = teller.state().area(area).sealing
    found: list[Kept] = []

    def made() -> bool:
        with session.reading(teller.database) as connection:
            kept = certificates.find(connection, number, "closed")
        found[:] = [kept] if kept else []
        return bool(found)

    teller.wait(made)
    try:
        note = found[0].note if found else b""
        key = notes.parse_key(teller.hub.layout.public_key("engine").read_text("utf-8"))
        body = certificate.check(note, key, keys.CHECKS)
        says = certificate.says(body) if isinstance(body, certificate.Certificate) else ""
        teller.expect("its certificate is signed and checks offline", says, says)
        certificate.check(note.replace(b'"openings":', b'"openings":1'), key, keys.CHECKS)
    except certificate.NotGood as error:
        teller.expect("with one byte changed it is refused", found, error)
    else:
        teller.expect("with one byte changed it is refused", held=False)
