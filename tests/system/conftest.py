"""One site is made once; each demonstration runs on a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from demo.site import make_site
from hub.sign_in import passwords
from hub.site_directory.layout import Layout
from tests.support.hub import AT_ANY_HOUR
from tests.support.postgres import Postgres
from tests.system.demo import Demo, processes_in


@pytest.fixture(scope="session")
def made_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration site that has never run. Its passwords are hashed as cheaply as can be."""
    directory = tmp_path_factory.mktemp("made") / "site"
    directory.mkdir(mode=0o700)
    plain = tmp_path_factory.mktemp("document") / "site.toml"
    plain.write_text(AT_ANY_HOUR, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_site, "SITE_FILE", plain)
        patch.setattr(passwords, "TIME_COST", 1)
        patch.setattr(passwords, "MEMORY_KIB", 8)
        make_site.make(Layout(directory), None)
    return directory


@pytest.fixture
def own() -> Iterator[Callable[[Demo], Demo]]:
    """Takes care of a demonstration: in the end nothing of it runs any more."""
    taken: list[Demo] = []

    def take(demo: Demo) -> Demo:
        taken.append(demo)
        return demo

    yield take
    with ThreadPoolExecutor() as pool:
        list(pool.map(Demo.stop, taken))
    assert not [process for demo in taken for process in processes_in(demo.directory)]


@pytest.fixture
def new_demo(made_site: Path, tmp_path: Path, own: Callable[[Demo], Demo]) -> Callable[..., Demo]:
    """Makes a demonstration on a site of its own, not started yet."""

    def make(name: str = "site") -> Demo:
        shutil.copytree(made_site, tmp_path / name)
        return own(Demo(tmp_path / name))

    return make


@pytest.fixture
def demo(new_demo: Callable[..., Demo]) -> Demo:
    """A running demonstration on a new site."""
    return new_demo().start()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.stop()
