"""The check sheet and the closing list as rows of text, in one language: the same for page, paper and command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from hub.core.doors import check_sheet, closing_list
from hub.core.doors.check_sheet import Cause, CheckSheet, Day, Opening, Turn
from hub.core.doors.closing_list import ClosingList, Line
from hub.core.doors.seen import Blind
from hub.reports import sheet_words
from hub.reports.words import Pair, Words
from wire import messages as m

Cells = tuple[str, ...]

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""No journal has entries of other years."""


class Row(NamedTuple):
    """A row of the check sheet; a day has as many as openings, and one without any. `cells` as `CHECK_HEADS`."""

    cause: Cause
    cells: Cells
    first: bool
    """Of its day."""
    bad: bool = False
    """Nobody has checked it."""


class Overview(NamedTuple):
    """An area in short, as `OVERVIEW_HEADS`, and whether nobody has set it."""

    cells: Cells
    bad: bool


class Tables(NamedTuple):
    """The closing list: each table as its head says, without rows where there is nothing to sheet_words."""

    verdict: str
    bad: bool
    lines: list[Cells]
    opened: list[Cells]
    left: list[Cells]
    blind: list[Cells]


def day_of(text: str) -> date | None:
    """The day that is written YYYY-MM-DD; None for what is none that a sheet could be of."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year < LAST_YEAR else None


# ---------------------------------------------------------------- check sheet


def checks(sheet: CheckSheet, words: Words) -> list[Row]:
    """Every row of a month."""
    return [row for day in sheet.days for row in _day(sheet, day, words)]


def _day(sheet: CheckSheet, day: Day, words: Words) -> Iterable[Row]:
    cause = check_sheet.cause(day)
    name = f"{day.day.day} {words.weekday(day.day)}"
    checked, bad = _checked(sheet, day, words)
    remark = _remark(day, words)
    if not day.openings:
        yield Row(cause, (name, words.say(sheet_words.CELLS[cause]), "", "", "", checked, remark), first=True, bad=bad)
        return
    for at, one in enumerate(day.openings):
        cells = _opening(day, one, words)
        if at == 0:
            yield Row(cause, (name, *cells, checked, remark), first=True, bad=bad)
        else:
            yield Row(cause, ("", *cells, "", ""), first=False)


def _opening(day: Day, one: Opening, words: Words) -> Cells:
    by, closed, closed_by = _turned(one.opened, words), "", ""
    if one.closed is None:
        closed = words.say(sheet_words.STILL_OPEN)
    else:
        closed = words.clock(one.closed.at) if one.closed.at < day.ends else words.minute(one.closed.at)[5:]
        closed_by = _turned(one.closed, words)
        if closed_by == by and not one.opened.found:
            closed_by = words.say(sheet_words.SAME)
    return words.clock(one.opened.at), by, closed, closed_by


def _turned(turn: Turn, words: Words) -> str:
    """Who may have opened or closed it."""
    if turn.found:
        return words.say(sheet_words.FOUND_OPEN) if turn.open else ""
    flags = [words.say(pair) for pair, so in ((sheet_words.LATE, turn.late), (sheet_words.DOUBTED, turn.doubted)) if so]
    there = words.who(turn.present) if turn.present else ""
    return f"{there} [{words.listed(flags)}]" if flags else there


def _checked(sheet: CheckSheet, day: Day, words: Words) -> tuple[str, bool]:
    """Who has closed up in the evening, and whether nobody has."""
    if day.until <= day.since or not sheet.guarded:
        return "", False
    if day.check is None or not day.is_set:
        if day.is_set:
            return words.say(sheet_words.STILL_SET), False
        over = day.until == day.ends and not day.sealed and day.blind_ms < day.until - day.since
        return (words.say(sheet_words.NOT_CHECKED), True) if over else ("", False)
    who = [words.person(day.check.person)] if day.check.person is not None else []
    parts = who if day.check.by in ("badge", "button") and who else [*who, words.say(sheet_words.SET_BY[day.check.by])]
    if day.check.left_open:
        parts.append(words.say(sheet_words.THIS_LEFT_OPEN))
    return f"{words.clock(day.check.at)} {words.phrase(parts)}", False


def _remark(day: Day, words: Words) -> str:
    parts = [words.say(sheet_words.SEALED_NO, number=number) for number in day.sealed]
    if day.open_before:
        parts.append(words.say(sheet_words.STOOD_OPEN))
    return words.sentence([*parts, *(_blind(one, day.since, day.until, words) for one in day.blind)])


def _blind(one: Blind, since: int, until: int, words: Words) -> str:
    if (one.since, one.until) == (since, until):
        span = words.say(sheet_words.ALL_DAY)
    else:
        ends = "24:00" if one.until == until and words.clock(until) == "00:00" else words.clock(one.until)
        begins = words.clock(one.since)
        span = f"{begins}–{ends}" if begins != ends else begins
    return words.say(sheet_words.BLIND_AT, span=span, why=words.say(sheet_words.WHY_BLIND[one.why]))


# ---------------------------------------------------------------- closing list


def closing(of: ClosingList, words: Words) -> Tables:
    """The whole list of one area."""
    return Tables(
        _verdict(of, words),
        _bad(of),
        [_line(one, words, of) for one in of.lines],
        [_line(of.opened, words, of)] if of.opened else [],
        [
            (
                words.thing(one.place),
                words.say(sheet_words.LEVELS[one.level]),
                _moment(one.since, words, of),
                words.say(sheet_words.STILL_OPEN) if one.until is None else _moment(one.until, words, of),
            )
            for one in of.left
        ],
        [
            (
                f"{_moment(one.blind.since, words, of)} – {_moment(one.blind.until, words, of)}",
                words.say(sheet_words.WHY_BLIND[one.blind.why]),
                words.things(one.places),
            )
            for one in of.unseen
        ],
    )


def parts(of: Tables) -> list[tuple[Pair, tuple[Pair, ...], list[Cells]]]:
    """Title, heads and rows of each table."""
    return [
        (sheet_words.LINES, sheet_words.LINE_HEADS, of.lines),
        (sheet_words.NEXT, sheet_words.LINE_HEADS, of.opened),
        (sheet_words.LEFT, sheet_words.LEFT_HEADS, of.left),
        (sheet_words.BLIND, sheet_words.BLIND_HEADS, of.blind),
    ]


def overview(of: ClosingList, words: Words) -> Overview:
    """One area in short."""
    last = of.closing
    _, _, who, how = _line(last, words, of) if last else ("", "", "", "")
    opened = f"{_moment(of.opened.at, words, of)} {_line(of.opened, words, of)[2]}".strip() if of.opened else ""
    return Overview((words.area(of.area), _verdict(of, words), who, how, opened), _bad(of))


def _bad(of: ClosingList) -> bool:
    return closing_list.verdict(of) == "not-set"


def _verdict(of: ClosingList, words: Words) -> str:
    verdict = closing_list.verdict(of)
    said = words.say(sheet_words.VERDICTS[verdict])
    if verdict == "set":
        said = words.say(sheet_words.STILL_SET)
    if verdict == "set" and of.closing:
        said = words.say(sheet_words.SET_AT, time=_moment(of.closing.at, words, of))
    return words.listed([said, *(words.say(sheet_words.SEALED_NO, number=number) for number in of.sealed)])


def _moment(at: int, words: Words, of: ClosingList) -> str:
    """A time, with its day unless that is the list's own."""
    return words.clock(at) if of.since <= at < of.ends else words.minute(at)[5:]


