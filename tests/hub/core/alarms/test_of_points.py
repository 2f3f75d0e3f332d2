"""Which alarm a point's level is, and that it ends with the level."""

from __future__ import annotations

from itertools import product
from typing import get_args

from hub.core.alarms import of_points
from hub.core.alarms.kinds import COLUMNS, KINDS
from wire import messages as m


def test_every_alarm_of_a_level_ends_with_it() -> None:
    every = product(get_args(m.PointKind), get_args(m.Level), COLUMNS)
    raised = {of_points.alarm_of_level(kind, level, column) for kind, level, column in every} - {None}
    lasting = {what for what in raised if what and KINDS[what].duration == "lasts"}
    assert lasting <= {*of_points.AT_A_POINT, *of_points.EVERYDAY}
