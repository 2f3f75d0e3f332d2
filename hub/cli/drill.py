"""`strongroom drill`: a test alarm that calls real people."""

from __future__ import annotations

from typing import Annotated

from hub.cli.common import act, hub_of
from wire import messages as m
from wire.command_line.signature import Argument, Context, Option


def drill(
    context: Context,
    area: Annotated[str, Argument(help="Name of the area, as the site document has it.")],
    login: Annotated[str, Option("--as", help="Login of your account.")],
) -> None:
    """Begin a drill: everybody is called as in an alarm of this area, and told that it is a drill."""
    hub = hub_of(context)
    outcome = act(hub, login, m.DrillStarted(area=area))
    number = next(fact.alarm for fact in outcome.facts if isinstance(fact, m.AlarmRaised | m.AlarmRepeated))
    print(f"drill {number} has begun in {area}; acknowledge, attend and close it like an alarm")
