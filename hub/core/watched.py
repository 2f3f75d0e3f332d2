"""What is watched now, and since when something is not: one answer for every page and for the command line.

Nothing is watched that nothing fresh is known of. A point is seen by its node, a node is heard by the engine, and the
engine must be heard by whoever asks. An area is watched when each of its points and readers is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from hub.core.site import lookups
from hub.core.site.document import Point, Site
from hub.core.state import Life

SILENT_MS = 30_000
"""How long a caller that listens by itself waits for a beat, as the engine does for a node without a sealed area."""

Why = Literal[
    "not-enrolled",
    "revoked",
    "never-heard",
    "silent",
    "engine-waiting",
    "engine-silent",
    "broker-lost",
    "unheard",
    "loops",
    "nothing-there",
]
"""Why something is not watched: its node was never let in, is put out, has never spoken, or is silent; the engine was
not heard yet by whoever asks, or is silent; the broker is lost; whoever asks hears nothing of the node; the node cannot
read its supervised inputs; no point or reader is there."""


Hearing = Literal["heard", "waiting", "silent"]
"""How whoever asks hears the engine: `waiting` before he has listened long enough to say so."""


class Unwatched(NamedTuple):
    """Why something is not watched, and since when: hub's wall time in ms; None is never."""

    why: Why
    since: int | None


class Engine(NamedTuple):
    """Whether the engine is at work, as whoever asks hears it, and when it was last known to be: wall time in ms.

    `held`: for how long (ms) another process has held its database, so that nothing is journalled; None while it can.
    """

    hearing: Hearing
    at: int | None
    held: int | None = None


class BeatsHeard(NamedTuple):
    """Beats heard by the caller itself: when each node was last heard, and since when it has listened. Wall times,
    ms."""

    now: int
    listens_since: int
    nodes: Mapping[str, int]


class Known(NamedTuple):
    """All that the answer follows from. `beats_heard`: None for whoever has only the engine's word.

    `broker_lost`: since when the broker is lost, None while it is there. `loops`: since when nodes cannot read their
    inputs, by node.
    """

    site: Site
    engine: Engine
    lives: Mapping[str, Life]
    broker_lost: int | None = None
    loops: Mapping[str, int] = {}
    beats_heard: BeatsHeard | None = None


class Seen(NamedTuple):
    """An area: what of it is not watched, by node and by point. `whole`: nothing of it is watched."""

    nodes: Mapping[str, Unwatched]
    points: Mapping[str, Unwatched]
    whole: bool
    unwatched: Unwatched | None
    """The first to go, or what never was; None: all of the area is watched."""


def of_life(life: Life | None) -> Unwatched | None:
    """What the journal says against a node by itself."""
    if life is None:
        return Unwatched("not-enrolled", None)
    told: tuple[tuple[Why, bool], ...] = (
        ("revoked", life.revoked),
        ("never-heard", not life.boot),
        ("silent", life.silent),
    )
    why = next((why for why, so in told if so), None)
    return Unwatched(why, life.unheard_since) if why else None


def _by_life(known: Known, name: str) -> Unwatched | None:
    return of_life(known.lives.get(name))


def _by_engine(known: Known, name: str) -> Unwatched | None:
    if known.engine.hearing == "heard":
        return None
    return Unwatched("engine-silent" if known.engine.hearing == "silent" else "engine-waiting", known.engine.at)


def _by_broker(known: Known, name: str) -> Unwatched | None:
    return None if known.broker_lost is None else Unwatched("broker-lost", known.broker_lost)


def _by_ears(known: Known, name: str) -> Unwatched | None:
    """Beats of a node reach everybody who listens: also without the engine's word, no beat is no sign of life."""
    if known.beats_heard is None:
        return None
    at = known.beats_heard.nodes.get(name, known.beats_heard.listens_since)
    return Unwatched("unheard", at) if known.beats_heard.now - at > SILENT_MS else None


CAUSES: tuple[Callable[[Known, str], Unwatched | None], ...] = (_by_life, _by_engine, _by_broker, _by_ears)
"""The first that speaks against a node is the one that is told: what is its own before what is everybody's."""


def node(known: Known, name: str) -> Unwatched | None:
    """Why nothing fresh is known of a node; None: it is heard."""
    return next((found for cause in CAUSES if (found := cause(known, name))), None)


def point(known: Known, described: Point) -> Unwatched | None:
    """Why nothing fresh is known of a point; None: it is watched."""
    found = node(known, described.node)
    if found is None and described.input == "supervised" and described.node in known.loops:
        return Unwatched("loops", known.loops[described.node])
    return found


def area(known: Known, name: str) -> Seen:
    """What of an area is not watched."""
    members = lookups.nodes_of(known.site, name)
    described = [one for one in known.site.point if one.area == name]
    nodes = {one: found for one in members if (found := node(known, one))}
    points = {one.place: found for one in described if (found := point(known, one))}
    if not members:
        return Seen(nodes, points, True, Unwatched("nothing-there", None))
    gone = [*nodes.values(), *points.values()]
    first = min(gone, key=lambda one: one.since or 0, default=None)
    whole = len(nodes) == len(members) or (bool(described) and len(points) == len(described))
    return Seen(nodes, points, whole, first)
