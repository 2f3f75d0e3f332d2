"""The hub tells its network the time: what `hub install` lays out, read and served by a real chronyd."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.admin import install
from tests.firmware.house import PATIENCE_S, until
from tests.support.ports import free_port

CHRONYD = shutil.which("chronyd", path=f"{os.environ['PATH']}:/usr/sbin") or ""
pytestmark = pytest.mark.skipif(not CHRONYD, reason="chrony is not here")

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"]


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    install.install(tmp_path, lambda _: None)
    return tmp_path / "etc/chrony/conf.d/strongroom.conf"


@pytest.fixture
def port() -> int:
    return free_port() + 1  # the first of all is held, as a port of UDP


@pytest.fixture
def serving(placed: Path, tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A chronyd that reads the installed file, on a port of its own, and sets no clock."""
    if os.geteuid() != 0:
        pytest.skip("chronyd starts as root only")
    file = tmp_path / "chrony.conf"
    file.write_text(
        f"confdir {placed.parent}\nport {port}\ncmdport 0\nbindaddress 127.0.0.1\nallow 127.0.0.0/8\n"
        f"bindcmdaddress /\npidfile {tmp_path}/pid\n"
    )
    process = subprocess.Popen([CHRONYD, "-d", "-x", "-u", "root", "-f", str(file)], stderr=subprocess.PIPE, text=True)
    yield process
    process.terminate()
    process.communicate(timeout=PATIENCE_S)


def test_chrony_reads_what_is_installed(placed: Path) -> None:
    read = subprocess.run([CHRONYD, "-p", "-f", str(placed)], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert read.stdout.splitlines() == [*(f"allow {network}" for network in PRIVATE), "local stratum 10"]


def test_the_hub_tells_the_time_to_who_asks_with_no_better_clock_in_reach(
    serving: subprocess.Popen[str], port: int
) -> None:
    ask = [CHRONYD, "-Q", "-t", "10", "-f", "/dev/null", f"server 127.0.0.1 port {port} iburst"]
    said: list[str] = []

    def answered() -> bool:
        asked = subprocess.run(ask, capture_output=True, text=True, check=False)
        said.append(asked.stdout + asked.stderr)
        return asked.returncode == 0 or serving.poll() is not None

    until(answered, "the time")
    assert "System clock wrong by" in said[-1], said
