"""What an officer has asked of the everyday guard, and what the node has made of it, for the page of the area."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hub.console.base.render import View
from hub.console.parts import set_said
from hub.console.words import guard_words
from hub.store import guarding
from hub.store.guarding import Wish
from hub.store.queries import JournalRow
from wire import messages as m

CLOSING_UP_MS = 45_000
"""The node closes up for 30 s; what it records of that takes its way."""

Look = Literal["done", "waits", "wrong"]


class Line(NamedTuple):
    """What was asked, by whom and when, and what came of it."""

    look: Look
    row: JournalRow
    act: str
    answer: str


def line(view: View, found: Wish | None) -> Line | None:
    """The line; None where nothing was asked of late."""
    if found is None or not isinstance(found.row.data, m.GuardRequested):
        return None
    look, answer = _answer(view, found, found.row.data)
    return Line(look, found.row, view.word(guard_words.ACTS, found.row.data.act), answer)


def _answer(view: View, found: Wish, asked: m.GuardRequested) -> tuple[Look, str]:
    say = view.texts.say
    match guarding.answer(found):
        case m.AreaSet(by="console"):
            return "done", say("it is set")
        case m.AreaSet() as data:
            return "done", say("it was set otherwise: %(how)s", how=set_said.detail(view, data))
        case m.SetExtended() as data:
            return "done", say("it does not set itself before %(time)s", time=view.since(data.until))
        case m.Data() as data:
            return "wrong", say("not set: %(why)s", why=set_said.detail(view, data))
    if found.order == "refused":
        return "wrong", say("its node has refused the order")
    if found.order != "done":
        return "waits", say("its node has not answered yet")
    if asked.act == "set" and view.now - found.row.hub_time < CLOSING_UP_MS:
        return "waits", say("its node closes up: set in 30 s, unless a door is opened")
    return "wrong", say("its node has changed nothing")
