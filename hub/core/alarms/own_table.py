"""The bureau's own table of alarms, `alarms.toml`: what it overrides of the built-in one, and what it may not.

The document stands in the journal whole (AlarmsSet), so that every decision rests on the journal alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hub.core.alarms import ladders
from hub.core.alarms.kinds import COLUMNS, KINDS, Column
from hub.core.alarms.ladders import LADDERS, Answer, Ladder, Rung, Whom
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake
from hub.core.site.shape import parse
from hub.core.state import Entry, State
from wire import decoding
from wire import messages as m

LadderName = Literal["alarm", "silent", "fault", "medium", "trouble", "closing", "told", "none"]
_LONGEST_S = 7 * 86_400
_LATEST_RUNG_S = 86_400
LEAST_SET, LEAST_UNSET = 2, 3
"""The least urgent that a bureau may have an alarm or tamper of an area that is set, and of one that is not."""


class KindTable(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bureau may say of a kind. Priorities 1 to 4; delays in seconds."""

    sealed: int | None = None
    set: int | None = None
    unsealed: int | None = None
    ladder: LadderName | None = None
    delay_sealed: int | None = None
    delay: int | None = None


class RungTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One rung of a ladder."""

    after: int
    by: tuple[m.Channel, ...]
    whom: tuple[Whom, ...] = ()


class LadderTable(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bureau may say of a ladder. `attend` 0: acknowledged is enough."""

    rungs: tuple[RungTable, ...] | None = None
    again: int | None = None
    attend: int | None = None


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """All of `alarms.toml`."""

    kind: dict[str, KindTable] = {}
    ladder: dict[str, LadderTable] = {}


class Reading(NamedTuple):
    """What became of a text. The document is None when it cannot be used."""

    document: Document | None
    mistakes: list[Mistake]


def read(text: str) -> Reading:
    """Read and check a document. Raises nothing, whatever the text."""
    table = parse(text)
    if isinstance(table, Mistake):
        return Reading(None, [table])
    try:
        document = decoding.convert(table, Document)
    except msgspec.ValidationError as error:
        return Reading(None, [Mistake("document", str(error))])
    mistakes = [*_kinds(document), *_ladders(document)]
    return Reading(None if mistakes else document, mistakes)


def _kinds(document: Document) -> list[Mistake]:
    wrong: list[Mistake] = []
    for what, own in document.kind.items():
        place = f"kind {what}"
        if what not in KINDS:
            wrong.append(Mistake(place, "there is no such kind; see: strongroom alarms kinds"))
            continue
        unsealed, _, out, when_set, _, sealed = (_priority(what, own, column) for column in COLUMNS)
        if not 1 <= sealed <= when_set <= out <= unsealed <= 4:
            sentence = "priorities run from 1 to 4; sealed is never less urgent than set, nor set than unsealed"
            wrong.append(Mistake(place, sentence))
        if KINDS[what].klass != "trouble" and when_set > LEAST_SET:
            wrong.append(Mistake(f"{place}, set", "an alarm of something set is at least high; write 1 or 2"))
        if KINDS[what].klass != "trouble" and unsealed > LEAST_UNSET:
            wrong.append(Mistake(f"{place}, unsealed", "an alarm always calls somebody; write 1, 2 or 3"))
        if KINDS[what].klass != "trouble" and sealed != 1:
            wrong.append(Mistake(f"{place}, sealed", "an alarm of something sealed is always urgent"))
        if sealed == 4 != KINDS[what].sealed:
            wrong.append(Mistake(f"{place}, sealed", "nothing of a sealed area is suppressed; write 1, 2 or 3"))
        if KINDS[what].klass != "trouble" and (own.delay or own.delay_sealed):
            wrong.append(Mistake(f"{place}, delay", "only a trouble may wait"))
        if KINDS[what].klass != "trouble" and own.ladder not in (None, "alarm"):
            # Sealed it must ring at once; unsealed its priority says what it starts.
            wrong.append(Mistake(f"{place}, ladder", "an alarm's ladder follows from its priority; change `unsealed`"))
        for key, delay in (("delay", own.delay), ("delay_sealed", own.delay_sealed)):
            if delay is not None and not 0 <= delay <= (_LONGEST_S if key == "delay" else 300):
                wrong.append(Mistake(f"{place}, {key}", "seconds: 0 to 604800 unsealed, 0 to 300 sealed"))
    return wrong


def _ladders(document: Document) -> list[Mistake]:
    wrong: list[Mistake] = []
    for name, own in document.ladder.items():
        place = f"ladder {name}"
        if name not in LADDERS:
            wrong.append(Mistake(place, f"there is no such ladder; there are {', '.join(LADDERS)}"))
            continue
        if own.again is not None and not 60 <= own.again <= _LONGEST_S:
            wrong.append(Mistake(f"{place}, again", "write 60 to 604800 seconds; it never stops asking"))
        if own.attend is not None and not (own.attend == 0 or 60 <= own.attend <= 86_400):
            wrong.append(Mistake(f"{place}, attend", "write 0, or 60 to 86400 seconds"))
        if name in ("alarm", "silent") and own.attend == 0:
            wrong.append(Mistake(f"{place}, attend", "for an alarm somebody must go there"))
        wrong.extend(_rungs(name, own))
    return wrong


