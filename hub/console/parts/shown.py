"""That an alarm was shown on a console: a rung of its receipt ladder, noted once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from hub.console.base.console import Console
from hub.core.refusal import NotPossible
from hub.core.state import Alarm
from wire import messages as m


async def note(console: Console, alarms: Iterable[Alarm]) -> None:
    """Journal which of these a page shows for the first time."""
    new = [m.AlarmShown(alarm=alarm.number) for alarm in alarms if alarm.open and alarm.shown_at is None]
    if new:
        with contextlib.suppress(NotPossible):  # another page was quicker; what is left is noted with its next refresh
            await console.access.say(*new)
