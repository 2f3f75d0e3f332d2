"""What a newcomer stands on: the locks, and the script that builds from them. Nothing here uses a network."""

import itertools
import os
import queue
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements-node.lock", "requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
"""Each holds the one before."""
UNLOCKED = {"picamera2"}  # from apt, on a Raspberry Pi only


def entries(lock: str) -> dict[str, str]:
    """Name -> the whole entry: version, marker and hashes, on one line."""
    text = re.sub(r"\s*#.*", "", (ROOT / lock).read_text()).replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return {re.split(r"[=\s]", line)[0]: line for line in lines}


def requirement(entry: str) -> Requirement:
    return Requirement(re.sub(r"\s--hash=\S+", "", entry))


# --- the locks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    options = [line for line in (ROOT / lock).read_text().splitlines() if line.startswith("-")]
    assert options == []
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_says_how_it_was_made(lock: str) -> None:
    assert re.search(
        rf"^# +uv pip compile --universal .*--generate-hashes.* -o {lock}$", (ROOT / lock).read_text(), re.M
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_one_version_and_hashes(lock: str) -> None:
    for name, entry in entries(lock).items():
        assert re.match(rf"{name}==[^\s*]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize(("smaller", "larger"), list(itertools.pairwise(LOCKS)))
def test_a_lock_holds_the_one_before_word_for_word(smaller: str, larger: str) -> None:
    more = entries(larger)
    assert {name: entry for name, entry in entries(smaller).items() if more.get(name) != entry} == {}


def test_a_node_has_what_only_it_needs() -> None:
    """Nothing of a database, of pages or of paper."""
    assert len(entries("requirements-node.lock")) <= 10


def test_a_hub_has_nothing_that_only_the_demonstration_needs() -> None:
    assert len(entries("requirements.lock")) < 45
    assert entries("requirements-demo.lock").keys() - entries("requirements.lock").keys() >= {"rich", "pygments"}


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        (LOCKS[0], ["pi"]),
        (LOCKS[1], ["pi", "hub", "postgres"]),
        (LOCKS[2], ["pi", "hub", "postgres", "demo"]),
        (LOCKS[3], ["pi", "hub", "postgres", "demo", "dev"]),
    ],
)
def test_a_lock_serves_all_that_pyproject_asks_for(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    locked = entries(lock)
    for want in map(Requirement, asked):
        name = canonicalize_name(want.name)
        if name not in UNLOCKED:
            (version,) = requirement(locked[name]).specifier
            assert want.specifier.contains(version.version, prereleases=True), want


def test_nothing_under_the_gpl_is_locked_for_run_time() -> None:
    assert "pymerkle" not in entries("requirements.lock")


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_boards_get_the_pins_and_others_do_not(machine: str, python: str) -> None:
    where = {"platform_machine": machine, "python_version": python, "python_full_version": f"{python}.1"}
    marker = requirement(entries("requirements.lock")["lgpio"]).marker
    assert marker
    assert marker.evaluate(where) == (machine == "aarch64" and python != "3.13")  # 3.13 has it from apt


def test_every_file_runs_on_the_oldest_python_we_serve() -> None:
    """The tests run on that one where it is this one."""
    ours = ("wire", "firmware", "hub", "demo", "hardware", *(("tests",) if sys.version_info[:2] > (3, 11) else ()))
    folders = [str(ROOT / name) for name in ours if (ROOT / name).is_dir()]
    command: list[str | Path] = [
        Path(sys.executable).with_name("vermin"),
        "-q",
        "-t=3.11-",
        "--no-tips",
        "--violations",
        *folders,
    ]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


# --- the script ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["strongroom", "tests/run", "tests/bare"])
@pytest.mark.parametrize("shell", ["sh", "dash"])
def test_a_script_is_posix_sh(shell: str, script: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text().startswith("#!/bin/sh\n")
    subprocess.run([shell, "-n", ROOT / script], check=True)


class Machine:
    """Nothing is on it but what a test puts there: a PATH of its own, and programs that only write down their call."""

    # fmt: off
    TOOLS = (
        "sh", "dirname", "readlink", "cat", "head", "tail", "rm", "id", "sha256sum", "flock", "grep",
        "mkdir", "chmod", "sleep", "touch", "env", "true",
    )
    # fmt: on

    def __init__(self, folder: Path) -> None:
        self.repo, self.bin, self.log = folder / "repo", folder / "bin", folder / "log"
        self.repo.mkdir()
        self.bin.mkdir()
        self.log.touch()
        for file in ("strongroom", *LOCKS):
            shutil.copy(ROOT / file, self.repo)
        (self.repo / "demo").mkdir()
        # Not what lies in the real /usr/sbin and /usr/lib.
        script = (self.repo / "strongroom").read_text()
        script = script.replace(":/usr/sbin:/sbin", "").replace("/usr/lib/postgresql", f"{folder}/postgresql")
        (self.repo / "strongroom").write_text(script)
        for tool in self.TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/missing/{tool}")
        libraries = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0 libatomic.so.1"
        self.is_a("x86_64", 64).has("df", "echo head; echo disk 0 0 9000000 0 /")
        self.has("ldconfig", f"printf '%s (libc6)\\n' {libraries}")
        self.has("fc-list", "echo a Chinese font")

    def has(self, name: str, body: str = "") -> "Machine":
        program = self.bin / name
        program.unlink(missing_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.log}\n{body}\n')
        program.chmod(0o755)
        return self

    def is_a(self, processor: str, bits: int) -> "Machine":
        return self.has("uname", f"echo {processor}").has("getconf", f"echo {bits}")

    def has_python(self, version: str = "3.11") -> "Machine":
        """Answers what the script asks of a Python; the environment it makes holds a copy of itself."""
        return self.has(
            "python3",
            f"""case "$*" in
                *version_info*) echo {version} ;;
                *get_path*) echo "{self.repo}/.venv/site" ;;
                *ensurepip*) exit ${{ENSUREPIP:-0}} ;;
                "-m venv"*) for venv; do :; done
                    mkdir -p "$venv/bin" "$venv/site"; cat "$0" >"$venv/bin/python"; chmod +x "$venv/bin/python" ;;
                "-m pip"*) until [ -e "${{PIP_WAITS_FOR:-/}}" ]; do sleep 0.05; done; exit "${{PIP_EXIT:-0}}" ;;
            esac""",
        )

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.repo / "strongroom", *words],
            env={"PATH": str(self.bin), **environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        self.log.write_text("")
        process = self.start(*words, **environment)
        _, errors = process.communicate(timeout=90)
        return process.returncode, errors

    def calls(self, prefix: str) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if line.startswith(prefix)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    return machine.has_python().has("mosquitto")


def test_without_apt_it_says_in_one_line_what_is_missing(machine: Machine) -> None:
    code, said = machine.has_python().run("demo")
    assert code == 69
    assert said.count("\n") == 1
    assert "missing: mosquitto." in said


def test_without_root_and_sudo_it_says_the_command(machine: Machine) -> None:
    code, said = machine.has_python().has("apt-get").has("id", "echo 1000").run("demo")
    assert (code, machine.calls("apt-get")) == (69, [])
    assert (
        said
        == "strongroom: missing: mosquitto. Get them as root with: apt-get install --no-install-recommends mosquitto\n"
    )


def test_when_apt_fails_it_says_why_and_the_command(machine: Machine) -> None:
    code, said = (
        machine.has_python().has("id", "echo 0").has("apt-get", "echo E: no such thing >&2; exit 100").run("demo")
    )
    assert code == 69
    assert "E: no such thing" in said
    by_hand = "apt-get update && apt-get install --no-install-recommends mosquitto"
    assert said.endswith(f"missing: mosquitto. Get them as root with: {by_hand}\n")


def test_who_may_not_use_sudo_hears_it_in_one_line(machine: Machine) -> None:
    machine.has_python().has("id", "echo 1000").has("apt-get").has("sudo", "echo not allowed >&2; exit 1")
    code, said = machine.run("demo")
    assert (code, machine.calls("apt-get")) == (69, [])
    assert (
        said
        == "strongroom: missing: mosquitto. Get them as root with: apt-get install --no-install-recommends mosquitto\n"
    )


@pytest.mark.parametrize(("processor", "bits"), [("armv7l", 32), ("aarch64", 32), ("i686", 32), ("riscv64", 64)])
def test_a_machine_without_our_packages_is_refused_in_one_line_before_anything_is_installed(
    machine: Machine, processor: str, bits: int
) -> None:
    machine.is_a(processor, bits).has_python().has("id", "echo 0").has("apt-get")
    code, said = machine.run("demo")
    assert (code, said.count("\n"), machine.calls("apt-get")) == (69, 1, [])
    assert f"needs a 64-bit system (x86_64 or aarch64); this is {processor} with {bits} bits" in said


def test_a_full_disk_is_not_told_as_a_network_that_is_away(ready: Machine) -> None:
    ready.has("df", "echo head; echo disk 0 0 99 0 /")
    code, said = ready.run("demo", PIP_EXIT="1")
    assert code == 69
    assert said.endswith("strongroom: the disk is full. Make room, then run this again.\n")
    assert "network" not in said
    ready.has("id", "echo 0").has("apt-get", "exit 100").has("fc-list")
    assert ready.run("demo")[1].endswith("strongroom: the disk is full. Make room, then run this again.\n")


@pytest.mark.parametrize(
    "words", ["--help", "demo --help", "verify journal export", "site check site.toml", "status", "journal"]
)
def test_whoever_only_asks_needs_no_broker(machine: Machine, words: str) -> None:
    machine.has_python().has("id", "echo 0").has("apt-get")
    assert machine.run(*words.split())[0] == 0
    assert machine.calls("apt-get") == []


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_before_anything_is_installed(machine: Machine, shell: str) -> None:
    (machine.repo / "completion").mkdir()
    shutil.copy(ROOT / "completion" / f"strongroom.{shell}", machine.repo / "completion")
    assert machine.run("completion", shell) == (0, "")
    assert machine.log.read_text() == ""


def test_a_shell_that_is_not_known_is_told_in_one_line(machine: Machine) -> None:
    code, said = machine.run("completion", "csh")
    assert (code, said.count("\n")) == (64, 1)


def test_bare_machines_are_made_with_debootstrap(ready: Machine) -> None:
    for tool in ("chromium", "postgres", "age"):
        ready.has(tool)
    ready.has("id", "echo 0").has("apt-get").run("test", "--bare")
    assert ready.calls("apt-get")[1].endswith("install -y --no-install-recommends debootstrap")
    ready.has("debootstrap").run("test", "--bare")
    assert ready.calls("apt-get") == []


def test_it_installs_only_what_was_asked_for_and_is_missing(machine: Machine) -> None:
    machine.has_python().has("id", "echo 0").has("apt-get")
    assert machine.run("demo")[0] == 0
    assert machine.calls("apt-get")[1].endswith("install -y --no-install-recommends mosquitto")
    machine.has("mosquitto")
    machine.run("demo")
    assert machine.calls("apt-get") == []
    machine.has("chromium").has("age").run("test")
    assert machine.calls("apt-get")[1].endswith("install -y --no-install-recommends postgresql")


PAPER = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


@pytest.mark.parametrize("words", ["demo", "demo --story", "--dir x certificate 1", "hub install"])
def test_what_a_certificate_is_printed_with_comes_with_the_commands_that_need_it(ready: Machine, words: str) -> None:
    ready.has("ldconfig").has("fc-list").has("id", "echo 0").has("apt-get")
    ready.run(*words.split())
    assert ready.calls("apt-get")[1].endswith(f"--no-install-recommends {PAPER}")


@pytest.mark.parametrize("words", ["node run", "sim state", "hub engine", "status"])
def test_no_other_command_waits_for_it(ready: Machine, words: str) -> None:
    ready.has("ldconfig").has("fc-list").has("id", "echo 0").has("apt-get")
    ready.run(*words.split())
    assert ready.calls("apt-get") == []


def test_it_asks_sudo_without_a_prompt_when_nobody_can_answer_one(machine: Machine) -> None:
    machine.has_python().has("id", "echo 1000").has("apt-get").has("sudo", 'shift; exec "$@"')
    assert machine.run("demo")[0] == 0
    assert machine.calls("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get")
    assert machine.calls("apt-get")


def test_it_gets_venv_when_debian_left_it_out(ready: Machine) -> None:
    ready.has("id", "echo 0").has("apt-get")
    assert ready.run("demo", ENSUREPIP="1")[0] == 0
    assert ready.calls("apt-get")[1].endswith(" python3-venv")


def test_where_there_is_no_python_at_all_it_asks_for_one(machine: Machine) -> None:
    code, said = machine.run("demo")
    assert code == 69
    assert "missing: python3 python3-venv mosquitto." in said


@pytest.mark.parametrize("version", ["3.9", "3.10", "2.7", ""])
def test_an_old_python_is_refused_with_a_way_out(machine: Machine, version: str) -> None:
    code, said = machine.has_python(version).has("id", "echo 0").has("apt-get").run("demo")
    assert (code, machine.calls("apt-get")) == (69, [])
    assert "needs Python 3.11 or newer" in said
    assert "STRONGROOM_PYTHON=" in said


def test_a_python_can_be_named(ready: Machine, tmp_path: Path) -> None:
    (ready.bin / "python3").rename(tmp_path / "my python")
    assert ready.run("demo", STRONGROOM_PYTHON=str(tmp_path / "my python"))[0] == 0
    assert ready.run("demo", STRONGROOM_PYTHON="/no/such/python")[0] == 69


def test_a_second_run_installs_nothing_and_says_nothing(ready: Machine) -> None:
    assert ready.run("demo")[0] == 0
    assert ready.calls("python3 -m pip install")
    assert "--require-hashes" in ready.calls("python3 -m pip install")[0]
    code, said = ready.run("demo")
    assert (code, said, ready.calls("python3 -m pip"), ready.calls("python3 -m venv")) == (0, "", [], [])


def test_a_run_that_was_cut_short_is_begun_again(ready: Machine) -> None:
    code, said = ready.run("demo", PIP_EXIT="1")
    assert code == 69
    assert "cannot be had" in said
    assert ready.run("demo")[0] == 0
    assert ready.calls("python3 -m venv --clear")


def test_a_changed_lock_is_installed_on_top(ready: Machine) -> None:
    ready.run("demo")
    with (ready.repo / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    ready.run("demo")
    assert ready.calls("python3 -m pip install")
    assert not ready.calls("python3 -m venv")


def test_another_python_means_another_environment(ready: Machine) -> None:
    ready.run("demo")
    ready.has_python("3.12").run("demo", STRONGROOM_PYTHON=str(ready.bin / "python3"))
    assert ready.calls("python3 -m venv --clear")


def test_an_environment_whose_python_has_gone_is_made_again(ready: Machine) -> None:
    ready.run("demo")
    (ready.repo / ".venv/bin/python").unlink()
    assert ready.run("demo")[0] == 0
    assert ready.calls("python3 -m venv --clear")


def test_what_the_tests_need_serves_the_rest_too(ready: Machine) -> None:
    for tool in ("chromium", "postgres", "age"):
        ready.has(tool)
    ready.has("fc-list", "echo a font")
    ready.run("benchmark")
    assert ready.calls("python3 -m pip install")[0].endswith("requirements-dev.lock")
    ready.run("demo")
    assert not ready.calls("python3 -m pip")


def test_a_node_gets_its_own_lock_and_a_hub_beside_it_the_rest(ready: Machine) -> None:
    ready.run("node", "status")
    assert ready.calls("python3 -m pip install")[0].endswith("requirements-node.lock")
    ready.run("node", "list")
    assert ready.calls("python3 -m pip install")[0].endswith("requirements.lock")
    ready.run("node", "status")
    assert not ready.calls("python3 -m pip")


def test_the_demonstration_gets_its_own_lock_which_serves_a_hub(ready: Machine) -> None:
    ready.run("status")
    assert ready.calls("python3 -m pip install")[0].endswith("requirements.lock")
    ready.run("demo")
    assert ready.calls("python3 -m pip install")[0].endswith("requirements-demo.lock")
    for words in ("sim state", "status", "node status"):
        ready.run(*words.split())
        assert not ready.calls("python3 -m pip")


def test_two_first_runs_install_once(ready: Machine) -> None:
    go_on = ready.bin / "go-on"
    both = [ready.start("demo", PIP_WAITS_FOR=str(go_on)) for _ in range(2)]
    said: queue.Queue[str] = queue.Queue()

    def listen(process: subprocess.Popen[str]) -> None:
        assert process.stderr
        for words in process.stderr:
            said.put(words)

    with ThreadPoolExecutor() as pool:
        listening = pool.map(listen, both)
        while "waiting" not in said.get(timeout=90):
            pass
        go_on.touch()
        list(listening)
    assert [process.wait(90) for process in both] == [0, 0]
    assert len(ready.calls("python3 -m pip install")) == 1
    assert not [words for words in said.queue if "waiting" in words], "the one that installs waits for nobody"


@pytest.mark.parametrize(
    ("words", "handed_to"),
    [
        ("demo --story", "-P -m demo demo --story"),
        ("--dir x journal --json", "-P -m hub --dir x journal --json"),
        ("--dir=x sim open archive/door", "-P -m demo.sim --dir=x sim open archive/door"),
        ("--dir sim status", "-P -m hub --dir sim status"),
        ("--dir x node run", "-P -m firmware --dir x node run"),
        ("node request", "-P -m firmware node request"),
        ("node enrol FILE", "-P -m hub node enrol FILE"),
        ("node --json list", "-P -m hub node --json list"),
        ("node revoke cipher-1", "-P -m hub node revoke cipher-1"),
        ("", "-P -m hub"),
        ("--help", "-P -m hub --help"),
    ],
)
def test_each_command_goes_to_its_side(ready: Machine, words: str, handed_to: str) -> None:
    assert ready.run(*words.split())[0] == 0
    assert ready.calls("python3 ")[-1].strip() == f"python3 {handed_to}"


@pytest.mark.parametrize("words", ["demo --story", "--dir x sim status", "test", "benchmark"])
def test_an_installation_has_no_demonstration_and_says_where_there_is_one(ready: Machine, words: str) -> None:
    for tool in ("chromium", "postgres", "age"):
        ready.has(tool)
    ready.has("fc-list", "echo a font")
    (ready.repo / "demo").rmdir()
    code, said = ready.run(*words.split())
    assert code == 69
    assert "Run it in a copy of the source elsewhere" in said.splitlines()[-1]


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
@pytest.mark.parametrize("words", ["hub install", "node install"])
def test_what_is_installed_is_left_without_the_demonstration_and_the_tests(ready: Machine, words: str) -> None:
    script = ready.repo / "strongroom"
    script.write_text(script.read_text().replace("/opt/strongroom", str(ready.repo)))
    (ready.bin / "git").symlink_to(shutil.which("git") or "/missing/git")
    for folder in ("hub", "demo", "tests"):
        (ready.repo / folder).mkdir(exist_ok=True)
        (ready.repo / folder / "file.py").touch()
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "all"]):
        subprocess.run(["git", "-C", ready.repo, *command], check=True)
    assert ready.run(*words.split())[0] == 0
    assert (ready.repo / "hub" / "file.py").exists()
    assert not (ready.repo / "demo" / "file.py").exists()
    assert not (ready.repo / "tests" / "file.py").exists()


@pytest.mark.parametrize("words", ["hub install", "node install"])
def test_elsewhere_nothing_is_taken_away(ready: Machine, words: str) -> None:
    (ready.repo / "demo" / "file.py").touch()
    ready.has("git").run(*words.split())
    assert ready.calls("git") == []


@pytest.mark.parametrize(
    ("broken", "failed"), [("", ""), ("ruff", "ruff check, ruff format"), ("mypy", "mypy"), ("pytest", "pytest")]
)
def test_every_check_is_run_and_the_last_line_names_those_that_failed(tmp_path: Path, broken: str, failed: str) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/run", tmp_path / "tests")
    for tool in ("ruff", "mypy", "pytest"):
        (tmp_path / ".venv/bin" / tool).write_text(f"#!/bin/sh\necho {tool} $*\nexit {int(tool == broken)}\n")
        (tmp_path / ".venv/bin" / tool).chmod(0o755)
    done = subprocess.run([tmp_path / "tests/run", "-x"], capture_output=True, text=True)
    said = done.stdout.splitlines()
    assert {"ruff check .", "ruff format --check .", "mypy"} <= set(said)
    assert [line for line in said if line.startswith("pytest -n") and line.endswith(" -x")]
    assert done.returncode == bool(failed)
    assert said[-1].startswith(f"== failed: {failed}" if failed else "== mypy passed")
