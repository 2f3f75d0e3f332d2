"""The story, by the real command."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.demo_site import DemoError, make, stands
from hub.layout import Layout
from tests.support.broker import free_port
from tests.system.demo import Demo, call, command, environment, processes_in, wait_until


@pytest.mark.timeout(300)  # 40 s on an idle machine
def test_a_newcomers_first_command_plays_the_whole_holiday_and_every_expectation_holds(tmp_path: Path) -> None:
    site = tmp_path / "site"
    told = call("hub", site, "demo", "--story", "--port", str(free_port()))
    assert "✗" not in told
    numbers = dict(re.findall(r"^(records sent|records journalled|lost|duplicated) +(\d+) *$", told, re.MULTILINE))
    assert numbers["records sent"] == numbers["records journalled"]
    assert int(numbers["records sent"]) > 50
    assert (numbers["lost"], numbers["duplicated"]) == ("0", "0")
    assert re.search(r"^journal in order +yes", told, re.MULTILINE)
    assert not processes_in(site)
    # and the hub's own check agrees
    assert "0 rows differ" in call("hub", site, "hub", "rebuild")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_story_that_is_stopped_leaves_no_process_behind(new_demo: Callable[..., Demo], number: int) -> None:
    demo = new_demo().start("--story")
    assert demo.stop(number) == 130
    assert not processes_in(demo.directory)


def test_a_site_whose_making_was_killed_is_made_anew(tmp_path: Path) -> None:
    site = tmp_path / "site"
    words = command("hub", site, "demo", "--port", str(free_port()))
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()) as making:
        wait_until(lambda: (site / "hub" / "keys").exists())
        making.kill()
    wait_until(lambda: not processes_in(site))
    assert not stands(site)
    make(Layout(site), None)
    assert stands(site)
    demo = Demo(site).start()
    assert demo.stop() == 0


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "precious").write_text("a real hub's key")
    with pytest.raises(DemoError, match="name another directory"):
        stands(tmp_path)
    assert "--dir" in call("hub", tmp_path, "demo", code=69)
    assert (tmp_path / "hub" / "precious").exists()
