"""The projections are a fold over the journal: always the same, and whatever was changed by hand is found."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from sqlalchemy import delete, insert, select, text, update

from hub.admin import rebuild
from hub.core.refusal import NotPossible
from hub.core.state import Alarm, Point, State
from hub.ledger.reading import JournalDamaged
from hub.store import session, tables
from tests.support.databases import StoreHouse, without_guards
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, demo_site
from wire import messages as m

NODES = ("archive-1", "cipher-1", "computer-1")
PLACES = ("archive/iron-gate", "archive/lid", "cipher-room/safe-door", "cipher-room/safe-seal", "computer-room/door")


def found(house: StoreHouse) -> list[rebuild.Difference]:
    with session.reading(house.database) as connection:
        return rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None))


def a_history(house: StoreHouse) -> None:
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))


ACTIONS = st.one_of(
    st.tuples(st.just("level"), st.sampled_from(NODES), st.sampled_from(PLACES),
              st.sampled_from(["normal", "active", "open-circuit"]), st.sampled_from([None, 1, 2])),
    st.tuples(st.just("start"), st.sampled_from(NODES), st.lists(st.sampled_from([1, 2]), max_size=1)),
    st.tuples(st.just("hold"), st.sampled_from(NODES), st.lists(st.sampled_from([1, 2, 3]), max_size=2)),
    st.tuples(st.just("badge"), st.sampled_from([ZHANG_WEI, WANG_FANG, ZHOU_QIANG, None])),
    st.tuples(st.just("order"), st.sampled_from(["seal", "unseal"])),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("acknowledge"), st.integers(1, 6)),
    st.tuples(st.sampled_from(["write", "close"]), st.integers(1, 6)),
    st.tuples(st.just("attend"), st.integers(0, 6)),
    st.tuples(st.just("refuse"), st.integers(1, 12), st.sampled_from(["old-number", "too-late", "not-usable"])),
    st.tuples(st.just("deny"), st.sampled_from([None, 1])),
    st.tuples(st.just("silent"), st.sampled_from(NODES)),
    st.tuples(st.just("back"), st.sampled_from(NODES)),
    st.tuples(st.just("revoke"), st.sampled_from(NODES)),
    st.tuples(st.just("enrol"), st.sampled_from(NODES)),
    st.tuples(st.just("roll back"), st.sampled_from(NODES)),
    st.tuples(st.just("lose"), st.sampled_from(NODES)),
    st.tuples(st.just("engine")),
    st.tuples(st.just("site")),
    st.tuples(st.just("time"), st.integers(-100, 400)),
)  # fmt: skip


def carry_out(house: StoreHouse, action: tuple[Any, ...]) -> None:
    archive = house.node("archive-1")
    match action:
        case ("level", node, place, now, sealing):
            house.node(node).level(place, "normal", now, sealing)
        case ("start", node, numbers):
            house.node(node).starts(tuple(m.SealedArea(area="archive", sealing=number) for number in numbers))
        case ("hold", node, numbers):
            house.node(node).holds(*(m.SealedArea(area="archive", sealing=number) for number in numbers))
        case ("badge", person):
            archive.presents("archive/reader", person, house.engine.look()[0].area("archive").sealing)
        case ("order", purpose):
            house.asks(WANG_FANG, m.SealingOrdered(sealing=0, area="archive", purpose=purpose))
        case ("cancel",):
            house.asks(WANG_FANG, m.SealingCancelled(sealing=0, area="archive", reason="by-hand", detail=""))
        case ("acknowledge", number):
            house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=number))
        case ("write", number):
            house.asks(WANG_FANG, m.FindingWritten(alarm=number, finding_cause="false", finding="nothing found"))
        case ("close", number):
            house.asks(
                LIU_YANG, m.AlarmClosed(alarm=number, finding_cause="false", finding="nothing found"), "security"
            )
        case ("attend", number):
            alarms = (number,) if number else ()
            archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=alarms))
        case ("refuse", order, reason):
            archive.says(m.OrderRefused(order=order, mark=order + 3, reason=reason))
        case ("deny", sealing):
            archive.denies("archive/reader", None, "unknown", sealing)
        case ("silent", node):
            house.fact(m.NodeSilent(node=node, last_heard=None, sealed=()))
        case ("back", node):
            house.fact(m.NodeBack(node=node, silent_for=1))
        case ("revoke", node):
            house.fact(m.NodeRevoked(node=node, reason=""), "admin")
        case ("enrol", node):
            house.node(node).enrol()
        case ("roll back", node):
            one = house.node(node)
            one.life, one.seq, one._prev = one.life + 1, 0, ""
            one.says(m.RolledBack(hub_life=1, hub_seq=1, hub_hash="", own_seq=0, own_hash=""))
        case ("lose", node):
            one = house.node(node)
            first = one.seq + 1
            one.seq += 2
            one._prev = ""
            one.says(m.CannotFill(first=first, last=first + 2, last_hash="ab" * 32))
            one._prev = "ab" * 32
        case ("engine",):
            house.fact(m.EngineStarted(version="t", silent_since=house.clock()))
        case ("site",):
            house.apply_site(demo_site())
        case ("time", seconds):
            house.clock.forward(seconds)


@given(actions=st.lists(ACTIONS, min_size=5, max_size=25))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_whatever_has_happened_the_journal_folds_to_what_is_saved(house: StoreHouse, actions: list[Any]) -> None:
    """Each example goes on where the one before has stopped: one long history of many kinds."""
    house.node("archive-1")
    for action in actions:
        with contextlib.suppress(NotPossible):
            carry_out(house, action)
    assert found(house) == []


def test_an_empty_hub_folds_to_itself(house: StoreHouse) -> None:
    assert found(house) == []


# ---------------------------------------------------------------- what was changed by hand


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (update(tables.alarm).values(life="closed"), "alarm"),
        (update(tables.alarm).values(finding="all is well"), "alarm"),
        (delete(tables.alarm), "alarm"),
        (update(tables.area).values(state="unsealed"), "area"),
        (update(tables.area).values(people=(1, 2)), "area"),
        (update(tables.life).values(seq=99), "life"),
        (update(tables.point).values(level="normal"), "point"),
        (insert(tables.point).values(asdict(Point("x/y", "archive-1", "normal", 0))), "point"),
        (update(tables.order_out).values(state="done"), "order_out"),
        (update(tables.meta).values(next_alarm=77), "meta"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_changed_projection_is_found_and_mended(house: StoreHouse, change: Any, table: str) -> None:
    a_history(house)
    house.change(lambda connection: connection.execute(change))
    differences = found(house)
    assert differences
    assert {one.table for one in differences} == {table}
    with session.writing(house.database) as connection:
        rebuild.mend(connection, rebuild.fold_journal(connection, lambda _size: None))
    assert found(house) == []
    fresh = StoreHouse(house.database)
    assert next(iter(fresh.engine.look()[0].all(Alarm))).life == "active-acknowledged"


def changed_by_hand(house: StoreHouse, *statements: str) -> None:
    with house.database.begin() as connection:
        without_guards(connection, "journal")
        for statement in statements:
            connection.execute(text(statement))


CHANGES = {
    "a note": "UPDATE journal SET note = (SELECT note FROM journal WHERE idx = 1) WHERE idx = 3",
    "its hash": "UPDATE journal SET text_hash = 'x' WHERE idx = 3",
    "its author": "UPDATE journal SET author = 'admin' WHERE kind = 'started'",
    "its kind": "UPDATE journal SET kind = 'granted' WHERE kind = 'level'",
    "its place": "UPDATE journal SET place = 'archive/lid' WHERE kind = 'level'",
    "its person": "UPDATE journal SET person = 1002 WHERE kind = 'presented'",
    "its number": "UPDATE journal SET seq = seq + 100 WHERE kind = 'level'",
    "the time in it": "UPDATE journal SET said_time = 0 WHERE kind = 'level'",
    "the time of a fact": "UPDATE journal SET hub_time = 0 WHERE kind = 'alarm-raised'",
    "one deleted": "DELETE FROM journal WHERE idx = 3",
    "the first deleted": "DELETE FROM journal WHERE idx = 0",
    "the last deleted": "DELETE FROM journal WHERE idx = (SELECT MAX(idx) FROM journal)",
    "all deleted": "DELETE FROM journal",
    "one inserted": "INSERT INTO journal (idx, note, text_hash, author, kind, said_time, hub_time) SELECT "
    "(SELECT MAX(idx) + 1 FROM journal), note, text_hash, author, kind, said_time, hub_time FROM journal WHERE idx = 0",
    "one inserted behind a gap": "INSERT INTO journal (idx, note, text_hash, author, kind, said_time, hub_time) SELECT "
    "9999, note, text_hash, author, kind, said_time, hub_time FROM journal WHERE idx = 0",
    "the head": "UPDATE head SET size = size - 1",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_journal_is_found(house: StoreHouse, change: str) -> None:
    a_history(house)
    changed_by_hand(house, CHANGES[change])
    with pytest.raises(JournalDamaged):
        found(house)


def test_two_entries_that_changed_places_are_found(house: StoreHouse) -> None:
    a_history(house)
    swap = ("UPDATE journal SET idx = -1 WHERE idx = 3", "UPDATE journal SET idx = 3 WHERE idx = 4",
            "UPDATE journal SET idx = 4 WHERE idx = -1")  # fmt: skip
    changed_by_hand(house, *swap)
    with pytest.raises(JournalDamaged):
        found(house)


def test_progress_is_told_and_the_whole_journal_read(house: StoreHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    a_history(house)
    monkeypatch.setattr(rebuild, "CHUNK", 2)
    told: list[int] = []
    with session.reading(house.database) as connection:
        folded = rebuild.fold_journal(connection, told.append)
        size = connection.execute(select(tables.head.c.size)).scalar_one()
    assert told == [*range(2, size + 1, 2), *([size] if size % 2 else [])]
    assert isinstance(folded, State)
    assert found(house) == []
