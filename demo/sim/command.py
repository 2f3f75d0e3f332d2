"""`strongroom sim …`: the commands that work a running demo's hardware."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from demo.sim import phone_command
from firmware.cli.common import CliError
from firmware.setup import where
from wire.simulation import hardware as simulated

POINT_WORDS: dict[
    str, tuple[type[simulated.Open | simulated.Close | simulated.Cut | simulated.Short | simulated.Mend], str]
] = {
    "open": (simulated.Open, "open the thing at a point: door, window, safe, seal loop; press a button"),
    "close": (simulated.Close, "close it again; let a button go"),
    "cut": (simulated.Cut, "cut the wire to a point"),
    "short": (simulated.Short, "bridge the wire to a point"),
    "mend": (simulated.Mend, "mend the wire to a point"),
}
NODE_WORDS: dict[str, tuple[type[simulated.Pull | simulated.Push], str]] = {
    "pull": (simulated.Pull, "pull a node's network cable out"),
    "push": (simulated.Push, "push it in again"),
}
PROGRESS_S = 0.5
SHOWN_S = 2.0
"""A node decides on a badge within half a second; what it shows may be what it has shown for the badge before."""
LOOK_S = 0.05


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `sim` to the command line."""
    sim = commands.add_parser("sim", help="work the simulated hardware of a running demo")
    words = sim.add_subparsers(required=True, metavar="COMMAND")
    for word, (_kind, text) in POINT_WORDS.items():
        parser = words.add_parser(word, help=text)
        parser.add_argument("point", metavar="AREA/POINT")
        parser.set_defaults(do=_point, word=word)
    press = words.add_parser("press", help="press a button for half a second")
    press.add_argument("point", metavar="AREA/POINT")
    press.set_defaults(do=_press)
    badge = words.add_parser("badge", help="hold a badge to a reader")
    badge.add_argument("reader", metavar="AREA/READER")
    badge.add_argument("whose", metavar="NAME|NUMBER", help="a cardholder, or ten hexadecimal digits")
    badge.set_defaults(do=_badge)
    for word, (_node_kind, text) in NODE_WORDS.items():
        parser = words.add_parser(word, help=text)
        parser.add_argument("node", metavar="NODE")
        parser.set_defaults(do=_cable, word=word)
    phone_command.add_to(words)
    state = words.add_parser("state", help="what is set on the hardware, and what it shows")
    state.add_argument("node", metavar="NODE", nargs="?")
    state.add_argument("--json", action="store_true")
    state.set_defaults(do=_state)
    replay = words.add_parser("replay", help="play a recorded trace of switches (columns time, switch, state)")
    replay.add_argument("file", metavar="FILE.csv", type=Path)
    replay.add_argument("--map", metavar="SWITCH=POINT", nargs="+", action="extend", required=True)
    replay.add_argument("--speed", metavar="N", type=_speed, default=60.0, help="times as fast as it was (60)")
    replay.add_argument("--json", action="store_true", help="the summary for a program")
    replay.set_defaults(do=_replay)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0, such as 60")
    return speed


def _with_errors(args: argparse.Namespace, do: Callable[[Path], int]) -> int:
    from demo.sim.sim import SimError

    try:
        return do(where.directory(args.dir))
    except SimError as error:
        raise CliError(str(error), error.code) from None


def _ask_owner(args: argparse.Namespace, place: str, *questions: simulated.Question) -> int:
    from demo.sim import sim

    def do(site: Path) -> int:
        node = sim.node_with(sim.running(site), place)
        for number, question in enumerate(questions):
            if number:
                time.sleep(0.5)
            sim.ask(site, node, question)
        return 0

    return _with_errors(args, do)


def _point(args: argparse.Namespace) -> int:
    return _ask_owner(args, args.point, POINT_WORDS[args.word][0](args.point))


def _press(args: argparse.Namespace) -> int:
    return _ask_owner(args, args.point, simulated.Open(args.point), simulated.Close(args.point))


def _badge(args: argparse.Namespace) -> int:
    from demo.sim import sim

    def do(site: Path) -> int:
        nodes = sim.running(site)
        node = sim.node_with(nodes, args.reader)
        before = sim.shown(nodes[node], args.reader)  # of a badge that was held there a moment ago
        shown = sim.shown(
            sim.ask(site, node, simulated.Badge(args.reader, sim.badge_number(site, args.whose))).state, args.reader
        )
        until = time.monotonic() + SHOWN_S
        while shown in ("", before) and time.monotonic() < until:
            time.sleep(LOOK_S)
            shown = sim.shown(sim.ask(site, node, simulated.State()).state, args.reader)
        print(f"{args.reader}: {shown or 'shows nothing'}")
        return 0

    return _with_errors(args, do)


def _of_those(nodes: dict[str, simulated.NodeState], name: str, site: Path) -> simulated.NodeState:
    from demo.sim.sim import SimError

    if name not in nodes:
        raise SimError(f"{name} is not running in {site}; there are: {', '.join(nodes)}")
    return nodes[name]


def _cable(args: argparse.Namespace) -> int:
    from demo.sim import sim

    def do(site: Path) -> int:
        _of_those(sim.running(site), args.node, site)
        sim.ask(site, args.node, NODE_WORDS[args.word][0]())
        return 0

    return _with_errors(args, do)


def _state(args: argparse.Namespace) -> int:
    from demo.sim import sim

    def do(site: Path) -> int:
        nodes = sim.running(site)
        if args.node:
            nodes = {args.node: _of_those(nodes, args.node, site)}
        if args.json:
            print(msgspec.json.encode(nodes).decode())
        else:
            print("\n".join(line for state in nodes.values() for line in sim.lines(state)))
        return 0

    return _with_errors(args, do)


def _replay(args: argparse.Namespace) -> int:
    from demo.sim import replay, sim

    def do(site: Path) -> int:
        mapping = replay.parse_map(args.map)
        trace = replay.read(args.file, mapping)
        nodes = sim.running(site)
        owner = {point: sim.node_with(nodes, point) for point in mapping.values()}
        is_open = {place: state.open for node in nodes.values() for place, state in node.points.items()}
        told = time.monotonic()

        def progress(summary: replay.Summary) -> None:
            nonlocal told
            if sys.stderr.isatty() and time.monotonic() - told >= PROGRESS_S:
                told = time.monotonic()
                rate = summary.played / summary.seconds if summary.seconds else 0.0
                done = summary.played + summary.unchanged
                print(
                    f"\r{done} of {len(trace.changes)}, {rate:.1f} transitions/s ", end="", file=sys.stderr, flush=True
                )

        summary = replay.play(trace.changes, is_open, replay.on_nodes(site, owner), args.speed, progress)
        summary.skipped, summary.without_state, summary.out_of_order = trace[1:]
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        if args.json:
            print(msgspec.json.encode(summary).decode())
        else:
            print(
                f"played {summary.played} transitions on {len(summary.points)} points in {summary.seconds:.1f} s;"
                f" {summary.unchanged} changed nothing, {summary.skipped} of other switches"
            )
            if summary.without_state:
                print(f"{summary.without_state} lines do not say how the contact stood, and were passed over")
            if summary.out_of_order:
                print(f"{summary.out_of_order} lines stood after a later one; all were played in order")
        return 0

    return _with_errors(args, do)
