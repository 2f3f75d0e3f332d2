"""What all tests share."""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests.support import compiled_once

LONGEST = (
    "tests/system/",
    "tests/hub/console/test_browser",
    "tests/hub/notify/test_process.py",
    "tests/hub/admin/test_backup.py",
    "tests/bench/",
    "tests/sim/",
    "tests/hub/test_totality.py",
    "tests/firmware/core/",
    "tests/hub/engine/",
    "tests/hub/ledger/",
    "tests/hub/core/",
    "tests/audit/",
)
"""Where the long files are: first those that wait much and need little, so that others have the processor meanwhile."""


CORES = ("tests/hub/core/", "tests/firmware/core/", "tests/hub/engine/test_certifier.py")
"""Where the tests are whose examples are marked `core`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    more = "also a simulated year, pictures of every page, ten times the examples of each property, and whole tables"
    parser.addoption("--long", action="store_true", help=more)


EXAMPLES = {False: 100, True: 1000}
"""Of what a property is asked, unless it says itself; by `--long`. They are others in every run."""


def pytest_configure(config: pytest.Config) -> None:
    """No property fails because a machine is slow or has much to do. No statement is compiled twice."""
    compiled_once.register()
    examples = EXAMPLES[config.getoption("--long")]
    quiet = [HealthCheck.too_slow]
    settings.register_profile("at any load", deadline=None, max_examples=examples, suppress_health_check=quiet)
    settings.load_profile("at any load")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only what is marked `core` is asked for, no other file is read."""
    if config.option.markexpr != "core":
        return None
    cores = [config.rootpath / one for one in CORES]
    ours = any(collection_path.is_relative_to(one) or one.is_relative_to(collection_path) for one in cores)
    return None if ours else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is long is left out unless asked for. Workers begin with the longest, so that none is left alone with one in
    the end; and all have one order, which they must agree on, even where a set gives the parameters. Only then pytest
    puts together what shares a fixture."""
    for item in items:
        if isinstance(item, pytest.Function) and item.nodeid.startswith(CORES) and _is_example(item):
            item.add_marker("core")
    if not config.getoption("--long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (_rank(item.nodeid), item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing of what is read meanwhile is ever garbage: looking at it again and again took a fifth of the reading, and
    later a twentieth of all."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def _is_example(item: pytest.Function) -> bool:
    """What chance finds today it may not find tomorrow, and what has a bug planted is not the product."""
    walks = {"run_state_machine_as_test", "check_noticed"}.intersection(item.obj.__code__.co_names)
    return not (walks or is_hypothesis_test(item.obj) or "monkeypatch" in item.fixturenames)


def _rank(name: str) -> int:
    return next((rank for rank, part in enumerate(LONGEST) if part in name), len(LONGEST))
