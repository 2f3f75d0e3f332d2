"""Questions to the database, asked by the console and the command line alike. Nothing here writes.

Every list has a limit and goes on from the last row that was seen (`after`, `before`), so that no page shifts while the
journal grows. It is long since there are that many questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Connection, or_, select

from hub.core import state
from hub.core.alarms.life import LATE_MS
from hub.store import entries, tables
from hub.store.entries import Fit, Wanted
from hub.store.tables import account as _account
from hub.store.tables import head as _head
from hub.store.tables import journal as _journal
from hub.store.tables import person as _person
from wire import messages as m
from wire import notes

PAGE = 50
"""Rows of a page, unless somebody wants more."""

READ_AT_ONCE = 500
"""Entries whose indexes stand in one question."""

ACCESS_KINDS = (
    "granted",
    "denied",
    "entered",
    "not-entered",
    "left",
    "emptied",
    "forced",
    "held-open",
    "presented",
    "attended",
    "setting",
    "area-set",
    "area-unset",
    "first-of-two",
    "set-refused",
    "set-cancelled",
    "set-extended",
    "not-set",
    "somebody-inside",
    "somebody-out",
    "reader-deaf",
    "guard-requested",
    "unsetting-allowed",
    "unsetting-forbidden",
)
"""Kinds of entry that make up the access log: who came and went, who has set and unset an area, and on whose word."""


class JournalRow(Struct, frozen=True):
    """One entry of the journal. `author` is a node or a service of the hub; `name` is that of `person`, if known."""

    index: int
    note: bytes
    author: str
    life: int | None
    seq: int | None
    boot: str | None
    kind: str
    place: str | None
    person: int | None
    name: str | None
    said_time: int
    hub_time: int

    @property
    def message(self) -> m.Record | m.Fact:
        """What the entry says. Its signature was checked before it was appended. Raises ValueError for what this
        version cannot read, which `data` and `late` never do."""
        text = notes.split(self.note).text
        return m.decode(text, m.Fact) if self.author in m.SERVICES else m.decode(text, m.Record)

    @property
    def data(self) -> m.Data | None:
        """What the entry is about; None for what this version cannot read."""
        message = self._read
        return message.data if message else None

    @property
    def record(self) -> m.Record | None:
        """What it says as a record of a node; None for what is none, or what this version cannot read."""
        message = self._read
        return message if isinstance(message, m.Record) else None

    @property
    def late(self) -> bool:
        """Whether the hub heard of it only long after. A clock that is not to be trusted cannot say so."""
        message = self._read
        told = isinstance(message, m.Record) and message.clock != "untrusted"
        return told and self.hub_time - self.said_time > LATE_MS

    @property
    def _read(self) -> m.Record | m.Fact | None:
        """What the entry says; None for what this version cannot read. It costs its own line, and no other."""
        try:
            return self.message
        except ValueError:
            return None


class Term(Struct, frozen=True):
    """One word of a search. `kinds` and `places` are those whose words or titles, in the language of whoever searches,
    contain it: the database knows neither."""

    text: str
    kinds: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @property
    def number(self) -> int | None:
        """The number that it is, if it is one: bounded, so that PostgreSQL is never asked about more than a bigint."""
        plain = self.text.isascii() and self.text.isdigit() and len(self.text) < 16
        return int(self.text) if plain else None


class Account(Struct, frozen=True):
    """Who may sign in. `password` is an argon2id hash."""

    login: str
    person: int
    roles: tuple[str, ...]
    password: str


# ---------------------------------------------------------------- journal

_entries = select(
    _journal.c.idx.label("index"),
    _journal.c.note,
    _journal.c.author,
    _journal.c.life,
    _journal.c.seq,
    _journal.c.boot,
    _journal.c.kind,
    _journal.c.place,
    _journal.c.person,
    _person.c.name,
    _journal.c.said_time,
    _journal.c.hub_time,
).select_from(_journal.outerjoin(_person, _person.c.number == _journal.c.person))


def size(connection: Connection) -> int:
    """Number of entries in the journal."""
    return int(connection.execute(select(_head.c.size)).scalar_one())


def journal(
    connection: Connection,
    after: int = -1,
    limit: int = PAGE,
    *,
    before: int | None = None,
    kind: str | Sequence[str] | None = None,
    place: str | None = None,
    person: int | None = None,
    node: str | None = None,
    newest_first: bool = False,
) -> list[JournalRow]:
    """Entries with `after` < index < `before`. `place` is a point, reader, node, or an area with all that is in it."""
    kinds = None if kind is None else (kind,) if isinstance(kind, str) else tuple(kind)
    wanted = Wanted(after, before, kinds, place, person, node)
    return read(connection, entries.find(connection, wanted, limit, newest_first))


def entry(connection: Connection, index: int) -> JournalRow | None:
    """The entry of that number."""
    row = connection.execute(_entries.where(_journal.c.idx == index)).one_or_none()
    return _entry(row) if row else None


def access_log(
    connection: Connection,
    search: Iterable[Term] = (),
    *,
    kinds: Sequence[str] = ACCESS_KINDS,
    opened: Sequence[str] = (),
    area: str | None = None,
    since: int | None = None,
    until: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> list[JournalRow]:
    """Who came and went, or tried to, and what was opened at some points, newest first. Every term must fit the name,
    the number, the place or the kind.

    `since` and `until` are wall times of the nodes (`until` is not within), `before` a journal index.
    """
    fits = tuple(_fit(connection, term) for term in search)
    wanted = Wanted(
        before=before, kinds=tuple(kinds), place=area, since=since, until=until, search=fits, opened=tuple(opened)
    )
    return read(connection, entries.find(connection, wanted, limit))


def _fit(connection: Connection, term: Term) -> Fit:
    """What a word may mean: people by their name or number, and places also by what stands in the journal."""
    people = {number for number in (*people_like(connection, term), term.number) if number is not None}
    text = term.text.casefold()
    places = {place for place in entries.places(connection) if text in place.casefold()}
    return Fit(frozenset(people), term.places | places, term.kinds)


def read(connection: Connection, indexes: Sequence[int]) -> list[JournalRow]:
    """These entries, in the order in which they are named."""
    found: dict[int, JournalRow] = {}
    for at in range(0, len(indexes), READ_AT_ONCE):
        some = indexes[at : at + READ_AT_ONCE]
        read = (_entry(row) for row in connection.execute(_entries.where(_journal.c.idx.in_(some))))
        found |= {row.index: row for row in read}
    return [found[index] for index in indexes]


def doubted(connection: Connection, rows: Iterable[JournalRow]) -> frozenset[int]:
    """Which of these entries stand behind a statement that they are doubted."""
    before = [row.index - 1 for row in rows]
    found: set[int] = set()
    for at in range(0, len(before), READ_AT_ONCE):
        some = _journal.c.idx.in_(before[at : at + READ_AT_ONCE])
        query = select(_journal.c.idx).where(some, _journal.c.kind == "record-doubted")
        found.update(index + 1 for index in connection.execute(query).scalars())
    return frozenset(found)


# ---------------------------------------------------------------- how things stand


def areas(connection: Connection) -> dict[str, state.Area]:
    """Rows of the areas by name. An area about which nothing has happened yet has none."""
    return {row.name: row for row in _all(connection, state.Area)}


def nodes(connection: Connection) -> dict[str, state.Life]:
    """The life of every node that was ever enrolled, by node."""
    return {row.node: row for row in _all(connection, state.Life)}


def points(connection: Connection) -> dict[str, state.Point]:
    """Rows of the points by place. A point about which nothing has happened yet has none."""
    return {row.place: row for row in _all(connection, state.Point)}


def people(connection: Connection) -> dict[int, str]:
    """Names by the number of the person."""
    return {row[0]: row[1] for row in connection.execute(select(_person.c.number, _person.c.name))}


def phones(connection: Connection) -> dict[int, str]:
    """Telephone numbers by the number of the person, of those who have one."""
    found = connection.execute(select(_person.c.number, _person.c.phone).where(_person.c.phone != ""))
    return {row[0]: row[1] for row in found}


def people_like(connection: Connection, term: Term) -> list[int]:
    """Numbers of the people whose name contains the word, or whose number it is."""
    fits = [_person.c.name.icontains(term.text, autoescape=True), *number_is(_person.c.number, term)]
    return list(connection.execute(select(_person.c.number).where(or_(*fits)).order_by(_person.c.number)).scalars())


def written_like(connection: Connection, column: Column[Any], term: Term) -> list[ColumnElement[bool]]:
    """Whether somebody has written the word there, or the name that it is part of, which is kept as its number."""
    found = [f"#{number}" for number in people_like(connection, term)]
    return [column.icontains(text, autoescape=True) for text in (term.text, *found)]


def account(connection: Connection, login: str) -> Account | None:
    """The account of that login."""
    row = connection.execute(select(_account).where(_account.c.login == login)).one_or_none()
    return Account(**row._mapping) if row else None


# ---------------------------------------------------------------- parts

R = TypeVar("R", bound=state.Row)


def _all(connection: Connection, kind: type[R]) -> list[R]:
    return rows_of(connection.execute(select(tables.ROWS[kind])), kind)


def rows_of(result: Iterable[Any], kind: type[R]) -> list[R]:
    return [kind(**row._mapping) for row in result]


def _entry(row: Any) -> JournalRow:
    return JournalRow(**row._mapping)


def number_is(column: Column[Any], term: Term) -> list[ColumnElement[bool]]:
    return [column == term.number] if term.number is not None else []


def one_of(column: Column[Any], values: frozenset[str]) -> list[ColumnElement[bool]]:
    return [column.in_(sorted(values))] if values else []
