"""The file of those who are called when the database is of no use. The notifying service keeps it and reads it, and
erasing a person takes them out of it; nobody else may read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, or_, select

from hub.core.calling import contacts
from hub.core.calling.contacts import Contacts
from hub.core.site.document import Site
from hub.core.state import State
from hub.site_directory import files
from hub.store import session, tables


class ContactsBroken(ValueError):
    """The file is no such list."""


def load(path: Path) -> Contacts | None:
    """The list, None where there is none yet. Raises ContactsBroken, whatever is there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ContactsBroken(f"{path}: this is no file")
            return contacts.read(file.read(contacts.LARGEST + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ContactsBroken(f"{path}: {error.strerror}") from None
    except contacts.Unusable as error:
        raise ContactsBroken(f"{path}: {error}") from None


def keep(path: Path, database: Engine, state: State, site: Site, language: Literal["zh", "en"], now: int) -> Contacts:
    """Bring the file up to date: whole or not at all, and only when it says something else.

    Raises OSError, SQLAlchemyError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with files.locked(path.parent):  # whoever erases somebody waits for us, and we for them
        person = tables.person.c
        query = select(person.number, person.phone, person.email).where(or_(person.phone != "", person.email != ""))
        with session.reading(database) as connection:
            phones = {row.number: (row.phone, row.email) for row in connection.execute(query)}
        found = contacts.made(state, site, phones, language, now)
        content = contacts.written(found)
        if not _says(path, content):
            _replace(path, content)
        return found


def _says(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _replace(path: Path, content: bytes) -> None:
    """What was there before is overwritten where it lies: somebody may have been erased from it."""
    try:
        before = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except OSError:
        files.replace(path, content)
        return
    try:
        files.replace(path, content)
        os.write(before, bytes(os.fstat(before).st_size))
        os.fsync(before)
    finally:
        os.close(before)
