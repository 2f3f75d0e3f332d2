"""How a command ends that went wrong: one clear line, and an exit code as sysexits.h has them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper

from sqlalchemy.exc import SQLAlchemyError

from hub.disk import TooSmall
from hub.store import faults
from hub.store.alone import AlreadyRunning
from hub.store.schema import SchemaError
from wire.keys import KeyFileError
from wire.plain import plain
from wire.settings import SettingsError

EXITS: dict[type[Exception], int] = {
    SettingsError: 78,
    SchemaError: 78,
    KeyFileError: 77,
    FileNotFoundError: 66,
    PermissionError: 77,
    AlreadyRunning: 75,
    TooSmall: 74,
    OSError: 74,
    faults.DatabaseLost: 65,
}
"""What may go wrong with any command; the first that fits counts."""


@contextmanager
def one_line(exits: Mapping[type[Exception], int]) -> Iterator[None]:
    """End the process with one line for what a person can do something about; all else is a bug and shows itself.

    A terminal that cannot show a character gets its code in its place.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except tuple(exits) as error:
        end(str(error), next(code for kind, code in exits.items() if isinstance(error, kind)))
    except SQLAlchemyError as error:
        fault = faults.explain(error)
        if fault is None:
            raise
        end(*fault)


def end(message: str, code: int) -> None:
    """Say it and end."""
    print(f"strongroom: {plain(message)}", file=sys.stderr)
    sys.exit(code)
