"""The signed word of another node of the area, carried by the hub, under the key that was frozen at the sealing."""

from __future__ import annotations

from collections.abc import Mapping

from wire import messages as m
from wire import notes
from wire.messages import Attended, Name, Permitted, Record, Released


class Words:
    """Reads what other nodes of the site have signed."""

    def __init__(self, site: Name, checks: Mapping[int, notes.Check]) -> None:
        self._site = site
        self._checks = checks

    def released(self, word: str, keys: Mapping[Name, str], node: Name) -> Released | None:
        """That this very node has let an area go; None for anything else."""
        record = self._record(word, keys)
        said = record.data if record and record.node == node else None
        return said if isinstance(said, Released) else None

    def permitted(self, word: str, keys: Mapping[Name, str], node: Name) -> Record | None:
        """That this very node has seen two badges for a change; None for anything else."""
        record = self._record(word, keys)
        said = record.data if record and record.node == node else None
        return record if isinstance(said, Permitted) and said.change is not None else None

    def attended(self, word: str, keys: Mapping[Name, str]) -> Attended | None:
        """That somebody has come to a reader of any node of the area; None for anything else."""
        record = self._record(word, keys)
        return record.data if record and isinstance(record.data, Attended) else None

    def _record(self, word: str, keys: Mapping[Name, str]) -> Record | None:
        note = word.encode()
        try:
            record = m.decode(notes.split(note).text, Record)
            key = notes.parse_key(keys.get(record.node, ""))
            notes.open_record(note, [key], self._checks)
        except (notes.NoteError, m.Unreadable):
            return None
        return record if record.site == self._site else None
