"""A node's records: without gap and in order within each life, each naming the one before it.

The same rules by which the hub takes records in (hub/core/nodes/sequence.py), applied once more to what it has kept.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from wire import notes
from wire.audit.entries import Entry, number, text_hash
from wire.audit.report import Failure, Remarks
from wire.book import lives, rules

STEP_MS = 1000
"""A trusted clock that goes back by more than this is remarked on."""


class Node:
    """One node as the journal so far has it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.standing = lives.Standing()
        self.revoked = False
        self.retold = False
        self.record_key: Optional[notes.VerifierKey] = None
        self.witness_key: Optional[notes.VerifierKey] = None
        self._boot = ""
        self._mono = 0
        self._wall = 0

    @property
    def active(self) -> bool:
        """Whether its papers are good."""
        return self.record_key is not None and not self.revoked

    def enrol(
        self, life: int, last_seq: int, record: notes.VerifierKey, witness: notes.VerifierKey, remarks: Remarks
    ) -> None:
        """Open a life with these keys. Raises ValueError when it is not the next one."""
        why = lives.why_not_enrolled(self.standing, life, last_seq)
        if why:
            raise ValueError(f"of {self.name}: {why}")
        if last_seq < self.standing.seq:
            text = f"{self.name}: the enrolment of life {life} says {last_seq} for the last record"
            remarks.add(None, f"{text}, not {self.standing.seq}")
        self.standing, self.revoked, self.retold = lives.Standing(life), False, False
        self.record_key, self.witness_key = record, witness

    def take(self, entry: Entry, remarks: Remarks) -> str:
        """The node goes on by this record. Returns what rules would not have let in of one from before there were any.
        Raises Failure."""
        try:
            record = _numbered(entry)
        except ValueError as error:
            raise Failure("sequence", f"record of {self.name}: {error}", entry.number) from None
        why = lives.why_not_next(self.standing, record)
        if why and entry.rules != rules.OF_OLD:
            raise Failure("sequence", f"record of {self.name}: {why}", entry.number)
        own_hash = notes.text_hash(entry.parts.text)
        if not why and record.life != self.standing.life:
            self._opens_life(entry, record, remarks)
        elif not why and record.kind == "cannot-fill":
            lost = f"has declared its records {self.standing.seq + 1} to {record.last} lost"
            remarks.add(entry.number, f"{self.name} {lost}")
            own_hash = text_hash(entry.data.get("last_hash"))
        self.standing = lives.Standing(record.life, record.seq, own_hash)
        self._look_at_clocks(entry, entry.body, remarks)
        return why

    def contradicted_by(self, record: Entry) -> bool:
        """Whether a record is due by its number and built on another past than the journal has. Raises ValueError."""
        numbered = _numbered(record)
        due = (numbered.life, numbered.seq) == (self.standing.life, self.standing.seq + 1)
        return due and numbered.kind != "cannot-fill" and bool(lives.why_not_next(self.standing, numbered))

    def _opens_life(self, entry: Entry, record: lives.Numbered, remarks: Remarks) -> None:
        held = f"{number(entry.data.get('own_seq'))} of {number(entry.data.get('hub_seq'))}"
        remarks.add(entry.number, f"{self.name} held less than the hub ({held}), and opened a new life")
        first, last = self.standing.life + 1, record.life - 1
        if last >= first:
            between = f"lives {first} to {last}" if last > first else f"life {last}"
            remarks.add(
                entry.number, f"{self.name}: nothing is here of {between}, which no receipt told it of any more"
            )
        self.retold = True

    def _look_at_clocks(self, entry: Entry, body: Dict[str, Any], remarks: Remarks) -> None:
        # In a life that the node has opened by itself it tells old records again, with their old times.
        if not self.retold and entry.kind != "cannot-fill":
            if body["boot"] == self._boot and body["mono"] < self._mono:
                remarks.add(entry.number, f"{self.name}: its uptime goes back within one boot")
            if body["clock"] == "trusted" and entry.kind != "clock-set" and body["wall"] < self._wall - STEP_MS:
                remarks.add(
                    entry.number, f"{self.name}: its clock went back by {(self._wall - body['wall']) // 1000} s"
                )
        self._boot, self._mono, self._wall = body["boot"], body["mono"], body["wall"]


def _numbered(entry: Entry) -> lives.Numbered:
    body, data = entry.body, entry.data
    said = entry.kind, body["life"], body["seq"], body["prev"]
    if entry.kind == "cannot-fill":
        return lives.Numbered(*said, first=number(data.get("first")), last=number(data.get("last")))
    if entry.kind == "rolled-back":
        return lives.Numbered(*said, told_of=number(data.get("hub_life")))
    return lives.Numbered(*said)
