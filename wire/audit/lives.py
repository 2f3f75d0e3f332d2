"""A node's records: without gap and in order within each life, each naming the one before it.

The same rules by which the hub takes records in (hub/core/nodes/sequence.py), applied once more to what it has kept.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from wire import notes
from wire.audit.entries import Entry, number, text_hash
from wire.audit.report import Failure, Remarks

MOST_LIVES = 100
"""How many lives ahead a node may be that has opened some before the hub was put back from a backup."""
STEP_MS = 1000
"""A trusted clock that goes back by more than this is remarked on."""


class Node:
    """One node as the journal so far has it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.life = 0
        self.seq = 0
        self.hash = ""
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
        if life != self.life + 1:
            raise ValueError(f"it opens life {life} of {self.name} after life {self.life}")
        if last_seq > self.seq:
            raise ValueError(f"it says the life before had {last_seq} records, here are {self.seq}")
        if last_seq < self.seq:
            text = f"{self.name}: the enrolment of life {life} says {last_seq} for the last record, not {self.seq}"
            remarks.add(None, text)
        self.life, self.seq, self.hash, self.revoked, self.retold = life, 0, "", False, False
        self.record_key, self.witness_key = record, witness

    def take(self, entry: Entry, remarks: Remarks) -> None:
        """The node goes on by this record. Raises Failure."""
        body, data = entry.body, entry.data
        life, seq = body["life"], body["seq"]
        try:
            if self.life < life <= self.life + MOST_LIVES and seq == 1 and entry.kind == "rolled-back":
                self._roll_back(entry, data, life, remarks)
            elif life != self.life:
                raise ValueError(f"it is of life {life}, in force is life {self.life}")
            elif entry.kind == "cannot-fill":
                self._cannot_fill(entry, data, seq, remarks)
            elif seq != self.seq + 1:
                raise ValueError(f"it is number {seq}, due is number {self.seq + 1}")
            elif self.hash and body["prev"] != self.hash:
                raise ValueError("it names another record as the one before it than the journal has")
            else:
                self.hash = notes.text_hash(entry.parts.text)
        except ValueError as error:
            raise Failure("sequence", f"record of {self.name}: {error}", entry.number) from None
        self.seq = seq
        self._look_at_clocks(entry, body, remarks)

    def _roll_back(self, entry: Entry, data: Dict[str, Any], life: int, remarks: Remarks) -> None:
        lost = number(data.get("hub_seq")), number(data.get("own_seq"))
        told = number(data.get("hub_life"))
        if told != self.life:
            # Of a life that the hub has acknowledged to the node, records are missing here.
            raise ValueError(f"it was told of life {told} by the hub, in force is life {self.life}")
        remarks.add(entry.number, f"{self.name} held less than the hub ({lost[1]} of {lost[0]}), and opened a new life")
        if life > self.life + 1:
            between = f"lives {self.life + 1} to {life - 1}" if life > self.life + 2 else f"life {life - 1}"
            remarks.add(
                entry.number, f"{self.name}: nothing is here of {between}, which no receipt told it of any more"
            )
        self.life, self.retold = life, True
        self.hash = notes.text_hash(entry.parts.text)

    def _cannot_fill(self, entry: Entry, data: Dict[str, Any], seq: int, remarks: Remarks) -> None:
        first, last = number(data.get("first")), number(data.get("last"))
        # It may speak of some that have come after all; what is lost is the rest of them.
        if first > self.seq + 1 or last != seq or last <= self.seq:
            raise ValueError(f"it declares {first} to {last} lost in place of {seq}, due is number {self.seq + 1}")
        remarks.add(entry.number, f"{self.name} has declared its records {self.seq + 1} to {last} lost")
        self.hash = text_hash(data.get("last_hash"))

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
