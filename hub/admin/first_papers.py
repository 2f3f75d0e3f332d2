"""A site's first papers: authority, record keys, TLS papers of every service, badge key, the broker's folder."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime
from pathlib import Path

from cryptography import x509

from hub.admin import broker, first_entry
from hub.admin.authority import Authority, PapersError, PrivateKey, new_key, pem, private_pem
from hub.site_directory import broker as broker_settings
from hub.site_directory import files
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from wire import keys, topics
from wire.book import rules

BADGE_KEY_BYTES = 32
NO_SIGNERS = ("console", "notify")
"""Who had a record key while each service wrote the journal itself."""


def init(directory: Path, wanted: BrokerSettings, now: datetime) -> Layout:
    """Make all papers of a new site below `directory`. Raises PapersError, above all when a site is there already."""
    layout = Layout(directory)
    broker.check(wanted)
    for folder in (layout.authority, layout.keys, layout.checkpoint_keys, layout.tls, layout.broker):
        if folder.exists():
            raise PapersError(f"{folder} is there already; the papers of a site are made once and never overwritten")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (layout.keys, layout.tls, layout.broker, layout.broker / "run"):
        files.make_folder(folder)
    layout.database.parent.mkdir(mode=0o700, exist_ok=True)
    authority = Authority.make(layout.authority, wanted.site, wanted.hosts, now)
    for signer in rules.SIGN:
        key = keys.make(keys.key_name(wanted.site, signer, "record"))
        keys.save(key, layout.record_key(signer))
        files.replace(layout.public_key(signer), f"{key.public}\n".encode(), 0o644)
    first_entry.make_key(layout, first_entry.first_origin(wanted.site))
    keys.write_secret(layout.badge_key, secrets.token_bytes(BADGE_KEY_BYTES))
    _issue(layout, authority, wanted, now)
    broker.publish_list(layout, authority)
    broker.write(layout, wanted)
    return layout


def renew(directory: Path, now: datetime) -> None:
    """New TLS papers for broker and services, for the hosts in broker.toml. They count once those are restarted.

    Record keys stay: the journal is signed by them. Raises PapersError, KeyFileError or SettingsError.
    """
    layout = Layout(directory)
    wanted = broker_settings.load(layout)
    broker.write(layout, wanted)
    _issue(layout, Authority(layout.authority), wanted, now)


def complete(directory: Path, now: datetime) -> list[str]:
    """Papers that this version needs and that the site has not; then the broker's rules as well, which name whoever has
    them. Returns for whom papers were made; the rules count once the broker is restarted. Raises as `renew`."""
    layout = Layout(directory)
    missing = [name for name in topics.RESERVED if not all(path.exists() for path in layout.papers(name))]
    if missing:
        authority = Authority(layout.authority)
        for name in missing:
            _issue_client(layout, authority, name, now)
        broker.write(layout, broker_settings.load(layout))
    return missing


def take_away(directory: Path) -> list[str]:
    """The record keys of an earlier version's services that sign nothing any more: a thief can do nothing without them.
    What the journal has under them stays good by what it says of them itself. Returns whose they were."""
    layout = Layout(directory)
    spare = [name for name in NO_SIGNERS if layout.record_key(name).exists() or layout.public_key(name).exists()]
    for name in spare:
        layout.record_key(name).unlink(missing_ok=True)
        layout.public_key(name).unlink(missing_ok=True)
    return spare


def _issue(layout: Layout, authority: Authority, wanted: BrokerSettings, now: datetime) -> None:
    root = pem(authority.certificate)
    files.replace(layout.tls / "ca.crt", root, 0o644)
    files.replace(layout.broker / "ca.crt", root, 0o644)
    for name in topics.RESERVED:
        _issue_client(layout, authority, name, now)
    hosts = wanted.hosts if ipaddress.ip_address(wanted.bind).is_unspecified else (*wanted.hosts, wanted.bind)
    for place, name in ((layout.broker / "broker", "broker"), (layout.tls / "https", "https")):
        key = new_key()
        _put(place, key, authority.for_server(name, hosts, key.public_key(), now))


def _issue_client(layout: Layout, authority: Authority, name: str, now: datetime) -> None:
    key = new_key()
    _put(layout.tls / name, key, authority.for_service(name, key.public_key(), now))


def _put(place: Path, key: PrivateKey, certificate: x509.Certificate) -> None:
    files.replace(place.with_suffix(".key"), private_pem(key))
    files.replace(place.with_suffix(".crt"), pem(certificate), 0o644)
