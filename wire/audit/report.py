"""What an audit finds: the verdict, the first thing that is wrong, and what is worth a look although nothing is."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

PASS = "PASS"  # noqa: S105 (a verdict, no password)
FAIL = "FAIL"
UNPROVEN = "UNPROVEN"
EXIT = {PASS: 0, FAIL: 1, UNPROVEN: 2}

MOST_REMARKS = 100


class Failure(Exception):
    """The export is wrong. `code` is for programs, `entry` the first entry concerned, if any."""

    def __init__(self, code: str, why: str, entry: Optional[int] = None) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.entry = entry


class Unproven(Exception):
    """What is needed for a proof is not there."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Remarks:
    """Remarks that do not change the verdict; the first hundred are kept."""

    def __init__(self) -> None:
        self.kept: List[str] = []
        self.count = 0

    def add(self, entry: Optional[int], text: str) -> None:
        """Remember a remark."""
        self.count += 1
        if len(self.kept) < MOST_REMARKS:
            self.kept.append(text if entry is None else f"entry {entry}: {text}")


class Report(NamedTuple):
    """The result. `entries` were read in full; `signed` of them are covered by a checkpoint, `witnessed` by one that
    a majority of the witnesses had countersigned. `witnesses` are the nodes that were enrolled in the end: who they are
    is the hub's word, which a person compares with what hangs at the doors."""

    verdict: str
    code: str
    why: str
    entry: Optional[int]
    entries: int
    signed: int
    witnessed: int
    checkpoints: int
    origin: str
    root_key: str
    witnesses: List[str]
    unknown: Dict[str, int]
    """Kinds of entries, and numbers of rules, that this verifier does not know -> how many entries it took by their
    form and their signer alone."""
    remarks: List[str]
    more_remarks: int

    def as_object(self) -> Dict[str, Any]:
        """For JSON."""
        return dict(self._asdict())
