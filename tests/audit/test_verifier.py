"""The verifier as an auditor gets it: one file, any Python from 3.8 on, nothing installed."""

from __future__ import annotations

import ast
import io
import itertools
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import vermin
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger import export, folder, verifier
from tests.audit.test_mutations import audit
from tests.support.journal import HubSide, NodeSide, level, story
from wire import checkpoint, keys, notes, paper
from wire.audit import check, command, entries, layout, suite
from wire.audit.report import Failure
from wire.audit.roots import root_words
from wire.book import rules

ROOT = Path(__file__).resolve().parents[2]
OLD = Path.home() / ".pyenv/versions/3.8.18/bin/python"


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    folder.write(tmp_path / "export", story().journal())
    return tmp_path / "export"


def run(
    *arguments: object, python: str = sys.executable, timeout: int = 60, **options: object
) -> subprocess.CompletedProcess[str]:
    command_line = [python, "-I", *map(str, arguments)]
    return subprocess.run(command_line, capture_output=True, text=True, encoding="utf-8", timeout=timeout, **options)  # type: ignore[call-overload, no-any-return]


# ---------------------------------------------------------------- what it is made of


@pytest.mark.parametrize("name", sorted(verifier.files()))
def test_python_3_8_reads_every_file_of_it(name: str) -> None:
    source = verifier.files()[name].decode()
    ast.parse(source, feature_version=(3, 8))
    config = vermin.Config()
    config.set_eval_annotations(False)  # they are text, by `from __future__ import annotations`
    visitor = vermin.visit(source, config, path=name)
    minimum = visitor.minimum_versions()[-1]
    assert minimum is None or minimum == 0 or minimum <= (3, 8), (name, minimum, visitor.output_text())


def test_it_needs_nothing_but_the_standard_library() -> None:
    wanted = set()
    for name, content in verifier.files().items():
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                wanted |= {
                    f"{node.module}.{alias.name}" if node.module == "wire" else str(node.module) for alias in node.names
                }
        assert name.startswith("wire/")
    ours = {one for one in wanted if one.split(".")[0] == "wire"}
    have = {name[:-3].replace("/", ".").removesuffix(".__init__") for name in verifier.files()}
    assert ours <= have, "a module that it imports is not packed"
    others = {one.split(".")[0] for one in wanted - ours} - set(sys.stdlib_module_names)
    assert others == {"cryptography"}, "used where it is there, and only in wire/audit/suite.py"
    assert [
        name
        for name, content in verifier.files().items()
        if b"import cryptography" in content or b"from cryptography" in content
    ] == ["wire/audit/suite.py"]


def test_it_is_the_same_bytes_each_time() -> None:
    assert verifier.build() == verifier.build()
    with zipfile.ZipFile(io.BytesIO(verifier.build())) as archive:
        assert archive.testzip() is None
        assert "__main__.py" in archive.namelist()
        assert not any(
            "msgspec" in archive.read(name).decode()
            for name in archive.namelist()
            if "wire/" in name and "import msgspec" in archive.read(name).decode()
        )


# ---------------------------------------------------------------- running it


def test_it_passes_the_export_that_it_lies_in(exported: Path, tmp_path: Path) -> None:
    done = run("-S", exported / "verify.pyz", cwd=tmp_path)  # -S: nothing is installed
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "PASS 通过: proven up to entry 28; nothing here says that this is the newest [proven]\n"
    )
    assert " ".join(root_words(story().root_key.public)) in done.stdout
    assert re.search(r"in plain Python, about \d+ a second: this takes about \d+ s", done.stderr)


def test_it_says_what_is_wrong(exported: Path) -> None:
    path = next((exported / "tile/entries").glob("*.p/*"))
    content = bytearray(path.read_bytes())
    content[content.index(b"alarm-raised")] ^= 1
    path.write_bytes(bytes(content))
    done = run(exported / "verify.pyz", exported)
    assert done.returncode == 1
    assert re.match(r"FAIL 不通过: entry 7 by engine: .* \[signature, first bad entry 7\]\n", done.stdout)


