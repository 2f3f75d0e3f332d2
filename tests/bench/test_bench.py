"""The benchmark runs, and nothing is lost. Times are not asserted: a test machine has other things to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_quick_run_loses_nothing_and_says_what_each_figure_means(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.bench", "--quick", "--dir", str(tmp_path), "--json", str(tmp_path / "found")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "found").read_bytes())
    figures = {one["name"]: one for one in found["figures"]}
    assert found["sound"]
    assert figures["records sent"]["value"] > 4000
    for name in ("lost", "doubled", "out of order", "without alarm"):
        assert figures[name]["value"] == 0, figures[name]
    assert all(one["meaning"] for one in figures.values())
    ratios = [one for one in figures.values() if one["unit"] == "×"]
    assert len(ratios) == 5
    assert all(one["control"] >= 0.9 for one in ratios), "a machine that is busy does not show"
    assert {"python -c pass", "hub --help", "hub --version", "hub status", "hub journal"} <= figures.keys()
    assert not list(tmp_path.glob("strongroom-bench-*")), "it left something behind"
