"""Every `strongroom …` command as the command lines define it, and whether a line of words is one of them."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

from demo.command import app as demo_app
from demo.sim.__main__ import parser as sim_parser
from firmware.__main__ import parser as node_parser
from hub.cli import commands

OF_THE_SCRIPT = {
    "test": "Run every check: lint, format, types, and the tests by up to four workers. What follows goes to pytest;"
    " --long adds a simulated year and pictures of every page.",
    "benchmark": "Measure speed and size.",
}
"""Commands that the shell script carries out itself; what follows them goes to pytest or the benchmark."""
ADMISSION = ("enrol", "revoke", "list")
"""Words after `node` that the hub answers; all others are the node's."""


class Option(NamedTuple):
    """An argument or an option. `value` is empty for a switch; `default` where it need not be given."""

    name: str
    value: str
    default: str
    help: str


class Command(NamedTuple):
    """One command: its words, what it does, and all that can follow."""

    words: tuple[str, ...]
    help: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]


def all_commands() -> list[Command]:
    """Those of the script, the hub, the nodes and the demonstration, as the script hands them over."""
    found = [Command((word,), text, (), ()) for word, text in OF_THE_SCRIPT.items()]
    for word in commands.WORDS:
        found += _of_typer(commands.command(word), (word,))
    found += _of_typer(get_command(demo_app), ())
    found += [one for side in (node_parser(), sim_parser()) for one in _of_argparse(side, ())]
    return sorted(found, key=lambda command: command.words)


def is_for_a_node(words: list[str]) -> bool:
    """Whether the script hands these words to the node's side: as in `strongroom`, near its end."""
    plain = _without_directory(words)
    return plain[:1] == ["node"] and plain[1:2] != [] and plain[1] not in ADMISSION


def why_not(words: list[str]) -> str:
    """What is wrong with the words after `strongroom`; empty when they are a command."""
    plain = _without_directory(words)
    if plain[:1] and plain[0] in OF_THE_SCRIPT:
        return ""
    if is_for_a_node(words) or plain[:1] == ["sim"]:
        try:
            (sim_parser if plain[:1] == ["sim"] else node_parser)().parse_args(words)
        except SystemExit as end:
            return "" if not end.code else "that command line does not take this"
        return ""
    command = next((one for one in all_commands() if tuple(plain[: len(one.words)]) == one.words), None)
    return _why_not_after(command, plain[len(command.words) :]) if command else "there is no such command"


def _why_not_after(command: Command, words: list[str]) -> str:
    """The same for what follows a command's own words."""
    options = {option.name: option for option in command.options}
    given: set[str] = set()
    plain = 0
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            plain += 1
        elif word not in options:
            return f"{word} is not one of its options"
        else:
            given.add(word)
            if options[word].value and (next(rest, None) or "-").startswith("-"):
                return f"{word} wants a value"
    needed = sum(one.default != "optional" for one in command.arguments)
    missing = {option.name for option in command.options if option.default == "must be given"} - given
    if missing:
        return f"{', '.join(sorted(missing))} must be given"
    return "" if needed <= plain <= len(command.arguments) else f"{plain} arguments, not {needed}"


def _without_directory(words: list[str]) -> list[str]:
    return words[2:] if words[:1] == ["--dir"] else words


def _of_typer(command: Any, words: tuple[str, ...]) -> list[Command]:
    if isinstance(command, TyperGroup):
        return [one for name, sub in command.commands.items() for one in _of_typer(sub, (*words, name))]
    arguments, options = [], []
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            name = (parameter.metavar or parameter.name or "").upper()
            arguments.append(Option(name, "", "" if parameter.required else "optional", parameter.help or ""))
        elif isinstance(parameter, TyperOption):
            value = "" if parameter.is_flag else parameter.metavar or parameter.opts[0].lstrip("-").upper()
            options.append(Option(parameter.opts[0], value, _default(parameter), parameter.help or ""))
    return [Command(words, " ".join((command.help or "").split()), tuple(arguments), tuple(options))]


def _default(option: TyperOption) -> str:
    if option.required:
        return "must be given"
    return "" if option.is_flag or option.default in (None, (), []) else str(option.default)


def _of_argparse(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> list[Command]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if groups:
        helps = {one.dest: one.help or "" for one in groups[0]._choices_actions}
        found = []
        for name, sub in groups[0].choices.items():
            for command in _of_argparse(sub, (*words, name)):
                text = helps.get(name, "")
                found.append(command if command.help else command._replace(help=_sentence(text)))
        return found
    arguments, options = [], []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        value = "" if action.nargs == 0 else metavar or "|".join(action.choices or ()) or action.dest.upper()
        text = _sentence(action.help or "")
        if action.option_strings:
            default = "must be given" if action.required else ""
            default = default or ("" if action.default in (None, False) else str(action.default))
            options.append(Option(action.option_strings[-1], value, default, text))
        else:
            default = "optional" if action.nargs == "?" else ""
            arguments.append(Option(metavar or action.dest.upper(), "", default, text))
    return [Command(words, "", tuple(arguments), tuple(options))]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text
