"""Three thousand random changes of an export, a hundred thousand with --long: none of them passes."""

from __future__ import annotations

import random
from collections import Counter
from functools import lru_cache

import pytest

from tests.support.journal import HubSide, story
from wire import checkpoint, notes, tiles
from wire.audit import check, layout
from wire.audit.report import FAIL, PASS, UNPROVEN, Report
from wire.keys import check_ed25519

ROUNDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 100))]
EACH = 1000
# Signatures are checked thousands of times over, and a check is a function of its arguments.
SUITES = checkpoint.checks(lru_cache(maxsize=None)(check_ed25519))
PAPERS = {"certificates/ca.crt": b"the site's authority\n", "certificates/node.archive-1.1f.crt": b"a node's\n"}


def genuine() -> dict[str, bytes]:
    hub = story()
    hub.beside = PAPERS
    return hub.export()


GENUINE = genuine()
CODES = {
    "malformed-entry", "site", "signer", "signature", "sequence", "equivocation", "node-enrolled", "journal-opened",
    "checkpoint-key", "origin", "bundle", "tile", "missing", "root", "checkpoint", "checkpoint-signature",
    "cosignature", "other-journal", "keys.json", "journal.csv", "journal.jsonl", "tail", "no-checkpoint",
    "not-witnessed", "no-witness", "manifest", "no-manifest", "changed", "foreign-file",
}  # fmt: skip


def audit(files: dict[str, bytes], **options: object) -> Report:
    return check.verify(layout.InMemory(files), SUITES, check.Options(**options))  # type: ignore[arg-type]


def test_the_genuine_export_passes() -> None:
    report = audit(GENUINE)
    assert (report.verdict, report.code) == (PASS, "proven"), report.why


def test_an_export_without_a_manifest_is_not_proven_and_its_entries_are_judged_all_the_same() -> None:
    """Exports of the earliest versions have none. Somebody who takes it away gains nothing by it."""
    files = {path: content for path, content in GENUINE.items() if path != layout.MANIFEST}
    report = audit(files)
    assert (report.verdict, report.code) == (UNPROVEN, "no-manifest")
    assert (report.signed, report.witnessed) == (report.entries, report.entries)
    assert audit(files | {layout.CSV: GENUINE[layout.CSV] + b"x"}).verdict == FAIL
    tile = next(path for path in files if path.startswith("tile/entries/"))
    assert audit(files | {tile: files[tile][:-9] + b"x" + files[tile][-8:]}).verdict == FAIL


def change(files: dict[str, bytes], source: random.Random) -> str:
    """Change one file at random; what was done."""
    path = source.choice([path for path in files for _ in range(1 + path.count("tile") * 2)])
    content = bytearray(files[path])
    place = source.randrange(len(content))
    kind = source.choice(
        ["flip", "flip", "flip", "byte", "delete", "insert", "cut", "swap", "copy", "add", "drop", "put"]
    )
    length = source.randrange(1, 40)
    match kind:
        case "flip":
            content[place] ^= 1 << source.randrange(8)
        case "byte":
            content[place] = source.randrange(256)
        case "delete":
            del content[place : place + length]
        case "insert":
            content[place:place] = source.randbytes(length)
        case "cut":
            del content[place:]
        case "swap":
            other = source.randrange(len(content))
            content[place], content[other] = content[other], content[place]
        case "copy":
            other = source.randrange(len(content))
            content[place : place + length] = content[other : other + length]
        case "add":
            content += source.randbytes(length)
        case "drop":
            del files[path]
            return f"{path} dropped"
        case "put":
            beside = f"{path.rpartition('/')[0]}/{place}".lstrip("/")
            files.setdefault(beside, bytes(content[:length]))
            return f"{beside} put beside {path}"
    files[path] = bytes(content)
    return f"{kind} in {path} at {place}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", ROUNDS)
def test_no_random_change_passes(seed: int) -> None:
    source = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(EACH):
        files = dict(GENUINE)
        done = change(files, source)
        report = audit(files)
        assert (report.verdict == PASS) == (files == GENUINE), (done, report)
        assert report.verdict in (PASS, FAIL, UNPROVEN)
        assert report.code in CODES or report.verdict == PASS, (done, report)
        seen[report.code] += 1
    assert len(seen) > 8, seen


