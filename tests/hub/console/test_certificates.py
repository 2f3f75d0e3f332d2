"""Past sealings are found again, and their certificates are had from the console, to the byte."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.sealing import certificate
from hub.engine.certifier import Certifier
from tests.hub.console.visitor import Visitor, text_of
from tests.hub.engine.test_certifier import kept, unseal, works
from tests.support.hub import House, seal
from wire import keys


@pytest.fixture
def since() -> int:
    return int(datetime(2026, 2, 11, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture
def sealed_twice(house: House) -> House:
    """The archive was sealed and unsealed; the cipher room is sealed still. Their certificates are made."""
    certifier = Certifier(house.database, house.engine, house.hub.key("engine"))
    seal(house, "archive", "archive-1")
    works(house, certifier)
    house.clock.forward(3600)
    unseal(house)
    seal(house, "cipher-room", "cipher-1", 1002, 1008)
    works(house, certifier)
    return house


def test_past_sealings_are_searched(visitor: Visitor, sealed_twice: House) -> None:
    visitor.signs_in("sunli")

    def found(text: str) -> list[str]:
        page = visitor.sees(f"/certificates?q={text}").text.partition("<tbody>")[2]
        return re.findall(r'<td class="number">No\. (\d+)', page)

    assert found("") == ["2", "1"]
    assert found("cipher") == ["2"]
    assert found("Archive closed") == ["1"]
    assert found("周强") == ["2"]
    assert found("1001") == ["1"]
    assert found("100") == []
    assert found("节后") == ["1"]
    assert "Nothing was found." in text_of(visitor.sees("/certificates?q=unicorn"))


def test_the_signed_text_is_the_one_that_was_kept(visitor: Visitor, sealed_twice: House) -> None:
    visitor.signs_in("sunli")
    for half in ("sealed", "closed"):
        answer = visitor.sees(f"/certificates/1/{half}/text")
        assert answer.content == kept(sealed_twice, 1, half).note
        assert f'filename="certificate-1-{half}.txt"' in answer.headers["content-disposition"]
        key = sealed_twice.hub.key("engine").public
        assert certificate.check(answer.content, key, keys.CHECKS).half == half


def test_the_pdf_is_one(visitor: Visitor, sealed_twice: House) -> None:
    visitor.signs_in("wangfang")
    answer = visitor.sees("/certificates/1/closed/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("path", ["1/other/pdf", "2/closed/text", "7/sealed/pdf"])
def test_what_was_never_made_is_not_there(visitor: Visitor, sealed_twice: House, path: str) -> None:
    visitor.signs_in("sunli")
    assert visitor.sees(f"/certificates/{path}").status_code == 404


def test_nobody_has_one_without_signing_in(visitor: Visitor, sealed_twice: House) -> None:
    assert visitor.sees("/certificates/1/closed/pdf").headers["location"].startswith("/sign-in")


def test_the_area_leads_to_its_certificates(visitor: Visitor, sealed_twice: House) -> None:
    visitor.signs_in("wangfang")
    page = visitor.sees("/areas/archive").text
    assert 'href="/certificates/1/closed/pdf"' in page
    assert 'href="/certificates/1/sealed/text"' in page
    assert "never been sealed" in text_of(visitor.sees("/areas/computer-room"))
