"""Where a site's keys, papers and broker files lie under its directory. Every path of them is made here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from wire.link import TlsFiles


Asker = Literal["console", "notify", "admin"]
"""Who asks the engine, each by a socket of its own."""
ASKERS: tuple[Asker, ...] = ("console", "notify", "admin")
Signer = Literal["engine", "admin"]
"""Who signs facts, each with a record key (`SIGN` in the book of rules)."""


class Layout(NamedTuple):
    """The directory of one site."""

    root: Path

    @property
    def hub(self) -> Path:
        """What the hub's daemons own; the folders below it are told apart by who may read them."""
        return self.root / "hub"

    @property
    def authority(self) -> Path:
        """The site's own certification authority; no daemon may read it."""
        return self.hub / "ca"

    @property
    def keys(self) -> Path:
        """Record keys of engine and root's command, and the badge key."""
        return self.hub / "keys"

    @property
    def tls(self) -> Path:
        """TLS papers of the services."""
        return self.hub / "tls"

    @property
    def settings(self) -> Path:
        """The hub's settings."""
        return self.hub / "hub.toml"

    @property
    def database(self) -> Path:
        """The SQLite database, where no other is set."""
        return self.hub / "data" / "strongroom.db"

    @property
    def compared(self) -> Path:
        """How far the engine has compared the saved rows with the journal; its own."""
        return self.hub / "data" / "compared"

    @property
    def database_urls(self) -> Path:
        """Folder of those URLs, on a hub whose processes reach the database as different users."""
        return self.hub / "database"

    def database_url(self, process: str) -> Path:
        """The URL by which one of the hub's processes reaches the database, for it alone to read; may be missing."""
        return self.database_urls / f"{process}.url"

    @property
    def engine_socket(self) -> Path:
        """Where the engine tells whoever asks that it is at work."""
        return self.hub / "data" / "engine.sock"

    @property
    def doors(self) -> dict[Asker, Path]:
        """Where each service asks the engine: a socket in a folder that only its group may enter."""
        return {asker: self.door(asker) for asker in ASKERS}

    def door(self, asker: Asker) -> Path:
        """Where one service asks the engine."""
        return self.hub / "door" / asker / "engine.sock"

    @property
    def logins(self) -> Path:
        """Passwords that a demonstration has made for the people it plays; no hub has such a list."""
        return self.root / "logins.txt"

    @property
    def sessions(self) -> Path:
        """Who is signed in at the console, which alone reads it; only hashes of what opens a session."""
        return self.hub / "console" / "sessions.json"

    @property
    def untold(self) -> Path:
        """What the console tells the engine when that is back."""
        return self.hub / "console" / "untold.json"

    @property
    def notify_folder(self) -> Path:
        """The notifying service's own, which it alone enters."""
        return self.hub / "notify"

    @property
    def notify_file(self) -> Path:
        """What that service must not forget, and what the engine has not been told."""
        return self.notify_folder / "notify.db"

    @property
    def contacts(self) -> Path:
        """Who is called when the database is of no use; the notifying service's own."""
        return self.hub / "contacts" / "contacts.json"

    @property
    def badge_key(self) -> Path:
        """32 bytes: badge numbers are HMAC-SHA-256 under it."""
        return self.keys / "badge.key"

    def record_key(self, service: str) -> Path:
        """Key file of one who signs facts. Of old each service did."""
        return self.keys / f"{service}.key"

    def public_key(self, service: str) -> Path:
        """Public half of that key, which everybody may read."""
        return self.keys / f"{service}.pub"

    @property
    def checkpoint_keys(self) -> Path:
        """Folder of the keys that sign checkpoints, where the engine alone makes new ones and destroys old ones.

        In no backup: what is put back opens another origin.
        """
        return self.hub / "checkpoint"

    @property
    def root_public(self) -> Path:
        """Public half of the origin's first such key: the root key, which everybody may read and which stays."""
        return self.keys / "checkpoint.pub"

    def papers(self, service: str) -> TlsFiles:
        """What a service shows to the broker."""
        from wire.link import TlsFiles  # which knows the broker's protocol: few who ask for paths do

        return TlsFiles(self.tls / "ca.crt", self.tls / f"{service}.crt", self.tls / f"{service}.key")

    @property
    def https(self) -> TlsFiles:
        """What the console shows to browsers."""
        return self.papers("https")

    @property
    def broker_settings(self) -> Path:
        """Names, address and port of the broker: what its configuration is made from."""
        return self.hub / "broker.toml"

    @property
    def broker(self) -> Path:
        """All that the broker itself reads: configuration, rules, revocation list, its own papers."""
        return self.root / "broker"

    @property
    def broker_conf(self) -> Path:
        """Mosquitto's configuration file, generated."""
        return self.broker / "mosquitto.conf"

    @property
    def broker_pid(self) -> Path:
        """Process id of the running broker, in the only folder that it may write to."""
        return self.broker / "run" / "mosquitto.pid"
