"""A backup for somebody whose key is not on the hub: only that key reads it, and all of it or nothing is put back."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.admin import backup, restore
from hub.core.refusal import NotPossible
from hub.site_directory.layout import Layout
from hub.store import session
from tests.support import commands
from tests.support.hub import PASSWORD, House, make_hub

pytestmark = pytest.mark.skipif(not shutil.which("age"), reason="age is not here")


class Holder:
    """Somebody with an identity in the safe."""

    def __init__(self, file: Path) -> None:
        self.file = file
        subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)
        shown = subprocess.run(["age-keygen", "-y", str(file)], check=True, capture_output=True, text=True)
        self.recipient = shown.stdout.strip()


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = make_hub(tmp_path / "site")
    made.node("archive-1")
    return made


@pytest.fixture
def liu(tmp_path: Path) -> Holder:
    return Holder(tmp_path / "liu.identity")


@pytest.fixture
def zhao(tmp_path: Path) -> Holder:
    return Holder(tmp_path / "zhao.identity")


def made(house: House, target: Path, *recipients: str) -> int:
    return backup.make(house.database, house.hub.layout, target, recipients=recipients)


def test_either_recipient_reads_it_and_it_is_put_back(house: House, tmp_path: Path, liu: Holder, zhao: Holder) -> None:
    size = made(house, tmp_path / "backup.age", liu.recipient, zhao.recipient)
    assert (tmp_path / "backup.age").stat().st_mode & 0o777 == 0o600
    for number, holder in enumerate((liu, zhao)):
        assert restore.examine(tmp_path / "backup.age", identity=holder.file).size == size
        layout = Layout(tmp_path / f"back-{number}")
        restore.put_files(tmp_path / "backup.age", layout, holder.file)
        assert (layout.keys / "engine.key").read_bytes() == (house.hub.layout.keys / "engine.key").read_bytes()
        database = session.open_database(f"sqlite:///{tmp_path}/back-{number}.db")
        restore.put_tables(tmp_path / "backup.age", database, identity=holder.file)
        database.dispose()


def test_nothing_of_it_can_be_read_without_an_identity(house: House, tmp_path: Path, liu: Holder) -> None:
    made(house, tmp_path / "backup.age", liu.recipient)
    with pytest.raises(NotPossible, match=r"this backup is encrypted: .*--identity"):
        restore.examine(tmp_path / "backup.age")
    assert b"PRIVATE KEY" not in (tmp_path / "backup.age").read_bytes()


@pytest.mark.parametrize("of", [0.01, 0.5, 0.999])
def test_one_that_is_cut_short_or_has_a_bad_byte_is_refused(
    house: House, tmp_path: Path, liu: Holder, of: float
) -> None:
    made(house, tmp_path / "backup.age", liu.recipient)
    content = bytearray((tmp_path / "backup.age").read_bytes())
    at = int(len(content) * of)
    (tmp_path / "short").write_bytes(content[:at])
    content[at] ^= 0x10
    (tmp_path / "bad").write_bytes(content)
    for name in ("short", "bad"):
        with pytest.raises(NotPossible):
            restore.examine(tmp_path / name, identity=liu.file)


@pytest.mark.parametrize("recipient", ["", "bogus", "age1bogus", "--output=/tmp/x", "ssh-rsa"])
def test_a_recipient_that_is_none_leaves_no_file(house: House, tmp_path: Path, recipient: str) -> None:
    with pytest.raises(NotPossible, match="the backup cannot be encrypted"):
        made(house, tmp_path / "backup.age", recipient)
    assert not (tmp_path / "backup.age").exists()


def run(root: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {} if path is None else {"PATH": path}
    return commands.run("hub", root, *words, environment=environment, keyboard=f"{PASSWORD}\n" * 2)


def test_with_another_identity_it_is_refused_in_one_line_and_nothing_is_written(
    house: House, tmp_path: Path, liu: Holder, zhao: Holder
) -> None:
    file = str(tmp_path / "backup.age")
    done = run(house.hub.layout.root, "hub", "backup", "--to", liu.recipient, file)
    assert done.returncode == 0, done.stderr
    assert "encrypted" in done.stdout
    people = ["--as", "zhaomin", "--second", "liuyang", "--reason", "disk failed"]
    new = tmp_path / "new"
    for identity in (["--identity", str(zhao.file)], ["--identity", str(tmp_path / "nowhere")], []):
        refused = run(new, "hub", "restore", file, *people, *identity)
        assert refused.returncode == 65, refused.stderr
        assert len([line for line in refused.stderr.splitlines() if line.startswith("strongroom:")]) == 1
        assert not (new / "hub").exists()
    back = run(new, "hub", "restore", file, *people, "--identity", str(liu.file))
    assert back.returncode == 0, back.stderr


def test_without_age_it_is_said_what_is_missing(house: House, tmp_path: Path, liu: Holder) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = run(
        house.hub.layout.root, "hub", "backup", "--to", liu.recipient, str(tmp_path / "b"), path=os.fspath(empty)
    )
    assert (refused.returncode, "apt-get install age" in refused.stderr) == (65, True), refused.stderr
    assert not (tmp_path / "b").exists()
