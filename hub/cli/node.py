"""`strongroom node enrol | revoke | list`: who may speak to the hub."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from hub.admin import admission
from hub.admin import enrolment as hub_enrolment
from hub.admin.authority import Authority
from hub.cli import ask, bringing, names, table
from hub.cli.common import hub_of, look, print_json
from hub.core.site.document import Site
from hub.core.state import Life, State
from hub.site_directory import files
from hub.site_directory.hub import Hub
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group

app = Group()
F = TypeVar("F", m.NodeEnrolled, m.NodeRevoked)


class _Journal:
    """The journal as admission sees it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def node_life(self, node: str) -> tuple[int, int]:
        life = look(self._hub)[0].life(node)
        return (life.life, life.seq) if life else (0, 0)

    def was_revoked(self, record_key: str) -> bool:
        lives = look(self._hub)[0].all(Life)
        return any(life.revoked and life.record_key == record_key for life in lives)

    def checkpoint_key(self) -> str:
        return self._hub.checkpoint_public()

    def bring(self, make: Callable[[], F]) -> F:
        made: list[F] = []

        def look_anew(_state: State, _site: Site) -> list[m.FactData]:
            made[:] = [make()]
            return [*made]

        bringing.bring(self._hub, look_anew)
        return made[0]


@app.command("enrol")
def enrol_(
    context: Context,
    request_file: Annotated[Path, Argument(metavar="REQUEST", help="What `strongroom node request` wrote.")],
    words: Annotated[str | None, Option(help="The six check words that the node shows; else asked for.")] = None,
) -> None:
    """Let a node in: compare six words, and write the papers that the node is to accept."""
    hub = hub_of(context)
    note = admission.read_request(request_file)
    request = hub_enrolment.open_request(note, hub.site)
    journal = _Journal(hub)
    life, _ = journal.node_life(request.node)
    print(f"{request.node} asks to be let in to {hub.site}.", file=sys.stderr)
    if life:
        print(
            f"It has been in before: this opens its life {life + 1}, and its papers so far are void.", file=sys.stderr
        )
    if words is None:
        words = ask.for_text("The six words that the node shows")
    if not hub_enrolment.words_fit(note, words):
        raise Failure("these are not the words of this request; nothing was changed. Was it replaced on its way?", 65)
    made = admission.admit(hub.layout, request, journal, datetime.now(UTC))
    answer = request_file.with_name(f"{made.node}.papers")
    files.replace(answer, made.papers)
    print(f"{made.node} is enrolled, life {made.life}. On the node: strongroom node accept {answer.name}")
    print(f"The words of the hub's key, which the node will show: {' '.join(made.hub_words)}")
    print(str(answer))


@app.command()
def revoke(
    context: Context,
    node: Annotated[str, Argument(help="Name of the node.")],
    reason: Annotated[str, Option(help="Why, for the journal.")],
) -> None:
    """Put a node out for good, at once; every node's connection breaks for a moment, as the broker starts anew."""
    hub = hub_of(context)
    if not reason.strip() or len(reason) > 500:
        raise Failure("the reason has 1 to 500 characters", 64)
    enrolled = {one.name for one in Authority(hub.layout.authority).issued() if one.kind == "node"}
    if node not in enrolled:
        raise names.refused("node", node, sorted(enrolled))
    gone = admission.expel(hub.layout, node, reason.strip(), _Journal(hub), datetime.now(UTC))
    ended = "its connection is ended" if gone.broker_restarted else "no broker is running"
    print(f"{node} is put out: {len(gone.serials)} certificates are void, {ended}")


@app.command("list")
def list_(context: Context, json: Annotated[bool, Option("--json", help="One object a line.")] = False) -> None:
    """Show every node that was ever let in, and until when its papers hold."""
    hub = hub_of(context)
    lives = {life.node: life for life in look(hub)[0].all(Life)}
    authority = Authority(hub.layout.authority)
    ends = {one.name: one.ends for one in authority.in_force("node")}
    names = sorted(lives.keys() | {one.name for one in authority.issued() if one.kind == "node"})
    rows = [_row(name, lives.get(name), ends.get(name)) for name in names]
    if json:
        print_json(rows)
        return
    headings = ("node", "life", "records", "state", "papers until")
    table.show(headings, (["" if value is None else value for value in row.values()] for row in rows))


def _row(name: str, life: Life | None, ends: datetime | None) -> dict[str, Any]:
    out = life is None or life.revoked or ends is None
    return {
        "node": name,
        "life": life.life if life else None,
        "records": life.seq if life else None,
        "state": "put out" if out else "silent" if life and life.silent else "let in",
        "papers_until": ends.date().isoformat() if ends else None,
    }
