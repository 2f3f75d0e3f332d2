"""What a shell completes is what there is: held against the commands, and tried in the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import completion

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90
STARTS = {"bash": ("--norc", "--noprofile", "-i"), "zsh": ("-f", "-i")}
SITE = """
[[area]]
name = "archive"

[[point]]
area = "archive"
name = "corridor-door"

[[account]]
login = "wangfang"
"""


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_files_are_what_the_code_makes_of_them(shell: str) -> None:
    made = (completion.FOLDER / f"strongroom.{shell}").read_text("utf-8")
    assert made == completion.render(shell), "run: .venv/bin/python -m tests.docs.completion"


class Terminal:
    """A shell at a terminal, in which completion was set up as its file says."""

    def __init__(self, shell: str, folder: Path) -> None:
        self._process, self._line = pty.fork()
        if not self._process:
            environment = {**os.environ, "PS1": "$ ", "TERM": "dumb", "COLUMNS": "300", "HOME": str(folder)}
            os.chdir(folder)
            os.execvpe(shell, (shell, *STARTS[shell]), environment)
        self.said = ""
        first = "autoload -U compinit; compinit -u; " if shell == "zsh" else ""
        self.type(f'{first}eval "$({ROOT}/strongroom completion {shell})"; echo set""up\n')
        self.wait_for("setup")

    def type(self, text: str) -> None:
        os.write(self._line, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows this."""
        until = time.monotonic() + PATIENCE_S
        while text not in self.said:
            ready, _, _ = select.select([self._line], [], [], max(0.0, until - time.monotonic()))
            assert ready, self.said
            self.said += os.read(self._line, 4096).decode("utf-8", "replace")

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._line)


@pytest.fixture(params=completion.SHELLS)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    if not shutil.which(request.param):
        pytest.skip(f"no {request.param} here")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "site.toml").write_text(SITE)
    (tmp_path / "strongroom").symlink_to(ROOT / "strongroom")
    terminal = Terminal(request.param, tmp_path)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("./strongroom jour", "journal "),
        ("./strongroom roster hand", "handover "),
        ("./strongroom node enr", "enrol "),
        ("./strongroom sim repl", "replay "),
        ("./strongroom demo --sto", "--story "),
        ("./strongroom journal --kind cannot-f", "cannot-fill "),
        ("./strongroom alarms close 1 --cause intr", "intrusion "),
        ("./strongroom --dir site sim open arch", "archive/corridor-door "),
        ("./strongroom --dir site seal archive --as w", "wangfang "),
        ("./strongroom site check site/si", "site/site.toml "),
    ],
)
def test_a_tab_completes_it(terminal: Terminal, typed: str, completed: str) -> None:
    terminal.type(f"{typed}\t")
    terminal.wait_for(f"{typed.rpartition(' ')[0]} {completed}")
