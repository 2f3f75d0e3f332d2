"""One error for all that the core refuses: typed by its reason, so that each face can say it in its own language."""

from __future__ import annotations


class NotPossible(Exception):
    """A request that the rules refuse. Nothing was changed. `reason` is a fixed word, `about` what it is about."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(f"{reason}: {about}" if about else reason)
        self.reason = reason
        self.about = about
