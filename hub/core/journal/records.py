"""Records of nodes: one row a kind. What it changes and what follows, and how much of that counts when it is doubted.

A doubted record (hub/core/doubt.py) is journalled, or nothing after it could be. Its bad news is believed, its good
news is not; of a place that no document knows there is no news of either kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.core import order_numbers
from hub.core.doors import awaited, everyday, guarded, points, readers, tries
from hub.core.doors import fold as door_fold
from hub.core.nodes import fold as node_fold
from hub.core.nodes import follows as node_follows
from hub.core.nodes import node_disk, restarts
from hub.core.sealing import before as before_sealing
from hub.core.sealing import change, frozen, let_go, refusals
from hub.core.site.document import Site
from hub.core.state import Entry, State
from wire import messages as m

Fold = Callable[[State, Entry, m.Record, Any], None]
Follows = Callable[[State, Site, Entry, m.Record, Any], Iterator[m.FactData]]


class Rule(NamedTuple):
    """All about one kind of record."""

    fold: tuple[Fold, ...] = ()
    follows: tuple[Follows, ...] = ()
    fold_if_doubted: bool = False
    """True for what takes nothing back."""
    follows_if_doubted: bool = True
    """False for good news, and for accusations that nothing supports."""


RECORDS: Mapping[type[m.Data], Rule] = {
    m.Started: Rule(
        fold=(node_fold.started, restarts.node_started, guarded.apply_started),
        follows=(node_follows.started, restarts.node_often),
    ),
    m.LevelChanged: Rule(
        fold=(door_fold.level, before_sealing.apply_level, guarded.apply_normal), follows=(points.level,)
    ),
    m.Chatter: Rule(fold=(door_fold.chatter, before_sealing.apply_chatter), follows=(points.chatter,)),
    m.Granted: Rule(
        fold=(tries.apply_granted, everyday.apply_granted), follows=(readers.granted,), follows_if_doubted=False
    ),
    m.Denied: Rule(fold=(tries.apply_denied,), follows=(readers.denied,), fold_if_doubted=True),
    m.Presented: Rule(follows=(readers.presented,), follows_if_doubted=False),
    m.Attended: Rule(
        fold=(let_go.apply_came,), follows=(readers.attended, guarded.attended, let_go.came), follows_if_doubted=False
    ),
    m.Entered: Rule(fold=(tries.apply_inside,)),
    m.NotEntered: Rule(follows=(readers.not_entered,), follows_if_doubted=False),
    m.Left: Rule(fold=(tries.apply_inside,)),
    m.Emptied: Rule(fold=(tries.apply_inside,)),
    m.Forced: Rule(follows=(awaited.forced,)),
    m.HeldOpen: Rule(follows=(points.held_open,)),
    m.Watch: Rule(),
    m.SealBaseline: Rule(fold=(before_sealing.apply_baseline,)),
    m.Frozen: Rule(fold=(frozen.apply_frozen,)),
    m.Permitted: Rule(fold=(change.apply_permitted,), follows=(change.permitted,), follows_if_doubted=False),
    m.Released: Rule(fold=(let_go.apply_released,), follows=(let_go.released,), follows_if_doubted=False),
    m.Sounded: Rule(),
    m.OrderDone: Rule(fold=(order_numbers.apply_done,), follows=(node_follows.order_done,)),
    m.OrderRefused: Rule(fold=(order_numbers.apply_refused, refusals.apply), follows=(node_follows.order_refused,)),
    m.Fault: Rule(
        fold=(before_sealing.apply_fault, node_disk.apply_fault), follows=(node_follows.fault,), fold_if_doubted=True
    ),
    m.ClockSet: Rule(follows=(node_follows.clock_set,)),
    m.Overflow: Rule(fold=(node_disk.apply_overflow,), follows=(node_follows.of_node("overflow"),)),
    m.CannotFill: Rule(follows=(node_follows.of_node("cannot-fill"),)),
    m.RolledBack: Rule(follows=(node_follows.rolled_back,)),
    m.JournalRefused: Rule(follows=(node_follows.journal_refused,), follows_if_doubted=False),
    m.JournalMoved: Rule(),
    m.Setting: Rule(),
    m.AreaSet: Rule(fold=(guarded.apply_set,), follows=(guarded.area_set,), follows_if_doubted=False),
    m.AreaUnset: Rule(fold=(guarded.apply_unset,), follows=(guarded.area_unset,), follows_if_doubted=False),
    m.FirstOfTwo: Rule(),
    m.SetRefused: Rule(follows=(guarded.refused,), follows_if_doubted=False),
    m.SetCancelled: Rule(),
    m.SetExtended: Rule(fold=(guarded.apply_extended,), follows=(guarded.extended,), follows_if_doubted=False),
    m.NotSet: Rule(follows=(guarded.not_set,), follows_if_doubted=False),
    m.SomebodyInside: Rule(follows=(guarded.somebody_inside,)),
    m.SomebodyOut: Rule(follows=(guarded.somebody_out,), follows_if_doubted=False),
    m.WatchWhileSet: Rule(),
    m.ReaderDeaf: Rule(),
}
