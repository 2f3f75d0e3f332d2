"""The story, by the real command."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.site.make_site import DemoError, make, stands
from demo.story.evidence import NOT_REFUSED
from hub.site_directory.layout import Layout
from hub.store import alarm_list
from tests.support.ports import free_port
from tests.system.demo import LI, PATIENCE_S, WANG, Demo, call, command, environment, processes_in, wait_until
from wire.audit import check, layout, suite

ZHOU = 1008
"""周强, the other duty officer."""


EXPECTED = (
    "every room is set until somebody unsets it",
    "she may enter it, and is refused while it is set",
    "the archive is unset, and 张伟 is let in",
    "and nobody is called for any: the archive is unset",
    "it is not set, and what is open is named",
    "meanwhile the archive was set",
    "with that the window is forgotten",
    "somebody is on record at the door, and the sounder is quiet",
    "it is back by itself, and the archive is set as before",
    "nobody walks through a room that is set",
    "where the calendar is not published it guesses nothing",
    "a sealing of each area is planned",
    "it cannot be sealed before that",
    "what is sealed is what was planned",
    "the telephone of 王芳 rings",
    "the telephone of 周强 rings",
    "and not before her turn",
    "that takes the alarm on, as her",
    "somebody at the door is on record",
    "whoever wrote the finding cannot confirm it",
    "it is closed by the word of two",
    "the number read off each seal is the one of then",
    "`strongroom verify certificate` finds its certificate good",
    "with its opening taken out, it is refused",
    "its verifier finds nothing wrong",
    "nobody was disturbed for nothing",
)
"""Of what the story expects, what it must not leave out."""


def test_a_newcomers_first_command_plays_the_whole_holiday_and_every_expectation_holds(tmp_path: Path) -> None:
    site, export = tmp_path / "site", tmp_path / "export"
    told = call(
        "demo", site, "demo", "--story", "--port", str(free_port()), "--export", str(export), patience=PATIENCE_S * 9
    )
    assert "✗" not in told
    assert [sentence for sentence in EXPECTED if f"✓ {sentence}" not in told] == []
    numbers = dict(re.findall(r"^(records sent|records journalled|lost|duplicated) +(\d+) *$", told, re.MULTILINE))
    assert numbers["records sent"] == numbers["records journalled"]
    assert int(numbers["records sent"]) > 50
    assert (numbers["lost"], numbers["duplicated"]) == ("0", "0")
    assert re.search(r"^journal in order +yes", told, re.MULTILINE)
    assert not processes_in(site)
    # and the hub's own check agrees
    assert "0 rows differ" in call("hub", site, "hub", "rebuild")

    # The break-in: taken on from Li Na's telephone, attended and found by one officer, confirmed by the other.
    with Demo(site).reading() as connection:
        broken_in = next(one for one in alarm_list.alarms(connection) if one.what == "opened-while-sealed")
    assert (broken_in.acknowledged_by, broken_in.acknowledged_via) == (LI, "sms")
    assert (broken_in.attended_by, broken_in.found_by, broken_in.closed_by) == (ZHOU, ZHOU, WANG)

    # What the auditor takes along is judged by the verifier alone.
    report = check.verify(layout.Folder(export), suite.choose().checks, check.Options())
    assert report.verdict in NOT_REFUSED.values(), report.why
    assert report.signed == report.entries > 200


def test_an_export_goes_with_the_story_and_into_a_new_folder(tmp_path: Path) -> None:
    assert "it goes with --story" in call("demo", tmp_path / "site", "demo", "--export", str(tmp_path / "out"), code=64)
    words = ("demo", "--story", "--export", str(tmp_path))
    assert "is there already" in call("demo", tmp_path / "site", *words, code=69)
    assert not any(tmp_path.iterdir())


def test_a_story_that_is_stopped_leaves_no_process_behind(new_demo: Callable[..., Demo]) -> None:
    """By Ctrl-C. That both signals end a demonstration alike, tests/system/test_demo.py tries."""
    demo = new_demo().start("--story")
    assert demo.stop(signal.SIGINT) == 130
    assert not processes_in(demo.directory)


def test_a_site_whose_making_was_killed_is_made_anew(tmp_path: Path) -> None:
    site = tmp_path / "site"
    words = command("demo", site, "demo", "--port", str(free_port()))
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
    assert "--dir" in call("demo", tmp_path, "demo", code=69)
    assert (tmp_path / "hub" / "precious").exists()
