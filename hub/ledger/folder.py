"""Writes an export to disk: the folder appears complete or not at all, every file flushed."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from hub.ledger import export


def write(target: Path, journal: export.Journal) -> export.Made:
    """Write an export to the new folder `target`. Raises FileExistsError, OSError and ValueError."""
    if target.exists():
        raise FileExistsError(errno.EEXIST, "it is there already", str(target))
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    sink = _Folder(partial)
    try:
        made = export.fill(sink, journal)
        sink.finish()
        partial.rename(target)
    except BaseException:
        sink.close()
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _flush(target.parent)
    return made


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = {root}
        self._growing: dict[str, BinaryIO] = {}

    def add(self, path: str, content: bytes) -> None:
        with self._place(path).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def append(self, path: str, content: bytes) -> None:
        if path not in self._growing:
            self._growing[path] = self._place(path).open("xb")
        self._growing[path].write(content)

    def finish(self) -> None:
        for file in self._growing.values():
            file.flush()
            os.fsync(file.fileno())
        self.close()
        for folder in sorted(self._folders, reverse=True):
            _flush(folder)

    def close(self) -> None:
        for file in self._growing.values():
            file.close()
        self._growing.clear()

    def _place(self, path: str) -> Path:
        target = self._root / path
        if not target.resolve().is_relative_to(self._root.resolve()):
            raise ValueError(f"{path} lies outside the export")
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = target.parent
        while folder not in self._folders:
            self._folders.add(folder)
            folder = folder.parent
        return target


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems of USB sticks cannot flush a folder; they write it with the file.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
