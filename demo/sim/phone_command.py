"""`strongroom sim phone`: the simulated telephones of a running demo."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from firmware.cli.common import CliError
from firmware.setup import where
from wire import moments, settings
from wire.simulation import telephones

EXIT_NO_INPUT = 66
EXIT_UNAVAILABLE = 69
WAYS = {"in": "<", "out": ">"}


class _Cardholder(Struct):
    name: str
    number: int
    phone: str = ""


class _People(Struct):
    """Of the site document only this is needed; the rest is passed over."""

    cardholder: tuple[_Cardholder, ...] = ()


def add_to(words: Any) -> None:
    """Add `phone` to the commands of `sim`."""
    parser = words.add_parser("phone", help="what the hub has sent to people's telephones, and answer it")
    parser.add_argument("whose", metavar="NAME|NUMBER", nargs="?", help="a cardholder, or a telephone number")
    parser.add_argument("text", metavar="TEXT", nargs="?", help='an answer to the hub, such as "1"')
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(do=_phone)


def _phone(args: argparse.Namespace) -> int:
    site = where.directory(args.dir)
    names = _names(site)
    number = _number(names, args.whose) if args.whose else None
    if args.text is not None and not 1 <= len(args.text) <= telephones.LONGEST:
        raise CliError(f"an answer has 1 to {telephones.LONGEST} characters", EXIT_NO_INPUT)
    question = telephones.Reply(number, args.text) if number and args.text else telephones.Look()
    try:
        answer = telephones.send(site / "sim", question)
    except telephones.NotThere:
        why = f"no demonstration is running in {site}; is it the directory of a running demo? (--dir DIR)"
        raise CliError(why, EXIT_UNAVAILABLE) from None
    if answer.error:
        raise CliError(answer.error, EXIT_NO_INPUT)
    found = {one: messages for one, messages in answer.telephones.items() if number in (None, one)}
    if args.json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(_lines(names, found)) or "no short message yet")
    return 0


def _lines(names: dict[str, str], found: dict[str, tuple[telephones.Message, ...]]) -> list[str]:
    lines = []
    for number, messages in found.items():
        lines.append(f"{names.get(number, '?')} {number}")
        lines += [f"  {_clock(one.at)} {WAYS[one.way]} {one.text}" for one in messages]
    return lines


def _clock(at: int) -> str:
    return f"{moments.at(at).astimezone():%H:%M:%S}"


def _names(site: Path) -> dict[str, str]:
    """People by their telephone numbers."""
    try:
        people = settings.load(site / "site.toml", _People).cardholder
    except settings.SettingsError as error:
        raise CliError(str(error), EXIT_NO_INPUT) from None
    return {one.phone: f"{one.name} {one.number}" for one in people if one.phone}


def _number(names: dict[str, str], whose: str) -> str:
    for number, name in names.items():
        if whose == number or whose in name.split():
            return number
    known = ", ".join(names.values())
    raise CliError(f"nobody with a telephone is called {whose!r}; there are: {known}", EXIT_NO_INPUT)
