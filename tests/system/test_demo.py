"""Starting, ending and living beside others: what a person does with a demonstration besides looking at it."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.ports import free_port
from tests.system.demo import ZHANG, Demo, call, environment, processes_in, wait_until, whole


def test_two_demonstrations_run_side_by_side_and_know_nothing_of_each_other(new_demo: Callable[..., Demo]) -> None:
    demos = [new_demo("one"), new_demo("two")]
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(Demo.start, demos)
    one.opens("archive/cabinet-1")
    two.badge("archive/reader", ZHANG)
    one.entry("level", "archive/cabinet-1")
    two.entry("granted", "archive/reader")
    assert not two.journal(kind="level")
    assert not one.journal(kind="granted")
    # Ctrl-C for one, SIGTERM for the other
    assert (one.stop(signal.SIGINT), two.stop(signal.SIGTERM)) == (0, 0)
    assert not processes_in(one.directory) + processes_in(two.directory)


def test_it_goes_on_where_it_was_killed_and_at_another_port(new_demo: Callable[..., Demo]) -> None:
    demo = new_demo().start()
    wait_until(lambda: "Ctrl-C ends it" in demo.said(), "the welcome")
    demo.opens("archive/cabinet-1")
    demo.entry("level", "archive/cabinet-1")
    logins = (demo.directory / "logins.txt").read_text()
    demo.stop(signal.SIGKILL)
    # At once: what the killed one had started may still be ending, and is waited for.
    before, demo.port = demo.newest(), free_port()
    demo.output.unlink()
    demo.start()
    wait_until(lambda: "Ctrl-C ends it" in demo.said(), "the welcome")
    assert all(line in demo.said() for line in logins.splitlines())
    assert f"localhost:{demo.port}" in demo.said()
    demo.opens("archive/cabinet-2")
    demo.entry("level", "archive/cabinet-2", before)
    whole(demo, "archive-1")
    assert ("hub-interrupted", "hub") in demo.alarms(before)
    assert all(what == "hub-interrupted" for what, _ in demo.alarms(before))

    # Somebody starts it once more meanwhile, or another one at the same port.
    assert "another demonstration runs in" in call("demo", demo.directory, "demo", code=69)
    other = demo.directory.with_name("other")
    for port in (demo.port, demo.port - 1):
        assert "is in use; name another with --port" in call("demo", other, "demo", "--port", str(port), code=69)
    assert not any(other.iterdir())

    # Killed outright, it takes everything with it.
    demo.stop(signal.SIGKILL)
    wait_until(lambda: not processes_in(demo.directory), "every process to end")


def test_the_directory_may_be_named_before_the_command_after_it_or_by_the_environment(tmp_path: Path) -> None:
    """Each must come to look at the very directory, which is no place for a demonstration."""
    (tmp_path / "hub").mkdir()
    start = [sys.executable, "-P", "-m", "demo"]
    for words, named in (
        (["--dir", str(tmp_path), "demo"], {}),
        (["demo", "--dir", str(tmp_path)], {}),
        (["demo"], {"STRONGROOM_DIR": str(tmp_path)}),
    ):
        done = subprocess.run(
            [*start, *words], env=environment() | named, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, str(tmp_path) in done.stderr) == (69, True), words


def test_a_group_may_change_nothing_of_a_site_even_where_people_share_a_group(tmp_path: Path) -> None:
    """Debian 13 gives each login an umask of 002."""
    site = tmp_path / "site"
    site.mkdir()
    script = (
        "import os, sys; from pathlib import Path; from demo.site import make_site\n"
        "from hub.site_directory.layout import Layout\n"
        "os.umask(0o002); make_site.make(Layout(Path(sys.argv[1])), None)"
    )
    subprocess.run([sys.executable, "-P", "-c", script, str(site)], check=True, env=environment())
    found = [path for path in site.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
    assert [str(path.relative_to(site)) for path in found] == []
