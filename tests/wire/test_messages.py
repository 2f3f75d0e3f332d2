"""Messages: every kind goes out and comes back the same, and what is not of the contract does not come in."""

import contextlib
import typing
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wire import bounds
from wire import messages as m
from wire.book import reading

NAME = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=32)
HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)
BY_ALIAS: dict[Any, st.SearchStrategy[Any]] = {
    m.Name: NAME,
    m.Place: st.builds("{}/{}".format, NAME, NAME),
    m.Text: st.text(max_size=40),
    m.Hash: st.just("") | HASH,
    m.Credential: HASH,
    m.Count: st.integers(0, 2**53),
    m.Person: st.integers(1, 10**9),
    str: st.text(max_size=40),
}


@cache
def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, as its annotation has it."""
    if kind in BY_ALIAS:
        return BY_ALIAS[kind]
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        meta = args[1]
        if args[0] is int:
            return st.integers(meta.ge, meta.le)
        if args[0] is str:
            return st.from_regex(meta.pattern, fullmatch=True) if meta.pattern else st.text(max_size=40)
        return of(args[0]).filter(lambda found: len(found) >= (meta.min_length or 0))
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin is tuple and args[-1] is ...:
        return st.lists(of(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(of(arg) for arg in args))
    if origin is dict:
        return st.dictionaries(of(args[0]), of(args[1]), max_size=3)
    if args:  # a union
        return st.one_of(*(of(arg) for arg in args))
    if kind is type(None):
        return st.none()
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 2**53)
    hints = typing.get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{name: of(hint) for name, hint in hints.items()})


def members(union: Any) -> tuple[type[m.Data], ...]:
    return typing.get_args(union)


UNIONS = {
    m.Record: m.RecordData,
    m.Beat: m.Here | m.Gone,
    m.Order: m.OrderData,
    m.Ask: m.AskGrowth | m.AskInclusion,
    m.Proven: m.Growth | m.Inclusion,
    m.Fact: m.FactData,
}
DATA = [(kind, data) for kind, union in UNIONS.items() for data in members(union)]
FIXED = [kind for kind in m.RULES if kind not in UNIONS]


@cache
def message(kind: type[m.Message], data: type[m.Data] | None = None) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {name: of(hint) for name, hint in hints.items() if name != "data"}
    if data:
        fields["data"] = of(data)
    return st.builds(kind, **fields)


quick = settings(max_examples=15)


@pytest.mark.parametrize(("kind", "data"), DATA, ids=lambda one: one.__name__)
@given(st.data())
@quick
def test_every_kind_comes_back_as_it_went_out(kind: Any, data: Any, draw: st.DataObject) -> None:
    sent = draw.draw(message(kind, data))
    text = m.encode(sent)
    assert m.decode(text, kind) == sent
    assert m.encode(m.decode(text, kind)) == text
    assert text.count(b"\n") == 1


@pytest.mark.parametrize("data", members(m.RecordData), ids=lambda one: one.__name__)
@given(st.data())
@quick
def test_whatever_record_we_write_the_verifier_reads(data: Any, draw: st.DataObject) -> None:
    """The hub relies on it: it asks the verifier's reader only of what is written otherwise."""
    sent = draw.draw(message(m.Record, data))
    assume(sent.node not in m.SERVICES)  # no node is let in by such a name
    assert reading.read(m.encode(sent)).kind == m.kind_of(sent.data)


@pytest.mark.parametrize("kind", FIXED, ids=lambda one: one.__name__)
@given(st.data())
@quick
def test_every_message_without_kinds_comes_back_too(kind: Any, draw: st.DataObject) -> None:
    sent = draw.draw(message(kind))
    assert m.decode(m.encode(sent), kind) == sent


def test_kinds_are_told_apart_by_one_word_each() -> None:
    for union in UNIONS.values():
        kinds = [str(data.__struct_config__.tag) for data in members(union)]
        assert len(set(kinds)) == len(kinds)


def test_no_record_bears_the_name_of_a_fact() -> None:
    """Search and export go by kind alone."""
    records, facts = ({one.__struct_config__.tag for one in members(union)} for union in (m.RecordData, m.FactData))
    assert not records & facts


def subclasses(kind: type[Any]) -> set[type[Any]]:
    return {kind}.union(*(subclasses(one) for one in kind.__subclasses__()))


def test_the_rules_cover_every_message_that_is_not_a_part_of_another() -> None:
    parts: set[type[Any]] = {m.Message, m.Data}
    for kind in subclasses(m.Message) - parts:
        if kind.__module__ == m.__name__ and kind not in m.RULES:
            parts.add(kind)
    inside = {one for kind in m.RULES for one in reachable(kind)}
    assert parts - {m.Message, m.Data} <= inside


def reachable(kind: Any) -> set[Any]:
    found: set[Any] = set()
    queue = [kind]
    while queue:
        one = queue.pop()
        queue += typing.get_args(one)
        if isinstance(one, type) and issubclass(one, m.Message) and one not in found:
            found.add(one)
            queue.extend(typing.get_type_hints(one, include_extras=True).values())
    return found


def test_everything_but_the_hint_that_there_is_something_new_is_signed() -> None:
    assert {kind for kind, rule in m.RULES.items() if rule.signer is None} == {m.JournalGrown}


# ---------------------------------------------------------------- what does not come in

RECORD = m.Record(
    v=1, site="demo", node="archive-1", life=1, boot="b1", seq=1, mono=5, wall=9, clock="trusted", prev="",
    data=m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=5),
)  # fmt: skip
BODY = msgspec.json.decode(m.encode(RECORD))


