"""Who is signed in here: sessions in a file of the console's own, found by the hash of the cookie's value.

The cookie's value is the token that the engine has made: the console only relays it, and acts for nobody who has not
signed in. Whoever signed in while the engine was away has a value of the console's own, with which nothing can be done
but read.

After 15 minutes without anything done by the person a session is *locked*: the duty board and the alarms stay readable
and live for whoever has the duty, since a board that signs itself out at night watches nothing; for everything else,
and above all to act, the password is entered again. After 12 hours it is over.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection

from hub.sign_in import tokens
from hub.site_directory import files
from hub.store import queries
from wire import decoding

IDLE_MS = 15 * 60_000
NOTED_MS = 30_000
"""What the person does is noted at most this often: each note is a write to the disk."""
MOST = 500
"""Sessions at once; beyond them the oldest is over."""

ACTING = frozenset({"duty", "security"})
"""Roles that answer for alarms and sealings. All others read only."""

log = logging.getLogger("strongroom.console")


class _Kept(Struct, frozen=True):
    login: str
    csrf: str
    language: str
    since: int
    seen: int
    reads: bool


class Signed(_Kept, frozen=True):
    """A session, with the account as it stands now. `value` is the cookie's; with `reads` the engine does not know
    it."""

    value: str
    person: int
    roles: frozenset[str]

    def locked(self, now: int) -> bool:
        """Whether the password is wanted again."""
        return now - self.seen > IDLE_MS

    @property
    def acts(self) -> bool:
        """Whether the person may act, and not only read."""
        return bool(self.roles & ACTING)


class Sessions:
    """The sessions of this console. Times are wall times in ms."""

    def __init__(self, path: Path) -> None:
        """A file that cannot be read holds no session: people sign in again."""
        self._path = path
        # Flushing to the disk takes as long as it takes: pages do not wait for it.
        self._writer = ThreadPoolExecutor(1, "sessions")
        self._kept: dict[str, _Kept] = {}
        try:
            self._kept = decoding.decode(path.read_bytes(), dict[str, _Kept])
        except FileNotFoundError:
            pass
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("%s cannot be read; whoever was signed in signs in again (%s)", path, error)

    def start(self, value: str, login: str, language: str, now: int, reads: bool = False) -> None:
        """A new session under the cookie's value, which is kept nowhere."""
        self._kept = {name: one for name, one in self._kept.items() if one.since >= now - tokens.WHOLE_MS}
        while len(self._kept) >= MOST:
            del self._kept[min(self._kept, key=lambda name: self._kept[name].since)]
        csrf = secrets.token_urlsafe(24)
        self._kept[tokens.hashed(value)] = _Kept(login, csrf, language, since=now, seen=now, reads=reads)
        self._save()

    def find(self, connection: Connection, value: str, now: int) -> Signed | None:
        """The session of a cookie. None when it is over, here or at the engine, or when the account may no longer sign
        in."""
        kept = self._kept.get(tokens.hashed(value))
        if kept is None or kept.since < now - tokens.WHOLE_MS:
            return None
        if kept.reads:
            account = queries.account(connection, kept.login)
            whose = tokens.Signed(kept.login, account.person, frozenset(account.roles)) if account else None
        else:
            whose = tokens.find(connection, value, "console", now)
        if whose is None or not whose.roles:
            return None
        return Signed(**asdict(kept), value=value, person=whose.person, roles=whose.roles)

    def touch(self, signed: Signed, now: int) -> None:
        """The person has done something."""
        self._change(signed, seen=now)

    def speak(self, signed: Signed, language: str) -> None:
        """From now on in this language."""
        self._change(signed, language=language)

    def end(self, signed: Signed) -> None:
        """Signed out."""
        if self._kept.pop(tokens.hashed(signed.value), None):
            self._save()

    def _change(self, signed: Signed, **what: object) -> None:
        name = tokens.hashed(signed.value)
        if kept := self._kept.get(name):
            self._kept[name] = replace(kept, **what)
            self._save()

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.shutdown()

    def _save(self) -> None:
        self._writer.submit(self._write, msgspec.json.encode(self._kept))

    def _write(self, content: bytes) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.replace(self._path, content)
        except OSError as error:  # they hold until the console is started anew
            log.warning("%s cannot be written: %s", self._path, error.strerror)