def _line(line: Line, words: Words, of: ClosingList) -> Cells:
    what, who, how = _said(line.data, words, of)
    flags = [words.say(pair) for pair, so in ((sheet_words.LATE, line.late), (sheet_words.DOUBTED, line.doubted)) if so]
    said = f"{words.say(what)} [{words.listed(flags)}]" if flags else words.say(what)
    return _moment(line.at, words, of), said, words.people(who), words.sentence(how)


def _said(data: closing_list.Listed, words: Words, of: ClosingList) -> tuple[Pair, Iterable[int], list[str]]:
    """What happened, who did it, and how."""
    match data:
        case m.AreaSet():
            left = [words.say(sheet_words.LEFT_OPEN, points=words.things(data.left_open))] if data.left_open else []
            return (
                sheet_words.SET,
                _one(data.person),
                [words.say(sheet_words.SET_BY[data.by]), *left, *_inside(data.inside, words)],
            )
        case m.AreaUnset():
            return (
                sheet_words.UNSET,
                data.people,
                [words.say(sheet_words.UNSET_BY[data.by]), *_until(data.until, words, of)],
            )
        case m.SetExtended():
            how = [words.say(sheet_words.SET_BY["console"])] if data.by == "console" else []
            return sheet_words.EXTENDED, _one(data.person), [*_until(data.until, words, of), *how]
        case m.SetRefused():
            return sheet_words.REFUSED, _one(data.person), _in_the_way(data.points, data.inside, words)
        case m.NotSet():
            return sheet_words.NOT_SET, (), _in_the_way(data.points, data.inside, words)
        case m.SetCancelled():
            return sheet_words.CANCELLED, _one(data.person), []
        case m.SomebodyInside():
            return sheet_words.SHUT_IN, (), []
        case m.SomebodyOut():
            return sheet_words.OUT, _one(data.person), []


def _one(person: int | None) -> Iterable[int]:
    return () if person is None else (person,)


def _until(until: int | None, words: Words, of: ClosingList) -> list[str]:
    return [] if until is None else [words.say(sheet_words.UNTIL, time=_moment(until, words, of))]


def _in_the_way(points: Iterable[str], inside: int, words: Words) -> list[str]:
    named = words.things(points)
    return [*([words.say(sheet_words.OPEN, points=named)] if named else []), *_inside(inside, words)]


def _inside(inside: int, words: Words) -> list[str]:
    return [words.say(sheet_words.INSIDE, n=inside)] if inside else []
