"""Passwords are checked in a process of its own, which may die, be slow, or be asked too much."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from hub.sign_in import checking
from hub.sign_in.checking import AT_ONCE, IDLE_MS, Checked, Checker
from hub.sign_in.passwords import LONGEST, hashed

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEPT = CHEAP.hash("correct horse battery")


@pytest.fixture
def checker() -> Iterator[Checker]:
    checker = Checker()
    yield checker
    checker.close()


def wait(checker: Checker, many: int, now: int = 0) -> list[Checked]:
    """So many results, in the order in which they come."""
    done: list[Checked] = []
    while len(done) < many:
        assert select.select(checker.sockets, [], [], 90)[0]
        done += checker.checked(now)
    return done


def test_the_right_password_fits_and_no_other(checker: Checker) -> None:
    kept = [KEPT, KEPT, None, "!", "$argon2id$broken", CHEAP.hash("x" * (LONGEST + 1))]
    said = ["correct horse battery", "wrong", "correct horse battery", "!", "", "x" * (LONGEST + 1)]
    jobs = [checker.check(one, its, 0) or 0 for one, its in zip(said, kept, strict=True)]
    assert wait(checker, len(jobs)) == [Checked(job, job == jobs[0]) for job in jobs]


def test_any_text_is_a_password(checker: Checker) -> None:
    said = ["密码\n{}", "\x00\x1f", "é" * LONGEST, ""]
    for one in said:
        checker.check(one, CHEAP.hash(one), 0)
    assert all(done.fits for done in wait(checker, len(said)))


def test_a_process_that_dies_over_a_password_has_said_nothing_and_the_next_one_does(checker: Checker) -> None:
    checker.check("correct horse battery", KEPT, 0)
    wait(checker, 1)
    assert checker._process is not None
    os.kill(checker._process.pid, signal.SIGSTOP)
    job = checker.check("correct horse battery", KEPT, 0)
    os.kill(checker._process.pid, signal.SIGKILL)
    assert wait(checker, 1) == [Checked(job or 0, None)]
    checker.check("correct horse battery", KEPT, 0)
    assert wait(checker, 1)[0].fits


def test_more_than_can_wait_are_not_taken(checker: Checker) -> None:
    jobs = [checker.check("wrong", KEPT, 0) for _ in range(AT_ONCE + 3)]
    assert jobs[AT_ONCE:] == [None] * 3
    wait(checker, AT_ONCE)
    assert checker.check("wrong", KEPT, 0)


def test_a_process_that_is_not_wanted_for_a_while_is_ended(checker: Checker) -> None:
    checker.check("wrong", KEPT, 0)
    wait(checker, 1)
    assert checker.checked(IDLE_MS) == []
    assert checker.sockets
    assert checker.checked(IDLE_MS + 1) == []
    assert not checker.sockets


def test_what_is_kept_is_of_the_strength_that_we_say() -> None:
    assert hashed("a").startswith("$argon2id$v=19$m=32768,t=4,p=1$")


def test_the_process_ends_when_nobody_asks_any_more() -> None:
    done = subprocess.run([sys.executable, "-P", "-m", checking.__name__], input=b"", timeout=90, check=True)
    assert done.returncode == 0
