"""What `--help` shows, for every side in one look, as wide as the terminal is."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence

from wire.command_line.signature import Function, Parameter, parameters
from wire.command_line.tree import Elsewhere, Group, help_of

WIDEST = 100
"""Longer lines are hard to read."""
NAMES = 26
"""What is longer than these columns has its text below it."""

Row = tuple[str, str]
VERSION: Row = ("--version", "Say which version this is.")
HELP: Row = ("--help", "Show this.")
DIRECTORY: Row = ("--dir DIR", "Directory of the site.")


def of_group(words: Sequence[str], group: Group, options: Iterable[Row] = ()) -> str:
    """Help of a group: its commands, those of other sides apart."""
    parts: dict[str, list[Row]] = {"Commands": []}
    for word, node in group.nodes.items():
        where = node.where if isinstance(node, Elsewhere) else "Commands"
        parts.setdefault(where, []).append((word, help_of(node)))
    parts["Options"] = [*options, DIRECTORY, HELP]
    usage = f"{group.default.upper()} | COMMAND …" if group.default else "COMMAND …"
    return _page(f"{' '.join(words)} [OPTIONS] {usage}", group.help, parts)


def of_command(words: Sequence[str], function: Function) -> str:
    """Help of one command."""
    found = parameters(function)
    usage = [*words, *(_in_usage(one) for one in found if one.needed or not one.option), "[OPTIONS]"]
    parts = {
        "Arguments": [(one.name, one.help) for one in found if not one.option and one.help],
        "Options": [*((_typed(one), _said(one)) for one in found if one.option), DIRECTORY, HELP],
    }
    return _page(" ".join(usage), help_of(function), parts)


def _typed(one: Parameter) -> str:
    return one.name if one.switch or not one.option else f"{one.name} {one.metavar}"


def _said(one: Parameter) -> str:
    standing = "" if one.default in (None, False, "", -1) or one.many else f" [{one.default}]"
    return f"{one.help}{standing}{' [must be given]' if one.needed else ''}"


def _in_usage(one: Parameter) -> str:
    word = f"{_typed(one)}{' …' if one.many else ''}"
    return word if one.needed else f"[{word}]"


def _page(usage: str, text: str, parts: dict[str, list[Row]]) -> str:
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = [*textwrap.wrap(f"Usage: {usage}", width, subsequent_indent=" " * 7), ""]
    lines += textwrap.wrap(text, width)
    longest = max(len(name) for rows in parts.values() for name, _ in rows if len(name) <= NAMES)
    for title, rows in parts.items():
        if rows:
            lines += ["", f"{title}:", *_rows(rows, longest + 4, width)]
    return "\n".join(lines)


def _rows(rows: list[Row], left: int, width: int) -> list[str]:
    lines = []
    for name, text in rows:
        folded = textwrap.wrap(text, max(width - left, 20), break_on_hyphens=False)
        if len(name) + 4 > left:
            lines.append(f"  {name}")
        elif folded:
            folded[0] = f"  {name}".ljust(left) + folded[0]
        else:
            lines.append(f"  {name}")
        lines += [line if line.startswith("  ") else " " * left + line for line in folded]
    return lines
