"""`strongroom node …`: the commands of a node itself."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from firmware.cli.common import CliError
from firmware.setup import config, where
from firmware.setup.config import EXIT_CONFIG, Place
from firmware.setup.papers import PapersError
from firmware.setup.where import Unclear
from wire import topics
from wire.settings import SettingsError

EXIT_USAGE = 64
EXIT_NO_INPUT = 66
EXIT_CANNOT_CREATE = 73
EXIT_IO = 74
EXIT_NO_PERMISSION = 77


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `node` to the command line."""
    node = commands.add_parser("node", help="a node: run it, enrol it, install it")
    words = node.add_subparsers(required=True, metavar="COMMAND")
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--node", metavar="NAME", help="the node DIR/nodes/NAME")
    which.add_argument("--config", metavar="FILE", type=Path, help="its node.toml, wherever it lies")

    run = words.add_parser("run", parents=[which], help="run the node until SIGTERM or Ctrl-C")
    run.set_defaults(do=_run)

    request = words.add_parser("request", parents=[which], help="make the node's keys and ask the hub for papers")
    request.add_argument("--site", help="for a node without node.toml: write a first one, for this site")
    request.add_argument("--factory", choices=["lgpio", "rpigpio", "mock"], help="for that first node.toml")
    request.add_argument("--out", metavar="FILE", type=Path, help="where to write the request (else: standard output)")
    request.add_argument("--json", action="store_true", help="request and check words for a program")
    request.set_defaults(do=_request)

    accept = words.add_parser("accept", parents=[which], help="install the hub's answer")
    accept.add_argument("file", metavar="FILE", type=Path)
    accept.add_argument("--json", action="store_true")
    accept.set_defaults(do=_accept)

    status = words.add_parser("status", parents=[which], help="what the node has on its disk")
    status.add_argument("--json", action="store_true")
    status.set_defaults(do=_status)

    clock = words.add_parser(
        "clock", parents=[which], help="step this computer's clock to the newest time known here, if it is behind"
    )
    clock.set_defaults(do=_clock)

    checkpoint = words.add_parser(
        "checkpoint", parents=[which], help="the checkpoint of the journal that the node holds"
    )
    checkpoint.set_defaults(do=_checkpoint)

    install = words.add_parser("install", help="put service unit and configuration in place on a Raspberry Pi")
    install.add_argument("--root", metavar="DIR", type=Path, default=Path("/"), help="install below DIR")
    install.set_defaults(do=_install)


def _place(args: argparse.Namespace) -> Place:
    try:
        return where.place(where.directory(args.dir), args.node, args.config)
    except Unclear as error:
        raise CliError(str(error), EXIT_USAGE) from None
    except OSError as error:
        raise CliError(f"{error.filename}: {error.strerror}", EXIT_IO) from None
    except SettingsError as error:
        raise CliError(str(error), EXIT_CONFIG) from None


def _run(args: argparse.Namespace) -> int:
    from firmware.process import run  # only here: the other commands need no devices

    place = _place(args)
    run.log_to_stderr()
    try:
        return run.run(place)
    except run.CannotRun as error:
        raise CliError(str(error), error.code) from None


def _request(args: argparse.Namespace) -> int:
    from firmware.setup import enrolment
    from wire.enrolment import check_words

    if args.site:
        _first_config(args)
    place = _place(args)
    try:
        note = enrolment.request(place)
        if args.out:
            args.out.write_bytes(note)
            args.out.chmod(0o644)
    except PapersError as error:
        raise CliError(str(error), EXIT_CONFIG) from None
    except OSError as error:
        raise CliError(f"{error.filename}: {error.strerror}", EXIT_CANNOT_CREATE) from None
    words = " ".join(check_words(note))
    if args.json:
        out = {"node": place.config.node, "words": words, "request": note.decode()}
        print(json.dumps(out, ensure_ascii=False))
        return 0
    if not args.out:
        sys.stdout.write(note.decode())
    to = sys.stdout if args.out else sys.stderr
    print(f"Check words of this request: {words}", file=to)
    print("Bring the request to the hub and type these words there: strongroom node enrol REQUEST", file=to)
    return 0


def _first_config(args: argparse.Namespace) -> None:
    if not args.node and not args.config:
        raise CliError("--site needs --node NAME", EXIT_USAGE)
    file = args.config or where.node_config(where.directory(args.dir), args.node)
    if file.exists():
        return
    name = args.node or file.parent.name
    if not args.factory:
        raise CliError("name the pin factory: --factory lgpio | rpigpio | mock", EXIT_USAGE)
    if not (topics.valid_name(args.site) and topics.valid_name(name)):
        raise CliError("names of sites and nodes are 3 to 32 of a-z, 0-9 and -", EXIT_USAGE)
    socket = f"../../sim/{name}.sock" if args.factory == "mock" else None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(config.text_for(args.site, name, args.factory, socket))
        file.chmod(0o644)  # whatever the umask: what a node guards with is not for a group to change
    except OSError as error:
        raise CliError(f"{file}: {error.strerror}", EXIT_CANNOT_CREATE) from None


def _accept(args: argparse.Namespace) -> int:
    from firmware.setup import enrolment

    place = _place(args)
    try:
        found = enrolment.accept(place, args.file.read_bytes())
    except PapersError as error:
        raise CliError(str(error), EXIT_CONFIG) from None
    except OSError as error:
        raise CliError(f"{error.filename}: {error.strerror}", EXIT_NO_INPUT) from None
    words = " ".join(enrolment.hub_words(found))
    if args.json:
        print(json.dumps({"node": found.node, "site": found.site, "life": found.life, "hub_words": words}))
        return 0
    print(f"{found.node} of {found.site} is enrolled: life {found.life}, broker {found.host}:{found.port}")
    print(f"Words of the hub's key: {words}")
    print("Compare them with what `strongroom node enrol` showed at the hub. A node that runs already: start it again.")
    return 0


def _status(args: argparse.Namespace) -> int:
    from firmware.setup import status

    try:
        found = status.read(_place(args))
    except (sqlite3.Error, OSError) as error:
        raise CliError(f"the outbox cannot be read: {error}", EXIT_IO) from None
    if args.json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(status.lines(found)))
    return 0


def _clock(args: argparse.Namespace) -> int:
    from firmware.setup import os_clock

    try:
        print(os_clock.step(_place(args), time.time_ns() // 1_000_000, _set_clock))
    except OSError as error:
        raise CliError(f"the clock of this computer cannot be set: {error.strerror}", EXIT_NO_PERMISSION) from None
    return 0


def _set_clock(seconds: float) -> None:
    time.clock_settime(time.CLOCK_REALTIME, seconds)


def _checkpoint(args: argparse.Namespace) -> int:
    from firmware.setup import status

    try:
        held = status.held(_place(args))
    except (sqlite3.Error, OSError) as error:
        raise CliError(f"the outbox cannot be read: {error}", EXIT_IO) from None
    if not held:
        raise CliError("this node holds no checkpoint yet", EXIT_NO_INPUT)
    # What goes to standard output is a file for `strongroom verify --seen`; the words are for people.
    sys.stdout.write(held[0])
    for note in held:
        print(f"{note.partition(chr(10))[0]}, in words: {status.words(note)}", file=sys.stderr)
    return 0


def _install(args: argparse.Namespace) -> int:
    from firmware.setup import install

    try:
        for line in install.install(args.root):
            print(line)
    except install.InstallError as error:
        raise CliError(str(error), error.code) from None
    return 0
