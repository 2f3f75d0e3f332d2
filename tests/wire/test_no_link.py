"""Why the broker cannot be reached: said by the real errors of real connections."""

from __future__ import annotations

import datetime
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wire import no_link
from wire.link import Disconnected, Link, TlsFiles, wait

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def _usage(ca: bool) -> x509.KeyUsage:
    """Python 3.13 asks an authority for it."""
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


class Certificates:
    """An authority, and papers of the hub that are valid from one day to another, counted from today."""

    def __init__(self, folder: Path, begins: int, ends: int) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._write("ca", self._made("demo CA", self._key.public_key(), -99, 99, ca=True), self._key)
        for name, days in (("hub", (begins, ends)), ("node", (-1, 1))):
            key = ec.generate_private_key(ec.SECP256R1())
            self._write(name, self._made("localhost", key.public_key(), *days, ca=False), key)

    def _made(self, name: str, public: Any, begins: int, ends: int, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "demo CA")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + begins * DAY)
            .not_valid_after(NOW + ends * DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(_usage(ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        pem = serialization.Encoding.PEM
        (self.folder / f"{name}.crt").write_bytes(certificate.public_bytes(pem))
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.folder / f"{name}.key").write_bytes(private)

    @contextmanager
    def broker(self) -> Iterator[int]:
        """Somebody who shakes hands with these papers; gives the port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "hub.crt", self.folder / "hub.key")
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(taken, server_side=True).close()
                except OSError:
                    taken.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join()

    def reason(self, port: int) -> str:
        """What the first try of a link says."""
        inbox: queue.Queue[Any] = queue.Queue()
        papers = TlsFiles(self.folder / "ca.crt", self.folder / "node.crt", self.folder / "node.key")
        link = Link("archive-1", "localhost", port, papers, [], inbox)
        link.open()
        link.take_in(1)
        while inbox.empty():  # it may have failed at once
            wait([link], [], [], 60)
            link.take_in(1)
        said = inbox.get_nowait()
        assert isinstance(said, Disconnected)
        return said.reason


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [(1, 9, "the hub's certificate is not valid yet"), (-9, -1, "the hub's certificate is no longer valid")],
)
def test_a_certificate_of_another_time_is_told_with_what_this_clock_says(
    tmp_path: Path, begins: int, ends: int, words: str
) -> None:
    site = Certificates(tmp_path, begins, ends)
    with site.broker() as port:
        said, _, clock = site.reason(port).partition(": this clock says ")
    assert said == words
    assert abs(datetime.date.fromisoformat(clock) - datetime.datetime.now(datetime.UTC).date()) <= DAY


def test_a_hub_of_another_authority_is_told(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "other").mkdir()
    ours, other = Certificates(tmp_path / "ours", -1, 1), Certificates(tmp_path / "other", -1, 1)
    with other.broker() as port:
        assert ours.reason(port).startswith("the hub's certificate cannot be trusted: ")


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert Certificates(tmp_path, -1, 1).reason(port) == no_link.NO_ANSWER


def test_a_name_that_nobody_knows_is_told() -> None:
    assert no_link.why(socket.gaierror(-2, "Name or service not known"), 0).startswith("the hub's address is not known")


def test_the_same_cause_has_the_same_words_all_day() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate is not yet valid")
    error.verify_code = no_link.NOT_YET_VALID
    assert no_link.why(error, 0) == no_link.why(error, 86_399)
    assert no_link.why(error, 0).endswith("this clock says 1970-01-01")
