"""The broker's configuration: made from the templates in systemd/, for a demonstration and a real hub alike."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import pwd
import select
import shutil
import signal
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from hub.site_directory import files
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from wire import topics

if TYPE_CHECKING:
    from hub.admin.authority import Authority

TEMPLATES = Path(__file__).parents[2] / "systemd"
END_S = 5
"""How long a broker may take to end before it is killed, in seconds."""


def check(wanted: BrokerSettings) -> None:
    """Raises PapersError for anything that may not stand in the broker's files."""
    from hub.admin.authority import PapersError, host_name  # who only reads settings needs no certificates

    if not topics.valid_name(wanted.site):
        raise PapersError(f"a site may not be named {wanted.site!r}: {topics.NAME}, and none of {topics.RESERVED}")
    if not wanted.hosts:
        raise PapersError("name at least one address or host name of the hub")
    for host in wanted.hosts:
        host_name(host)
    try:
        ipaddress.ip_address(wanted.bind)
    except ValueError:
        raise PapersError(f"{wanted.bind!r} is not an address that the broker can listen on") from None
    if not 1 <= wanted.port <= 65535:
        raise PapersError(f"{wanted.port} is not a port")


def write(layout: Layout, wanted: BrokerSettings) -> None:
    """Write settings, configuration and rules. The broker heeds them from its next start. Raises PapersError."""
    from hub.admin.authority import PapersError

    check(wanted)
    own = layout.broker.resolve()
    if not str(own).isprintable():
        raise PapersError(f"{str(own)!r}: the broker cannot read a path with such characters")
    hosts = ", ".join(f'"{host}"' for host in wanted.hosts)
    text = f'site = "{wanted.site}"\nhosts = [{hosts}]\nbind = "{wanted.bind}"\nport = {wanted.port}\n'
    files.replace(layout.broker_settings, text.encode(), 0o644)
    files.replace(layout.broker / "acl", _fill("mosquitto.acl", site=wanted.site))
    values = {
        "user": pwd.getpwuid(os.geteuid()).pw_name,
        "pid_file": f"{own}/run/mosquitto.pid",
        "acl_file": f"{own}/acl",
        "cafile": f"{own}/ca.crt",
        "certfile": f"{own}/broker.crt",
        "keyfile": f"{own}/broker.key",
        "crlfile": f"{own}/crl.pem",
        "port": str(wanted.port),
        "bind": wanted.bind,
    }
    files.replace(layout.broker_conf, _fill("mosquitto.conf", **values))


def publish_list(layout: Layout, authority: Authority) -> None:
    """Give the broker the authority's revocation list. It heeds it from its next start."""
    files.replace(layout.broker / "crl.pem", authority.revocation_list(), 0o644)


def command(layout: Layout) -> list[str]:
    """Program and arguments that run the broker in the foreground. Raises PapersError when it is not installed."""
    from hub.admin.authority import PapersError

    # Debian keeps it outside an ordinary user's PATH.
    program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        raise PapersError("mosquitto is not installed; as root: apt-get install mosquitto")
    return [program, "-c", str(layout.broker_conf.resolve())]


def restart(layout: Layout) -> bool:
    """End the running broker, which drops every connection; its supervisor starts it again. False: none is running.

    Returns once the old process is gone. Raises PermissionError when it is somebody else's.
    """
    with contextlib.suppress(ProcessLookupError, FileNotFoundError, ValueError):
        pid = int(layout.broker_pid.read_text())
        # A pid file outlives a killed broker, and the number may be another's by now.
        if not _is_ours(pid, layout.broker_conf.resolve()):
            return False
        handle = os.pidfd_open(pid)
        try:
            for number in (signal.SIGTERM, signal.SIGKILL):
                signal.pidfd_send_signal(handle, number)
                if select.select([handle], [], [], END_S)[0]:
                    break
        finally:
            os.close(handle)
        return True
    return False


def _is_ours(pid: int, conf: Path) -> bool:
    """Whether that process was started with this configuration file, however the path was written."""
    process = Path(f"/proc/{pid}")
    words = process.joinpath("cmdline").read_bytes().split(b"\0")
    stood = process.joinpath("cwd").readlink()
    return any((stood / os.fsdecode(word)).resolve() == conf for word in words if word)


def _fill(name: str, **values: str) -> bytes:
    return Template((TEMPLATES / name).read_text("utf-8")).substitute(values).encode()
