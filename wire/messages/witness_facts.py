"""Facts about the nodes' witness over the journal."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.messages.base import MAX_RECORD, Count, Data, Name, Wall
from wire.messages.witnessing import Root


class Unwitnessed(Data, frozen=True, tag="unwitnessed"):
    """For five minutes no majority of the enrolled nodes has countersigned what the hub has signed since `since` (wall
    time). `cosigned`: the most nodes that have countersigned one of these checkpoints, of `nodes` that are enrolled."""

    since: Wall
    cosigned: Count
    nodes: Count


class WitnessedAgain(Data, frozen=True, tag="witnessed-again"):
    """A majority of the nodes has countersigned again, the checkpoint of `size` entries."""

    size: Count


class CheckpointDisputed(Data, frozen=True, tag="checkpoint-disputed"):
    """A node has countersigned a checkpoint that bears a signature of this journal, of a size that the hub has signed
    with another root: two histories. `said` is its note, whole."""

    node: Name
    size: Count
    root: Root
    """The root that the hub has signed."""
    said: Annotated[str, Meta(max_length=MAX_RECORD)]


WitnessFact = Unwitnessed | WitnessedAgain | CheckpointDisputed
"""Every fact about witnesses."""
