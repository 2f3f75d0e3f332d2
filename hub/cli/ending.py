"""How a command ends that went wrong: one clear line, and an exit code as sysexits.h has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wire.command_line.run import Explain, of_the_system


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
        faults.Overtaken: 75,
        faults.NotInOrder: 75,
        TooSmall: 74,
        OSError: 74,
        faults.DatabaseLost: 65,
    }


def by(exits: Callable[[], Mapping[type[Exception], int]]) -> Explain:
    """How an error is explained by a table of exit codes, and one of the database by its own."""

    def explain(error: Exception) -> tuple[str, int] | None:
        from sqlalchemy.exc import SQLAlchemyError

        from hub.store import faults

        code = next((code for kind, code in exits().items() if isinstance(error, kind)), None)
        if code is not None:
            said = of_the_system(error)
            return said[0] if said else str(error), code
        return faults.explain(error) if isinstance(error, SQLAlchemyError) else None

    return explain
