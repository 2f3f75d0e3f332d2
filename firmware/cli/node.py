"""`strongroom node …`: the commands of a node itself."""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec

from firmware.setup import where
from firmware.setup.config import EXIT_CONFIG, Factory, Place, text_for
from firmware.setup.papers import PapersError
from firmware.setup.where import Unclear
from wire import topics
from wire.command_line.run import EXIT_USAGE, Failure
from wire.command_line.signature import Argument, Context, Option
from wire.command_line.tree import Elsewhere, Group
from wire.settings import SettingsError

EXIT_NO_INPUT = 66
EXIT_CANNOT_CREATE = 73
EXIT_IO = 74
EXIT_NO_PERMISSION = 77


app = Group("A node: run it, enrol it, install it.")


Which = Annotated[str | None, Option("--node", metavar="NAME", help="The node DIR/nodes/NAME.")]
Config = Annotated[Path | None, Option(metavar="FILE", help="Its node.toml, wherever it lies.")]
Json = Annotated[bool, Option(help="One JSON object, for a program.")]

AT_THE_HUB = {
    "enrol": "Let a node in: compare six words, and write the papers that the node is to accept.",
    "revoke": "Put a node out for good, at once; every node's connection breaks for a moment, as the broker starts"
    " anew.",
    "list": "Show every node that was ever let in, and until when its papers hold.",
}
"""For the help alone: the script `strongroom` hands these words to the hub's side."""

for word, text in AT_THE_HUB.items():
    app.add(word, Elsewhere(text, "At the hub"))


@app.command()
def run(context: Context, node: Which = None, config: Config = None) -> None:
    """Run the node until SIGTERM or Ctrl-C."""
    from firmware.process import run  # only here: the other commands need no devices

    place = _place(context, node, config)
    run.log_to_stderr()
    try:
        sys.exit(run.run(place))
    except run.CannotRun as error:
        raise Failure(str(error), error.code) from None


@app.command()
def request(
    context: Context,
    node: Which = None,
    config: Config = None,
    site: Annotated[str | None, Option(help="For a node without node.toml: write a first one, for this site.")] = None,
    factory: Annotated[Factory | None, Option(help="For that first node.toml.")] = None,
    out: Annotated[
        Path | None, Option(metavar="FILE", help="Where to write the request (else: standard output).")
    ] = None,
    json: Annotated[bool, Option(help="Request and check words for a program.")] = False,
) -> None:
    """Make the node's keys and ask the hub for papers."""
    from firmware.setup import enrolment
    from wire.enrolment import check_words

    if site:
        _first_config(context, node, config, site, factory)
    place = _place(context, node, config)
    try:
        note = enrolment.request(place)
        if out:
            out.write_bytes(note)
            out.chmod(0o644)
    except PapersError as error:
        raise Failure(str(error), EXIT_CONFIG) from None
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}", EXIT_CANNOT_CREATE) from None
    words = " ".join(check_words(note))
    if json:
        _print_json({"node": place.config.node, "words": words, "request": note.decode()})
        return
    if not out:
        sys.stdout.write(note.decode())
    to = sys.stdout if out else sys.stderr
    print(f"Check words of this request: {words}", file=to)
    print("Bring the request to the hub and type these words there: strongroom node enrol REQUEST", file=to)


def _first_config(context: Context, node: str | None, config: Path | None, site: str, factory: Factory | None) -> None:
    if config:
        file = config
    elif node:
        file = where.node_config(context.directory, node)
    else:
        raise Failure("--site needs --node NAME", EXIT_USAGE)
    if file.exists():
        return
    name = node or file.parent.name
    if not factory:
        raise Failure("name the pin factory: --factory lgpio | rpigpio | mock", EXIT_USAGE)
    if not (topics.valid_name(site) and topics.valid_name(name)):
        raise Failure("names of sites and nodes are 3 to 32 of a-z, 0-9 and -", EXIT_USAGE)
    socket = f"../../sim/{name}.sock" if factory == "mock" else None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(text_for(site, name, factory, socket))
        file.chmod(0o644)  # whatever the umask: what a node guards with is not for a group to change
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}", EXIT_CANNOT_CREATE) from None


@app.command()
def accept(
    context: Context,
    file: Annotated[Path, Argument("What the hub has written: NODE.papers.")],
    node: Which = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Install the hub's answer."""
    from firmware.setup import enrolment

    place = _place(context, node, config)
    try:
        found = enrolment.accept(place, file.read_bytes())
    except PapersError as error:
        raise Failure(str(error), EXIT_CONFIG) from None
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}", EXIT_NO_INPUT) from None
    words = " ".join(enrolment.hub_words(found))
    if json:
        _print_json({"node": found.node, "site": found.site, "life": found.life, "hub_words": words})
        return
    print(f"{found.node} of {found.site} is enrolled: life {found.life}, broker {found.host}:{found.port}")
    print(f"Words of the hub's key: {words}")
    print("Compare them with what `strongroom node enrol` showed at the hub. A node that runs already: start it again.")


@app.command()
def status(context: Context, node: Which = None, config: Config = None, json: Json = False) -> None:
    """What the node has on its disk."""
    from firmware.setup import status

    try:
        found = status.read(_place(context, node, config))
    except (sqlite3.Error, OSError) as error:
        raise Failure(f"the outbox cannot be read: {error}", EXIT_IO) from None
    print(msgspec.json.encode(found).decode() if json else "\n".join(status.lines(found)))


@app.command()
def clock(context: Context, node: Which = None, config: Config = None) -> None:
    """Step this computer's clock to the newest time known here, if it is behind."""
    from firmware.setup import os_clock

    try:
        print(os_clock.step(_place(context, node, config), time.time_ns() // 1_000_000, _set_clock))
    except OSError as error:
        raise Failure(f"the clock of this computer cannot be set: {error.strerror}", EXIT_NO_PERMISSION) from None


def _set_clock(seconds: float) -> None:
    time.clock_settime(time.CLOCK_REALTIME, seconds)


@app.command()
def checkpoint(context: Context, node: Which = None, config: Config = None) -> None:
    """The checkpoint of the journal that the node holds."""
    from firmware.setup import status

    try:
        held = status.held(_place(context, node, config))
    except (sqlite3.Error, OSError) as error:
        raise Failure(f"the outbox cannot be read: {error}", EXIT_IO) from None
    if not held:
        raise Failure("this node holds no checkpoint yet", EXIT_NO_INPUT)
    # What goes to standard output is a file for `strongroom verify --seen`; the words are for people.
    sys.stdout.write(held[0])
    for note in held:
        print(f"{note.partition(chr(10))[0]}, in words: {status.words(note)}", file=sys.stderr)


@app.command()
def install(root: Annotated[Path, Option(metavar="DIR", help="Install below DIR.")] = Path("/")) -> None:
    """Put service unit and configuration in place on a Raspberry Pi."""
    from firmware.setup import install

    try:
        for line in install.install(root):
            print(line)
    except install.InstallError as error:
        raise Failure(str(error), error.code) from None


def _print_json(answer: dict[str, object]) -> None:
    import json

    print(json.dumps(answer, ensure_ascii=False))


def _place(context: Context, node: str | None, config: Path | None) -> Place:
    try:
        return where.place(context.directory, node, config)
    except Unclear as error:
        raise Failure(str(error), EXIT_USAGE) from None
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}", EXIT_IO) from None
    except SettingsError as error:
        raise Failure(str(error), EXIT_CONFIG) from None
