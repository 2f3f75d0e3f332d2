"""Erasing a person: by two, on record, gone from the disk, and the journal is what it was."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from hub.admin import rebuild
from hub.core.refusal import NotPossible
from hub.core.site.document import Site
from hub.store import session, tables
from tests.support.databases import StoreHouse
from tests.support.paper import LIU_YANG, WANG_FANG, ZHANG_WEI, ZHAO_MIN, demo_site
from tests.support.root import Root
from wire import messages as m

TWO = ("zhaomin", "liuyang")


def without(site: Site, person: int) -> Site:
    """The document once this person has left."""
    return replace(
        site,
        cardholder=tuple(one for one in site.cardholder if one.number != person),
        grant=tuple(one for one in site.grant if one.cardholder != person),
        account=tuple(one for one in site.account if one.cardholder != person),
    )


@pytest.fixture
def left(house: StoreHouse) -> StoreHouse:
    """Wang Fang was on duty, wrote findings, and has left the bureau."""
    house.node("archive-1").opens("archive/iron-gate")
    house.asks(WANG_FANG, m.DrillStarted(area="archive"))
    note = "王芳 told 张伟 about the key"
    house.asks(WANG_FANG, m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note=note))
    house.apply_site(without(demo_site(), WANG_FANG))
    return house


def journal(house: StoreHouse) -> list[bytes]:
    query = select(tables.journal.c.note).order_by(tables.journal.c.idx)
    entries: list[bytes] = house.read(lambda connection: list(connection.execute(query).scalars()))
    return entries


def names(house: StoreHouse) -> dict[int, str]:
    person = tables.person
    found: dict[int, str] = house.read(
        lambda connection: {row.number: row.name for row in connection.execute(select(person))}
    )
    return found


def test_the_name_goes_and_every_entry_stays(left: StoreHouse) -> None:
    before = journal(left)
    assert names(left)[WANG_FANG] == "王芳"
    Root(left).erases(WANG_FANG, LIU_YANG, f"#{WANG_FANG} has left", TWO)
    assert WANG_FANG not in names(left)
    assert ZHANG_WEI in names(left)
    after = journal(left)
    assert after[: len(before)] == before
    fact = m.decode(after[-1].partition(b"\n\n")[0] + b"\n", m.Fact)
    assert fact.person == ZHAO_MIN
    assert fact.data == m.PersonErased(erased=WANG_FANG, reason=f"#{WANG_FANG} has left", second=LIU_YANG)
    with session.reading(left.database) as connection:
        folded = rebuild.fold_journal(connection, lambda _size: None)
        assert rebuild.differences(connection, folded) == []


def test_nothing_of_it_is_left_in_any_table_nor_on_the_disk(left: StoreHouse) -> None:
    path = left.database.url.database or ""
    secrets = ["王芳", "wangfang"]
    files = [Path(path), Path(f"{path}-wal")] if left.database.dialect.name == "sqlite" else []
    assert (
        any(secret.encode() in file.read_bytes() for file in files if file.exists() for secret in secrets) or not files
    )
    Root(left).erases(WANG_FANG, LIU_YANG, people=TWO)
    for file in files:
        content = file.read_bytes() if file.exists() else b""
        assert not [secret for secret in secrets if secret.encode() in content], file.name
    with session.reading(left.database) as connection:
        for table in tables.metadata.sorted_tables:
            rows = repr(connection.execute(select(table)).all())
            assert not [secret for secret in secrets if secret in rows], table.name


@pytest.mark.parametrize(
    ("people", "second", "person", "reason"),
    [
        (("zhaomin", "zhaomin"), ZHAO_MIN, WANG_FANG, "not-allowed"),
        (("liuyang", "liuyang"), LIU_YANG, WANG_FANG, "not-allowed"),
        (("liuyang", "zhaomin"), ZHAO_MIN, WANG_FANG, "not-allowed"),
        (("zhaomin", "sunli"), LIU_YANG, WANG_FANG, "not-allowed"),
        (("zhaomin", "wangfang"), WANG_FANG, WANG_FANG, "signed-out"),
        (("zhaomin",), LIU_YANG, WANG_FANG, "not-allowed"),
        ((), LIU_YANG, WANG_FANG, "not-allowed"),
        (TWO, LIU_YANG, ZHANG_WEI, "still-in-site"),
        (TWO, LIU_YANG, 4711, "person-unknown"),
    ],
)
def test_it_takes_two_people_in_two_roles_and_somebody_who_has_left(
    left: StoreHouse, people: tuple[str, ...], second: int, person: int, reason: str
) -> None:
    before = journal(left), names(left)
    with pytest.raises(NotPossible, match=reason):
        Root(left).erases(person, second, people=people)
    assert (journal(left), names(left)) == before


def test_whoever_reads_meanwhile_keeps_nothing_on_the_disk_for_longer_than_that(left: StoreHouse) -> None:
    if left.database.dialect.name != "sqlite":
        return
    root = Root(left)
    with session.reading(left.database) as connection:
        connection.execute(select(tables.head)).all()
        root.brings(root.signs(m.PersonErased(erased=WANG_FANG, reason="x", second=LIU_YANG), ZHAO_MIN), people=TWO)
        assert not root.desk.tidy(), "it is not waited for"
    assert root.desk.tidy()
