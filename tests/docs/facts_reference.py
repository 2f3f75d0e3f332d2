"""The reference page of facts, made from the one table of them: `python -m tests.docs.facts_reference --write`."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from hub.core.journal.facts import FACTS, Rule
from hub.core.journal.records import RECORDS
from wire import messages as m

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "facts.md"

INTRODUCTION = """\
# Facts

Every kind of entry that the journal may have, and what the hub makes of it. This page is made from the two tables of
`hub/core/journal` and compared with them by a test. The fields of each kind stand in [the wire contract](wire.md).

## Facts of the hub

- **Brought by**: services that may bring it, which stand in its field `by`. A kind that nobody brings only ever
  follows; so may one that is *also decided* by the hub, from other entries or from time that has passed. The engine
  signs, save what root's command brings *under its own key*
  ([only the engine writes](../decisions/0037-only-the-engine-writes.md)).
- **Roles**: in which roles a person may ask for it. It then takes a named person; an auditor changes
  nothing.
- **Two**: it takes a second person, and a rule says who counts as one.
- **State**: it changes what the hub knows. **Follows**: further facts may follow from it.

| kind | what it says | brought by | roles | two | state | follows |
|---|---|---|---|---|---|---|
"""

RECORDS_INTRODUCTION = """
## Records of nodes

**When doubted**: what a record still does that says what its node may not say, such as a door that hangs on another
node. It stands in the journal all the same, behind the statement that it is doubted, and raises an alarm.

| kind | what it says | state | follows | when doubted |
|---|---|---|---|---|
"""


def render() -> str:
    """The whole page."""
    facts = "".join(_fact(kind, rule) for kind, rule in sorted(FACTS.items(), key=lambda row: _kind(row[0])))
    records = ""
    for kind, row in sorted(RECORDS.items(), key=lambda one: _kind(one[0])):
        folds, follows = bool(row.fold), bool(row.follows)
        doubted = [
            *(["changes state"] if folds and row.fold_if_doubted else []),
            *(["facts follow"] if follows and row.follows_if_doubted else []),
        ]
        cells = (f"`{_kind(kind)}`", _says(kind), _mark(folds), _mark(follows), ", ".join(doubted))
        records += f"| {' | '.join(cells)} |\n"
    return INTRODUCTION + facts + RECORDS_INTRODUCTION + records


def _fact(kind: type[m.Data], rule: Rule) -> str:
    by = ", ".join(sorted(rule.by)) + (", under its own key" if rule.apart else "")
    by += "; also decided" if rule.decided else ""
    marks = (_mark(rule.second), _mark(rule.fold), _mark(rule.follows))
    roles = ", ".join(sorted(rule.roles or ()))
    return f"| {' | '.join((f'`{_kind(kind)}`', _says(kind), by, roles, *marks))} |\n"


def _kind(kind: type[m.Data]) -> str:
    return str(kind.__struct_config__.tag)


def _says(kind: type[m.Data]) -> str:
    """The first sentence of its docstring."""
    text = " ".join((inspect.getdoc(kind) or "").split())
    return text.split(". ")[0].rstrip(".").replace("|", "\\|")


def _mark(there: object) -> str:
    return "yes" if there else ""


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(render(), "utf-8")
    else:
        print(render())
