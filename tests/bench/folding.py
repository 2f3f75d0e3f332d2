"""What folding a journal anew takes, time and memory.

python -m tests.bench.folding [ENTRIES]      makes an SQLite journal of so many (100,000), and does both in turn
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hub.admin import rebuild
from hub.store import session
from tests.support import fence
from tests.support.long import lengthen


def one(what: str, path: Path) -> None:
    """In a process of its own: seconds and megabytes, as JSON."""
    database = session.open_database(f"sqlite:///{path}")
    begun = time.perf_counter()
    if what == "migrate":
        with session.writing(fence.ours(database)) as connection:
            rebuild.make_anew(connection, lambda _size: None)
    else:
        with session.reading(database) as connection:
            rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"what": what, "s": round(time.perf_counter() - begun, 1), "MB": most}))


def main() -> None:
    if len(sys.argv) == 3:
        one(sys.argv[1], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.db"
        database = fence.made(f"sqlite:///{path}")
        lengthen(database, int(sys.argv[1]) if len(sys.argv) == 2 else 100_000)
        database.dispose()
        for what in ("migrate", "rebuild"):
            subprocess.run([sys.executable, "-m", "tests.bench.folding", what, str(path)], check=True)


if __name__ == "__main__":
    main()
