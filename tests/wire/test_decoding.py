"""Many threads may read the first texts of a type at once. In a process of its own, which is killed where that fails.

The types are large and new, and threads take turns all the time, so that msgspec alone does not survive one such run.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

STORM = """
import sys, threading
import msgspec
from wire import decoding

TURNS, THREADS, LEAVES = 20, 4, 40
sys.setswitchinterval(1e-6)
for _ in range(TURNS):
    leaves = [msgspec.defstruct(f"Leaf{n}", [("at", tuple[int, ...])]) for n in range(LEAVES)]
    whole = msgspec.defstruct("Whole", [(f"leaf{n}", leaf) for n, leaf in enumerate(leaves)])
    plain = {f"leaf{n}": {"at": (n,)} for n in range(LEAVES)}
    text = msgspec.json.encode(plain)
    together = threading.Barrier(THREADS)
    read = []

    def go():
        together.wait()
        read.append(%s)

    threads = [threading.Thread(target=go) for _ in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [msgspec.to_builtins(one) for one in read] == [plain] * THREADS
"""


@pytest.mark.parametrize("read", ["decoding.decode(text, whole)", "decoding.convert(plain, whole)"])
def test_threads_that_read_a_type_for_the_first_time_at_once_all_read_it(read: str) -> None:
    done = subprocess.run([sys.executable, "-c", STORM % read], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
