"""What entries about set and unset areas say beyond who, where and when, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.console.base.render import View
from hub.console.words import guard_words
from wire import messages as m

KINDS = (
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
"""Kinds of entry that people read of it."""


def detail(view: View, data: m.Data | None) -> str:
    """The sentence; empty for what is about something else, and for what its title says."""
    said = _SAID.get(type(data))
    return said(view, data) if said else ""


def people(data: m.Data | None, person: int | None) -> tuple[int, ...]:
    """Who has done it: two unset an area together, and the hour sets one without anybody."""
    return data.people if isinstance(data, m.AreaUnset) else () if person is None else (person,)


def by_nobody(data: m.Data | None) -> bool:
    """Whether it happens by itself, so that nobody unknown has done it."""
    if isinstance(data, m.AreaSet):
        return data.by in ("time", "not-known")
    return isinstance(data, m.NotSet) or (isinstance(data, m.AreaUnset) and data.by in ("unsealed", "begun"))


def hinders(view: View, points: Iterable[str], inside: int) -> str:
    """Why an area is not set."""
    titles = [view.names.thing(one) for one in points]
    parts = [view.texts.say("open: %(points)s", points=view.names.listed(titles))] if titles else []
    if inside:
        count = view.texts.count
        parts.append(count("%(count)s person is counted inside", "%(count)s people are counted inside", inside))
    return " · ".join(parts)


def _setting(view: View, data: m.Setting) -> str:
    return view.texts.say("set in %(seconds)s s, unless a door is opened", seconds=data.seconds)


def _set(view: View, data: m.AreaSet) -> str:
    parts = [view.word(guard_words.SET_BY, data.by)]
    if data.left_open:
        titles = view.names.listed(view.names.thing(one) for one in data.left_open)
        parts.append(view.texts.say("left open: %(points)s", points=titles))
    return " · ".join(part for part in (*parts, hinders(view, (), data.inside)) if part)


def _unset(view: View, data: m.AreaUnset) -> str:
    by = view.word(guard_words.UNSET_BY, data.by)
    return f"{by} · {_until(view, data.until)}" if data.until is not None else by


def _until(view: View, wall: int) -> str:
    return view.texts.say("until %(time)s", time=view.minute(wall))


def _first(view: View, data: m.FirstOfTwo) -> str:
    return view.texts.say("the badge of a second person is waited for")


def _hindered(view: View, data: m.SetRefused | m.NotSet) -> str:
    return hinders(view, data.points, data.inside)


def _cancelled(view: View, data: m.SetCancelled) -> str:
    return view.texts.say("a door was opened meanwhile")


def _extended(view: View, data: m.SetExtended) -> str:
    return f"{_until(view, data.until)} · {view.word(guard_words.EXTENDED_BY, data.by)}"


def _inside(view: View, data: m.SomebodyInside) -> str:
    return view.word(guard_words.SHUT_IN_BY, data.by)


def _deaf(view: View, data: m.ReaderDeaf) -> str:
    return view.texts.say("for %(seconds)s s, after it was refused too often", seconds=data.seconds)


def _asked(view: View, data: m.GuardRequested) -> str:
    return view.word(guard_words.ACTS, data.act)


def _allowed(view: View, data: m.UnsettingAllowed) -> str:
    when = view.span(data.since, data.until)
    return f"{_whom(view, data.person)} · {when} · {view.names.written(data.cause)}"


def _forbidden(view: View, data: m.UnsettingForbidden) -> str:
    return _whom(view, data.person)


def _whom(view: View, person: int) -> str:
    return view.texts.say("for %(person)s", person=view.names.person(person))


_SAID: Mapping[type[Any], Callable[[View, Any], str]] = {
    m.Setting: _setting,
    m.AreaSet: _set,
    m.AreaUnset: _unset,
    m.FirstOfTwo: _first,
    m.SetRefused: _hindered,
    m.SetCancelled: _cancelled,
    m.SetExtended: _extended,
    m.NotSet: _hindered,
    m.SomebodyInside: _inside,
    m.ReaderDeaf: _deaf,
    m.GuardRequested: _asked,
    m.UnsettingAllowed: _allowed,
    m.UnsettingForbidden: _forbidden,
}