def _rungs(name: str, own: LadderTable) -> list[Mistake]:
    if own.rungs is None:
        return []
    place = f"ladder {name}, rungs"
    times = [rung.after for rung in own.rungs]
    wrong = []
    if not times or times[0] != 0 or times != sorted(set(times)) or times[-1] > _LATEST_RUNG_S:
        wrong.append(Mistake(place, "the first is after 0 seconds, each later than the one before, within a day"))
    elif not all(rung.by for rung in own.rungs) or not any(rung.whom for rung in own.rungs):
        wrong.append(Mistake(place, "each needs a channel, and at least one needs somebody"))
    elif any(set(rung.by) & set(ladders.PERSONAL) and not rung.whom for rung in own.rungs):
        wrong.append(Mistake(place, "sms and email need somebody to go to"))
    elif LADDERS[name].least > 1 and (not own.rungs[0].whom or not set(own.rungs[0].by) & set(ladders.PERSONAL)):
        wrong.append(Mistake(place, "the first rung of this ladder tells two people at once, by sms or email"))
    return wrong


def _priority(what: str, own: KindTable, column: Column) -> int:
    """How urgent a kind is by the bureau's table. What it does not say of an area that is set, or out of its hours, is
    as built in, and never less urgent than what it says of one that is unset."""
    kind = KINDS[what]
    built_in = kind.priority(column)
    unsealed = kind.unsealed if own.unsealed is None else own.unsealed
    match column:
        case "sealed":
            return built_in if own.sealed is None else own.sealed
        case "unset" | "overtime":
            return unsealed
        case "set" if own.set is not None:
            return own.set
        case "set-out" if own.set is not None:
            return min(own.set, built_in)
        case _:
            return min(unsealed, built_in)


@lru_cache(maxsize=4)
def _in_force(text: str) -> Document:
    reading = read(text) if text else Reading(Document(), [])
    # One that an older version took and this one does not understand must not stop the alarms.
    return reading.document or Document()


def answer(state: State, what: str, column: Column) -> Answer:
    """Priority, ladder and delay of a kind, as in force now."""
    own = _in_force(state.duty.alarms_document).kind.get(what)
    if own is None:
        return ladders.built_in(what, column)
    sealed = column == "sealed"
    priority = _priority(what, own, column)
    ladder = ladders.ladder_for(what, priority)
    if own.ladder is not None and not sealed:  # nothing of a sealed area is ever suppressed
        ladder = None if own.ladder == "none" else own.ladder
    delay = own.delay_sealed if sealed else own.delay
    return Answer(priority, ladder, ladders.delay_for(what, priority, column) if delay is None else delay)


def ladder(state: State, name: str) -> Ladder:
    """A ladder, as in force now. One that is no longer known is that of an alarm."""
    known = LADDERS.get(name, LADDERS["alarm"])
    own = _in_force(state.duty.alarms_document).ladder.get(name)
    if own is None:
        return known
    rungs = known.rungs if own.rungs is None else tuple(Rung(one.after, one.whom, one.by) for one in own.rungs)
    attend = known.attend if own.attend is None else own.attend or None
    return Ladder(rungs, own.again or known.again, attend, known.least)


def without_rung(state: State, channels: Iterable[m.Channel]) -> list[m.Channel]:
    """Those of the channels that no ladder in force names: they are tried every day and are not meant for anybody."""
    named = {channel for name in LADDERS for rung in ladder(state, name).rungs for channel in rung.by}
    return [channel for channel in channels if channel not in named]


def overridden(state: State) -> dict[str, Any]:
    """What the bureau's table says, for whoever prints the whole."""
    plain: dict[str, Any] = msgspec.to_builtins(_in_force(state.duty.alarms_document))
    return plain


def check_set(state: State, site: Site, request: m.AlarmsSet) -> m.AlarmsSet:
    """The next version of the table. Raises NotPossible."""
    if request.version != state.duty.alarms_version + 1:
        raise NotPossible("alarms-changed", str(state.duty.alarms_version))
    mistakes = read(request.document).mistakes
    if mistakes:
        raise NotPossible("not-valid", f"{mistakes[0].place}: {mistakes[0].sentence}")
    return request


def apply_set(state: State, entry: Entry, data: m.AlarmsSet, person: int | None) -> None:
    """Put the table in force for every later alarm and for the next steps of open calls."""
    state.put(replace(state.duty, alarms_version=data.version, alarms_document=data.document))
