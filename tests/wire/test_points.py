"""What each kind of point is."""

from __future__ import annotations

from typing import get_args

from hub.core.alarms.kinds import KINDS as ALARMS
from wire.messages import PointKind
from wire.points import KINDS


def test_every_kind_of_point_has_its_row() -> None:
    assert set(KINDS) == set(get_args(PointKind))


def test_what_is_always_an_alarm_is_one_that_there_is() -> None:
    assert {kind.always for kind in KINDS.values() if kind.always} <= set(ALARMS)


def test_what_is_not_opened_by_whoever_is_inside_is_not_guarded_on_ordinary_nights() -> None:
    assert {name for name, kind in KINDS.items() if kind.everyday} == {"cabinet", "window", "safe", "bolt"}
