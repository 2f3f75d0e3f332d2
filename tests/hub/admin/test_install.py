"""What `strongroom hub install` lays out, tried with systemd's own tools below a folder, and as the real users."""

import itertools
import os
import pwd
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.admin import broker, first_papers, install
from hub.site_directory import broker as broker_settings
from hub.site_directory.layout import Layout
from tests.support.installed import SYSTEMD, needs_root, needs_systemd, run_as

UNITS = ["strongroom-broker", "strongroom-engine", "strongroom-console", "strongroom-notify", "strongroom-node"]


def test_every_file_goes_where_the_table_says(root: Path) -> None:
    for item in install.TABLE:
        placed = root / item.destination.lstrip("/")
        assert placed.read_bytes() == (install.SOURCE / item.source).read_bytes()
        assert placed.stat().st_mode & 0o7777 == item.mode


def test_installing_again_changes_nothing(root: Path) -> None:
    before = {path: path.stat().st_mode for path in root.rglob("*")}
    install.install(root, lambda _: None)
    assert {path: path.stat().st_mode for path in root.rglob("*")} == before


def test_every_file_of_systemd_is_installed_or_a_template_or_a_nodes() -> None:
    installed = {install.SOURCE / item.source for item in install.TABLE}
    of_a_node = {*SYSTEMD.glob("strongroom-node.*"), SYSTEMD / "node-clock.service"}
    others = {SYSTEMD / name for name in ("mosquitto.conf", "mosquitto.acl", "README.md")}
    assert {path for path in SYSTEMD.rglob("*") if path.is_file()} - others == installed | of_a_node


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_a_daemon_is_exposed_as_little_as_we_say(root: Path, unit: str) -> None:
    """2.0 of 10 at most, by systemd's own measure; Debian's unit for Mosquitto has 9.6."""
    shutil.copy(SYSTEMD / "strongroom-node.service", root / "etc/systemd/system")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", f"--root={root}", f"{unit}.service"]
    measured = subprocess.run(command, capture_output=True, text=True, check=False)
    assert measured.returncode == 0, measured.stdout


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_every_line_of_a_unit(root: Path, unit: str) -> None:
    """It has a word for each key that it does not know; the daemon then runs, without what was meant."""
    shutil.copy(SYSTEMD / "strongroom-node.service", root / "etc/systemd/system")
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for program in ("opt/strongroom/.venv/bin/python", "usr/sbin/mosquitto"):
        (root / program).parent.mkdir(parents=True)
        (root / program).touch(0o755)
    command = ["systemd-analyze", "verify", "--man=no", f"--root={root}", f"{unit}.service"]
    read = subprocess.run(command, capture_output=True, text=True, check=False)
    about_us = [line for line in read.stderr.splitlines() if "strongroom" in line]
    assert (read.returncode, about_us) == (0, [])


def test_every_line_of_hardening_is_explained() -> None:
    lines = (SYSTEMD / "strongroom-.service.d/hardening.conf").read_text().splitlines()
    body = lines[lines.index("# --- Files") :]
    for before, line in itertools.pairwise(body):
        if line and not line.startswith("#"):
            assert before, f"{line} follows an empty line, without a reason"


# --- what a daemon sees of the machine --------------------------------------------------------------------------------


def in_force(unit: str) -> dict[str, str]:
    """The last word on each setting of a unit: the file of all daemons is read after the unit's own."""
    files = (SYSTEMD / f"{unit}.service", SYSTEMD / "strongroom-.service.d/hardening.conf")
    lines = [line for path in files for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines if "=" in line)


def reaches_pins(unit: str) -> bool:
    return "DeviceAllow=char-gpiochip" in (SYSTEMD / f"{unit}.service").read_text()


def test_the_node_and_whoever_sounds_for_the_hub_reach_pins() -> None:
    assert [unit for unit in UNITS if reaches_pins(unit)] == ["strongroom-notify", "strongroom-node"]


