"""The page of an area guides from the check to the certificate and out again, without JavaScript."""

from __future__ import annotations

import re

import pytest

from hub.core.sealing import before as before_sealing
from hub.core.state import Area, Sealing
from hub.store import rows
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House, seal
from tests.support.sealing import may_unseal, ready
from wire import messages as m


@pytest.fixture
def wang(visitor: Visitor) -> Visitor:
    """王芳, who has the duty, signed in in English."""
    visitor.signs_in("wangfang")
    return visitor


def area(house: House, name: str = "archive") -> Area:
    return house.engine.look()[0].area(name)


def sealing(house: House, number: int = 1) -> Sealing:
    found: dict[tuple[int], Sealing] = house.read(lambda connection: rows.load_all(connection, Sealing))
    return found[(number,)]


def see(visitor: Visitor, name: str = "archive") -> str:
    return text_of(visitor.sees(f"/areas/{name}"))


def step(visitor: Visitor, title: str, name: str = "archive") -> str:
    """What stands behind the title of a step."""
    return see(visitor, name).split(title, 1)[1].strip()


# ---------------------------------------------------------------- the check


def test_what_is_missing_stands_in_one_list(wang: Visitor, house: House) -> None:
    page = see(wang)
    wanted = "Still missing: points to open and close (7) , items to tick (4) , seals' numbers (1)"
    assert wanted in page
    assert "7 missing" in page
    house.node("archive-1").opens("archive/iron-gate")
    assert "Iron gate opened; now close it" in see(wang)
    house.node("archive-1").closes("archive/iron-gate")
    page = see(wang)
    assert "6 missing" in page
    assert "Iron gate opened and closed · " in page


def test_the_page_lacks_just_what_the_core_lacks(wang: Visitor, house: House) -> None:
    state, site = house.engine.look()
    lacks = before_sealing.missing(state, site, "archive", house.clock())
    listed = re.search(r"Still missing:(.*?)Two people", see(wang))
    assert listed
    assert sum(map(int, re.findall(r"\((\d+)\)", listed[1]))) == len(lacks)


def test_an_item_is_ticked_with_a_button(wang: Visitor, house: House) -> None:
    assert 'id="tick-doors"' in wang.sees("/areas/archive").text
    answer = wang.does("/areas/archive/tick", item="doors")
    assert answer.headers["location"] == "/areas/archive#ticks"
    assert 'id="tick-doors"' not in wang.sees("/areas/archive").text
    assert "Doors and gates are shut 王芳 · " in see(wang)
    assert wang.does("/areas/archive/tick", item="unicorns").status_code == 404
    assert "has no such item" in text_of(wang.does("/areas/archive/tick", item="safe"))


def test_a_number_is_said_by_one_and_repeated_by_another_who_does_not_see_it(wang: Visitor, house: House) -> None:
    form = {"point": "corridor-seal", "number": "ＳＮ－００７７", "said_by": "1001"}
    assert wang.does("/areas/archive/number", **form).headers["location"] == "/areas/archive#seals"
    page = see(wang)
    assert "now the second person said by 张伟" in page
    assert "SN-0077" not in page
    wrong = wang.does("/areas/archive/number", point="corridor-seal", number="SN-0078", said_by="1003")
    assert "The two numbers of the seal differ." in text_of(wrong)
    wang.does("/areas/archive/number", point="corridor-seal", number="SN-0077", said_by="1003")
    assert "SN-0077 张伟, 王芳" in see(wang)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"number": "甲-1", "said_by": "1001"}, "up to 32 letters, digits and hyphens"),
        ({"number": "SN-1", "said_by": ""}, "Choose who says the number."),
        ({"number": "SN-1", "said_by": "1008"}, "has an account, and says the number under it"),
        ({"number": "SN-1", "said_by": "1004"}, "may not seal this area"),
    ],
)
def test_a_number_that_cannot_be_taken_says_why(wang: Visitor, house: House, form: dict[str, str], why: str) -> None:
    answer = wang.does("/areas/archive/number", point="corridor-seal", **form)
    assert answer.status_code == 409
    assert why in text_of(answer)


