"""How a command ends that went wrong: one clear line, and an exit code as sysexits.h has them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper

from wire.plain import plain


class Failure(Exception):
    """What went wrong, in one line for a person, and the exit code for a program."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def exits() -> dict[type[Exception], int]:
    """What may go wrong with any command; the first that fits counts. Imported when something has gone wrong."""
    from hub.engine.disk import TooSmall
    from hub.store import faults
    from hub.store.alone import AlreadyRunning
    from hub.store.schema import SchemaError
    from wire.keys import KeyFileError
    from wire.settings import SettingsError

    return {
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


@contextmanager
def one_line(exits: Callable[[], Mapping[type[Exception], int]]) -> Iterator[None]:
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
    except Exception as error:
        told = _line(error, exits())
        if told is None:
            raise
        end(*told)


def _line(error: Exception, exits: Mapping[type[Exception], int]) -> tuple[str, int] | None:
    from sqlalchemy.exc import SQLAlchemyError

    from hub.store import faults

    if isinstance(error, Failure):
        return str(error), error.code
    code = next((code for kind, code in exits.items() if isinstance(error, kind)), None)
    if code is not None:
        return str(error), code
    return faults.explain(error) if isinstance(error, SQLAlchemyError) else None


def end(message: str, code: int) -> None:
    """Say it and end."""
    print(f"strongroom: {plain(message)}", file=sys.stderr)
    sys.exit(code)
