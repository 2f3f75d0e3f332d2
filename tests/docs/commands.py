"""Every `strongroom …` command as the command lines define it, and whether a line of words is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from demo.command import demo
from demo.sim.command import app as sim
from firmware.cli.node import app as node
from hub.cli import commands
from tests.bench.__main__ import benchmark
from wire.command_line.run import Failure, meant
from wire.command_line.signature import Function, Parameter, parameters
from wire.command_line.tree import Elsewhere, Group, help_of

OF_THE_SCRIPT = ("test", "completion")
"""Commands that the shell script carries out itself; what follows `test` goes to pytest."""
ADMISSION = ("enrol", "revoke", "list")
"""Words after `node` that the hub answers; all others are the node's."""
SIDES: dict[str, Group | Function] = {"demo": demo, "sim": sim, "node": node, "benchmark": benchmark}
"""First words that the script hands to others than the hub."""


class Option(NamedTuple):
    """An argument or an option. `value` is empty for a switch; `default` where it need not be given; `file`: whether it
    names a file or a folder; `many`: whether more than one may be given."""

    name: str
    value: str
    default: str
    help: str
    choices: tuple[str, ...]
    file: bool
    many: bool


class Command(NamedTuple):
    """One command: its words, what it does, and all that can follow."""

    words: tuple[str, ...]
    help: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]


def all_commands() -> list[Command]:
    """Those of the script, the hub, the nodes and the demonstration, as the script hands them over."""
    found = [Command((word,), commands.ELSEWHERE[word], (), ()) for word in OF_THE_SCRIPT]
    for side in (commands.tree(), *(_under(word, top) for word, top in SIDES.items())):
        found += _below(side, ())
    return sorted(found, key=lambda command: command.words)


def is_for_a_node(words: list[str]) -> bool:
    """Whether the script hands these words to the node's side: as in `strongroom`, near its end."""
    plain = _without_directory(words)
    return plain[:1] == ["node"] and plain[1:2] != [] and plain[1] not in ADMISSION


def why_not(words: list[str]) -> str:
    """What is wrong with the words after `strongroom`; empty when they are a command."""
    first = (_without_directory(words) or [""])[0]
    if first in OF_THE_SCRIPT or words == ["--version"]:
        return ""
    to_hub = first not in SIDES or (first == "node" and not is_for_a_node(words))
    try:
        meant(commands.tree() if to_hub else SIDES[first], words, "" if to_hub else first)
    except Failure as slip:
        return str(slip)
    return ""


def _without_directory(words: list[str]) -> list[str]:
    return words[2:] if words[:1] == ["--dir"] else words


def _under(word: str, top: Group | Function) -> Group:
    group = Group()
    group.add(word, top)
    return group


def _below(group: Group, words: tuple[str, ...]) -> Iterator[Command]:
    for word, below in group.nodes.items():
        if isinstance(below, Elsewhere):
            continue
        found = group.find(word)
        if isinstance(found, Group):
            yield from _below(found, (*words, word))
        elif found is not None:
            known = parameters(found)
            arguments = tuple(_option(one) for one in known if not one.option)
            options = tuple(_option(one) for one in known if one.option)
            yield Command((*words, word), help_of(found), arguments, options)


def _option(one: Parameter) -> Option:
    nothing = one.default in (None, False, [], "")
    default = ("must be given" if one.option else "") if one.needed else "" if nothing else str(one.default)
    if not one.option and not one.needed:
        default = "optional"
    return Option(
        one.name,
        "" if one.switch or not one.option else one.metavar,
        default,
        one.help,
        one.choices,
        one.kind is Path,
        one.many,
    )