def test_an_exception_is_signed_by_a_security_officer_alone(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    form = {"point": "cabinet-3", "reason": "柜门损坏，已加挂锁"}
    assert visitor.does("/areas/archive/exception", **form).status_code == 403
    assert "A security officer signs here." in see(visitor)
    visitor.signs_in("liuyang")
    empty = visitor.does("/areas/archive/exception", point="cabinet-3", reason=" ")
    assert "Write why." in text_of(empty)
    assert visitor.does("/areas/archive/exception", **form).headers["location"] == "/areas/archive#exceptions"
    page = see(visitor)
    assert "Iron cabinet 3: 柜门损坏，已加挂锁 刘洋" in page
    assert "Iron cabinet 3 exception signed" in page


def test_an_open_door_is_named_before_anybody_tries_to_seal(wang: Visitor, house: House) -> None:
    house.node("archive-1").opens("archive/security-window")
    assert "Not normal: Security window." in see(wang)


def test_a_check_is_begun_and_postponed(wang: Visitor, house: House) -> None:
    wang.does("/areas/archive/check")
    assert "Sealing no. 1 · check under way" in see(wang)
    assert "under way already" in text_of(wang.does("/areas/archive/check"))
    assert "Write why." in text_of(wang.does("/areas/archive/drop", sealing="1", outcome="postponed", reason=""))
    wang.does("/areas/archive/drop", sealing="1", outcome="postponed", reason="停电检修")
    assert sealing(house).state == "postponed"
    assert "postponed: 停电检修" in see(wang)


# ---------------------------------------------------------------- sealing


def test_sealing_step_by_step(wang: Visitor, house: House) -> None:
    archive = house.node("archive-1")
    ready(house, "archive")
    assert 'id="order"' in wang.sees("/areas/archive").text
    assert wang.does("/areas/archive/order", purpose="seal").headers["location"] == "/areas/archive"
    page = see(wang)
    assert "Being sealed: waiting for two badges · Sealing no. 1" in page
    assert "Order the sealing 王芳" in page

    archive.presents("archive/reader", 1004, 1)
    assert "may not seal this area" in see(wang)
    archive.presents("archive/reader", 1001, 1)
    assert "First badge 张伟" in see(wang)
    archive.presents("archive/reader", 1001, 1)
    assert "the second badge must be another person" in see(wang)
    archive.presents("archive/reader", 1003, 1)
    page = see(wang)
    assert "Being sealed: waiting for the nodes" in page
    assert "Second badge, of another person 王芳" in page
    assert "Archive node not yet" in page
    archive.holds(m.SealedArea(area="archive", sealing=1))
    page = see(wang)
    assert "Sealed · Sealing no. 1" in page
    assert "Compare the seals' numbers 1 missing" in page


def test_a_sealing_is_cancelled(wang: Visitor, house: House) -> None:
    ready(house, "archive")
    wang.does("/areas/archive/order", purpose="seal")
    assert wang.does("/areas/archive/cancel").status_code == 303
    page = see(wang)
    assert "Not sealed" in page
    assert "cancelled by hand" in page


def test_what_cannot_be_ordered_says_why(wang: Visitor, house: House) -> None:
    assert "The check of the area is not finished." in text_of(wang.does("/areas/archive/order", purpose="seal"))
    assert "nothing is under way" in text_of(wang.does("/areas/archive/cancel"))
    assert "There is no such page." in text_of(wang.does("/areas/nowhere/order", purpose="seal"))
    house.fact(m.NodeSilent(node="cipher-1", last_heard=None, sealed=()))
    answer = wang.does("/areas/cipher-room/order", purpose="seal")
    assert "is not heard" in text_of(answer)
    assert "(Cipher room node)" in text_of(answer)
    assert "Not heard: Cipher room node." in text_of(answer)


# ---------------------------------------------------------------- unsealing


def test_unsealing_step_by_step(visitor: Visitor, house: House) -> None:
    seal(house, "archive", "archive-1")
    visitor.signs_in("liuyang")
    assert "Read the numbers of all seals first." in text_of(
        visitor.does("/areas/archive/order", purpose="unseal", cause="节后开库")
    )
    assert "SN-0001" not in see(visitor)  # whoever compares reads it from the seal
    visitor.does("/areas/archive/compare", point="corridor-seal", number="sn0001")
    assert "differs: sn0001 read, SN-0001 put on" in see(visitor)
    visitor.does("/areas/archive/compare", point="corridor-seal", number="SN-0001")
    assert "the same: SN-0001" in see(visitor)
    assert "Write for what cause." in text_of(visitor.does("/areas/archive/approve", cause=""))
    visitor.does("/areas/archive/approve", cause="节后开库")
    page = see(visitor)
    assert "Cause and approval 刘洋" in page
    assert "You have approved; another person orders." in page
    refused = visitor.does("/areas/archive/order", purpose="unseal", cause="节后开库")
    assert "Whoever" in text_of(refused)

    visitor.signs_in("wangfang")
    assert 'id="order"' in visitor.sees("/areas/archive").text
    visitor.does("/areas/archive/order", purpose="unseal", cause="节后开库")
    archive = house.node("archive-1")
    assert "Order the unsealing 王芳 节后开库" in see(visitor)
    archive.presents("archive/reader", 1001, 1)
    archive.presents("archive/reader", 1003, 1)
    archive.holds()
    assert "Not sealed" in see(visitor)


def test_a_cause_that_was_written_stays_on_the_page(wang: Visitor, house: House) -> None:
    seal(house, "archive", "archive-1")
    answer = wang.does("/areas/archive/order", purpose="unseal", cause="节后开库")
    assert answer.status_code == 409
    may_unseal(house, "archive")
    answer = wang.does("/areas/archive/order", purpose="unseal", cause="节后开库")
    assert answer.status_code == 303


def test_an_emergency_opening_asks_once_more_and_is_signed_by_two(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    assert visitor.sees("/areas/archive/emergency").status_code == 303  # it is not sealed
    assert visitor.sees("/areas/nowhere/emergency").status_code == 404
    seal(house, "archive", "archive-1")
    assert 'href="/areas/archive/emergency"' in visitor.sees("/areas/archive").text
    assert "Only for fire, flood" in text_of(visitor.sees("/areas/archive/emergency"))
    answer = visitor.does("/areas/archive/emergency", reason="走廊起火")
    assert answer.status_code == 409
    assert "Confirm it with the tick." in text_of(answer)
    assert "走廊起火" in answer.text
    assert area(house).state == "sealed"
    assert "Write why." in text_of(visitor.does("/areas/archive/emergency", reason="", sure="yes"))

    assert visitor.does("/areas/archive/emergency", reason="走廊起火", sure="yes").status_code == 303
    assert area(house).state == "unsealing"
    page = see(visitor)
    assert "Sign for the emergency opening 0 of 2 走廊起火 Opened by 王芳." in page
    assert "Cancel; leave it as it was" not in page
    assert "First badge" not in page  # nobody has shown one
    visitor.does("/areas/archive/sign")
    assert "You have signed; another person signs as well." in see(visitor)
    assert "You have signed already." in text_of(visitor.does("/areas/archive/sign"))
    house.node("archive-1").holds()
    assert "Sign for the emergency opening 1 of 2" in see(visitor)
    visitor.signs_in("liuyang")
    visitor.does("/areas/archive/sign")
    assert sealing(house).state == "closed"
    assert "Sign for the emergency opening" not in see(visitor)


def test_a_sealing_whose_node_is_dead_is_ended_by_a_second_person_in_the_other_role(
    visitor: Visitor, house: House
) -> None:
    visitor.signs_in("wangfang")
    seal(house, "archive", "archive-1")
    visitor.does("/areas/archive/emergency", reason="走廊起火", sure="yes")
    visitor.signs_in("liuyang")
    assert "dead node" not in see(visitor)
    waits = visitor.does("/areas/archive/release")
    assert "A node that has not confirmed yet is heard. Wait for its word. (Archive node)" in text_of(waits)
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=(m.SealedArea(area="archive", sealing=1),)))
    visitor.signs_in("wangfang")
    page = step(visitor, "End the sealing without a dead node Archive node")
    assert "Another person does that" in page
    assert "End the sealing without it" not in page
    assert "You have opened it in the emergency." in text_of(visitor.does("/areas/archive/release"))

    visitor.signs_in("liuyang")
    assert "End the sealing without it" in step(visitor, "End the sealing without a dead node Archive node")
    assert visitor.does("/areas/archive/release").headers["location"] == "/areas/archive#release"
    assert area(house).state == "unsealed"
    assert "without Archive node" in see(visitor)


def test_the_auditor_reads_the_guide_and_finds_no_button(visitor: Visitor, house: House) -> None:
    visitor.signs_in("sunli")
    assert "<form" not in visitor.sees("/areas/archive").text.partition('id="area"')[2]
    seal(house, "archive", "archive-1")
    assert "<form" not in visitor.sees("/areas/archive").text.partition('id="area"')[2]
    assert visitor.does("/areas/archive/tick", item="doors").status_code == 403
    assert visitor.sees("/areas/archive/emergency").status_code in (303, 403)
