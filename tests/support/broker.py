"""A real Mosquitto on a free loopback port, run as the hub runs it, on the papers of a real site."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from hub.admin import broker, first_papers
from hub.admin.authority import Authority, PrivateKey, new_key, pem, private_pem
from hub.site_directory import broker as broker_settings
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from tests.support.ports import free_port
from wire.link import TlsFiles

SITE = "bureau"
START_S = 90


def make_site(directory: Path, site: str = SITE) -> Layout:
    """All papers of a new site, its broker on a free port of loopback."""
    wanted = BrokerSettings(site, ("127.0.0.1",), "127.0.0.1", free_port())
    return first_papers.init(directory, wanted, datetime.now(UTC))


def copy_site(directory: Path, site: str = SITE, hosts: tuple[str, ...] = ("127.0.0.1",)) -> Layout:
    """The same, as a copy of papers that are made once in a run: quick, but all such sites have the same keys."""
    return copy_papers(Path(_papers(site, hosts).name) / "site", directory, site, hosts)


def copy_papers(source: Path, directory: Path, site: str, hosts: tuple[str, ...]) -> Layout:
    """A site's directory once more, its broker on a port of its own."""
    shutil.copytree(source, directory)
    layout = Layout(directory)
    broker.write(layout, BrokerSettings(site, hosts, "127.0.0.1", free_port()))
    return layout


@cache
def _papers(site: str, hosts: tuple[str, ...]) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="strongroom-papers-")
    first_papers.init(Path(folder.name) / "site", BrokerSettings(site, hosts, "127.0.0.1", 1), datetime.now(UTC))
    return folder


def node_papers(layout: Layout, node: str, key: PrivateKey | None = None) -> TlsFiles:
    """Papers of a node, without the ceremony of a request; a second call makes a second certificate."""
    key = key or new_key()
    authority = Authority(layout.authority)
    return write_papers(layout, node, key, pem(authority.for_node(node, key.public_key(), datetime.now(UTC))))


def write_papers(layout: Layout, name: str, key: ec.EllipticCurvePrivateKey, certificate: bytes) -> TlsFiles:
    folder = layout.root / "papers"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{name}.crt").write_bytes(certificate)
    (folder / f"{name}.key").write_bytes(private_pem(key))
    return TlsFiles(layout.tls / "ca.crt", folder / f"{name}.crt", folder / f"{name}.key")


def let_in(port: int, papers: TlsFiles) -> bool:
    """Whether a broker on loopback accepts a connection with these papers."""
    context = ssl.create_default_context(cafile=str(papers.authority))
    context.load_cert_chain(papers.certificate, papers.key)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), START_S) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
        ):
            # With TLS 1.3 a client believes itself connected before the server has looked at its certificate.
            sock.sendall(b"\x10\x10\x00\x04MQTT\x05\x02\x00\x0a\x00\x00\x03new")  # CONNECT of MQTT 5
            return sock.recv(1) == b"\x20"  # CONNACK
    except (ssl.SSLError, ConnectionError):
        return False


class Broker:
    """The broker of a site. `stop` ends it in order, `kill` as a power cut would."""

    def __init__(self, directory: Path) -> None:
        """`directory` is that of a site that `make_site` or `site init` has made."""
        self.layout = Layout(directory)
        self.log = directory / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return broker_settings.load(self.layout).port

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it and return once it listens."""
        assert self._process is None, "the broker runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(broker.command(self.layout), stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                sys.exit(f"the broker did not start:\n{self.log.read_text()}")
            time.sleep(0.01)

    def wait_ended(self) -> None:
        """Wait until somebody else has ended it."""
        assert self._process
        self._process.wait(START_S)
        self._process = None

    def stop(self) -> None:
        """SIGTERM. Nothing when it does not run."""
        if self._process:
            self._process.terminate()
            self.wait_ended()

    def kill(self) -> None:
        """SIGKILL. Nothing when it does not run."""
        if self._process:
            self._process.kill()
            self.wait_ended()

    def _listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0