def test_seen_from_words_file_and_text(exported: Path, tmp_path: Path) -> None:
    hub = story()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    today = hub.check_point()
    (tmp_path / "today.txt").write_bytes(today.replace(b"\n", b"\r\n"))
    words = " ".join(paper.to_words(checkpoint.open_signed(today)[0]))
    for form in (tmp_path / "today.txt", words, today.decode()):
        done = run(exported / "verify.pyz", "--seen", form, "--json")
        found = json.loads(done.stdout)
        assert (done.returncode, found["verdict"], found["code"]) == (1, "FAIL", "rollback")
    last = " ".join(paper.to_words(checkpoint.open_signed(hub.checkpoints[-2])[0]))
    done = run(exported / "verify.pyz", "--seen", last, "--root", str(hub.root_key.public))
    assert done.returncode == 0, done.stdout
    assert "is the one on paper" in done.stdout


def test_a_typing_mistake_is_named_and_nothing_is_checked(exported: Path) -> None:
    words = paper.to_words(checkpoint.open_signed(story().checkpoints[-1])[0])
    right, words[3] = words[3], "babab" if words[3] != "babab" else "dabab"
    done = run(exported / "verify.pyz", "--seen", " ".join(words))
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"word 4 “{words[3]}” is wrong; by the check words the paper says “{right}”" in done.stderr


def test_no_export_is_unproven(exported: Path, tmp_path: Path) -> None:
    assert run(exported / "verify.pyz", tmp_path).returncode == 2
    assert run(exported / "verify.pyz", tmp_path / "nothing").returncode == 2
    assert run(exported / "verify.pyz", "--nonsense").returncode == 2


def test_a_console_without_chinese_does_not_stop_it(exported: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-E", exported / "verify.pyz"],
        capture_output=True,
        timeout=60,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"PASS")
    code = "import sys,io; sys.stdout=io.TextIOWrapper(sys.stdout.buffer,'ascii'); sys.path.insert(0,sys.argv[1]);"
    code += "from wire.audit.command import main; sys.exit(main([sys.argv[2]]))"
    done = subprocess.run(
        [sys.executable, "-c", code, exported / "verify.pyz", exported], capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout[:8]) == (0, b"PASS ??:"), done.stderr


@pytest.mark.skipif(not OLD.exists(), reason="there is no Python 3.8 here")
def test_python_3_8_runs_it(exported: Path) -> None:
    done = run(exported / "verify.pyz", "--json", python=str(OLD))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"] == 29


def test_the_command_is_the_same_code(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(exported), "--quiet"]) == 0
    assert command.main([str(exported / "verify.pyz"), "--pure", "--quiet"]) == 0
    assert capsys.readouterr().out.count("PASS") == 2


# ---------------------------------------------------------------- the folder


def test_an_export_is_whole_or_not_there(tmp_path: Path) -> None:
    journal = story().journal()

    def breaks() -> Iterator[bytes]:
        yield from itertools.islice(journal.entries, 1)
        raise OSError("the stick was pulled")

    with pytest.raises(OSError, match="pulled"):
        folder.write(tmp_path / "export", journal._replace(entries=breaks()))
    assert list(tmp_path.iterdir()) == []
    made = folder.write(tmp_path / "export", journal)
    assert (made.entries, made.signed) == (29, 29)
    with pytest.raises(FileExistsError):
        folder.write(tmp_path / "export", journal)
    on_disk = {
        str(path.relative_to(tmp_path / "export")): path.read_bytes()
        for path in (tmp_path / "export").rglob("*")
        if path.is_file()
    }
    assert on_disk == story().export()


def test_a_checkpoint_beyond_the_journal_is_not_exported(tmp_path: Path) -> None:
    journal = story().journal()
    with pytest.raises(ValueError, match="the journal has 20"):
        folder.write(tmp_path / "export", journal._replace(entries=list(journal.entries)[:20]))


def test_papers_lie_beside_and_never_outside(tmp_path: Path) -> None:
    journal = story().journal()
    folder.write(tmp_path / "one", journal._replace(beside={"certificates/ca.crt": b"ca"}))
    assert (tmp_path / "one/certificates/ca.crt").read_bytes() == b"ca"
    with pytest.raises(ValueError, match="outside"):
        folder.write(tmp_path / "two", journal._replace(beside={"../evil": b""}))


def test_a_journal_that_was_tampered_with_is_exported_and_found_out() -> None:
    hub = story()
    for bad in (b"", b"x", b"\xff\xfe", hub.entries[8][:-3], b"{}\n"):
        hub.entries[5] = bad
        report = audit(hub.export())
        assert (report.verdict, report.entry) == ("FAIL", 5)


