"""`strongroom node request` and `accept`: a node's keys are born here, and no private half ever leaves its folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import NameOID

from firmware.setup.config import Place
from firmware.setup.papers import Files, PapersError, open_papers
from wire import keys, words
from wire import messages as m
from wire.enrolment import NodePapers, NodeRequest
from wire.sealed_box import BoxError, open_box


def request(place: Place) -> bytes:
    """The node's request; the first call makes its keys, every later one gives the same bytes. Raises PapersError."""
    files = Files(place.keys)
    place.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(place.keys):
        if files.path(files.request).exists():
            return _read(files.path(files.request))
        try:
            note = _make(place.config.site, place.config.node, files)
            keys.write_secret(files.path(files.request), note)
        except keys.KeyFileError as error:
            raise PapersError(str(error)) from None
    return note


def accept(place: Place, note: bytes) -> NodePapers:
    """Check the hub's answer and install it. Raises PapersError; then everything is as it was before."""
    files = Files(place.keys)
    found = open_papers(note)
    site, node = place.config.site, place.config.node
    if (found.site, found.node) != (site, node):
        raise PapersError(f"this answer is for {found.node} of {found.site}, not for {node} of {site}")
    if not files.path(files.request).exists():
        raise PapersError("this node has not asked for papers: `strongroom node request` comes first")
    with _locked(place.keys):
        _check_newer(files, found, note)
        badge_key = _opened(files, found)
        valid = _check_certificate(files, found)
        _replace(files.path(files.valid), f"{valid[0]} {valid[1]}\n".encode())
        _replace(files.path(files.badge), badge_key)
        _replace(files.path(files.authority), found.authority.encode())
        _replace(files.path(files.certificate), found.certificate.encode())
        # Last: with it the node counts as enrolled, so a power cut before only means to accept again.
        _replace(files.path(files.papers), note)
    return found


def hub_words(found: NodePapers) -> list[str]:
    """Six words that stand for the hub's key, to be compared with what the hub shows."""
    return words.to_words(hashlib.sha256(found.hub_key.encode()).digest()[:12])


def _make(site: str, node: str, files: Files) -> bytes:
    # A key that an interrupted run has left behind is used: nothing of it has travelled yet, but it may not be lost.
    record = _signing_key(files.path(files.record), keys.key_name(site, node, "record"))
    witness = _signing_key(files.path(files.witness), keys.key_name(site, node, "witness"))
    if not files.path(files.tls).exists():
        keys.write_secret(files.path(files.tls), _pem(ec.generate_private_key(ec.SECP256R1())))
    if not files.path(files.box).exists():
        keys.write_secret(files.path(files.box), X25519PrivateKey.generate().private_bytes_raw().hex().encode() + b"\n")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(_tls_key(files), hashes.SHA256())
    body = NodeRequest(
        v=m.PROTOCOL,
        node=node,
        record_key=str(record.public),
        witness_key=str(witness.public),
        csr=csr.public_bytes(serialization.Encoding.PEM).decode(),
        box_key=_box_key(files).public_key().public_bytes_raw().hex(),
    )
    return record.sign(m.encode(body))


def _signing_key(path: Path, name: str) -> keys.SigningKey:
    if not path.exists():
        keys.save(keys.make(name), path)
    key = keys.load(path)
    if key.name != name:
        raise PapersError(f"{path}: this is the key {key.name}, not {name}")
    return key


def _tls_key(files: Files) -> ec.EllipticCurvePrivateKey:
    path = files.path(files.tls)
    secret = _secret(path)
    try:
        key = serialization.load_pem_private_key(secret, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PapersError(f"{path}: this is not a key file") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise PapersError(f"{path}: this is not an EC key file")
    return key


def _box_key(files: Files) -> X25519PrivateKey:
    path = files.path(files.box)
    secret = _secret(path)
    try:
        return X25519PrivateKey.from_private_bytes(bytes.fromhex(secret.decode("ascii").strip()))
    except ValueError:
        raise PapersError(f"{path}: this is not a key file") from None


def _secret(path: Path) -> bytes:
    try:
        return keys.read_secret(path)
    except keys.KeyFileError as error:
        raise PapersError(str(error)) from None


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _check_newer(files: Files, found: NodePapers, note: bytes) -> None:
    if not files.path(files.papers).exists():
        return
    held_note = _read(files.path(files.papers))
    try:
        held = open_papers(held_note)
    except PapersError:
        return  # damaged: this answer is to take its place
    if found.life < held.life or (found.life == held.life and note != held_note):
        raise PapersError(f"this answer opens life {found.life}, but the node already has papers of life {held.life}")


def _opened(files: Files, found: NodePapers) -> bytes:
    try:
        badge_key = open_box(_box_key(files), found.badge_key)
    except BoxError as error:
        raise PapersError(f"the site's badge key in this answer cannot be opened: {error}") from None
    if len(badge_key) != keys.BADGE_KEY_BYTES:
        raise PapersError(f"the site's badge key in this answer does not have {keys.BADGE_KEY_BYTES} bytes")
    return badge_key


def _check_certificate(files: Files, found: NodePapers) -> tuple[int, int]:
    """From when to when it is valid, in milliseconds since 1970."""
    try:
        certificate = x509.load_pem_x509_certificate(found.certificate.encode())
        authority = x509.load_pem_x509_certificate(found.authority.encode())
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise PapersError(f"the certificate in this answer is not of the authority in it: {error}") from None
    own = _tls_key(files).public_key()
    if certificate.public_key() != own:
        raise PapersError("the certificate in this answer is for another key than this node's")
    names = [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [found.node]:
        raise PapersError(f"the certificate in this answer is for {names}, not for {found.node}")
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return int(begins.timestamp() * 1000), int(ends.timestamp() * 1000)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PapersError(f"{path}: {error.strerror}") from None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    keys.write_secret(beside, content)
    beside.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
        if os.geteuid() == 0:
            # Typed by root, but the keys are the node's: it runs as the user whose folder this is.
            owner = os.fstat(descriptor)
            for file in folder.iterdir():
                os.chown(file, owner.st_uid, owner.st_gid)
    finally:
        os.close(descriptor)
