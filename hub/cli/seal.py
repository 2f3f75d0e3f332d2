"""`strongroom seal`, `unseal` and `emergency`: order the badge ceremony at an area's reader, or open at once."""

from __future__ import annotations

from typing import Annotated

from hub.cli.common import act, hub_of, look
from hub.core.refusal import NotPossible
from hub.core.sealing import before as before_sealing
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Context, Option

Login = Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")]
BADGES = "now two different people, in two roles, show their badges at the reader, within 20 s of each other"


def seal(context: Context, area: str, login: Login) -> None:
    """Order an area to be sealed: two people then show their badges at its reader within 20 s of each other."""
    hub = hub_of(context)
    try:
        act(hub, login, m.SealingOrdered(sealing=0, area=area, purpose="seal"))
    except NotPossible as refusal:
        if refusal.reason != "not-ready":
            raise
        state, site = look(hub)
        lacks = before_sealing.missing(state, site, area, state.meta.newest_time)
        print(*(f"{one.lack:<20} {one.about}" for one in lacks), sep="\n")
        raise Failure(f"{area} cannot be sealed yet: what stands above is missing", 65) from None
    print(f"{area}: {BADGES}")


def unseal(
    context: Context,
    area: str,
    login: Login,
    cause: Annotated[str, Option(help="Why, in your own words.")],
) -> None:
    """Order an area to be unsealed, by two badges likewise. The seals' numbers are compared before."""
    hub = hub_of(context)
    request = m.SealingOrdered(sealing=0, area=area, purpose="unseal", cause=cause)
    act(hub, login, request)
    print(f"{area}: {BADGES}")


def emergency(
    context: Context,
    area: str,
    login: Login,
    reason: Annotated[str, Option(help="What has happened: fire, flood…")],
) -> None:
    """Open a sealed area at once, without badges. It is an alarm, and two people sign for it afterwards."""
    hub = hub_of(context)
    act(hub, login, m.EmergencyOpened(sealing=0, area=area, reason=reason))
    print(
        f"{area}: its nodes are told to unseal. Two people sign afterwards: strongroom sealing sign {area} --as LOGIN"
    )
