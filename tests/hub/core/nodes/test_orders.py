"""Orders: numbered facts, each open until its node says what became of it. None is lost, none goes to a wrong life."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from hub.core.nodes import order_content
from hub.core.state import OrderOut
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHAO_MIN, PaperHub
from tests.support.sealing import may_unseal, ready, unseal_order
from wire import board
from wire import messages as m

BOARD = board.load()


@pytest.fixture
def house() -> PaperHub:
    house = PaperHub()
    house.node("archive-1")
    return house


def open_orders(house: PaperHub, node: str = "archive-1") -> dict[str, int]:
    return {one.what: one.number for one in house.state.all(OrderOut) if one.node == node and one.state == "open"}


def done(house: PaperHub, number: int) -> None:
    house.node("archive-1").says(m.OrderDone(order=number, what="x", sealed=()))


def refused(house: PaperHub, number: int, reason: m.OrderRefusal, mark: int = 0) -> None:
    house.node("archive-1").says(m.OrderRefused(order=number, mark=mark, reason=reason))


def compose(house: PaperHub, what: str, node: str = "archive-1") -> m.OrderData:
    return order_content.compose(house.state, house.site, BOARD, node, what, house.clock())


def test_a_node_that_starts_is_told_all_that_it_must_know(house: PaperHub) -> None:
    assert open_orders(house) == {"plan": 1, "access": 2, "sealed/archive": 3}


def test_an_order_that_is_done_is_open_no_longer(house: PaperHub) -> None:
    done(house, 1)
    assert open_orders(house) == {"access": 2, "sealed/archive": 3}


def test_a_newer_order_about_the_same_takes_the_place_of_the_older(house: PaperHub) -> None:
    house.apply(house.site)
    assert open_orders(house) == {"plan": 4, "access": 5, "sealed/archive": 6}


@pytest.mark.parametrize("reason", ["other-boot", "too-late"])
def test_an_order_that_came_too_late_or_in_another_boot_stays_open_and_is_sent_again(
    house: PaperHub, reason: m.OrderRefusal
) -> None:
    refused(house, 1, reason)
    assert open_orders(house).get("plan") == 1
    assert not house.alarms()


def test_a_node_that_knows_higher_numbers_is_told_again_above_them(house: PaperHub) -> None:
    """After the hub was put back from a backup."""
    refused(house, 1, "old-number", mark=40)
    assert open_orders(house) == {"access": 2, "sealed/archive": 3, "plan": 41}
    refused(house, 2, "old-number", mark=40)
    assert open_orders(house) == {"sealed/archive": 3, "plan": 41, "access": 42}


@pytest.mark.parametrize("reason", ["unknown-area", "unknown-reader", "not-usable"])
def test_an_order_that_cannot_be_carried_out_is_a_trouble(house: PaperHub, reason: m.OrderRefusal) -> None:
    refused(house, 1, reason)
    assert house.whats() == ["order-refused"]
    assert "plan" not in open_orders(house)


def test_a_refusal_of_an_order_that_is_done_changes_nothing(house: PaperHub) -> None:
    done(house, 1)
    refused(house, 1, "old-number", mark=1)
    assert "plan" not in open_orders(house)


def test_a_node_that_claims_to_have_used_up_all_numbers_cannot_spoil_the_journal(house: PaperHub) -> None:
    refused(house, 1, "old-number", mark=m.LARGEST_NUMBER)
    refused(house, 2, "old-number", mark=m.LARGEST_NUMBER)
    house.apply(house.site)
    assert max(open_orders(house).values()) == m.LARGEST_NUMBER


@pytest.mark.parametrize("how", ["enrolled", "revoked", "rolled back"])
def test_orders_of_a_life_that_is_over_are_sent_no_more(house: PaperHub, how: str) -> None:
    archive = house.node("archive-1")
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    if how == "enrolled":
        archive.enrol()
    elif how == "revoked":
        house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    else:
        archive.life, archive.seq, archive._prev = 2, 0, ""
        archive.says(m.RolledBack(hub_life=1, hub_seq=1, hub_hash="", own_seq=0, own_hash=""))
    life = house.state.life("archive-1")
    assert life is not None
    assert {one.life for one in house.state.all(OrderOut) if one.state == "open"} <= {life.life}
    assert bool(open_orders(house)) == (how == "rolled back")


def test_numbers_go_on_in_the_next_life(house: PaperHub) -> None:
    house.node("archive-1").enrol()
    house.node("archive-1").starts()
    assert open_orders(house) == {"plan": 4, "access": 5, "sealed/archive": 6}


def test_no_order_goes_to_a_node_that_is_revoked_or_was_never_enrolled(house: PaperHub) -> None:
    house.fact(m.NodeRevoked(node="archive-1", reason=""), "admin")
    house.apply(house.site)
    assert not open_orders(house)
    assert not open_orders(house, "cipher-1")


# ---------------------------------------------------------------- what they say


def test_what_is_sealed_is_told_from_the_badges_until_the_unsealing(house: PaperHub) -> None:
    def told() -> m.OrderData:
        return compose(house, "sealed/archive")

    def sealed(firm: bool = True) -> m.Seal:
        key = str(house.node("archive-1").key.public)
        return m.Seal(area="archive", sealing=1, reader_node="archive-1", keys={"archive-1": key}, firm=firm)

    assert told() == m.Unseal(area="archive", sealing=0)
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, 1)
    assert told() == sealed(firm=False), "before the last node holds it, it may come to nothing"
    house.node("archive-1").holds(m.SealedArea(area="archive", sealing=1))
    assert told() == sealed()
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    assert told() == sealed()
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, 1)
    assert told() == m.Unseal(area="archive", sealing=1)
    house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
    assert told() == sealed()


@pytest.mark.parametrize(("step", "seconds"), [(0, 300), (100, 200), (299.5, 0), (300, 0), (10_000, 0), (-10_000, 300)])
def test_a_ceremony_is_told_with_the_time_that_is_left_and_never_more_than_the_whole(
    house: PaperHub, step: float, seconds: int
) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    house.clock.forward(step)
    ceremony = compose(house, "ceremony/archive")
    assert ceremony == m.Ceremony(reader="archive/reader", purpose="seal", sealing=1, seconds=seconds)


def test_a_ceremony_that_is_over_is_told_as_over(house: PaperHub) -> None:
    seal(house, "archive", "archive-1")
    ceremony = compose(house, "ceremony/archive")
    assert isinstance(ceremony, m.Ceremony)
    assert ceremony.seconds == 0


def test_a_node_that_starts_anew_in_a_ceremony_is_told_of_it_again(house: PaperHub) -> None:
    ready(house, "archive")
    house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose="seal"))
    done(house, open_orders(house)["ceremony/archive"])
    house.node("archive-1").starts()
    assert "ceremony/archive" in open_orders(house)


def acknowledged(house: PaperHub) -> int:
    number = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    return number


def test_the_nodes_are_told_whose_alarm_a_responder_may_answer_for(house: PaperHub) -> None:
    acknowledged(house)
    assert "respond/archive" in open_orders(house)
    assert compose(house, "respond/archive") == m.Respond(area="archive", alarms=(1,))


def test_a_node_that_starts_anew_is_told_again_for_whom_to_wait(house: PaperHub) -> None:
    number = acknowledged(house)
    done(house, open_orders(house)["respond/archive"])
    assert "respond/archive" not in open_orders(house)
    house.node("archive-1").starts((m.SealedArea(area="archive", sealing=number),))
    assert "respond/archive" in open_orders(house)


def test_an_alarm_that_is_attended_waits_for_nobody_until_it_happens_again(house: PaperHub) -> None:
    number = acknowledged(house)
    archive = house.node("archive-1")
    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(1,)))
    assert compose(house, "respond/archive") == m.Respond(area="archive", alarms=())
    archive.closes("archive/iron-gate", number)
    archive.opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    assert compose(house, "respond/archive") == m.Respond(area="archive", alarms=(1,))


# ---------------------------------------------------------------- access lists name days, and grow old


def calendar_of_2026(house: PaperHub, off: tuple[str, ...] = ("2026-09-25", "2026-10-01")) -> m.CalendarApproved:
    version = len(house.journal(m.CalendarImported)) + 1
    sha256 = f"{version:064}"
    worked = ("2026-09-20", "2026-10-10")
    house.asks(ZHAO_MIN, m.CalendarImported(year=2026, version=version, sha256=sha256, off=off, worked=worked))
    return m.CalendarApproved(year=2026, version=version, sha256=sha256)


def named(house: PaperHub) -> dict[str, m.DayNamed]:
    access = compose(house, "access")
    assert isinstance(access, m.AccessList)
    return access.days


def test_a_calendar_that_is_approved_is_told_to_every_node_at_once(house: PaperHub) -> None:
    house.node("cipher-1")
    for number in open_orders(house).values():
        done(house, number)
    approval = calendar_of_2026(house)
    assert not open_orders(house)
    assert not named(house)
    house.asks(LIU_YANG, approval)
    assert set(open_orders(house)) == {"access"}
    assert "access" in open_orders(house, "cipher-1")
    house.check()


def test_an_access_list_names_the_days_for_which_it_is_good_and_no_others(house: PaperHub) -> None:
    house.asks(LIU_YANG, calendar_of_2026(house))  # on Tuesday 2026-09-22
    assert named(house) == {"2026-09-25": "off"}
    house.clock.forward(17 * 24 * 3600)
    assert named(house) == {"2026-10-10": "worked"}
    house.asks(LIU_YANG, calendar_of_2026(house, off=("2026-10-09",)))
    assert named(house) == {"2026-10-09": "off", "2026-10-10": "worked"}


def test_a_calendar_of_holidays_alone_makes_no_list_longer_than_its_days(house: PaperHub) -> None:
    every = [str(date(2026, 1, 1) + timedelta(days=number)) for number in range(365)]
    house.asks(LIU_YANG, calendar_of_2026(house, off=tuple(every)))
    assert list(named(house)) == [f"2026-09-{day}" for day in range(21, 31)]


@pytest.mark.parametrize(
    ("hours", "renewed"), [(0, False), (23.9, False), (24, True), (24 * 30, True), (-0.01, False), (-24 * 365, True)]
)
def test_an_access_list_is_renewed_every_day_also_after_the_clock_was_set_back(
    house: PaperHub, hours: float, renewed: bool
) -> None:
    house.clock.forward(hours * 3600)
    told = list(order_content.renewals(house.state, house.clock()))
    assert [one.what for one in told if isinstance(one, m.OrderIssued)] == (["access"] if renewed else [])
    house.decides(*told)
    assert not list(order_content.renewals(house.state, house.clock()))


def test_no_more_alarms_are_named_than_a_badge_can_answer_for_and_the_others_follow(house: PaperHub) -> None:
    """Else the node's record of it would be too large for the hub, and stop all that come after it."""
    acknowledged(house)
    (first,) = house.alarms()
    for number in range(2, m.NAMED_ALARMS + 3):
        house.state.put(replace(first, number=number))
    named = tuple(range(1, m.NAMED_ALARMS + 1))
    assert compose(house, "respond/archive") == m.Respond(area="archive", alarms=named)
    done(house, open_orders(house)["respond/archive"])
    archive = house.node("archive-1")
    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=named))
    assert "respond/archive" in open_orders(house)
    assert compose(house, "respond/archive") == m.Respond(area="archive", alarms=(501, 502))


def versions(house: PaperHub) -> tuple[int, int]:
    """Of the plan and of the access list that the node has confirmed last."""
    life = house.state.life("archive-1")
    assert life is not None
    return life.plan, life.access


def test_an_order_that_is_done_is_what_the_node_goes_by(house: PaperHub) -> None:
    assert versions(house) == (0, 0)
    done(house, 1)
    assert versions(house) == (1, 0)
    done(house, 2)
    assert versions(house) == (1, 1)
    house.apply(house.site)
    assert versions(house) == (1, 1), "ordered is not done"
    done(house, 4)
    assert versions(house) == (2, 1)


def test_what_is_said_late_of_an_order_that_a_newer_one_replaced_changes_nothing(house: PaperHub) -> None:
    """The node has carried out the old plan, and its word comes after the new plan was ordered and carried out."""
    house.apply(house.site)
    done(house, 4)
    done(house, 1)
    assert versions(house) == (2, 0)
    assert open_orders(house) == {"access": 5, "sealed/archive": 6}


def test_an_order_that_was_refused_for_good_is_not_done_afterwards(house: PaperHub) -> None:
    refused(house, 1, "not-usable")
    done(house, 1)
    assert versions(house) == (0, 0)
