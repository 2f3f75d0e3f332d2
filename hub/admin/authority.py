"""The site's own certification authority. It serves this site alone: whoever it signs for, the broker lets in.

A root (EC P-256) signs every certificate itself; it can make no further authority (path length 0), and no browser
that trusts it is at risk outside: its name constraints permit private addresses and the hub's own names only.
Times are aware datetimes, handed in. Sources: RFC 5280; mosquitto.conf(5) on cafile and crlfile.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.site_directory import files
from wire import keys, topics

ROOT_DAYS = 20 * 365
PAPERS_DAYS = 2 * 365
"""Life of every other certificate; browsers of some makers refuse more than 825 days."""
BACKDATED = timedelta(days=1)
"""Certificates begin this much earlier, for a node whose clock is somewhat behind."""
NOTICE = timedelta(days=90)
"""How long before its end a certificate or the list counts as expiring."""

Kind = Literal["node", "service", "server"]
PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey

# Where a hub may ever be found: RFC 1918, RFC 4193 and loopback; RFC 6762, RFC 8375 and ICANN's .internal.
_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
_DOMAINS = ("localhost", "local", "lan", "home.arpa", "internal")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*")


class PapersError(ValueError):
    """Papers cannot be made or used; the message says which and why, in one line."""


class Issued(NamedTuple):
    """One certificate that was issued."""

    kind: Kind
    name: str
    serial: int
    begins: datetime
    ends: datetime


class Expiry(NamedTuple):
    """Something that ends soon, or has ended."""

    what: str
    name: str
    ends: datetime


class Authority:
    """The authority of one site, in its folder. Only the commands that make papers open it, never a daemon."""

    def __init__(self, folder: Path) -> None:
        """Read key and certificate. Raises KeyFileError or PapersError."""
        self._folder = folder
        try:
            key = serialization.load_pem_private_key(keys.read_secret(folder / "ca.key"), None)
            self.certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except OSError as error:
            raise PapersError(f"{folder}: no certification authority is here: {error.strerror}") from None
        except keys.KeyFileError:
            raise
        except ValueError as error:
            raise PapersError(f"{folder}: not a certification authority: {error}") from None
        if not isinstance(key, PrivateKey) or key.public_key() != self.certificate.public_key():
            raise PapersError(f"{folder}: ca.key and ca.crt do not belong together")
        self._key = key

    @classmethod
    def make(cls, folder: Path, site: str, hosts: tuple[str, ...], now: datetime) -> Authority:
        """A new authority in a new folder. Raises FileExistsError, or PapersError for names that cannot be."""
        if not topics.valid_name(site):
            raise PapersError(f"a site may not be named {site!r}: {topics.NAME}, and none of {topics.RESERVED}")
        names = [host_name(host) for host in hosts]
        files.make_folder(folder)
        (folder / "issued").mkdir(mode=0o700)
        key = new_key()
        subject = _subject(f"Strongroom {site}")
        certificate = (
            _builder(subject, subject, key.public_key(), now, now + timedelta(days=ROOT_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        keys.write_secret(folder / "ca.key", private_pem(key))
        files.replace(folder / "ca.crt", pem(certificate), 0o644)
        made = cls(folder)
        made._write_list([], now)
        return made

    def for_node(self, name: str, public: PublicKey, now: datetime) -> x509.Certificate:
        """Client certificate of a node. Raises PapersError for a name that no node may bear."""
        if not topics.valid_name(name):
            raise PapersError(f"a node may not be named {name!r}: {topics.NAME}, and none of {topics.RESERVED}")
        return self._issue("node", name, public, now, None)

    def for_service(self, name: str, public: PublicKey, now: datetime) -> x509.Certificate:
        """Client certificate of one of the hub's own services."""
        if name not in topics.RESERVED:
            raise PapersError(f"{name!r} is not a service of the hub")
        return self._issue("service", name, public, now, None)

    def for_server(self, name: str, hosts: tuple[str, ...], public: PublicKey, now: datetime) -> x509.Certificate:
        """Server certificate for these host names and addresses, and for the hub itself by loopback."""
        names = [host_name(host) for host in dict.fromkeys((*hosts, "localhost", "127.0.0.1"))]
        return self._issue("server", name, public, now, x509.SubjectAlternativeName(names))

    def issued(self) -> list[Issued]:
        """Every certificate ever issued, by kind, name and beginning."""
        found = []
        for path in (self._folder / "issued").glob("*.crt"):
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            kind, name, _ = path.name.split(".", 2)
            begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            found.append(Issued(kind, name, certificate.serial_number, begins, ends))  # type: ignore[arg-type]
        return sorted(found, key=lambda one: (one.kind, one.name, one.begins, one.serial))

    def in_force(self, kind: Kind | None = None, name: str | None = None) -> list[Issued]:
        """Certificates that are not revoked, of one kind and name if given; ended ones are among them."""
        revoked = self.revoked()
        return [
            one
            for one in self.issued()
            if one.serial not in revoked and kind in (None, one.kind) and name in (None, one.name)
        ]

    def revoked(self) -> dict[int, datetime]:
        """Serial numbers on the revocation list, and since when."""
        return {one.serial_number: one.revocation_date_utc for one in self._list()}

    def revocation_list(self) -> bytes:
        """The revocation list in PEM, as the broker reads it."""
        return (self._folder / "crl.pem").read_bytes()

    def revoke(self, serials: list[int], now: datetime) -> None:
        """Put certificates on the revocation list for good. It counts once the broker has been given it."""
        with files.locked(self._folder):
            have = list(self._list())
            known = {one.serial_number for one in have}
            new = [
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
                for serial in dict.fromkeys(serials)
                if serial not in known
            ]
            self._write_list(have + new, now)

    def expiring(self, now: datetime) -> list[Expiry]:
        """What ends within NOTICE of `now` or has ended: certificates not replaced since, the list, the root."""
        newest = {(one.kind, one.name): one for one in self.in_force()}  # sorted: the last one of a name wins
        root = Expiry("authority", self.certificate.subject.rfc4514_string(), self.certificate.not_valid_after_utc)
        next_update = self._list().next_update_utc
        ends = [root, Expiry("revocation list", "crl.pem", next_update or now)]
        ends += [Expiry(f"certificate of a {one.kind}", one.name, one.ends) for one in newest.values()]
        return sorted((one for one in ends if one.ends - NOTICE <= now), key=lambda one: one.ends)

    def _issue(
        self, kind: Kind, name: str, public: PublicKey, now: datetime, names: x509.SubjectAlternativeName | None
    ) -> x509.Certificate:
        ends = min(now + timedelta(days=PAPERS_DAYS), self.certificate.not_valid_after_utc)
        builder = (
            _builder(self.certificate.subject, _subject(name), public, now, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            # A server's papers are no good as a client's, nor the other way round: a node cannot pose as the broker.
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(self._issuer_id(), critical=False)
        )
        if names:
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        path = self._folder / "issued" / f"{kind}.{name}.{certificate.serial_number:x}.crt"
        files.replace(path, pem(certificate), 0o644)
        return certificate

    def _issuer_id(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())

    def _list(self) -> x509.CertificateRevocationList:
        return x509.load_pem_x509_crl(self.revocation_list())

    def _write_list(self, revoked: list[x509.RevokedCertificate], now: datetime) -> None:
        # With a list that has expired Mosquitto refuses everybody, so this one lasts as long as the root. A list with
        # a short life would guard against being withheld from the broker; here both lie on one machine.
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - BACKDATED)
            .next_update(self.certificate.not_valid_after_utc)
            .add_extension(x509.CRLNumber(len(revoked) + 1), critical=False)
            .add_extension(self._issuer_id(), critical=False)
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(one)
        signed = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        files.replace(self._folder / "crl.pem", signed, 0o644)


def new_key() -> PrivateKey:
    """A new TLS key (EC P-256)."""
    return ec.generate_private_key(ec.SECP256R1())


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_pem(key: PrivateKey) -> bytes:
    """A private key as text, not encrypted: its file's mode guards it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def host_name(host: str) -> x509.GeneralName:
    """A host as a certificate names it. Raises PapersError for what is neither an address nor a name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if len(host) > 253 or not _HOST.fullmatch(host):
            raise PapersError(f"{host!r} is neither an address nor a host name in small letters") from None
        return x509.DNSName(host)


def _permitted(hosts: list[x509.GeneralName]) -> list[x509.GeneralName]:
    networks = [ipaddress.ip_network(network) for network in _NETWORKS]
    named: list[x509.GeneralName] = [x509.DNSName(name) for name in _DOMAINS]
    for host in hosts:
        if isinstance(host, x509.DNSName) and host not in named:
            named.append(host)
        elif isinstance(host, x509.IPAddress) and not any(host.value in network for network in networks):
            networks.append(ipaddress.ip_network(host.value))
    return [*named, *(x509.IPAddress(network) for network in networks)]


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    issuer: x509.Name, subject: x509.Name, public: PublicKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends)
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