def test_who_exports_a_journal_that_was_changed_is_told() -> None:
    hub = story()
    assert export.fill(export.InMemory(), hub.journal()).changed is None
    hub.entries[8] = hub.entries[7]
    signed = [checkpoint.open_signed(note)[0].size for note in hub.checkpoints]
    first = max(size for size in signed if size <= 8)
    last = min(size for size in signed if size > 8) - 1
    assert export.fill(export.InMemory(), hub.journal()).changed == (first, last)


def test_lines_of_strangers_are_left_out() -> None:
    hub = story()
    hub.record(hub.nodes["archive-1"], level("archive/door", "normal", "active"))
    witnesses = tuple(hub.nodes.values())
    hub.check_point(witnesses=(*witnesses, NodeSide("stranger"), witnesses[0]))
    files = hub.export()
    assert len(notes.split(files["checkpoint"]).signatures) == 3
    assert audit(files).verdict == "PASS"


def test_an_export_does_not_itself_say_what_its_auditor_is_to_bring_along() -> None:
    said = story().export()["README.txt"].decode("utf-8-sig")
    assert " ".join(root_words(story().root_key.public)) not in said
    assert '--root "the six words on paper"' in said


def pipe(place: Path) -> None:
    os.mkfifo(place)


def link(place: Path) -> None:
    place.symlink_to("/dev/zero")


def folder_in_its_place(place: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize("put", [pipe, link, folder_in_its_place])
@pytest.mark.parametrize(
    "path", ["checkpoint", "manifest", "README.txt", "journal.csv", "tile/0/000.p/29", "tail", "x"]
)
def test_only_plain_files_are_read(exported: Path, put: Callable[[Path], None], path: str) -> None:
    """A pipe in the place of a file would hold up the reader for ever, and a device has no end."""
    place = exported / path
    if place.exists():
        place.unlink()
    put(place)
    done = run(exported / "verify.pyz", exported, timeout=60)
    assert done.returncode in (1, 2), done.stdout
    assert path in done.stdout or "is not an export" in done.stderr


def test_a_folder_that_leads_elsewhere_is_not_followed(exported: Path, tmp_path: Path) -> None:
    (exported / "tile").rename(tmp_path / "elsewhere")
    (exported / "tile").symlink_to(tmp_path / "elsewhere")
    done = run(exported / "verify.pyz", exported)
    assert done.returncode == 1
    assert "this is no plain file" in done.stdout


HOSTILE = "x\x9b2J\x9bHPASS 通过\u2028PASS 通过: proven up to entry 99 [proven]\u202e"
"""Clears a screen, and begins a line that looks like the verifier's own."""


def _a_file(exported: Path) -> None:
    folder.write(exported, story().journal())
    (exported / f"\x1b[2J\nPASS\n{HOSTILE}").write_bytes(b"")


def _an_origin(exported: Path) -> None:
    hub = story()
    found = checkpoint.open_signed(hub.checkpoints[-1])[0]
    hub.checkpoints[-1] = keys.make("x").sign(found._replace(origin=HOSTILE).text())
    folder.write(exported, hub.journal())


@pytest.mark.parametrize("doctored", [_a_file, _an_origin])
def test_nothing_in_an_export_writes_a_verdict_of_its_own_on_the_auditors_terminal(
    tmp_path: Path, doctored: Callable[[Path], None]
) -> None:
    exported = tmp_path / "export"
    doctored(exported)
    done = run(exported / "verify.pyz", exported)
    assert done.returncode != 0
    assert "PASS 通过: proven up to entry 99" in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith("PASS")]
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.stdout)


# ---------------------------------------------------------------- parsers, memory, speed


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_an_entry_or_a_failure(content: bytes) -> None:
    for note, in_force in itertools.product(
        (content, content + "\n\n— a AAAAAAA=\n".encode()), (rules.OF_OLD, rules.NEWEST)
    ):
        with pytest.raises(Failure):
            entries.read(3, note, in_force)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
KINDS = ("journal-opened", "checkpoint-key", "node-enrolled", "node-revoked", "equivocation", "x")
FIELDS = (
    "node",
    "life",
    "record_key",
    "witness_key",
    "last_seq",
    "key",
    "service",
    "services",
    "origin",
    "quotes",
    "seq",
    "kept",
    "other",
    "checkpoint_key",
    "person",
    "point",
)


