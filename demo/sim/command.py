"""`strongroom sim …`: the commands that work a running demo's hardware. Each says what the hardware then shows."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from demo.sim import phone_command, sim
from demo.sim.sim import SimError
from wire.command_line.run import EXIT_USAGE, nearest
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Group
from wire.simulation import hardware as simulated

OnPoint = type[simulated.Open | simulated.Close | simulated.Cut | simulated.Short | simulated.Mend]
POINT_WORDS: dict[str, tuple[OnPoint, str]] = {
    "open": (
        simulated.Open,
        "Open the thing at a point: door, window, safe, seal loop; hold a button down; make a water, smoke or panic "
        "contact tell.",
    ),
    "close": (simulated.Close, "Close it again; let a button go; end what such a contact tells."),
    "cut": (simulated.Cut, "Cut the wire to a point."),
    "short": (simulated.Short, "Bridge the wire to a point."),
    "mend": (simulated.Mend, "Mend the wire to a point."),
}
NODE_WORDS: dict[str, tuple[type[simulated.Pull | simulated.Push], str]] = {
    "pull": (simulated.Pull, "Pull a node's network cable out."),
    "push": (simulated.Push, "Push it in again."),
}
PROGRESS_S = 0.5
PRESS_S = 0.5
SHOWN_S = 2.0
"""A node decides on a badge within half a second; what it shows may be what it has shown for the badge before."""
SAME_BADGE_S = 2.5
"""Sooner than after 2 s it would be the same presentation, however long the badge is held."""
NEXT_BADGE_S = 1.0
"""From one person to the next: what the reader shows of the first is over."""
SOON_S = 0.4
"""In which a node has taken note of what was done to it, and sounds or shows something if it is going to."""
LOOK_S = 0.05

app = Group("Work the simulated hardware of a running demonstration.")
app.command("phone")(phone_command.phone)

PointName = Annotated[str, Argument("The point, as area/name.", metavar="AREA/POINT")]
NodeName = Annotated[str, Argument("Name of the node.", metavar="NODE")]
Json = Annotated[bool, Option(help="One JSON object, for programs.")]


# ---------------------------------------------------------------- points and nodes


def _on_point(kind: OnPoint, text: str) -> Callable[..., None]:
    def command(context: Context, point: PointName) -> None:
        _do(context.directory, point, kind(point))

    command.__doc__ = text
    return command


def _on_node(kind: type[simulated.Pull | simulated.Push], text: str) -> Callable[..., None]:
    def command(context: Context, node: NodeName) -> None:
        _of_those(sim.running(context.directory), node, context.directory)
        answer = sim.ask(context.directory, node, kind())
        print(f"{node}: cable {answer.state.cable if answer.state else 'not known'}")

    command.__doc__ = text
    return command


for word, (point_kind, said) in POINT_WORDS.items():
    app.command(word)(_on_point(point_kind, said))


@app.command()
def press(context: Context, point: PointName) -> None:
    """Press a button for half a second: to leave, to set the area after a badge, for help."""
    _do(context.directory, point, simulated.Open(point), simulated.Close(point))


def _do(site: Path, place: str, *questions: simulated.Question) -> None:
    """Do it, one after the other, and say how the point stands then and what its node shows."""
    nodes = sim.running(site)
    node = sim.node_with(nodes, place)
    if place not in nodes[node].points:
        raise SimError(f"{place} is a reader; hold a badge to it: strongroom sim badge {place} NAME", sim.EXIT_NO_INPUT)
    state = nodes[node]
    for number, question in enumerate(questions):
        if number:
            time.sleep(PRESS_S)
        state = sim.ask(site, node, question).state or state
    print(f"{place}: {sim.standing(state.points[place])}")
    until = time.monotonic() + SOON_S
    while not (told := sim.news(nodes[node], state)) and time.monotonic() < until:
        time.sleep(LOOK_S)
        state = sim.ask(site, node, simulated.State()).state or state
    for line in told:
        print(line)


# ---------------------------------------------------------------- badges


@app.command()
def badge(
    context: Context,
    reader: Annotated[str, Argument("The reader, as area/name.", metavar="AREA/READER")],
    whose: Annotated[
        list[str], Argument("Cardholders, or ten hexadecimal digits, in the order in which they come.", "NAME|NUMBER")
    ],
) -> None:
    """Hold badges to a reader, one after the other, and say what it shows. The same one twice closes an area up; those
    of two people open it up out of its hours."""
    site = context.directory
    nodes = sim.running(site)
    node = sim.node_with(nodes, reader)
    if reader not in nodes[node].readers:
        raise SimError(f"{reader} is a point; open it: strongroom sim open {reader}", sim.EXIT_NO_INPUT)
    numbers = [sim.badge_number(site, one) for one in whose]
    shown = sim.shown(nodes[node], reader)  # of a badge that was held there a moment ago
    for before, number in zip(["", *numbers], numbers, strict=False):
        if before:
            time.sleep(SAME_BADGE_S if number == before else NEXT_BADGE_S)
            shown = sim.shown(sim.ask(site, node, simulated.State()).state, reader)
        shown = _held(site, node, simulated.Badge(reader, number), shown)
        print(f"{reader}: {shown or 'shows nothing'}", flush=True)


def _held(site: Path, node: str, question: simulated.Badge, before: str) -> str:
    """What the reader shows of a badge; `before`: what it has shown until then."""
    shown = sim.shown(sim.ask(site, node, question).state, question.reader)
    until = time.monotonic() + SHOWN_S
    while shown in ("", before) and time.monotonic() < until:
        time.sleep(LOOK_S)
        shown = sim.shown(sim.ask(site, node, simulated.State()).state, question.reader)
    return shown


for word, (node_kind, said) in NODE_WORDS.items():
    app.command(word)(_on_node(node_kind, said))


def _of_those(nodes: Mapping[str, simulated.NodeState], name: str, site: Path) -> simulated.NodeState:
    if name not in nodes:
        near = nearest(name, nodes)
        raise SimError(f"no node {name!r} is running in {site}{near}; there are: {', '.join(nodes)}", sim.EXIT_NO_INPUT)
    return nodes[name]


@app.command()
def state(
    context: Context,
    node: Annotated[str | None, Argument("Only this node.", metavar="NODE")] = None,
    json: Json = False,
) -> None:
    """What is set on the hardware, and what it shows."""
    nodes = sim.running(context.directory)
    if node:
        nodes = {node: _of_those(nodes, node, context.directory)}
    if json:
        print(msgspec.json.encode(nodes).decode())
    else:
        print("\n".join(line for one in nodes.values() for line in sim.lines(one)))


# ---------------------------------------------------------------- a recorded trace


@app.command()
def replay(
    context: Context,
    file: Annotated[Path, Argument("The trace: columns time, switch, state.", metavar="FILE.csv")],
    mapped: Annotated[list[str], Option("--map", metavar="SWITCH=POINT", help="Which point a switch is. Repeatable.")],
    speed: Annotated[float, Option(metavar="N", help="Times as fast as it was.")] = 60.0,
    json: Annotated[bool, Option(help="The summary for a program.")] = False,
) -> None:
    """Play a recorded trace of switches (columns time, switch, state)."""
    from demo.sim import replay

    if not 0 < speed < float("inf"):
        raise SimError(f"--speed: {speed} is not a number above 0, such as 60", EXIT_USAGE)
    site = context.directory
    mapping = replay.parse_map(mapped)
    trace = replay.read(file, mapping)
    nodes = sim.running(site)
    owner = {point: sim.node_with(nodes, point) for point in mapping.values()}
    is_open = {place: point.open for node in nodes.values() for place, point in node.points.items()}
    told = time.monotonic()

    def progress(summary: replay.Summary) -> None:
        nonlocal told
        if sys.stderr.isatty() and time.monotonic() - told >= PROGRESS_S:
            told = time.monotonic()
            rate = summary.played / summary.seconds if summary.seconds else 0.0
            done = summary.played + summary.unchanged
            print(f"\r{done} of {len(trace.changes)}, {rate:.1f} transitions/s ", end="", file=sys.stderr, flush=True)

    summary = replay.play(trace.changes, is_open, replay.on_nodes(site, owner), speed, progress)
    summary.skipped, summary.without_state, summary.out_of_order = trace[1:]
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if json:
        print(msgspec.json.encode(summary).decode())
        return
    print(
        f"played {summary.played} transitions on {len(summary.points)} points in {summary.seconds:.1f} s;"
        f" {summary.unchanged} changed nothing, {summary.skipped} of other switches"
    )
    if summary.without_state:
        print(f"{summary.without_state} lines do not say how the contact stood, and were passed over")
    if summary.out_of_order:
        print(f"{summary.out_of_order} lines stood after a later one; all were played in order")
