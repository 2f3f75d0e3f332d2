"""What ends a sealing: numbers compared, cause and approval written, two people again; or an emergency, at once."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.core import order_numbers
from hub.core.alarms import life as alarm_life
from hub.core.refusal import NotPossible
from hub.core.sealing import before as before_sealing
from hub.core.sealing import course
from hub.core.site import lookups
from hub.core.site.document import Site
from hub.core.state import Area, Entry, Sealing, State
from wire import messages as m

EMERGENCY_FROM = ("sealed", "unseal-ceremony", "unsealing", "change-ceremony", "changing")


def check_order(state: State, site: Site, area: Area, cause: str) -> None:
    """Whether an unsealing may be ordered: before anything is disarmed. Raises NotPossible."""
    if not cause.strip():
        raise NotPossible("cause-empty", area.name)
    unread = before_sealing.not_compared(state, site, area.name, area.sealing)
    if unread:
        raise NotPossible("numbers-not-compared", ", ".join(unread)[:500])
    sealing = state.find(Sealing, area.sealing)
    if sealing is None:
        return  # sealed by a version that kept no course
    differing = before_sealing.differing(state, site, area.name, area.sealing)
    approved = sealing.approved_at is not None
    planned = not differing and course.over(state, sealing, state.meta.newest_time)
    if not approved and not planned:
        raise NotPossible("not-approved", area.name)


def check_orderer(state: State, site: Site, person: int | None, request: m.SealingOrdered) -> None:
    """Whoever approves of an unsealing does not order it as well. Raises NotPossible."""
    sealing = state.find(Sealing, state.area(request.area).sealing)
    approver = sealing.approved_by if sealing is not None else None
    if request.purpose == "unseal" and approver is not None and approver == person:
        raise NotPossible("approved-by-yourself", request.area)


def check_approval(state: State, _site: Site, request: m.UnsealingApproved) -> m.UnsealingApproved:
    """An approval, with its cause, for an area that is sealed. Raises NotPossible."""
    area = state.area(request.area)
    if area.state != "sealed":
        raise NotPossible(f"area-is-{area.state}", request.area)
    if not request.cause.strip():
        raise NotPossible("cause-empty", request.area)
    return replace(request, sealing=area.sealing)


def check_emergency(state: State, site: Site, request: m.EmergencyOpened) -> m.EmergencyOpened:
    """Check that the area is sealed; nothing else is needed. Raises NotPossible."""
    area = state.area(request.area)
    sealing = state.find(Sealing, area.sealing)
    if area.state not in EMERGENCY_FROM or (sealing is not None and sealing.state == "opened"):
        raise NotPossible(f"area-is-{area.state}", request.area)
    if not request.reason.strip():
        raise NotPossible("reason-empty", request.area)
    return replace(request, sealing=area.sealing, nodes=lookups.nodes_of(site, request.area))


def check_signature(state: State, _site: Site, request: m.EmergencySigned) -> m.EmergencySigned:
    """For an emergency opening of the area that is not closed yet. Raises NotPossible."""
    sealing = course.of_area(state, request.area, "opened")
    if sealing is None:
        raise NotPossible("no-emergency", request.area)
    return replace(request, sealing=sealing.number)


def check_signer(state: State, site: Site, person: int | None, request: m.EmergencySigned) -> None:
    """Check that the two signatures are by different people. Raises NotPossible."""
    sealing = course.of_area(state, request.area, "opened")
    if sealing is not None and person in sealing.signed:
        raise NotPossible("signed-already", request.area)


# ---------------------------------------------------------------- what follows


def emergency(state: State, site: Site, entry: Entry, data: m.EmergencyOpened) -> Iterator[m.FactData]:
    """Open at once and raise an alarm, without waiting for badges."""
    cause = alarm_life.Cause("emergency-opening", data.area, data.area, data.sealing, entry.time)
    yield alarm_life.raise_for(state, cause, entry)
    for node in data.nodes:
        yield from order_numbers.issue(state, node, f"sealed/{data.area}")


# ---------------------------------------------------------------- fold


def apply_approved(state: State, entry: Entry, data: m.UnsealingApproved, person: int | None) -> None:
    """The approval stands until the area is unsealed."""
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None:
        state.put(replace(sealing, approved_by=person, approved_at=entry.time))


def apply_signed(state: State, entry: Entry, data: m.EmergencySigned, person: int | None) -> None:
    """The second signature closes it, once the nodes have unsealed."""
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None and person is not None and person not in sealing.signed:
        state.put(replace(sealing, signed=(*sealing.signed, person)))
        course.close(state, data.sealing)


def apply_certificate(state: State, entry: Entry, data: m.CertificateMade, person: int | None) -> None:
    """Store the certificate's hash."""
    sealing = state.find(Sealing, data.sealing)
    if sealing is not None:
        made = {"certificate": data.sha256} if data.half == "sealed" else {"closing": data.sha256}
        state.put(replace(sealing, **made))