@pytest.mark.slow
def test_no_change_of_an_entry_passes_even_when_the_tree_is_made_anew() -> None:
    """As somebody with the database could do it: change an entry, and make tiles and tables fit."""
    source = random.Random(99)
    hub = story()
    for _ in range(400):
        entries = list(hub.entries)
        number = source.randrange(len(entries))
        match source.randrange(4):
            case 0:
                entry = bytearray(entries[number])
                entry[source.randrange(len(entry))] ^= 1 << source.randrange(8)
                entries[number] = bytes(entry)
            case 1:
                entries[number] = entries[source.randrange(len(entries))]
            case 2:
                del entries[number]
                entries.append(entries[-1])
            case 3:
                entries.insert(number, entries[source.randrange(len(entries))])
                entries.pop()
        if entries != hub.entries:
            report = audit(remade(entries))
            assert report.verdict == FAIL, (number, report)
            assert report.entry is not None


def remade(entries: list[bytes]) -> dict[str, bytes]:
    """An export of these entries under the genuine checkpoints."""
    hub = story()
    for entry in entries:
        hub.entries.append(entry)
    del hub.entries[: -len(entries)]
    return hub.export()


@pytest.mark.slow
def test_a_change_of_the_tail_never_passes() -> None:
    hub = story()
    for _ in range(5):
        hub.record(hub.nodes["archive-1"], {"kind": "forced", "point": "archive/door"})
    genuine = hub.export()
    report = audit(genuine)
    assert (report.verdict, report.code, report.entry) == (UNPROVEN, "tail", report.signed)
    assert report.entries == report.signed + 5
    source = random.Random(5)
    for _ in range(500):
        files = dict(genuine)
        path = next(path for path in files if path.startswith("tail/"))
        content = bytearray(files[path])
        content[source.randrange(len(content))] ^= 1 << source.randrange(8)
        files[path] = bytes(content)
        assert audit(files).verdict == FAIL


@pytest.mark.parametrize("path", sorted(GENUINE))
def test_every_file_is_judged(path: str) -> None:
    """A bit of it changed, a byte more, a byte less, or the whole file gone."""
    content = GENUINE[path]
    for changed in (content[:-1] + bytes([content[-1] ^ 1]), content + b"\n", content[:-1], b""):
        assert audit({**GENUINE, path: changed}).verdict == FAIL
    report = audit({one: GENUINE[one] for one in GENUINE if one != path})
    assert report.verdict in (FAIL, UNPROVEN)
    assert path.split(".p/")[0] in report.why or report.code == "no-checkpoint"


@pytest.mark.parametrize(
    "path",
    ["README", "journal.csv.bak", "tail/000", "tail/000.p/1", "tile/0/000", "tile/0/000.p/30", "tile/1/000.p/1",
     "tile/entries/001", "tile/x", "checkpoints/001", "checkpoints/000.p/1", "certificates/node.cipher-1.2a.crt",
     "certificates/封库证书.txt", ".DS_Store", "a/b/c/d"],
)  # fmt: skip
def test_a_file_that_does_not_belong_is_named(path: str) -> None:
    report = audit({**GENUINE, path: b"x"})
    assert report.verdict in (FAIL, UNPROVEN)
    if report.code == "foreign-file":
        assert path in report.why


def test_a_list_of_files_is_the_hubs_and_of_this_very_export() -> None:
    longer = story()
    longer.beside = PAPERS
    longer.record(longer.nodes["archive-1"], {"kind": "forced", "point": "archive/door"})
    longer.check_point()
    stranger = HubSide(seed="stranger-").services["admin"]
    text = notes.split(GENUINE[layout.MANIFEST]).text
    for other in (longer.export()[layout.MANIFEST], stranger.sign(text), story().services["engine"].sign(text), text):
        assert audit({**GENUINE, layout.MANIFEST: other}).code == "manifest"


@pytest.mark.parametrize("length", [1, 2, 31, 255])
def test_noise_instead_of_any_file_is_refused(length: int) -> None:
    source = random.Random(length)
    for path in GENUINE:
        for _ in range(5):
            assert audit({**GENUINE, path: source.randbytes(length)}).verdict == FAIL


def test_a_bundle_of_many_checkpoints_and_entries_passes() -> None:
    hub = story()
    node = hub.nodes["archive-1"]
    for number in range(tiles.WIDTH * 2):
        hub.record(node, {"kind": "forced", "point": "archive/door"})
        if number % 2:
            hub.check_point()
    files = hub.export()
    assert {"tile/0/000", "tile/0/001", "tile/1/000.p/2", "tile/entries/001", "checkpoints/000"} <= set(files)
    assert audit(files).verdict == PASS
    for path in ("tile/1/000.p/2", "tile/0/001", "checkpoints/000"):
        changed = bytearray(files[path])
        changed[37] ^= 1
        assert audit({**files, path: bytes(changed)}).verdict == FAIL
