"""What a record costs the engine of this state, to what it costs that of another: both are flooded in turn.

python -m tests.bench.in_turn OTHER [ROUNDS]     OTHER: a folder with the other state, such as a git worktree
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDS = 3_000
"""So many in each round, of four nodes, as fast as they are taken."""
HERE = Path(__file__).parents[2]


def flooded() -> None:
    """In a process of its own, of whichever state it is: for each line that is read, the microseconds of processor
    time that the engine took for each record of a flood."""
    from tests.bench import flow, size
    from tests.bench.chain import Chain
    from tests.bench.delay import Probe
    from tests.bench.place import Place

    with tempfile.TemporaryDirectory(prefix="strongroom-bench-", dir="/var/tmp") as folder:
        place = Place(Path(folder) / "site", 4)
        try:
            chains = [Chain(member.name, member.key) for member in place.members]
            place.broker.start()
            probe = Probe(place, place.members[0], chains[0])
            engine, _ = size.start_engine(place, probe)
            probe.close()
            for _ in sys.stdin:
                before = size.processor_s(engine)
                flow.stream(place, chains, RECORDS, 0)
                print((size.processor_s(engine) - before) / RECORDS * 1e6, flush=True)
            assert flow.check(place, chains).none
        finally:
            place.close()


class _State:
    """The engine of one state."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-P", __file__]
        there = {**os.environ, "PYTHONPATH": str(folder)}
        self._process = subprocess.Popen(
            words, cwd=folder, env=there, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.took: list[float] = []
        self._round()  # the first one compiles and warms up

    def flood(self) -> None:
        """One round more."""
        self.took.append(self._round())

    def end(self) -> None:
        """End the engine. Raises CalledProcessError where a record was lost."""
        self._process.communicate()
        if self._process.returncode:
            raise subprocess.CalledProcessError(self._process.returncode, self._process.args)

    def _round(self) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


def main() -> None:
    """Say what both took, and the ratio of each round with its median."""
    other, here = _State(Path(sys.argv[1]).resolve()), _State(HERE)
    for number in range(int(sys.argv[2]) if len(sys.argv) == 3 else 20):
        for state in (other, here) if number % 2 else (here, other):
            state.flood()
    ratios = [now / before for now, before in zip(here.took, other.took, strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4)
    print(f"there {statistics.median(other.took):.0f} µs a record, here {statistics.median(here.took):.0f} µs")
    print(f"here to there: median {median:.3f}, half of the {len(ratios)} rounds from {low:.3f} to {high:.3f}")
    other.end()
    here.end()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        flooded()
    else:
        main()
