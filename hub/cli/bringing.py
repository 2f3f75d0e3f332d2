"""Bringing the engine what it may not sign itself: a change of keys, people or topology, under the key of `admin`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from hub.cli import asking, passwords
from hub.core import pseudonyms
from hub.core.journal.brought import signed
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.state import State
from hub.door import protocol
from hub.door.protocol import Bring, Done
from hub.site_directory.hub import Hub, wall_ms
from hub.store import looking, queries
from wire import keys
from wire import messages as m

TIMES = 5
"""How often it is made anew where something has changed since it was looked at, such as a node's newest record."""
ANEW = frozenset({"changed-meanwhile", "life-taken"})

Make = Callable[[State, Site], Sequence[m.FactData]]
"""The facts by the state and site as they stand. Raises NotPossible."""


def bring(
    hub: Hub,
    make: Make,
    beside: protocol.Document | protocol.Password | None = None,
    people: Sequence[tuple[str, int]] = (),
) -> Done:
    """Sign facts and have them journalled. `people`, by login and number, answer for them and show their passwords; the
    first one is named in them. Raises NotPossible, Failure, KeyFileError."""
    key = hub.key("admin")
    shown = [(login, passwords.of(hub.layout, login)) for login, _number in people]
    person = people[0][1] if people else None
    with asking.asking(hub) as engine, ExitStack() as signed_in:
        tokens = tuple(signed_in.enter_context(engine.signed_in(*one)) for one in shown)
        for left in reversed(range(TIMES)):
            notes = _signed(hub, key, make, person)
            try:
                return engine.do(Bring(notes=notes, beside=beside, tokens=tokens))
            except NotPossible as refusal:
                if refusal.reason not in ANEW or not left:
                    raise
    raise AssertionError("it is answered or refused")


def _signed(hub: Hub, key: keys.SigningKey, make: Make, person: int | None) -> tuple[str, ...]:
    with hub.reading() as connection:
        (state, site), names = looking.look(connection), queries.people(connection)
    facts = [pseudonyms.hide(fact, names) for fact in make(state, site)]
    return tuple(note.decode() for note in signed(key, hub.site, wall_ms(), facts, person))
