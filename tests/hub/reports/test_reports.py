"""The certificate as a page: one sheet of A4, in Chinese with English beneath, and a code that checks by itself."""

from __future__ import annotations

import contextlib
import re
import zlib

import pytest

from hub.core.sealing import certificate
from hub.core.sealing.certificate import Certificate
from hub.engine.certifier import Certifier
from hub.reports import certificate as certificate_report
from tests.hub.engine.test_certifier import holiday, kept
from tests.support.databases import StoreHouse
from wire import notes

PEOPLE = {1001: "张伟", 1003: "王芳 <b>", 1005: "刘洋"}


@pytest.fixture
def kind() -> str:
    return "sqlite"


def page(house: StoreHouse, first: bool = False) -> str:
    certifier = Certifier(house.database, house.engine, house.hub.key("engine"))
    body = holiday(house, certifier)
    found = kept(house, body.sealing, "sealed" if first else None)
    shown = certificate.read(notes.split(found.note).text)
    assert isinstance(shown, Certificate)
    return certificate_report.html(shown, found.slip, house.engine.look()[1], PEOPLE)


def test_it_says_it_in_both_languages_and_escapes_what_people_are_called(house: StoreHouse) -> None:
    text = page(house)
    assert "完好：0 天 1 小时 0 分，开启 0 次，未受监视 60 秒" in text
    assert "intact, 0 d 01 h 00 m, 0 openings, 60 s blind" in text
    assert "张伟（1001）、王芳 &lt;b&gt;（1003）" in text
    assert "走廊门" in text
    assert "Corridor door" in text
    assert "<svg" in text
    assert not re.search(r"(src|href)=", text), "the page fetches nothing"


def test_a_name_that_was_erased_is_a_number(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PEOPLE, 1001)
    assert "1001、王芳" in page(house)


@pytest.mark.parametrize("first", [True, False])
def test_it_is_one_sheet_of_a4(house: StoreHouse, first: bool) -> None:
    made = certificate_report.pdf(page(house, first))
    assert made.startswith(b"%PDF-")
    plain = made
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with contextlib.suppress(zlib.error):
            plain += zlib.decompress(stream)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", plain)
    assert [(round(float(a)), round(float(b))) for a, b in boxes] == [(595, 842)]