@needs_root
@pytest.mark.parametrize("unit", UNITS)
def test_a_daemon_that_reaches_pins_can_ask_which_board_it_is_on_and_no_other_looks_at_more_than_processes(
    unit: str,
) -> None:
    """By the same mount of /proc that systemd makes of the unit's lines. gpiozero opens no pin of an unknown board."""
    settings = in_force(unit)
    options = f"subset=pid,hidepid={settings['ProtectProc']}"
    if settings["ProcSubset"] == "all":
        options = options.removeprefix("subset=pid,")
    script = f"mount -t proc -o {options} proc /proc && exec setpriv --reuid=65534 --clear-groups cat /proc/cpuinfo"
    seen = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False)
    if "mount" in seen.stderr or "unshare" in seen.stderr:
        pytest.skip(f"nothing can be mounted here: {seen.stderr.strip()}")
    assert (seen.returncode == 0) == reaches_pins(unit), seen.stderr


def test_who_reaches_pins_is_in_their_group_and_the_group_is_made(root: Path) -> None:
    for unit in filter(reaches_pins, UNITS):
        assert "gpio" in in_force(unit)["SupplementaryGroups"].split()
        side = "node" if unit == "strongroom-node" else "hub"
        assert "\ng gpio " in (SYSTEMD / f"strongroom-{side}.sysusers").read_text()
    assert 'GROUP="gpio"' in (root / "etc/udev/rules.d/60-strongroom.rules").read_text()


# --- who may read what -----------------------------------------------------------------------------------------------

OWN = {
    "strongroom-engine": {
        "hub/keys/engine.key",
        "hub/checkpoint/ROOT.key",
        "hub/tls/engine.key",
        "hub/tls/engine-slow.key",
    },
    "strongroom-console": {"hub/tls/console.key", "hub/tls/https.key"},
    "strongroom-notify": {"hub/tls/notify.key"},
    "strongroom-broker": {"broker/broker.key", "broker/acl", "broker/mosquitto.conf"},
}


@needs_systemd
@needs_root
@pytest.mark.parametrize("user", OWN)
def test_a_daemon_reads_its_own_secrets_and_nobody_elses(root: Path, installed: Layout, user: str) -> None:
    secret = [path for path in installed.root.rglob("*") if path.is_file() and path.stat().st_mode & 0o77 == 0]
    found = run_as(root, user, "find", str(installed.root), "-type", "f", "-readable").stdout.splitlines()
    readable = {path for path in secret if str(path) in found}
    (key,) = installed.checkpoint_keys.iterdir()
    assert {str(path.relative_to(installed.root)).replace(key.stem, "ROOT") for path in readable} == OWN[user]


@needs_systemd
@needs_root
@pytest.mark.parametrize(
    ("user", "may"),
    [("strongroom-engine", {"checkpoint"}), ("strongroom-console", set()), ("strongroom-notify", set())],
)
def test_the_engine_alone_makes_and_destroys_keys_and_only_those_of_checkpoints(
    root: Path, installed: Layout, user: str, may: set[str]
) -> None:
    folders = (installed.checkpoint_keys, installed.keys)
    tried = {one.name for one in folders if run_as(root, user, "touch", str(one / "new.key")).returncode == 0}
    assert tried == may
    (key,) = (path for path in installed.checkpoint_keys.iterdir() if path.name != "new.key")
    assert (run_as(root, user, "rm", "-f", str(key)).returncode == 0) == bool(may)


@needs_systemd
@needs_root
def test_the_broker_runs_as_its_own_user_and_cannot_change_its_rules(root: Path, installed: Layout) -> None:
    port = broker_settings.load(installed).port
    knock = (
        f"import socket, time\nfor _ in range(6000):\n"
        f"    if socket.socket().connect_ex(('127.0.0.1', {port})) == 0: break\n    time.sleep(.01)\nelse: exit(1)"
    )
    shell = '"$1" -c "$2" & trap "kill $!" EXIT; /usr/bin/python3 -c "$3" && cat "$4"'
    command = [*broker.command(installed), "", str(installed.broker_pid)]
    outcome = run_as(root, "strongroom-broker", "sh", "-c", shell, "sh", command[0], command[2], knock, command[4])
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.strip().isdigit()
    assert run_as(root, "strongroom-broker", "touch", str(installed.broker / "more.conf")).returncode != 0


@needs_systemd
@needs_root
def test_what_root_renews_stays_the_daemons(root: Path, installed: Layout) -> None:
    key = installed.broker / "broker.key"
    owner = key.stat().st_uid
    assert owner != 0
    first_papers.renew(installed.root, datetime.now(UTC))
    assert (key.stat().st_uid, key.stat().st_mode & 0o777) == (owner, 0o600)
    assert pwd.getpwuid(os.geteuid()).pw_name in installed.broker_conf.read_text()
