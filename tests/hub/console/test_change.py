"""The page of an area guides through a change of what its sealing rests on; alarms name nodes and what they hold."""

from __future__ import annotations

import pytest

from hub.core.state import Alarm, Notice, OrderOut
from hub.notify.channels import letters
from hub.notify.channels.channel import Contact, Letter
from hub.store import alarm_list
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import AT_ANY_HOUR, House, seal
from wire import messages as m

ARCHIVE = m.SealedArea(area="archive", sealing=1)


@pytest.fixture
def wang(visitor: Visitor, house: House) -> Visitor:
    """王芳, who has the duty, signed in in English; the archive is sealed."""
    visitor.signs_in("wangfang")
    seal(house, "archive", "archive-1")
    house.node("archive-1").says(frozen(house))
    house.node("archive-1").takes("plan", "access")
    return visitor


def frozen(house: House, change: int | None = None) -> m.Frozen:
    site = house.engine.look()[1]
    area = site.areas["archive"]
    people = tuple(
        m.FrozenPerson(
            person=one.number,
            credentials=one.badges,
            seals=one.number in area.may_seal,
            responds=one.number in area.responders,
        )
        for one in site.cardholder
        if one.badges
    )
    return m.Frozen(
        area="archive", sealing=1, reader_node="archive-1", people=people, hash=f"{change or 0:x}a" * 32, change=change
    )


def see(visitor: Visitor, name: str = "/areas/archive") -> str:
    return text_of(visitor.sees(name))


def test_the_page_orders_it_with_a_cause_and_says_what_comes_next(wang: Visitor, house: House) -> None:
    assert "Change a point or a badge while it stays sealed…" in see(wang)
    assert "Write for what cause." in text_of(wang.does("/areas/archive/order", purpose="change", cause=" "))
    wang.does("/areas/archive/order", purpose="change", cause="铁门改接")
    page = see(wang)
    assert "Sealed; to be changed: waiting for two badges" in page
    assert "Every node takes it" in page
    assert "to change: 铁门改接" in page
    for person in (1001, 1003):
        house.node("archive-1").presents("archive/reader", person, 1, purpose="change")
    house.node("archive-1").says(m.Permitted(area="archive", sealing=1, people=(1001, 1003), change=1))
    assert "put the site document with the other points in force now" in see(wang)
    wang.does("/areas/archive/cancel")
    assert house.engine.look()[0].area("archive").state == "sealed"


def test_it_says_which_badges_do_not_count_yet_and_which_node_is_missing(wang: Visitor, house: House) -> None:
    house.apply(widened())
    assert "Badges that were added since the sealing do not count here yet: Archive node." in see(wang)
    wang.does("/areas/archive/order", purpose="change", cause="新来的同事")
    for person in (1001, 1003):
        house.node("archive-1").presents("archive/reader", person, 1, purpose="change")
    house.node("archive-1").says(m.Permitted(area="archive", sealing=1, people=(1001, 1003), change=1))
    assert "missing: Archive node" in see(wang)
    house.node("archive-1").says(frozen(house, change=1))
    house.node("archive-1").takes("access")
    page = see(wang)
    assert "Sealing changed, still sealed" in page
    assert "do not count here yet" not in page


def widened() -> str:
    """The document by which one more may seal the archive."""
    return AT_ANY_HOUR.replace("may_seal = [1001,", "may_seal = [1004, 1001,", 1)


def refused(house: House, reason: m.OrderRefusal, number: int | None = None) -> None:
    orders = [one for one in house.engine.look()[0].all(OrderOut) if one.what.startswith("sealed/")]
    order = number or max(one.number for one in orders if one.node == "archive-1")
    house.node("archive-1").says(m.OrderRefused(order=order, mark=0, reason=reason, sealed=(ARCHIVE,)))


def open_alarms(house: House) -> list[Alarm]:
    found: list[Alarm] = house.read(lambda connection: alarm_list.alarms(connection, open_only=True, limit=10))
    return found


@pytest.mark.parametrize(
    ("reason", "number", "told"),
    [
        ("no-permit", None, "to let go, without two badges or the word of the node that has seen them"),
        ("frozen", None, "another sealing of the same area"),
        ("frozen", 999, "an order that this hub has not given: somebody else is giving orders in its name"),
    ],
)
def test_an_alarm_of_a_refused_order_names_what_the_node_holds_and_what_it_was_told(
    wang: Visitor, house: House, reason: m.OrderRefusal, number: int | None, told: str
) -> None:
    refused(house, reason, number)
    (alarm,) = [one for one in open_alarms(house) if one.what == "seal-order-refused"]
    said = f"Archive node holds sealing no. 1 of Archive; it was told: {told}."
    for page in (f"/alarms/{alarm.number}", "/alarms", "/areas/archive", "/"):
        assert said in see(wang, page), page


def test_so_do_letters_and_short_messages(wang: Visitor, house: House) -> None:
    refused(house, "no-permit")
    house.engine.note(m.UnsealingWaits(sealing=1, area="archive", nodes=("computer-1", "cipher-1")))
    by_kind = {one.what: one for one in open_alarms(house)}
    site = house.engine.look()[1]
    notice = Notice(
        number=7,
        call=1,
        alarms=(1,),
        step=1,
        round=1,
        channel="sms",
        person=1003,
        state="queued",
        queued_at=0,
        drill=False,
    )
    for what, short, long in (
        (
            "seal-order-refused",
            "209 archive(archive-1持封存1)",
            "archive-1 保持封存 holds sealing 1 of archive; 收到命令 it was told: 无卡启封 to let go without badges",
        ),
        ("unsealing-waits", "399 archive缺computer-1、cipher-1", "缺少节点 missing: computer-1, cipher-1"),
    ):
        letter = Letter(notice, False, (by_kind[what],), site, Contact("", ""), house.clock())
        assert short in letters.short(letter)
        assert long in letters.long(letter)
