"""Reading the signed text of an entry by the rules in force when it was written."""

from __future__ import annotations

from typing import Any, Dict, Iterable, NamedTuple, Optional

from wire import bounds
from wire.book import rules, strict
from wire.book.forms import Wrong


class Body(NamedTuple):
    """The text of an entry, read."""

    said: Dict[str, Any]
    of_node: bool
    kind: str
    rules: int
    """Number of the rules that it was read by: those in force, or those that it names itself."""
    known: bool
    """False for a kind that those rules do not know, and for rules that are not known here: then it is taken by its
    form and its signer alone."""
    doubt: str = ""
    """What in an entry of old no rules would let in; empty if nothing."""


def read(line: bytes, in_force: int = rules.NEWEST) -> Body:
    """A record or a fact, in one line of JSON. Raises ValueError, in words for a person.

    The hub reads by this what it takes in and what it writes, and the verifier what it finds.
    """
    doubt = ""
    try:
        said = strict.read(line)
    except strict.NameTwice as error:
        if in_force != rules.OF_OLD:
            raise
        said, doubt = strict.read_loosely(line), str(error)
    data = said.get("data")
    if type(data) is not dict or type(data.get("kind")) is not str:
        raise ValueError("it does not say of which kind it is")
    of_node, kind = "node" in said, data["kind"]
    if of_node and said["node"] in rules.SERVICES:
        raise ValueError("a node may not be named like a service")
    number = in_force if of_node else _named(kind, data) or in_force
    table = rules.newest()
    envelope, fields = table.envelope(of_node), table.kind(of_node, kind)
    if number == rules.OF_OLD:
        beyond = _only_beyond(envelope.faults(said)) or next((one for one in _faults(fields, data) if one.beyond), None)
        return Body(said, of_node, kind, number, fields is not None, str(beyond) if beyond else doubt)
    if len(line) > (bounds.LARGEST_RECORD if of_node else bounds.LARGEST_FACT):
        raise ValueError(f"it has {len(line)} bytes, which is too much")
    _raise(envelope.wrong(said))
    known = fields is not None and number <= rules.NEWEST
    if known:
        _raise(next(iter(_faults(fields, data)), None))
    return Body(said, of_node, kind, number, known)


def _named(kind: str, data: Dict[str, Any]) -> int:
    number = data.get("rules") if kind in rules.NAMED_BY else rules.OF_OLD
    return number if type(number) is int and 0 < number <= bounds.LARGEST_NUMBER else rules.OF_OLD


def _faults(fields: Optional[Any], data: Dict[str, Any]) -> Iterable[Wrong]:
    return fields.faults(data) if fields is not None else ()


def _only_beyond(faults: Iterable[Wrong]) -> Optional[Wrong]:
    """The first that is beyond its bounds. Raises ValueError for one that is wrong otherwise: it never was an entry."""
    beyond: Optional[Wrong] = None
    for one in faults:
        if not one.beyond:
            _raise(one)
        beyond = beyond or one
    return beyond


def _raise(wrong: Optional[Wrong]) -> None:
    if wrong is not None:
        raise ValueError(str(wrong))
