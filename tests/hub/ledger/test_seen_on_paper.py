"""What the console and the engine print is what an auditor types years later: the words of a duty sheet, a code."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.console.app import make_app
from hub.core.sealing.certificate import certificate_of
from hub.engine.certifier import Certifier
from hub.ledger.checkpoint import Signing, newest
from hub.reports import certificate as certificate_report
from tests.hub.console.visitor import Visitor
from tests.hub.engine.test_certifier import holiday, kept, works
from tests.hub.ledger.test_export import countersign, export
from tests.support.door import open_door
from tests.support.hub import House, make_hub
from tests.support.paper import demo_site
from wire import keys, notes, paper


def verify(target: Path, *words: str) -> tuple[str, str]:
    """The verifier that lies in the folder, as an auditor runs it: verdict and code."""
    run = subprocess.run(
        [sys.executable, "-I", target / "verify.pyz", "--json", *words], capture_output=True, check=False
    )
    report = json.loads(run.stdout)
    return report["verdict"], report["code"]


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_hub(tmp_path)
    for node in ("archive-1", "cipher-1", "computer-1"):
        house.node(node)
    return house


@pytest.fixture
def signing(house: House) -> Signing:
    return Signing(house.database, house.hub.checkpoint_key())


def something_happens(house: House, signing: Signing) -> None:
    house.clock.forward(60)
    house.node("archive-1").opens("archive/cabinet-1")
    house.node("archive-1").closes("archive/cabinet-1")
    assert signing.turn(house.clock(), house.clock(), whatever=True)
    countersign(house)  # type: ignore[arg-type]


def test_the_words_of_a_duty_sheet_are_held_against_an_export(house: House, signing: Signing, tmp_path: Path) -> None:
    something_happens(house, signing)
    yesterday = export(house, tmp_path / "yesterday")  # type: ignore[arg-type]
    something_happens(house, signing)
    app = make_app(house.hub, house.clock, listens=False)
    with open_door(house), TestClient(app, base_url="https://console.local") as client:
        visitor = Visitor(client, house.hub.settings.console.port)
        visitor.signs_in("wangfang")
        sheet = visitor.sees("/handover/sheet").text
    words = re.findall(r"<li>([a-z-]+)</li>", sheet.partition('class="words"')[2])
    # With numbers before them, in capitals and with a line for each, as somebody types them from the sheet.
    typed = "\n".join(f"{number}. {word.upper()}" for number, word in enumerate(words, 1))
    something_happens(house, signing)
    today = export(house, tmp_path / "today")  # type: ignore[arg-type]
    code = paper.qr_text(house.read(newest).note)
    for form in (" ".join(words), typed, code):
        assert verify(today, "--seen", html.unescape(form)) == ("PASS", "proven")
        assert verify(yesterday, "--seen", form) == ("FAIL", "rollback")
    assert verify(yesterday) == ("PASS", "proven")


def after_a_holiday(house: House, signing: Signing, folder: Path) -> tuple[int, Path]:
    """A sealing is over and has its certificate. Its number, and what is exported then."""
    certifier = Certifier(house.database, house.engine, house.hub.key("engine"))
    number = holiday(house, certifier).sealing
    works(house, certifier)
    something_happens(house, signing)
    return number, export(house, folder / "today")  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["the text of its code", "its file", "the words on its page"])
def test_a_certificate_says_what_the_journal_was(house: House, signing: Signing, tmp_path: Path, form: str) -> None:
    something_happens(house, signing)
    yesterday = export(house, tmp_path / "yesterday")  # type: ignore[arg-type]
    number, today = after_a_holiday(house, signing, tmp_path)
    held = kept(house, number)
    seen = held.slip.decode()
    if form == "its file":
        (tmp_path / "certificate").write_bytes(held.note)
        seen = str(tmp_path / "certificate")
    if form == "the words on its page":
        page = certificate_report.html(certificate_of(held.note), held.slip, demo_site(), {})
        seen = re.findall(r"<code>(1\. [^<]+)</code>", page)[0]
    assert verify(today, "--seen", seen) == ("PASS", "proven")
    assert verify(yesterday, "--seen", seen) == ("FAIL", "rollback")
    other = re.sub(r'"root":"(.)', lambda found: f'"root":"{"0" if found[1] != "0" else "1"}', held.slip.decode())
    assert verify(today, "--seen", other) == ("FAIL", "certificate")


def test_a_certificate_of_another_journal_is_none_of_this_one(house: House, signing: Signing, tmp_path: Path) -> None:
    number, today = after_a_holiday(house, signing, tmp_path)
    elsewhere = kept(house, number).note.decode().replace("strongroom/demo/journal", "strongroom/else/journal")
    (tmp_path / "certificate").write_text(elsewhere)
    assert verify(today, "--seen", str(tmp_path / "certificate")) == ("FAIL", "other-journal")


def test_a_certificate_that_was_changed_or_that_no_entry_names_is_found_out(
    house: House, signing: Signing, tmp_path: Path
) -> None:
    number, today = after_a_holiday(house, signing, tmp_path)
    held = kept(house, number)
    engine, text = house.hub.key("engine"), notes.split(held.note).text
    other = re.sub(b'"people":\\[[0-9]+', b'"people":[1004', text)
    assert other != text
    handed = {
        "genuine": held.note,
        "changed": held.note.replace(text, other),
        "changed slip": held.slip.replace(b'"area":"archive"', b'"area":"archives"'),
        "of a stranger": keys.make(engine.name).sign(text),
        "never made": engine.sign(other),
        "without a signature": text,
    }
    found = {}
    for name, note in handed.items():
        (tmp_path / "certificate").write_bytes(note)
        found[name] = verify(today, "--seen", str(tmp_path / "certificate"))
    assert found == {
        "genuine": ("PASS", "proven"),
        "changed": ("FAIL", "certificate"),
        "changed slip": ("FAIL", "certificate"),
        "of a stranger": ("UNPROVEN", "not-signed"),
        "never made": ("UNPROVEN", "certificate"),
        "without a signature": ("PASS", "proven"),
    }
    (tmp_path / "certificate").write_bytes(text)
    run = subprocess.run(
        [sys.executable, "-I", today / "verify.pyz", "--seen", tmp_path / "certificate"],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert "bears no signature: only the size and the root in it were used" in run.stdout


def test_what_is_no_certificate_is_refused() -> None:
    for text in ("{}", "{", '{"size":1}', '{"size":true,"root":"00"}', '{"size":0,"root":"' + "0" * 64 + '"}', "[" * 9):
        with pytest.raises(paper.PaperError):
            paper.parse(text)
