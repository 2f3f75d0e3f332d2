"""What officers ask of the everyday guard at the console: set now, two hours more, and that somebody opens up alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.core.nodes import order_content
from hub.core.refusal import NotPossible
from hub.core.site.document import Grant, Site
from hub.core.state import Guarded, OrderOut
from tests.hub.core.doors.test_set_and_unset import ARCHIVE, BOARD, DAY, NIGHT, at, goes_to
from tests.support.paper import CHEN_JIE, LI_NA, LIU_YANG, WANG_FANG, ZHANG_WEI, PaperHub, demo_site
from wire import messages as m

HOUR = 3_600_000


def order(house: PaperHub, what: str) -> m.OrderData:
    """What the archive's node is told."""
    assert any(one.what == what and one.node == "archive-1" for one in house.state.all(OrderOut))
    return order_content.compose(house.state, house.site, BOARD, "archive-1", what, house.clock())


def unset(local: str = DAY, site: Site | None = None) -> PaperHub:
    house = at(local, site)
    house.node("archive-1").unsets(ARCHIVE, 1)
    return house


def any_hour() -> Site:
    """The demonstration site, whose custodian may enter the archive at any hour."""
    site = demo_site()
    return replace(site, grant=(*site.grant, Grant(cardholder=ZHANG_WEI, areas=(ARCHIVE,))))


def allows(house: PaperHub, by: int = LIU_YANG, person: int = ZHANG_WEI, hours: float = 4, cause: str = "盘点") -> None:
    since = house.clock() + HOUR
    until = since + int(hours * HOUR)
    house.asks(by, m.UnsettingAllowed(area=ARCHIVE, person=person, since=since, until=until, cause=cause))


def refused(word: str, house: PaperHub, person: int, data: m.FactData) -> None:
    with pytest.raises(NotPossible, match=word):
        house.asks(person, data)


@pytest.mark.parametrize("act", ["set", "extend"])
def test_the_areas_node_is_asked_and_decides(act: str) -> None:
    house = unset()
    house.asks(WANG_FANG, m.GuardRequested(area=ARCHIVE, act=act))  # type: ignore[arg-type]
    assert order(house, "guard-asked/archive") == m.GuardAsked(area=ARCHIVE, act=act, person=WANG_FANG)  # type: ignore[arg-type]
    row = house.state.find(Guarded, ARCHIVE)
    assert row is not None
    assert row.state == "unset"
    house.check()


def test_what_is_asked_before_its_node_has_said_anything_changes_nothing_of_how_openings_are_judged() -> None:
    house = at(NIGHT)
    house.asks(WANG_FANG, m.GuardRequested(area=ARCHIVE, act="set"))
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    assert house.alarm("forced").stood == "unset"


def test_what_is_set_is_not_asked_to_be_and_never_to_be_unset() -> None:
    house = at(NIGHT)
    house.node("archive-1").sets(ARCHIVE, 1)
    refused("area-is-set", house, WANG_FANG, m.GuardRequested(area=ARCHIVE, act="extend"))


def test_an_area_without_a_reader_is_not_asked() -> None:
    house = unset()
    refused("unknown-area", house, WANG_FANG, m.GuardRequested(area="cellar", act="set"))
    site = demo_site()
    plain = tuple(replace(one, guard=False) if one.name == ARCHIVE else one for one in site.area)
    refused("not-guarded", at(DAY, replace(site, area=plain)), WANG_FANG, m.GuardRequested(area=ARCHIVE, act="set"))


def test_a_set_area_is_neither_checked_nor_sealed_before_somebody_has_unset_it() -> None:
    house = at(NIGHT)
    house.node("archive-1").sets(ARCHIVE, 1)
    refused("area-is-set", house, WANG_FANG, m.SealingChecking(sealing=0, area=ARCHIVE))
    refused("area-is-set", house, WANG_FANG, m.SealingOrdered(sealing=0, area=ARCHIVE, purpose="seal"))


def test_somebody_is_allowed_to_open_up_alone_and_the_node_has_it_on_its_list_before() -> None:
    house = unset(site=any_hour())
    allows(house)
    access = order(house, "access")
    assert isinstance(access, m.AccessList)
    since = house.clock() + HOUR
    assert access.approvals == (m.Approval(area=ARCHIVE, person=ZHANG_WEI, since=since, until=since + 4 * HOUR),)
    house.asks(LIU_YANG, m.UnsettingForbidden(area=ARCHIVE, person=ZHANG_WEI))
    access = order(house, "access")
    assert isinstance(access, m.AccessList)
    assert access.approvals == ()
    house.check()


def test_nobody_allows_it_to_themselves_and_only_security_or_the_keeper_to_others() -> None:
    house = unset(site=any_hour())
    with pytest.raises(NotPossible, match="not-allowed"):
        allows(house, by=WANG_FANG)
    with pytest.raises(NotPossible, match="opens-it-not"):
        allows(house, person=CHEN_JIE)
    with pytest.raises(NotPossible, match="approved-by-yourself"):
        allows(house, by=LIU_YANG, person=LIU_YANG)


@pytest.mark.parametrize(
    ("hours", "cause", "word"), [(25, "盘点", "no-such-time"), (0, "盘点", "no-such-time"), (1, " ", "cause-empty")]
)
def test_it_takes_a_cause_and_a_day_at_most(hours: float, cause: str, word: str) -> None:
    with pytest.raises(NotPossible, match=word):
        allows(unset(site=any_hour()), hours=hours, cause=cause)


def test_a_grant_that_does_not_hold_then_is_no_use_and_that_is_said() -> None:
    site = demo_site()
    others = tuple(one for one in site.grant if one.cardholder != LI_NA)
    mine = Grant(cardholder=LI_NA, areas=(ARCHIVE,), schedule="office-hours")
    house = unset(site=replace(site, grant=(*others, mine)))
    goes_to(house, "2026-09-25T20:00")
    with pytest.raises(NotPossible, match="no-grant-then"):
        allows(house, person=LI_NA)


def test_there_is_nothing_to_take_back_where_nothing_is_allowed() -> None:
    refused("nothing-allowed", unset(), LIU_YANG, m.UnsettingForbidden(area=ARCHIVE, person=ZHANG_WEI))
