"""The door to the truth: one transaction or nothing, one tree whoever writes, no name and no badge in it."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, event, select

from hub.admin import rebuild
from hub.core.journal.brought import Brought, opened
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import Alarm, OrderOut
from hub.ledger.append import Appending
from hub.store import alarm_list, queries, rows, session, tables
from tests.support.databases import BADGE_KEY, StoreHouse, service_key
from tests.support.hub import SITE, FakeNode, House, apply_site, make_hub, seal
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, demo_site
from wire import badges, keys, notes, tlog
from wire import messages as m
from wire.book import rules


def entries(house: StoreHouse) -> list[Any]:
    with session.reading(house.database) as connection:
        return list(connection.execute(select(tables.journal).order_by(tables.journal.c.idx)).all())


def kinds(house: StoreHouse) -> list[str]:
    return [row.kind for row in entries(house)]


def check(house: StoreHouse) -> None:
    """The tree is that of the notes, every entry is signed by whoever may, and the projections are the fold."""
    frontier: tlog.Frontier = ()
    for size, row in enumerate(entries(house)):
        assert row.idx == size
        frontier = tlog.append(size, frontier, tlog.leaf_hash(row.note))
        may = [one for one in rules.SIGN if rules.newest().may_sign(row.kind, row.author, one)]
        by = [house._nodes[row.author].key] if row.life else map(service_key, may)
        body, _ = notes.open_record(row.note, [one.public for one in by], keys.CHECKS)
        assert row.text_hash == notes.text_hash(body)
    with session.reading(house.database) as connection:
        head = Appending(connection)
        assert (head.size, head.frontier) == (size + 1, frontier)
        assert rebuild.differences(connection, rebuild.fold_journal(connection, lambda _size: None)) == []


# ---------------------------------------------------------------- once and in order


def test_a_record_and_what_follows_are_committed_together_and_in_order(house: StoreHouse) -> None:
    archive = house.node("archive-1")
    size = len(entries(house))
    outcome = archive.opens("archive/iron-gate", 1)
    assert outcome.verdicts == ["next"]
    assert kinds(house)[size : size + 2] == ["level", "alarm-raised"]
    assert kinds(house)[size + 1 :] == [m.kind_of(fact) for fact in outcome.facts]
    assert outcome.size == len(entries(house))
    check(house)


def test_the_note_is_stored_to_the_byte(house: StoreHouse) -> None:
    arrival = house.node("archive-1").record(m.Sounded(on=True, reason="opened"))
    house.engine.take([arrival])
    assert entries(house)[-1].note == arrival.note


def test_a_batch_of_good_and_bad_takes_the_good_ones(house: StoreHouse) -> None:
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    sounded = m.Sounded(on=True, reason="opened")
    first, second, third = (archive.record(sounded) for _ in range(3))
    other = cipher.record(sounded)
    outcome = house.engine.take([second, first, first, other, third, second, third])
    assert outcome.verdicts == ["beyond", "next", "repeat", "next", "beyond", "next", "next"]
    check(house)


def test_another_service_sees_at_once_what_one_has_written(house: StoreHouse) -> None:
    console = house.service()
    console.look()
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    assert [alarm.what for alarm in console.look()[0].all(Alarm)] == ["forced"]
    console.act(Actor("console", WANG_FANG, frozenset({"duty"})), m.AlarmAcknowledged(alarm=1))
    with pytest.raises(NotPossible, match="already-acknowledged"):
        house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    assert next(iter(house.engine.look()[0].all(Alarm))).life == "returned-acknowledged"


def test_a_record_by_a_key_that_was_replaced_meanwhile_is_not_taken(house: StoreHouse) -> None:
    archive = house.node("archive-1")
    arrival = archive.record(m.Sounded(on=True, reason="opened"))
    archive.key = keys.make("strongroom/demo/archive-1/record")
    archive.enrol()
    assert house.engine.take([arrival]).verdicts == ["other-life"]


def test_a_record_of_a_node_that_was_revoked_meanwhile_is_not_taken(house: StoreHouse) -> None:
    """The engine had opened it before another service revoked the node."""
    arrival = house.node("archive-1").record(
        m.Attended(reader="archive/reader", credential="0" * 64, person=1, alarms=())
    )
    house.fact(m.NodeRevoked(node="archive-1", reason="stolen"), "admin")
    size = len(entries(house))
    assert house.engine.take([arrival]).verdicts == ["other-life"]
    assert len(entries(house)) == size


def test_a_node_is_judged_by_the_document_it_had_confirmed_when_it_wrote(house: StoreHouse) -> None:
    """A record of a reader that hangs elsewhere by now may still be on its way."""
    archive = house.node("archive-1")

    def confirm() -> None:
        orders = [one for one in house.engine.look()[0].all(OrderOut) if (one.node, one.state) == ("archive-1", "open")]
        for one in orders:
            archive.says(m.OrderDone(order=one.number, what=one.what, sealed=()))

    confirm()
    site = demo_site()
    readers = (replace(one, node="cipher-1") if one.place == "archive/reader" else one for one in site.reader)
    house.apply_site(replace(site, reader=tuple(readers)))
    archive.grants("archive/reader", ZHANG_WEI)
    assert "record-doubted" not in kinds(house)
    confirm()
    archive.grants("archive/reader", ZHANG_WEI)
    at = kinds(house).index("record-doubted")
    assert kinds(house)[at : at + 3] == ["record-doubted", "granted", "alarm-raised"]
    assert house.engine.look()[0].life("archive-1").doubted == archive.seq  # type: ignore[union-attr]
    check(house)


# ---------------------------------------------------------------- all or nothing


class Crash(BaseException):
    """The process ends here."""


def ways_to_fail(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Any, str]]:
    return {
        "before the rows are written": (Appending, "finish"),
        "after the rows are written": (rows, "save"),
        "in the signature": (keys.SigningKey, "sign"),
    }


@pytest.mark.parametrize("where", ["before the rows are written", "after the rows are written", "in the signature"])
def test_a_crash_between_anything_undoes_all_and_the_same_batch_passes_afterwards(
    house: StoreHouse, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = house.node("archive-1")
    before = entries(house)
    records = [
        archive.record(m.Sounded(on=True, reason="opened")),
        archive.record(m.LevelChanged(point="archive/iron-gate", was="normal", now="active", at=0, sealing=1)),
    ]

    def crash(*_: Any) -> Any:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(*ways_to_fail(monkeypatch)[where], crash)
        with pytest.raises(Crash):
            house.engine.take(records)
    assert entries(house) == before
    assert house.engine.take(records).verdicts == ["next", "next"]
    check(house)


def test_of_several_requests_all_are_carried_out_or_none(house: StoreHouse) -> None:
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    before = entries(house)
    good, bad = m.AlarmAcknowledged(alarm=1), m.AlarmAcknowledged(alarm=99)
    with pytest.raises(NotPossible):
        house.engine.act(Actor("console", WANG_FANG, frozenset({"duty"})), good, bad)
    assert entries(house) == before
    assert next(iter(house.engine.look()[0].all(Alarm))).life == "returned-unacknowledged"


def test_what_lies_beside_the_journal_is_undone_with_it(house: StoreHouse) -> None:
    def beside(connection: Connection) -> None:
        connection.execute(tables.person.insert().values(number=4711, name="somebody"))

    with pytest.raises(NotPossible):
        house.engine.act(Actor("admin"), m.SiteApplied(version=99, sha256="0" * 64), beside=beside)
    people = select(tables.person.c.number)
    assert 4711 not in house.read(lambda connection: set(connection.execute(people).scalars()))


@pytest.mark.parametrize("late", [False, True], ids=["before its commit", "in its commit"])
def test_a_document_whose_transaction_failed_is_not_remembered(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """It had been read as version 2, and another one becomes version 2."""

    def fails(*_: Any) -> None:
        raise Crash

    def fails_when_it_has_written(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            fails()

    site = demo_site()
    with monkeypatch.context() as patch:
        if late:
            event.listen(house.database, "commit", fails_when_it_has_written)
        else:
            patch.setattr(rows, "save", fails)
        with pytest.raises(Crash):
            apply_site(house, replace(site, area=site.area[:1]), BADGE_KEY)
    if late:
        event.remove(house.database, "commit", fails_when_it_has_written)
    StoreHouse(house.database).apply_site(site)
    assert [area.name for area in house.engine.look()[1].area] == [area.name for area in site.area]


def test_of_two_documents_applied_at_the_same_time_one_is_refused(
    house: StoreHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = StoreHouse(house.database)
    stale = other.service().look()
    house.apply_site(demo_site())
    before = house.read(lambda connection: connection.execute(select(tables.site_document)).all())
    monkeypatch.setattr(other.engine, "look", lambda: stale)
    stale[0].put(replace(stale[0].meta, site_version=1))
    with pytest.raises(NotPossible, match="site-changed"):
        apply_site(other, replace(demo_site(), area=()), BADGE_KEY)
    assert house.read(lambda connection: connection.execute(select(tables.site_document)).all()) == before


# ---------------------------------------------------------------- several writers, one tree


def test_three_services_that_write_at_once_grow_one_tree(house: StoreHouse) -> None:
    nodes = [house.node(name) for name in ("archive-1", "cipher-1", "computer-1")]
    failures: list[BaseException] = []
    rounds = 15

    def deliver(node: FakeNode) -> None:
        mine = house.service()
        for _ in range(rounds):
            mine.take([node.record(m.Forced(point="archive/iron-gate")) for _ in range(3)])

    def answer() -> None:
        mine = house.service()
        for _ in range(rounds):
            try:
                mine.act(Actor("console", WANG_FANG, frozenset({"duty"})), m.AlarmAcknowledged(alarm=1))
            except NotPossible:
                mine.act(Actor("console"), m.SignInFailed(count=1))

    def guarded(work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(deliver, node)) for node in nodes]
    threads.append(threading.Thread(target=guarded, args=(answer,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    counted = Counter((row.author, row.seq) for row in entries(house) if row.life)
    assert set(counted.values()) == {1}
    assert len(counted) == 3 * (1 + 3 * rounds)
    check(house)


# ---------------------------------------------------------------- no name, no badge


def test_no_name_and_no_badge_number_is_in_the_journal_or_in_any_table_but_the_one_for_names(house: StoreHouse) -> None:
    a_whole_day(house)
    site = demo_site()
    secrets = [holder.name for holder in site.cardholder] + [one for holder in site.cardholder for one in holder.badges]
    assert len(secrets) == 16
    with session.reading(house.database) as connection:
        for table in tables.metadata.sorted_tables:
            if table is tables.person:
                continue
            content = repr([tuple(row) for row in connection.execute(select(table))])
            blobs = [value for row in connection.execute(select(table)) for value in row if isinstance(value, bytes)]
            content += "".join(blob.decode("utf-8", "replace") for blob in blobs)
            for secret in secrets:
                assert secret not in content, (table.name, secret)
                assert secret.encode("unicode_escape").decode() not in content, (table.name, secret)
                assert secret.lower() not in content, (table.name, secret)
        names = {row.number: row.name for row in connection.execute(select(tables.person))}
    assert names[ZHANG_WEI] == "张伟"


def a_whole_day(house: StoreHouse) -> None:
    archive = house.node("archive-1")
    credential = badges.credential(BADGE_KEY, "01001A2B01")
    archive.says(m.Granted(reader="archive/reader", credential=credential, person=ZHANG_WEI))
    archive.says(m.Entered(area="archive", person=ZHANG_WEI, inside=1))
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/iron-gate", number)
    house.asks(WANG_FANG, m.AlarmAcknowledged(alarm=1))
    archive.says(m.Attended(reader="archive/reader", credential=credential, person=ZHANG_WEI, alarms=(1,)))
    archive.closes("archive/iron-gate", number)
    found = m.FindingWritten(alarm=1, finding_cause="forgotten", finding="张伟说风吹开了")
    house.asks(WANG_FANG, found)
    written = house.read(lambda connection: alarm_list.alarm(connection, 1)).finding
    house.asks(LIU_YANG, m.AlarmClosed(alarm=1, finding_cause="forgotten", finding=written), "security")


def test_the_stored_document_is_what_the_journal_has_the_hash_of(house: StoreHouse) -> None:
    import hashlib

    (row,) = house.read(lambda connection: connection.execute(select(tables.site_document)).all())
    applied = next(row for row in entries(house) if row.kind == "site-applied")
    assert hashlib.sha256(row.document.encode()).hexdigest() == row.sha256
    assert row.sha256.encode() in applied.note


def test_a_whole_day_is_one_tree(house: StoreHouse) -> None:
    a_whole_day(house)
    check(house)
    with session.reading(house.database) as connection:
        assert len(rows.load_all(connection, Alarm)) == 1


# ---------------------------------------------------------------- equivocation


def test_both_records_of_one_number_are_kept_whole(house: StoreHouse) -> None:
    archive = house.node("archive-1")
    first = archive.record(m.Sounded(on=True, reason="opened"))
    house.engine.take([first])
    archive.seq -= 1
    second = archive.record(m.Sounded(on=False, reason="opened"))
    assert house.engine.take([second]).verdicts == ["different"]
    row = next(row for row in entries(house) if row.kind == "equivocation")
    fact = m.decode(notes.split(row.note).text, m.Fact).data
    assert isinstance(fact, m.Equivocation)
    assert fact.other.encode() == second.note
    assert entries(house)[fact.kept].note == first.note
    check(house)


def brought(house: House, *said: m.FactData) -> list[Brought]:
    """What root's command has signed just now."""
    key = house.hub.key("admin")
    facts = [m.Fact(v=1, site=SITE, by="admin", time=house.clock(), person=None, data=one) for one in said]
    return [opened(key.sign(m.encode(fact)), key.public, SITE) for fact in facts]


def test_what_root_has_signed_stands_in_the_journal_byte_for_byte(tmp_path: Path) -> None:
    house = make_hub(tmp_path, nodes=("archive-1",))
    (one,) = brought(house, m.NodeRevoked(node="archive-1", reason="stolen"))
    house.engine.bring([one])
    (row,) = house.read(lambda connection: queries.journal(connection, kind="node-revoked"))
    assert (row.note, row.author) == (one.note, "admin")


def test_of_what_root_brings_together_all_is_done_or_nothing(tmp_path: Path) -> None:
    house = make_hub(tmp_path, nodes=("archive-1",))
    size = house.read(queries.size)
    two = brought(house, m.NodeRevoked(node="archive-1", reason="stolen"), m.SiteApplied(version=9, sha256="0" * 64))
    with pytest.raises(NotPossible, match="site-changed"):
        house.engine.bring(two)
    assert house.read(queries.size) == size


def test_what_names_somebody_is_not_brought_since_it_could_never_be_erased(tmp_path: Path) -> None:
    house = make_hub(tmp_path, nodes=("archive-1",))
    with pytest.raises(NotPossible, match="names-somebody"):
        house.engine.bring(brought(house, m.NodeRevoked(node="archive-1", reason="张伟 has lost it")))
