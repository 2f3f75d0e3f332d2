"""TLS papers that a bad disk or a hasty hand has spoilt: the service says which file it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import commands
from tests.support.hub import make_hub
from tests.support.ports import free_port

Accident = Callable[[Path], object]

ACCIDENTS: dict[str, Accident] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "gone": Path.unlink,
    "another's": lambda path: shutil.copyfile(path.with_name(f"admin{path.suffix}"), path),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
@pytest.mark.parametrize(
    ("service", "name"),
    [("engine", "engine.crt"), ("engine", "engine.key"), ("notify", "notify.key"), ("console", "https.crt")],
)
def test_a_service_names_the_file_that_is_not_what_it_should_be(
    tmp_path: Path, service: str, name: str, accident: str
) -> None:
    house = make_hub(tmp_path, settings=f"[console]\nport = {free_port()}\n")
    house.database.dispose()
    ACCIDENTS[accident](house.hub.layout.tls / name)
    done = commands.run("hub", house.hub.layout.root, "hub", service, code=77)
    (line,) = done.stderr.splitlines()
    assert f"tls/{name}" in line


def test_what_is_no_authority_is_named(tmp_path: Path) -> None:
    house = make_hub(tmp_path)
    house.database.dispose()
    house.hub.layout.tls.joinpath("ca.crt").write_text("hello\n")
    done = commands.run("hub", house.hub.layout.root, "hub", "engine")
    assert "tls/ca.crt: this is no certificate of an authority" in done.stderr