@given(
    st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), json_values), st.sampled_from(["admin", "engine"])
)
def test_any_data_in_a_signed_entry_is_taken_or_refused(kind: str, data: dict[str, object], by: str) -> None:
    hub = HubSide()
    hub.open()
    hub.enrol(NodeSide("archive-1"))
    hub.fact({**data, "kind": kind}, by)
    hub.check_point()
    assert audit(hub.export()).verdict in ("PASS", "FAIL", "UNPROVEN")


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_any_data_in_a_nodes_record_is_taken_or_refused(data: dict[str, object]) -> None:
    hub = HubSide()
    hub.open()
    node = NodeSide("archive-1")
    hub.enrol(node)
    hub.record(node, {**data, "kind": "cannot-fill", "first": data.get("seq"), "last": 1, "last_hash": data.get("key")})
    hub.check_point()
    assert audit(hub.export()).verdict in ("PASS", "FAIL", "UNPROVEN")


def test_files_of_any_size_are_not_read_whole(tmp_path: Path, exported: Path) -> None:
    for path in ("checkpoint", "tile/0/000.p/29", "tile/entries/000.p/29", "checkpoints/000.p/7"):
        place = exported / path
        good = place.read_bytes()
        with place.open("r+b") as file:
            file.truncate(2 << 30)
        done = run(exported / "verify.pyz", exported, preexec_fn=_little_memory)
        assert done.returncode == 1, done.stderr
        assert "has more than" in done.stdout
        place.write_bytes(good)


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))


MEMORY = """
from wire.audit.command import main
assert main([{!r}, "--quiet"]) == 0
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux says how much memory was used")
def test_memory_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    used = []
    for size in (300, 3000):
        hub, node = HubSide(), NodeSide("archive-1")
        hub.open()
        hub.enrol(node)
        for number in range(size):
            hub.record(node, level("archive/door", "normal", "active"))
            if number % 10 == 0:
                hub.check_point()
        hub.check_point()
        target = tmp_path / str(size)
        folder.write(target, hub.journal())
        code = f"import sys; sys.path.insert(0, {str(target / 'verify.pyz')!r})\n{MEMORY.format(str(target))}"
        used.append(int(run("-S", "-c", code).stdout.splitlines()[-1]))
    assert used[1] < 100_000
    assert used[1] < used[0] * 1.2, used


def measure(size: int = 100_000) -> None:
    """A long journal. Run by hand: python -m tests.audit.test_verifier [ENTRIES]"""
    import tempfile

    hub, source = HubSide(), random.Random(1)
    hub.open()
    nodes = [NodeSide(f"archive-{number}") for number in range(3)]
    for node in nodes:
        hub.enrol(node)
    while len(hub.entries) < size:
        hub.record(source.choice(nodes), level("archive/door", "normal", "active"))
        if len(hub.entries) % 100 == 0:
            hub.check_point()
    hub.check_point()
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        folder.write(Path(place) / "export", hub.journal())
        print(f"{size} entries exported in {time.perf_counter() - begun:.1f} s")
        chosen = suite.choose()
        key = chosen.checks[notes.ED25519]
        one = notes.split(hub.entries[-1])
        public = next(node.record_key.public for node in nodes if node.record_key.name == one.signatures[0].name)
        signatures = size + sum(len(notes.split(note).signatures) for note in hub.checkpoints)
        begun = time.perf_counter()
        for _ in range(10_000):
            key(public.public, one.text, one.signatures[0].data)
        bare = (time.perf_counter() - begun) / 10_000 * signatures
        begun = time.perf_counter()
        report = check.verify(layout.Folder(Path(place) / "export"), chosen.checks, check.Options())
        took = time.perf_counter() - begun
        print(f"{report.verdict} in {took:.1f} s; {signatures} bare checks take {bare:.1f} s: {took / bare:.2f} times")
        begun = time.perf_counter()
        code = f"import sys; sys.path.insert(0, {place + '/export/verify.pyz'!r})\n{MEMORY.format(place + '/export')}"
        done = run("-S", "-c", code, timeout=3600)
        print(f"{done.stdout.splitlines()[-1]} kB in plain Python, {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:]))
