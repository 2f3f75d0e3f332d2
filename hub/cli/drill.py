"""`strongroom drill`: a test alarm that calls real people."""

from __future__ import annotations

from typing import Annotated

from hub.cli.common import act, hub_of
from wire import messages as m
from wire.command_line.signature import Argument, Context, Option


def drill(
    context: Context,
    area: Annotated[str, Argument(help="Name of the area, as the site document has it.")],
    login: Annotated[str, Option("--as", help="Login of your account, whose password is then asked for.")],
) -> None:
    """Begin a drill: everybody is called as in an alarm of this area, and told that it is a drill."""
    hub = hub_of(context)
    done = act(hub, login, m.DrillStarted(area=area))
    numbers = [fact.alarm for fact in done.facts if isinstance(fact, m.AlarmRaised | m.AlarmRepeated)]
    begun = f"drill {numbers[0]}" if numbers else "a drill"
    print(f"{begun} has begun in {area}; acknowledge, attend and close it like an alarm")
