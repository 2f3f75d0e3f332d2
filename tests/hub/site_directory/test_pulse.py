"""Whoever asks on this machine whether the engine is at work gets its own signed word, or is told that it is silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.site_directory import engine_pulse
from hub.site_directory.engine_pulse import Pulse
from wire import keys, local_socket
from wire import messages as m

NOW = 1_770_000_000_000


class Engine:
    """Something that answers like an engine, until it hangs."""

    def __init__(self, folder: Path) -> None:
        self.path, self.public = folder / "engine.sock", folder / "engine.pub"
        self.key = keys.make(keys.key_name("demo", "engine", "record"))
        self.public.write_text(f"{self.key.public}\n")
        self._beat = self.signs(NOW)
        self._answering = threading.Lock()
        self.pulse = Pulse(self.path)
        self.pulse.open()
        self._hangs = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def signs(self, time: int, site: str = "demo", key: keys.SigningKey | None = None) -> bytes:
        return (key or self.key).sign(m.encode(m.HubBeat(v=1, site=site, boot="boot", number=1, time=time, size=7)))

    def _run(self) -> None:
        while not self._hangs.wait(0.01):
            with self._answering:
                self.pulse.answer(self._beat)

    def says(self, beat: bytes) -> None:
        """What it answers from now on."""
        with self._answering:
            self._beat = beat

    def hangs(self) -> None:
        self._hangs.set()
        self._thread.join(60)

    def ask(self, patience: float = 60) -> m.HubBeat | None:
        return engine_pulse.ask(self.path, self.public, "demo", NOW, patience)


@pytest.fixture(params=["short", "long" * 40])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """In a folder of any length: a socket's address holds 107 bytes."""
    folder = tmp_path / request.param
    folder.mkdir()
    engine = Engine(folder)
    yield engine
    engine.hangs()
    engine.pulse.close()


def test_an_engine_at_work_answers_with_its_newest_beat(engine: Engine) -> None:
    beat = engine.ask()
    assert beat is not None
    assert (beat.time, beat.size) == (NOW, 7)


def test_one_that_hangs_is_silent(engine: Engine) -> None:
    engine.hangs()
    assert engine.ask(patience=0.2) is None


def test_one_that_is_dead_is_silent(engine: Engine) -> None:
    engine.hangs()
    engine.pulse.close()
    assert engine.ask() is None


def test_the_socket_of_one_that_was_killed_is_no_sign_of_life_and_hinders_no_other(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    local_socket.at_address(tmp_path / "engine.sock", left.bind)
    left.close()
    assert engine_pulse.ask(tmp_path / "engine.sock", tmp_path / "engine.pub", "demo", NOW) is None
    engine = Engine(tmp_path)
    assert engine.ask() is not None
    engine.hangs()
    engine.pulse.close()


@pytest.mark.parametrize("case", ["old", "of the future", "another site's", "under another key", "no note", "too long"])
def test_what_is_no_fresh_beat_of_this_engine_is_no_sign_of_life(engine: Engine, case: str) -> None:
    said = {
        "old": engine.signs(NOW - 10_001),
        "of the future": engine.signs(NOW + 10_001),
        "another site's": engine.signs(NOW, site="other"),
        "under another key": engine.signs(NOW, key=keys.make(keys.key_name("demo", "engine", "record"))),
        "no note": b"\xff\x00",
        "too long": b"x" * 10_000,
    }
    engine.says(said[case])
    assert engine.ask() is None


def test_where_no_socket_can_be_made_the_engine_goes_on(tmp_path: Path) -> None:
    nowhere = Pulse(tmp_path / "nowhere" / "engine.sock")
    nowhere.open()
    nowhere.answer(b"beat")
    nowhere.close()
    assert engine_pulse.ask(tmp_path / "nowhere" / "engine.sock", tmp_path / "engine.pub", "demo", NOW) is None