def with_change(**changes: Any) -> bytes:
    return msgspec.json.encode(BODY | changes) + b"\n"


def with_data(**changes: Any) -> bytes:
    return with_change(data=BODY["data"] | changes)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        m.encode(RECORD)[:-1],
        m.encode(RECORD) + b"\n",
        m.encode(RECORD).replace(b",", b",\n", 1),
        m.encode(RECORD).replace(b'"v":1', b'"v":2'),
        m.encode(RECORD).replace(b"demo", b"d\xffmo"),
        with_change(more=1),
        with_data(more=1),
        with_data(kind="no-such-kind"),
        with_data(kind="alarm-raised"),
        with_data(now="ajar"),
        with_data(point="archive"),
        with_data(point="archive/iron-gate/x"),
        with_data(point="archive/iron-gate\n"),
        with_data(point="../etc"),
        with_data(at=-1),
        with_data(at=2**53 + 1),
        with_data(at=bounds.LONGEST_UPTIME + 1),
        with_data(sealing=bounds.LARGEST_NUMBER + 1),
        with_change(wall=bounds.LATEST_WALL + 1),
        with_change(mono=bounds.LONGEST_UPTIME + 1),
        with_change(seq=bounds.LARGEST_NUMBER + 1),
        with_change(life=bounds.LARGEST_NUMBER + 1),
        with_data(at=1.5),
        with_data(at=True),
        with_data(at="5"),
        with_change(node="archive-1\n"),
        with_change(node="Archive"),
        with_change(node=""),
        with_change(node="a" * 33),
        with_change(boot="boot\x00"),
        with_change(prev="\n"),
        with_change(prev="0" * 63),
        with_change(prev="0" * 64 + "\n"),
        with_change(prev="A" * 64),
        with_change(clock="good"),
        with_change(life=-1),
        with_change(data=None),
    ],
)
def test_it_is_unreadable(text: bytes) -> None:
    with pytest.raises(m.Unreadable):
        m.decode(text, m.Record)


@pytest.mark.parametrize("ends", [b"", b"]" * 4000 + b',"kind":"level"}}'])
def test_nesting_without_end_is_unreadable_and_ends_nobody(ends: bytes) -> None:
    start = m.encode(RECORD).split(b'"data":')[0]
    with pytest.raises(m.Unreadable):
        m.decode(start + b'"data":{"x":' + b"[" * 4000 + ends + b"\n", m.Record)


@given(st.binary(max_size=200))
def test_rubbish_is_unreadable_and_nothing_worse(rubbish: bytes) -> None:
    for kind in m.RULES:
        with pytest.raises(m.Unreadable):
            m.decode(rubbish.replace(b"\n", b"") + b"\n", kind)


@given(st.integers(0, len(m.encode(RECORD)) - 1), st.integers(0, 255))
def test_a_changed_byte_is_read_or_unreadable_and_nothing_else(at: int, byte: int) -> None:
    text = bytearray(m.encode(RECORD))
    text[at] = byte
    with contextlib.suppress(m.Unreadable):
        m.decode(bytes(text), m.Record)


def numbers(kind: Any, seen: set[Any]) -> list[tuple[str, Any]]:
    """Every number in a message, with the bounds that it has."""
    if kind in seen:
        return []
    seen.add(kind)
    found = []
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        for part in parts(hint):
            if typing.get_origin(part) is typing.Annotated and typing.get_args(part)[0] is int:
                found.append((f"{kind.__name__}.{name}", typing.get_args(part)[1]))
            elif part is int:
                found.append((f"{kind.__name__}.{name}", None))
            elif isinstance(part, type) and issubclass(part, msgspec.Struct):
                found += numbers(part, seen)
    return found


def parts(kind: Any) -> list[Any]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if not args or origin is typing.Literal or (origin is typing.Annotated and args[0] is int):
        return [kind]
    return [one for arg in (args[:1] if origin is typing.Annotated else args) for one in parts(arg)]


def test_every_number_in_every_message_has_bounds() -> None:
    seen: set[Any] = set()
    found = [one for kind in m.RULES for one in numbers(kind, seen)]
    assert len(found) > 100
    unbounded = [name for name, meta in found if meta is None or meta.ge is None or meta.le is None]
    assert unbounded == []


def test_what_a_node_says_is_bounded() -> None:
    for text in (
        m.Fault(part="reader", failed=True, detail="x" * 501),
        m.Started(version="x" * 501, factory="", plan=0, sealed=()),
    ):
        with pytest.raises(m.Unreadable):
            m.decode(m.encode(msgspec.structs.replace(RECORD, data=text)), m.Record)


def test_the_largest_record_there_is_can_be_kept_whole_as_equivocation() -> None:
    """Every quotation mark of a record that is kept takes two or four bytes in the fact that keeps it."""
    lost = {'"' * at: 1 for at in range(1, 120)}
    record = msgspec.structs.replace(RECORD, data=m.Overflow(since=0, until=1, lost=lost))
    note = m.encode(record)
    assert len(note) < m.MAX_RECORD
    other = note.decode() + '"' * (m.MAX_RECORD - len(note))
    data = m.Equivocation(node="archive-1", life=1, seq=1, kept=0, other=other)
    fact = m.Fact(v=1, site="demo", by="engine", time=1, person=None, data=data)
    assert m.decode(m.encode(fact), m.Fact) == fact
    assert len(m.encode(fact)) <= m.RULES[m.Fact].largest
