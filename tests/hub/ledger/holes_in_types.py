"""Holes in the types by which the hub decodes what a node says: bounds that are wider or narrower than the book's."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from tests.hub.ledger import test_same_rules as same
from tests.hub.ledger import test_same_rules_for_facts as facts
from tests.hub.ledger.planting import Holes, Typed, like, unknown
from wire import bounds
from wire import messages as m

COUNTED: Any = like(m.SealedArea, "sealing", m.Count)
UNBOUNDED = Annotated[int, Meta(ge=0)]


def text_of(pattern: str) -> Any:
    return Annotated[str, Meta(pattern=pattern)]


IN_TYPES: Holes = {
    same.test_whatever_stands_around_it_both_take_it_or_neither: {
        "a record's uptime has no end": Typed(m.Record, "mono", UNBOUNDED),
        "a record's wall time ends a millisecond later": Typed(
            m.Record, "wall", Annotated[int, Meta(ge=0, le=bounds.LATEST_WALL + 1)]
        ),
        "a record's wall time may be before 1970": Typed(
            m.Record, "wall", Annotated[int, Meta(ge=-1, le=bounds.LATEST_WALL)]
        ),
        "the hash of the record before may be any text": Typed(m.Record, "prev", str),
        "a boot may be of 31 characters only": Typed(m.Record, "boot", text_of("^[a-z0-9-]{1,31}\\Z")),
        "a record of any protocol": Typed(m.Record, "v", int),
        "one more word of a clock": Typed(
            m.Record, "clock", Literal["trusted", "holdover", "untrusted", "no such word"]
        ),
    },
    same.test_a_record_written_otherwise_is_read_alike_by_both: {
        "a boot may be any text": Typed(m.Record, "boot", str),
        "a boot may end in a newline": Typed(m.Record, "boot", text_of("^[a-z0-9-]{1,32}$")),
    },
    same.test_whatever_stands_in_a_field_both_take_it_or_neither: {
        "a person of number 0": Typed(m.Granted, "person", UNBOUNDED),
        "no person where one must be": Typed(m.Attended, "person", m.Person | None),
        "a credential in capitals": Typed(m.Granted, "credential", text_of("^[0-9a-fA-F]{64}\\Z")),
        "a credential with a newline": Typed(m.Denied, "credential", text_of("^[0-9a-f]{64}$")),
        "a place with a newline": Typed(m.Forced, "point", text_of("^[a-z0-9-]{1,32}/[a-z0-9-]{1,32}$")),
        "a place of any text": Typed(m.Chatter, "point", str),
        "a detail of one character more": Typed(m.Fault, "detail", Annotated[str, Meta(max_length=501)]),
        "a detail of one character less": Typed(m.Fault, "detail", Annotated[str, Meta(max_length=499)]),
        "a detail in bytes": Typed(m.OrderDone, "what", Annotated[str, Meta(max_length=166)]),
        "one alarm more than a record names": Typed(
            m.Attended, "alarms", Annotated[tuple[m.Number, ...], Meta(max_length=501)]
        ),
        "gaps of any length": Typed(m.Watch, "gaps", tuple[tuple[m.Uptime, ...], ...]),
        "loops of any name": Typed(m.SealBaseline, "ohms", dict[str, m.Count]),
        "loops of any resistance": Typed(m.SealBaseline, "ohms", dict[m.Place, UNBOUNDED]),
        "less than nothing lost": Typed(m.Overflow, "lost", dict[str, int]),
        "half a hash": Typed(m.CannotFill, "last_hash", text_of("^([0-9a-f]{32}|[0-9a-f]{64})?\\Z")),
        "sealings counted on": Typed(m.Started, "sealed", tuple[COUNTED, ...]),
        "a number for true": Typed(m.LevelChanged, "found", bool | int),
        "a door held open for years": Typed(m.HeldOpen, "seconds", UNBOUNDED),
        "a checkpoint of any length": Typed(m.JournalRefused, "held", str),
        "no origin where one must be": Typed(m.JournalMoved, "origin", m.Text | None),
        "a fault of fewer parts": Typed(
            m.Fault, "part", Literal["reader", "loops", "hub-silent", "outbox-half", "clock"]
        ),
        "edges of one less": Typed(m.Chatter, "edges", Annotated[int, Meta(ge=0, le=bounds.LARGEST_COUNT - 1)]),
        "half a record lost": Typed(m.RolledBack, "own_seq", int | float),
        "a ceremony of no number": Typed(m.Presented, "ceremony", m.Number | None),
        "nobody inside yet": Typed(m.Entered, "inside", Annotated[int, Meta(ge=1, le=bounds.LARGEST_COUNT)]),
        "a kind that the hub does not know": unknown(m.NotEntered),
    },
    facts.test_nobody_is_accused_by_what_no_hub_would_open: {
        "a sounder for any reason": Typed(m.Sounded, "reason", str),
    },
}
