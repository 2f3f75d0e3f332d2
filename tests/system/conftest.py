"""One site is made once; each demonstration runs on a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub import demo_site
from hub.layout import Layout
from tests.system.demo import Demo, processes_in


@pytest.fixture(scope="session")
def made_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration site that has never run."""
    directory = tmp_path_factory.mktemp("made") / "site"
    directory.mkdir(mode=0o700)
    demo_site.make(Layout(directory), None)
    return directory


@pytest.fixture
def new_demo(made_site: Path, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Makes a demonstration on a site of its own, not started yet. In the end nothing of it runs any more."""
    made: list[Demo] = []

    def make(name: str = "site") -> Demo:
        shutil.copytree(made_site, tmp_path / name)
        made.append(Demo(tmp_path / name))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        assert not processes_in(one.directory)


@pytest.fixture
def demo(new_demo: Callable[..., Demo]) -> Demo:
    """A running demonstration on a new site."""
    return new_demo().start()
