"""`strongroom seal` and `unseal`: order the badge ceremony at an area's reader."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from hub.cli.common import actor, hub_of
from wire import messages as m

Login = Annotated[str, typer.Option("--as", help="Login of your account.")]


def seal(context: typer.Context, area: str, login: Login) -> None:
    """Order an area to be sealed: two people then show their badges at its reader within 20 s of each other."""
    _order(context, area, "seal", login)


def unseal(context: typer.Context, area: str, login: Login) -> None:
    """Order an area to be unsealed, by two badges likewise."""
    _order(context, area, "unseal", login)


def _order(context: typer.Context, area: str, purpose: Literal["seal", "unseal"], login: str) -> None:
    hub = hub_of(context)
    request = m.SealingOrdered(sealing=0, area=area, purpose=purpose)
    hub.service("admin").act(actor(hub, login), request)
    print(f"{area}: now two different people show their badges at the reader, within 20 s of each other")
