"""Commands by their words: a tree whose leaves are functions, some of them imported only when their word is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from wire.command_line.signature import Function

F = TypeVar("F", bound=Function)


class Later(NamedTuple):
    """A command that is imported when it is typed; until then its help is enough."""

    help: str
    load: Callable[[], Function | Group]


class Elsewhere(NamedTuple):
    """A command of another side, which the script `strongroom` hands over there. `where` heads its part of the help."""

    help: str
    where: str


Node = Later | Elsewhere | Function


class Group:
    """Commands below one word. `default`: the command that is meant where the next word names none."""

    def __init__(self, help: str = "", default: str = "") -> None:
        self.help = help
        self.default = default
        self.nodes: dict[str, Node | Group] = {}

    def command(self, name: str = "") -> Callable[[F], F]:
        """Decorates a function that is a command, called as it is unless `name` says otherwise."""

        def add(function: F) -> F:
            self.nodes[name or function.__name__] = function
            return function

        return add

    def add(self, name: str, node: Node | Group) -> None:
        """Add a command or a group under a word."""
        self.nodes[name] = node

    def find(self, word: str) -> Function | Group | None:
        """What a word stands for, imported; None where it is nobody's, or another side's."""
        node = self.nodes.get(word)
        if isinstance(node, Later):
            node = self.nodes[word] = node.load()
        return None if isinstance(node, Elsewhere) else node


def help_of(node: Node | Group) -> str:
    """What it does, in one paragraph."""
    text = node.help if isinstance(node, Later | Elsewhere | Group) else node.__doc__ or ""
    return " ".join(text.partition("\n\n")[0].split())
