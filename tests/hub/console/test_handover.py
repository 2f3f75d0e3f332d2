"""Handing over: the hub drafts what stands open, two people sign, and the sheet of paper bears the journal's head."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.admin import first_entry
from hub.core.state import Handover
from hub.ledger.checkpoint import Signing, newest
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House, seal
from wire import keys, paper
from wire import messages as m

WANG, ZHOU = 1003, 1008


@pytest.fixture
def since() -> int:
    return int(datetime(2026, 2, 11, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture
def night(house: House) -> House:
    """The archive is sealed, its corridor door was opened, and a node is silent."""
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    house.fact(m.NodeSilent(node="cipher-1", last_heard=None, sealed=()))
    return house


@pytest.fixture
def wang(visitor: Visitor) -> Visitor:
    visitor.signs_in("wangfang")
    return visitor


def handovers(house: House) -> list[Handover]:
    return list(house.engine.look()[0].all(Handover))


def signed(house: House) -> None:
    """The engine has signed the journal as it stands."""
    key = keys.make(first_entry.first_origin(house.hub.site))
    assert Signing(house.database, key).turn(house.clock(), 0, whatever=True)


def test_the_draft_says_what_stands_open_now(wang: Visitor, night: House) -> None:
    page = text_of(wang.sees("/handover"))
    draft = page.partition("What you would hand over now")[2].partition("Earlier hand-overs")[0]
    assert "Open alarms No. 1 Opened while sealed · Archive · Corridor door" in draft
    assert "Sealed areas Archive" in draft
    assert "Node silent · Cipher room node" in draft.partition("Troubles")[2]
    assert "Nodes not heard Cipher room node" in draft


def test_one_signs_with_a_note_and_another_takes_over(wang: Visitor, night: House) -> None:
    assert wang.does("/handover", note="锁匠三点来").headers["location"] == "/handover#waiting"
    answer = wang.sees("/handover")
    assert "王芳 has handed over and waits for the next signature" in text_of(answer)
    assert "You have signed. The next officer signs in" in text_of(answer)
    assert "/take" not in answer.text
    refused = wang.does("/handover/1/take")
    assert refused.status_code == 409
    assert "Another person must take over." in text_of(refused)

    wang.signs_in("zhouqiang")
    assert "锁匠三点来" in text_of(wang.sees("/handover"))
    assert wang.does("/handover/1/take").headers["location"] == "/handover/1"
    (row,) = handovers(night)
    assert (row.given_by, row.taken_by, row.note, row.alarms) == (WANG, ZHOU, "锁匠三点来", (1, 2))
    page = text_of(wang.sees("/handover/1"))
    assert "Handed over by 王芳" in page
    assert "Taken over by 周强" in page
    assert "no such hand-over" in text_of(wang.does("/handover/1/take"))
    assert wang.sees("/handover/2").status_code == 404


def test_earlier_ones_are_searched(wang: Visitor, house: House) -> None:
    for person, note in ((WANG, "暖气有杂音"), (ZHOU, "locksmith at three"), (WANG, "")):
        wanted = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note)
        house.fact(wanted, "console", person, "duty")
    house.fact(m.HandoverTaken(handover=3), "console", ZHOU, "duty")

    def found(text: str) -> list[str]:
        page = wang.sees(f"/handover?q={text}").text
        return re.findall(r'href="/handover/(\d+)">No', page)

    assert found("") == ["3", "2", "1"]
    assert found("暖气") == ["1"]
    assert found("LOCKSMITH") == ["2"]
    assert found("周强") == ["3", "2"]
    assert found("王芳 杂音") == ["1"]
    assert found("2") == ["2"]
    assert found("1008") == ["3", "2"]
    assert "Nothing was found." in text_of(wang.sees("/handover?q=unicorn"))


def test_the_sheet_bears_the_newest_checkpoint_in_words_that_are_good(wang: Visitor, night: House) -> None:
    assert "has signed no checkpoint yet" in text_of(wang.sees("/handover/sheet"))
    signed(night)
    page = wang.sees("/handover/sheet")
    words = re.findall(r"<li>([a-z]+-?[a-z]*)</li>", page.text.partition('class="words"')[2])
    kept = night.read(newest)
    seen = paper.from_words(" ".join(words))
    assert (seen.size, seen.tag) == (kept.size, paper.origin_tag(kept.origin))
    assert "<svg" in page.text.partition('class="code"')[2]
    assert "Hands over" in text_of(page)
    assert "Takes over" in text_of(page)


def test_the_sheet_of_a_hand_over_has_its_names_and_its_note(wang: Visitor, night: House) -> None:
    wang.does("/handover", note="锁匠三点来")
    page = text_of(wang.sees("/handover/1/sheet"))
    assert "Note 锁匠三点来" in page
    assert "Hands over 王芳 2026-02-11 10:00" in page
    assert wang.sees("/handover/7/sheet").status_code == 404


def test_an_auditor_reads_and_signs_nothing(visitor: Visitor, night: House) -> None:
    visitor.signs_in("sunli")
    page = visitor.sees("/handover")
    assert "Duty officers and security officers hand over." in text_of(page)
    assert 'method="post" action="/handover' not in page.text
    assert visitor.does("/handover", note="").status_code == 403
    assert handovers(night) == []
