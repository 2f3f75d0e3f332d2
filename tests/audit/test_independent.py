"""Code that shares nothing with ours reads an export: Go's own checksum database client, from Debian.

It runs where that is there: `apt install golang-go golang-golang-x-mod-dev`.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.ledger import folder
from tests.support.journal import HubSide, level, story

SOURCE = Path(__file__).parent / "independent" / "main.go"
LIBRARIES = Path("/usr/share/gocode")

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and (LIBRARIES / "src/golang.org/x/mod/sumdb").is_dir()),
    reason="Go and its library of signed notes and trees are not here",
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    place = {"GO111MODULE": "off", "GOPATH": str(LIBRARIES), "GOCACHE": str(folder / "cache"), "GOFLAGS": "-p=1"}
    built = folder / "reader"
    subprocess.run(["go", "build", "-o", built, SOURCE], env={**os.environ, **place}, check=True, timeout=600)
    return built


def read(reader: Path, place: Path, hub: HubSide) -> subprocess.CompletedProcess[str]:
    key = str(hub.checkpoint_keys[-1].public)
    return subprocess.run([reader, place, key], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def long_story() -> HubSide:
    """More than two bundles, so that there are tiles on two levels, full ones and partial ones."""
    hub = story()
    node = hub.nodes["archive-1"]
    while len(hub.entries) < 600:
        hub.record(node, level("archive/door", "normal", "active"))
    hub.check_point()
    return hub


@pytest.mark.timeout(660)
def test_it_believes_every_entry_of_an_export(reader: Path, long_story: HubSide, tmp_path: Path) -> None:
    folder.write(tmp_path / "export", long_story.journal())
    done = read(reader, tmp_path / "export", long_story)
    assert done.stdout == f"600 entries of {long_story.origin} stand under the signed root\n", done.stderr


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/entries/000", "tile/entries/002.p/88"])
def test_it_believes_no_export_with_one_byte_changed(
    reader: Path, long_story: HubSide, tmp_path: Path, path: str
) -> None:
    folder.write(tmp_path / "export", long_story.journal())
    file = tmp_path / "export" / path
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    done = read(reader, tmp_path / "export", long_story)
    assert (done.returncode, done.stdout[:12]) == (1, "not believed")
