"""Parts of the node that have failed: each failure and each return is told once."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.core.effects import Keep
from wire.messages import Fault, FaultPart, Place

DETAIL = 500
"""Characters of a fault's detail that are kept."""


class Faults:
    """What has failed, in this boot."""

    def __init__(self) -> None:
        self.failed: set[tuple[FaultPart, str | None]] = set()
        """Parts, with the reader port where it is a reader."""

    def told(self, part: FaultPart, port: str | None, failed: bool, detail: str, place: Place | None) -> Iterator[Keep]:
        """Record that a part has failed or works again, once each."""
        if failed == ((part, port) in self.failed):
            return
        (self.failed.add if failed else self.failed.discard)((part, port))
        yield Keep(Fault(part=part, failed=failed, detail=detail[:DETAIL], place=place))
