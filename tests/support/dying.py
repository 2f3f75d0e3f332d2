"""Real processes of a hub that are killed at a step: before one begins, a function of it is wrapped, which kills it.

    engine = start(root, ("hub", "engine"), Dies(Step("hub.store.rows:save"), ("AlarmAcknowledged",)))

The product has no hook for it. A step counts from the moment on that a word of what it is about is seen.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal, NamedTuple

from hub.sign_in import checking
from hub.sign_in.checking import Checker
from tests.support import commands

PATIENCE_S = 90
Process = BaseProcess


class Step(NamedTuple):
    """A function, as `module:name`, and whether the process is killed before it, after it, or when it has written half
    of its bytes."""

    function: str
    when: Literal["before", "after", "half"] = "after"


class Dies(NamedTuple):
    """At which step a process is killed. `about`: words of which one has been seen by then, in arguments or results.
    `helper`: it is not the process itself, but the one that checks passwords for it, and of these the first; `once` is
    a file that is not there yet."""

    step: Step
    about: Sequence[str] = ()
    helper: bool = False
    once: Path | None = None


def start(
    root: Path, words: Sequence[str], dies: Dies | None = None, typed: str = "", said: Path | None = None
) -> Process:
    """A command of the hub in a process of its own. `typed`: on its keyboard; what it says goes to `said`."""
    process = commands.server().Process(target=_run, args=(("--dir", str(root), *words), dies, typed, said))
    process.start()
    return process


def killed(process: Process) -> None:
    """Wait until it has killed itself."""
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL, f"it did not come to that step, and ended with {process.exitcode}"


def ended(process: Process) -> int:
    """Wait for its end. Returns its exit code."""
    process.join(PATIENCE_S)
    assert process.exitcode is not None
    return process.exitcode


def stop(process: Process) -> None:
    """As systemd does."""
    process.terminate()
    assert ended(process) == 0


def _run(words: tuple[str, ...], dies: Dies | None, typed: str, said: Path | None) -> None:
    read, write = os.pipe()
    os.write(write, typed.encode())
    os.close(write)
    os.dup2(read, 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if said is not None:
        file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in (1, 2):
            os.dup2(file, number)
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    if dies and dies.helper:
        given = (*dies.step, str(dies.once))
        program = f"from tests.support import dying; dying.check_passwords(*{given!r})"
        Checker.__init__.__defaults__ = ((sys.executable, "-c", program),)
    elif dies:
        die_at(dies.step, dies.about)
    sys.argv = ["hub", *words]
    runpy.run_module("hub", run_name="__main__", alter_sys=True)


def check_passwords(function: str, when: Any, once: str) -> None:
    """The process that checks passwords; the first of them is killed."""
    with suppress(FileExistsError):
        os.close(os.open(once, os.O_CREAT | os.O_EXCL))
        die_at(Step(function, when))
    checking.main()


def die_at(step: Step, about: Sequence[str] = ()) -> None:
    """From now on this process is killed at that step."""
    seen = not about

    def sees(*values: object) -> bool:
        nonlocal seen
        seen = seen or any(word in repr(values) for word in about)
        return seen

    def wrap(function: Callable[..., Any], kills: Step | None) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(*args: Any, **named: Any) -> Any:
            here = sees(args, named) and kills is not None
            if here and step.when == "half":
                line, data = args
                function(line, data[: len(data) // 2])
                _die()
            if here and step.when == "before":
                _die()
            result = function(*args, **named)
            if kills is not None and step.when == "after" and sees(result):
                _die()
            return result

        return wrapped

    for name in WHERE_IT_IS_SEEN:
        if name != step.function:
            _put(name, lambda function: wrap(function, None))
    _put(step.function, lambda function: wrap(function, step))


WHERE_IT_IS_SEEN = ("hub.door.desk:Desk.ask", "hub.door.caller:Caller.ask", "hub.notify.spool:Spool.put")
"""On either side of the door, and where it waits for that."""


def _put(name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    module, _, path = name.partition(":")
    *owners, last = path.split(".")
    owner: Any = import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    setattr(owner, last, wrap(getattr(owner, last)))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
