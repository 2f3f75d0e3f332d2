"""Which commands there are, by their first word. Its modules are imported when a word is typed; help needs none."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import NamedTuple

from wire.command_line.signature import Function
from wire.command_line.tree import Elsewhere, Group, Later


class Word(NamedTuple):
    """What a first word does, in a sentence, and where it is: modules of hub.cli with commands of their own, and
    `module:function` for one command. A word that is itself one command has that sentence as its docstring (a test
    compares them)."""

    help: str
    places: tuple[str, ...]


WORDS = {
    "drill": Word(
        "Begin a drill: everybody is called as in an alarm of this area, and told that it is a drill.",
        ("drill:drill",),
    ),
    "status": Word(
        "Show areas, nodes, what is not watched, what is not normal, and how many alarms are open.", ("status:status",)
    ),
    "journal": Word(
        "Show the journal: for people the newest 50 entries, unless they ask for others.", ("journal:journal",)
    ),
    "access": Word("Show the access log, newest first.", ("access:access",)),
    "sheet": Word("What is printed and kept: the closing list of a day, and the check sheet of a month.", ("sheet",)),
    "area": Word("Areas on ordinary days: how they are set and unset, and what an officer asks of that.", ("area",)),
    "seal": Word(
        "Order an area to be sealed: two people then show their badges at its reader within 20 s of each other.",
        ("seal:seal",),
    ),
    "unseal": Word(
        "Order an area to be unsealed, by two badges likewise. The seals' numbers are compared before.",
        ("seal:unseal",),
    ),
    "emergency": Word(
        "Open a sealed area at once, without badges. It is an alarm, and two people sign for it afterwards.",
        ("seal:emergency",),
    ),
    "certificate": Word("Show the certificate of a sealing, or write it.", ("certificate:certificate",)),
    "export": Word(
        "Write the journal into a folder, with its checkpoints, keys, a CSV, and verify.pyz, which checks it anywhere.",
        ("export:export",),
    ),
    "site": Word("The site document and the site's first papers.", ("site", "site_apply:apply")),
    "hub": Word(
        "The hub: its services, its database, its accounts.",
        (
            "hub",
            *(f"maintenance:{one}" for one in ("migrate", "rebuild", "backup", "restore", "erase", "password")),
        ),
    ),
    "node": Word("Nodes: let in, put out, list.", ("node",)),
    "alarms": Word("Alarms: list, acknowledge, close.", ("alarms", "alarm_kinds:kinds", "alarm_kinds:apply")),
    "calendar": Word(
        "Holiday calendars, and the windows in which areas are sealed.",
        ("calendar", "windows:propose", "windows:plan", "windows:cancel"),
    ),
    "roster": Word("Who answers when, and handing over.", ("roster",)),
    "sealing": Word("Before and after a sealing: what is missing, numbers, approvals.", ("sealing",)),
    "verify": Word(
        "Check what the hub has handed out: an export of the journal.", ("verify", "certificate:verify=certificate")
    ),
}


ELSEWHERE = {
    "demo": "Make a demonstration site, or go on with one, and run it until Ctrl-C.",
    "sim": "Work the simulated hardware of a running demonstration.",
    "test": "Run every check: lint, format, types, and the tests by up to four workers. What follows goes to pytest;"
    " --long adds a simulated year and pictures of every page.",
    "benchmark": "Measure speed and size.",
    "completion": "Print what makes a shell complete these commands: completion bash, or completion zsh.",
}
"""What the script `strongroom` hands to others where the source is, and no installation has. For the help alone."""


def tree() -> Group:
    """The whole command line of the hub."""
    top = Group("Strongroom guards archive rooms, cabinets and safes.")
    for word, one in WORDS.items():
        top.add(word, Later(one.help, partial(_imported, word)))
    for word, text in ELSEWHERE.items():
        top.add(word, Elsewhere(text, "Where the source is"))
    return top


def _imported(word: str) -> Function | Group:
    """The command, or group of commands, of a first word."""
    group = Group()
    for place in WORDS[word].places:
        module, _, function = place.partition(":")
        found = import_module(f"hub.cli.{module}")
        function, _, name = function.partition("=")
        if not function:
            group = found.app
            group.help = WORDS[word].help
        elif len(WORDS[word].places) == 1:
            alone: Function = getattr(found, function)
            return alone
        else:
            group.add(name or function, getattr(found, function))
    return group
