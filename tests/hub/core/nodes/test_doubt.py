"""What a node says of another's door, or of a badge that is nobody's: journalled, told, and good for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hub.core import doubt
from hub.core.site.document import Site
from hub.core.state import Area, OrderOut, Point, SealOn, WalkTest
from tests.support.hub import OWN, seal
from tests.support.paper import CHEN_JIE, LI_NA, WANG_FANG, ZHANG_WEI, PaperHub, demo_site
from tests.support.sealing import may_unseal, ready, unseal_order
from wire import messages as m

SEALED = {"sealing": 1}


def said(area: str, person: int = ZHANG_WEI) -> list[m.RecordData]:
    """Whatever a node can say about a place, of this area."""
    point, reader = f"{area}/{'iron-gate' if area == 'archive' else 'door'}", f"{area}/reader"
    badge: dict[str, Any] = {"reader": reader, "credential": OWN, "person": person}
    return [
        m.LevelChanged(point=point, was="active", now="normal", at=1),
        m.Chatter(point=point, edges=21, since=0, until=1, level="normal"),
        m.Forced(point=point),
        m.HeldOpen(point=point, seconds=60),
        m.Granted(**badge),
        m.Denied(**badge, reason="no-grant"),
        m.Presented(**badge, ceremony=1, at=1),
        m.Attended(**badge, alarms=()),
        m.Entered(area=area, person=person, inside=1),
        m.NotEntered(area=area, person=person),
        m.Left(area=area, by="button", inside=0),
        m.Emptied(area=area, why="stay-over"),
        m.Watch(area=area, sealing=1, points=(point,), since=0, until=1, gaps=()),
        m.SealBaseline(area=area, sealing=1, ohms={f"{area}/seal-1": 4700}),
        m.Frozen(area=area, sealing=1, reader_node=f"{area}-1", people=(), hash="0" * 64),
        m.Permitted(area=area, sealing=1, people=(ZHANG_WEI, WANG_FANG)),
        m.Released(area=area, sealing=1, by="badges", people=(ZHANG_WEI, WANG_FANG)),
        m.Fault(part="reader", failed=False, detail="", place=reader),
        m.Setting(area=area, **badge, seconds=30),
        m.AreaSet(area=area, number=1, by="time"),
        m.AreaUnset(area=area, number=2, by="badge", people=(person,)),
        m.FirstOfTwo(**badge),
        m.SetRefused(area=area, person=person, points=(point,)),
        m.SetCancelled(area=area, person=person),
        m.SetExtended(area=area, until=1, by="badge", person=person),
        m.NotSet(area=area, points=(), inside=1),
        m.SomebodyInside(area=area, by="button", number=1),
        m.SomebodyOut(area=area, person=person),
        m.WatchWhileSet(area=area, number=1, points=(point,), since=0, until=1, gaps=()),
        m.ReaderDeaf(**badge, seconds=60),
    ]


def kinds(data: m.RecordData) -> str:
    return m.kind_of(data)


def with_a_seal() -> Site:
    """The demonstration site, with a seal in the archive in the place of its second cabinet."""
    site = demo_site()
    cabinet = next(one for one in site.point if one.place == "archive/cabinet-1")
    points = (replace(one, name="seal-1", kind="seal") if one is cabinet else one for one in site.point)
    return replace(site, point=tuple(points))


def test_every_kind_that_speaks_of_a_place_or_a_person_is_asked() -> None:
    assert {type(one) for one in said("archive")} == set(doubt.PLACES)
    places = ("point", "reader", "area", "place", "points", "ohms", "person", "credential")
    speaks = {kind for kind in m.RecordData.__args__ if set(places) & set(kind.__struct_fields__)}
    assert speaks == set(doubt.PLACES)


@pytest.mark.parametrize("data", said("archive"), ids=kinds)
def test_a_node_may_say_it_of_its_own_places_only(data: m.RecordData) -> None:
    house = PaperHub(with_a_seal())
    house.node("archive-1").says(data)
    assert not house.journal(m.RecordDoubted)
    house.node("cipher-1").says(data)
    (doubted,) = house.journal(m.RecordDoubted)
    assert (doubted.node, doubted.seq, doubted.why) == ("cipher-1", 2, "place")
    assert house.alarm("impossible-record").place == "cipher-1"


@pytest.mark.parametrize("data", said("cellar"), ids=kinds)
def test_a_place_that_no_document_knows_is_nobodys_own(data: m.RecordData) -> None:
    house = PaperHub()
    house.node("archive-1").says(data)
    assert house.journal(m.RecordDoubted)[-1].why == "unknown"
    assert house.whats() == ["impossible-record"]


def test_a_watch_or_a_baseline_with_one_point_of_another_is_doubted() -> None:
    house = PaperHub(with_a_seal())
    archive = house.node("archive-1")
    mixed = ("archive/iron-gate", "cipher-room/door")
    archive.says(m.Watch(area="archive", sealing=1, points=mixed, since=0, until=1, gaps=()))
    archive.says(m.SealBaseline(area="archive", sealing=1, ohms={"archive/seal-1": 4700, "archive/iron-gate": 1}))
    assert [one.why for one in house.journal(m.RecordDoubted)] == ["place", "place"]


@pytest.mark.parametrize(
    ("person", "badge_of", "why"),
    [(ZHANG_WEI, LI_NA, "badge"), (ZHANG_WEI, None, "badge"), (4711, ZHANG_WEI, "person"), (4711, None, "person")],
)
def test_a_badge_is_one_of_the_person_that_is_named(person: int, badge_of: int | None, why: str) -> None:
    house = PaperHub()
    badge = house.site.cardholders[badge_of].badges[0] if badge_of else "f" * 64
    house.node("archive-1").says(m.Granted(reader="archive/reader", credential=badge, person=person))
    assert [one.why for one in house.journal(m.RecordDoubted)] == [why]


def test_an_unknown_badge_is_nobodys_and_no_reason_to_doubt() -> None:
    house = PaperHub()
    house.node("archive-1").says(m.Denied(reader="archive/reader", credential="f" * 64, person=None, reason="unknown"))
    assert not house.journal(m.RecordDoubted)


def test_however_often_a_node_says_what_it_may_not_it_is_one_alarm() -> None:
    house = PaperHub()
    for name in ("archive-1", "cipher-1"):
        for number in range(5):
            house.node(name).says(m.Forced(point=f"cellar/{number}"))
    told = [alarm for alarm in house.alarms() if alarm.what == "impossible-record"]
    assert [(alarm.place, alarm.count, alarm.klass) for alarm in told] == [
        ("archive-1", 5, "tamper"),
        ("cipher-1", 5, "tamper"),
    ]


def test_places_that_somebody_invents_are_one_alarm_and_hide_no_point_of_the_document() -> None:
    house = PaperHub()
    cipher, areas = house.node("cipher-1"), set(house.state.all(Area))
    for number in range(300):
        ghost = f"ghost-{number}/{number}"
        cipher.says(m.LevelChanged(point=ghost, was="normal", now="active", at=1, sealing=number))
        cipher.says(m.Denied(reader=ghost, credential=OWN, person=None, reason="sealed", sealing=number))
        cipher.says(m.Denied(reader=ghost, credential=OWN, person=None, reason="unknown"))
    cipher.opens("cipher-room/safe-door", 1)
    assert [(one.what, one.place, one.count) for one in house.alarms()] == [
        ("impossible-record", "cipher-1", 900),
        ("opened-while-sealed", "cipher-room/safe-door", 1),
    ]
    assert set(house.state.all(Area)) == areas
    assert not [one for one in house.state.all(Point) if one.place.startswith("ghost")]
    house.check()


def test_numbers_of_sealings_that_somebody_invents_are_one_alarm_and_hide_none_of_the_sealing_in_force() -> None:
    house = PaperHub()
    number = seal(house, "archive", "archive-1")
    archive = house.node("archive-1")
    for invented in range(number + 1, number + 300):
        archive.opens("archive/iron-gate", invented)
        archive.denies("archive/reader", None, "sealed", invented)
    archive.opens("archive/iron-gate", number)
    told = [(one.what, one.sealing == number, one.count) for one in house.alarms() if one.place.startswith("archive/")]
    assert told == [
        ("opened-while-sealed", False, 299),
        ("badge-while-sealed", False, 299),
        ("opened-while-sealed", True, 1),
    ]


def test_a_duress_badge_at_a_reader_that_nobody_knows_calls_help_all_the_same() -> None:
    site = demo_site()
    people = (replace(one, duress="d" * 64) if one.number == ZHANG_WEI else one for one in site.cardholder)
    house = PaperHub(replace(site, cardholder=tuple(people)))
    for number in range(9):
        badge = {"reader": f"ghost/{number}", "credential": "d" * 64, "person": ZHANG_WEI}
        house.node("cipher-1").says(m.Granted(**badge))  # type: ignore[arg-type]
    assert [(one.what, one.place, one.count) for one in house.alarms()] == [
        ("impossible-record", "cipher-1", 9),
        ("duress", "cipher-1", 9),
    ]


# ---------------------------------------------------------------- good news counts for nothing


def test_two_invented_badges_at_an_invented_reader_unseal_nothing() -> None:
    house = PaperHub()
    number = seal(house, "archive", "archive-1")
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    assert house.state.area("archive").state == "unseal-ceremony"
    for node, reader in (("cipher-1", "archive/ghost"), ("cipher-1", "archive/reader"), ("archive-1", "archive/ghost")):
        for person in (ZHANG_WEI, WANG_FANG):
            house.node(node).presents(reader, person, number)
    for person, other in ((ZHANG_WEI, CHEN_JIE), (WANG_FANG, CHEN_JIE)):
        badge = house.site.cardholders[other].badges[0]
        archive = house.node("archive-1")
        shown = m.Presented(reader="archive/reader", credential=badge, person=person, ceremony=number, at=archive.mono)
        archive.says(shown)
    assert house.state.area("archive").state == "unseal-ceremony"
    assert {one.place for one in house.alarms()} == {"archive-1", "cipher-1"}
    for person in (ZHANG_WEI, WANG_FANG):
        house.node("archive-1").presents("archive/reader", person, number)
    assert house.state.area("archive").state == "unsealing"


def test_nobody_has_attended_at_another_nodes_reader() -> None:
    house = PaperHub()
    house.node("archive-1").opens("archive/iron-gate", 1)
    for node, reader in (("cipher-1", "archive/reader"), ("archive-1", "archive/ghost"), ("cipher-1", "archive/x")):
        house.node(node).says(m.Attended(reader=reader, credential=OWN, person=ZHANG_WEI, alarms=()))
        house.node(node).grants(reader, ZHANG_WEI)
    assert house.alarm("opened-while-sealed").attended_by is None


def test_wrong_tries_are_forgiven_by_nobody_elses_right_one() -> None:
    house = PaperHub()
    for _ in range(4):
        house.node("archive-1").denies("archive/reader", None, "unknown")
    house.node("cipher-1").grants("archive/reader", ZHANG_WEI)
    house.node("archive-1").denies("archive/reader", None, "unknown")
    assert "denied-five-times" in house.whats()


def test_people_inside_are_counted_by_the_areas_own_doors() -> None:
    house = PaperHub()
    house.node("archive-1").says(m.Entered(area="archive", person=ZHANG_WEI, inside=1))
    house.node("cipher-1").says(m.Entered(area="archive", person=LI_NA, inside=5))
    assert house.state.area("archive").inside == 1
    house.node("cipher-1").says(m.Left(area="archive", by="free", inside=0))
    assert house.state.area("archive").inside == 1


def test_another_nodes_word_hides_no_open_door_and_walks_none() -> None:
    house = PaperHub()
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    archive.opens("archive/iron-gate")
    cipher.opens("archive/iron-gate")
    cipher.closes("archive/iron-gate")
    assert house.state.find(Point, "archive/iron-gate") == Point(
        "archive/iron-gate", "archive-1", "active", house.clock()
    )
    cipher.opens("archive/security-door")
    cipher.closes("archive/security-door")
    assert house.state.find(WalkTest, "archive/security-door") is None
    archive.closes("archive/iron-gate")
    walk = house.state.find(WalkTest, "archive/iron-gate")
    assert walk is not None
    assert (walk.node, walk.closed_at) == ("archive-1", house.clock())


def test_a_seals_baseline_comes_from_its_own_node() -> None:
    house = PaperHub(with_a_seal())
    ready(house, "archive")
    told = m.SealBaseline(area="archive", sealing=1, ohms={"archive/seal-1": 4700})
    house.node("cipher-1").says(told)
    row = house.state.find(SealOn, "archive/seal-1")
    assert row is not None
    assert row.ohms != 4700
    house.node("archive-1").says(told)
    row = house.state.find(SealOn, "archive/seal-1")
    assert row is not None
    assert row.ohms == 4700


def test_no_node_mends_another_nodes_reader() -> None:
    house = PaperHub()
    broken = m.Fault(part="reader", failed=True, detail="no answer", place="archive/reader")
    house.node("archive-1").says(broken)
    house.node("cipher-1").says(replace(broken, failed=False))
    assert house.alarm("node-fault").active
    house.node("archive-1").says(replace(broken, failed=False))
    assert "node-fault" not in house.whats()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=1, sealing=1), "opened-while-sealed"),
        (m.Forced(point="archive/iron-gate"), "forced"),
        (
            m.Denied(reader="archive/reader", credential=OWN, person=None, reason="sealed", sealing=1),
            "badge-while-sealed",
        ),
        (m.Fault(part="reader", failed=True, detail="", place="archive/reader"), "node-fault"),
    ],
)
def test_bad_news_counts_of_anybody(data: m.RecordData, what: str) -> None:
    house = PaperHub()
    house.node("cipher-1").says(data)
    assert sorted(house.whats()) == sorted(["impossible-record", what])


# ---------------------------------------------------------------- by which document


def elsewhere() -> Site:
    """The archive's reader on the cipher room's node, and a new badge for Zhang Wei."""
    site = demo_site()
    readers = (replace(one, node="cipher-1") if one.place == "archive/reader" else one for one in site.reader)
    people = (replace(one, badge="01001A2BFF") if one.number == ZHANG_WEI else one for one in site.cardholder)
    return replace(site, reader=tuple(readers), cardholder=tuple(people))


def confirm(house: PaperHub, node: str, what: str) -> None:
    says = house.node(node).says
    orders = [one for one in house.state.all(OrderOut) if (one.node, one.what, one.state) == (node, what, "open")]
    says(m.OrderDone(order=orders[-1].number, what=what, sealed=()))


def doubts(house: PaperHub, node: str, badge: str) -> str:
    before = len(house.journal(m.RecordDoubted))
    house.node(node).says(m.Granted(reader="archive/reader", credential=badge, person=ZHANG_WEI))
    return "".join(one.why for one in house.journal(m.RecordDoubted)[before:])


def test_a_node_goes_by_the_plan_and_list_it_has_confirmed_until_it_confirms_the_next() -> None:
    house = PaperHub()
    old, new = house.site.cardholders[ZHANG_WEI].badges[0], "01001A2BFF"
    for what in ("plan", "access"):
        confirm(house, "archive-1", what)
    house.apply(elsewhere())
    assert doubts(house, "archive-1", old) == ""
    assert doubts(house, "archive-1", new) == ""
    assert doubts(house, "cipher-1", new) == ""
    confirm(house, "archive-1", "plan")
    assert doubts(house, "archive-1", old) == "place"
    for what in ("plan", "access"):
        confirm(house, "cipher-1", what)
    assert doubts(house, "cipher-1", new) == ""
    assert doubts(house, "cipher-1", old) == "badge"
    house.check()


def test_what_a_node_has_not_confirmed_in_this_life_it_does_not_go_by() -> None:
    house = PaperHub()
    old = house.site.cardholders[ZHANG_WEI].badges[0]
    for what in ("plan", "access"):
        confirm(house, "archive-1", what)
    house.apply(elsewhere())
    house.node("archive-1").enrol()
    assert doubts(house, "archive-1", old) == "place"
