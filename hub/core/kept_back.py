"""Plans that a node would refuse, since an area that it holds sealed rests on what they change: they are not sent.

The node goes by the plan that it has until two people admit the change, or the area is let go.
"""

from __future__ import annotations

from hub.core.state import Area, Frozen, State


def admits(area: Area, version: int) -> bool:
    """Whether two people have admitted what the site document of this version changes of the area."""
    return area.state == "changing" and area.permit != "" and area.admits == version


def behind(state: State, row: Frozen) -> bool:
    """Whether the document in force has other points or readers of the area than the node holds."""
    life = state.life(row.node)
    return bool(row.sealing and life is not None and 0 < life.plan < row.behind)


def is_kept_back(state: State, node: str) -> bool:
    """Whether the node would refuse the plan of the document in force."""
    version = state.meta.site_version
    return any(
        row.node == node and behind(state, row) and not admits(state.area(row.area), version)
        for row in state.all(Frozen)
    )
