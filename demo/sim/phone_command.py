"""`strongroom sim phone`: the simulated telephones of a running demo."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from wire import moments, running_sites, settings
from wire.command_line.run import Failure, nearest
from wire.command_line.signature import Argument, Context, Option
from wire.simulation import telephones

EXIT_NO_INPUT = 66
EXIT_UNAVAILABLE = 69
WAYS = {"in": "<", "out": ">"}


class _Cardholder(Struct):
    name: str
    number: int
    phone: str = ""


class _Site(Struct):
    """Of the site document only this is needed; the rest is passed over."""

    timezone: str = "UTC"
    cardholder: tuple[_Cardholder, ...] = ()


def phone(
    context: Context,
    whose: Annotated[str | None, Argument("A cardholder, or a telephone number.", metavar="NAME|NUMBER")] = None,
    text: Annotated[str | None, Argument('An answer to the hub, such as "1".')] = None,
    json: Annotated[bool, Option(help="One JSON object, for programs.")] = False,
) -> None:
    """What the hub has sent to people's telephones, and answer it."""
    site = context.directory
    document = _document(site)
    names = {one.phone: f"{one.name} {one.number}" for one in document.cardholder if one.phone}
    number = _number(names, whose) if whose else None
    if text is not None and not 1 <= len(text) <= telephones.LONGEST:
        raise Failure(f"an answer has 1 to {telephones.LONGEST} characters", EXIT_NO_INPUT)
    question = telephones.Reply(number, text) if number and text else telephones.Look()
    try:
        answer = telephones.send(site / "sim", question)
    except telephones.NotThere:
        raise _nothing_runs(site) from None
    if answer.error:
        raise Failure(answer.error, EXIT_NO_INPUT)
    found = {one: messages for one, messages in answer.telephones.items() if number in (None, one)}
    if json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(_lines(names, found, ZoneInfo(document.timezone))) or "no short message yet")
        if any(found.values()):
            print(f"Times are those of {document.timezone}.")


def _lines(names: dict[str, str], found: dict[str, tuple[telephones.Message, ...]], zone: tzinfo) -> list[str]:
    lines = []
    for number, messages in found.items():
        lines.append(f"{names.get(number, '?')} {number}")
        lines += [f"  {_clock(one.at, zone)} {WAYS[one.way]} {one.text}" for one in messages]
    return lines


def _clock(at: int, zone: tzinfo) -> str:
    return f"{moments.at(at, zone):%H:%M:%S}"


def _nothing_runs(site: Path) -> Failure:
    return Failure(f"no demonstration is running in {site.resolve()}; {running_sites.hint(site)}", EXIT_UNAVAILABLE)


def _document(site: Path) -> _Site:
    file = site / "site.toml"
    if not file.exists():
        raise _nothing_runs(site)
    try:
        return settings.load(file, _Site)
    except settings.SettingsError as error:
        raise Failure(str(error), EXIT_NO_INPUT) from None


def _number(names: dict[str, str], whose: str) -> str:
    for number, name in names.items():
        if whose == number or whose in name.split():
            return number
    near = nearest(whose, (word for name in names.values() for word in name.split()))
    known = ", ".join(names.values())
    raise Failure(f"nobody with a telephone is called {whose!r}{near}; there are: {known}", EXIT_NO_INPUT)
