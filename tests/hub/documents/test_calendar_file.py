"""Calendars and windows at the door of the hub.

The cast: 赵敏 1006 administers, 刘洋 1005 is security officer, 王芳 1003 has duty, 孙丽 1007 audits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

import hub
from hub.admin import rebuild
from hub.core.calendar import document as calendar_document
from hub.core.calendar import facts as calendar_facts
from hub.core.journal import requests
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import Alarm, Calendar, State, Window
from hub.documents import calendar as calendar_file
from hub.engine.due import Watch
from hub.service import Outcome
from hub.store import calendars, tables
from tests.support.databases import without_guards
from tests.support.hub import Clock, House, make_hub
from tests.support.tables import change
from wire import messages as m

DOCUMENT = (Path(hub.__file__).parent / "documents" / "calendars" / "2026.toml").read_bytes()
CORRECTED = DOCUMENT.replace(b"to = 2026-10-07", b"to = 2026-10-08")
ADMINISTRATOR = Actor("admin", 1006, frozenset({"administrator"}))
SECURITY = Actor("admin", 1005, frozenset({"security"}))
SECOND = Actor("admin", 1002, frozenset({"security"}))
DUTY = Actor("console", 1003, frozenset({"duty"}))
AUDITOR = Actor("admin", 1007, frozenset({"auditor"}))
HOUR = 3_600_000


def ms(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path, Clock(ms(2026, 11, 5)))


def row(house: House) -> Calendar:
    found = house.engine.look()[0].find(Calendar, 2026)
    assert found
    return found


def approve(house: House, actor: Actor) -> None:
    house.engine.act(actor, calendar_file.approval(row(house)))


def in_force(house: House) -> list[int]:
    state = house.engine.look()[0]
    found: list[int] = [
        one.year for one in house.read(lambda connection: calendars.in_force(connection, state.all(Calendar)).calendars)
    ]
    return found


def test_an_imported_calendar_counts_for_nothing_until_it_is_approved(house: House) -> None:
    brought = calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT).request
    assert brought.sha256 == hashlib.sha256(DOCUMENT).hexdigest()
    assert in_force(house) == []
    approve(house, SECURITY)
    assert in_force(house) == [2026]
    assert (row(house).imported_by, row(house).approved_by) == (1006, 1005)
    assert {"2026-01-01", "2026-01-03"} <= set(row(house).approved_off)
    assert "2026-01-04" in row(house).approved_worked


def test_whoever_imported_a_calendar_does_not_approve_it(house: House) -> None:
    calendar_file.bring_in(house.engine, SECURITY, DOCUMENT)
    with pytest.raises(NotPossible, match="same-person"):
        approve(house, SECURITY)
    with pytest.raises(NotPossible, match="same-person"):
        requests.accept(*house.engine.look(), SECURITY, calendar_file.approval(row(house)))
    approve(house, SECOND)
    assert in_force(house) == [2026]


@pytest.mark.parametrize("actor", [DUTY, AUDITOR, Actor("admin"), Actor("engine", 1005, frozenset({"security"}))])
def test_the_wrong_role_imports_and_approves_nothing(house: House, actor: Actor) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        calendar_file.bring_in(house.engine, actor, DOCUMENT)
    calendar_file.bring_in(house.engine, SECURITY, DOCUMENT)
    with pytest.raises(NotPossible, match="not-allowed"):
        approve(house, actor)


def test_the_administrator_may_import_and_not_approve(house: House) -> None:
    calendar_file.bring_in(house.engine, SECURITY, DOCUMENT)
    with pytest.raises(NotPossible, match="not-allowed"):
        approve(house, ADMINISTRATOR)


def test_a_document_with_mistakes_is_not_imported(house: House) -> None:
    with pytest.raises(calendar_file.NotUsable, match="1 mistakes"):
        calendar_file.bring_in(house.engine, SECURITY, DOCUMENT.replace(b"[2026-01-04]", b"[2026-01-05]"))
    with pytest.raises(calendar_file.NotUsable):
        calendar_file.bring_in(house.engine, SECURITY, b"\xff\xfe")
    assert house.engine.look()[0].find(Calendar, 2026) is None


def test_a_correction_leaves_the_old_calendar_in_force_until_it_is_approved(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    calendar_file.bring_in(house.engine, ADMINISTRATOR, CORRECTED)
    assert (row(house).version, row(house).approved) == (2, 1)
    assert row(house).approved_sha256 == hashlib.sha256(DOCUMENT).hexdigest()
    approve(house, SECURITY)
    assert row(house).approved_sha256 == hashlib.sha256(CORRECTED).hexdigest()


def test_what_was_compared_is_what_is_approved(house: House) -> None:
    """While somebody compares a calendar, another one is imported."""
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    compared = row(house)
    calendar_file.bring_in(house.engine, ADMINISTRATOR, CORRECTED)
    with pytest.raises(NotPossible, match="calendar-changed"):
        house.engine.act(SECURITY, calendar_file.approval(compared))
    assert in_force(house) == []


def test_nothing_is_imported_or_approved_twice(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    with pytest.raises(NotPossible, match="calendar-same"):
        calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    with pytest.raises(NotPossible, match="calendar-approved"):
        approve(house, SECURITY)
    with pytest.raises(NotPossible, match="calendar-unknown"):
        house.engine.act(SECURITY, calendar_file.approval(Calendar(2027)))


def test_a_calendar_from_before_days_were_journalled_is_made_good_by_importing_the_same_file(house: House) -> None:
    before = m.CalendarImported(year=2026, version=1, sha256=hashlib.sha256(DOCUMENT).hexdigest())
    house.engine.act(ADMINISTRATOR, before, beside=lambda connection: _keep(connection, DOCUMENT.decode()))
    approve(house, SECURITY)
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    assert row(house).approved_off == (), "it waits for approval like any other"
    with pytest.raises(NotPossible, match="calendar-same"):
        calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    assert "2026-01-01" in row(house).approved_off
    assert "2026-01-04" in row(house).approved_worked
    with pytest.raises(NotPossible, match="calendar-same"):
        calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)


def test_a_refused_import_leaves_no_document_and_overwrites_none(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    again = m.CalendarImported(year=2026, version=1, sha256="0" * 64)
    with pytest.raises(NotPossible, match="calendar-changed"):
        house.engine.act(ADMINISTRATOR, again, beside=lambda connection: _keep(connection, "other"))
    approve(house, SECURITY)
    assert in_force(house) == [2026]


def _keep(connection: Connection, document: str) -> None:
    calendars.keep(connection, 2026, 1, document)


def test_a_stored_calendar_that_was_changed_counts_for_nothing_and_is_named(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    forged = CORRECTED.decode()

    def forge(connection: Connection) -> None:
        without_guards(connection, "calendar_document")
        connection.execute(update(tables.calendar_document).values(document=forged))

    house.change(forge)
    assert in_force(house) == []
    rows = list(house.engine.look()[0].all(Calendar))
    (damage,) = house.read(lambda connection: calendars.in_force(connection, rows)).damaged
    assert (damage.year, str(damage)) == (2026, "the stored calendar of 2026, version 1, is not the one in the journal")
    with pytest.raises(calendars.CalendarDamaged):
        house.read(lambda connection: calendars.newest(connection, rows[0]))


def test_the_rows_fold_again_to_what_is_saved(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    plan(house, "archive", 10, 20)
    house.engine.act(DUTY, m.WindowCancelled(window=1, reason="推迟"))
    folded = house.read(lambda connection: rebuild.fold_journal(connection, lambda _count: None))
    assert house.read(lambda connection: rebuild.differences(connection, folded)) == []


# ---------------------------------------------------------------- the missing calendar


def look(house: House, watch: Watch | None = None) -> list[m.FactData]:
    """What the engine's watch makes of this moment."""
    state, site = house.engine.look()
    now = house.clock()
    outcome: Outcome | None = (watch or Watch("boot", 0)).look(house.engine, state, site, now, 0)
    return outcome.facts if outcome else []


def troubles(house: House) -> list[str]:
    return [one.place for one in house.engine.look()[0].all(Alarm) if one.what == "calendar-unpublished" and one.open]


def test_a_year_without_a_calendar_is_a_trouble_once_and_mended_by_approval(house: House) -> None:
    look(house)
    assert troubles(house) == ["hub calendar-2026"]
    assert not [fact for fact in look(house) if isinstance(fact, m.CalendarUnpublished)]
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    assert troubles(house) == ["hub calendar-2026"], "imported is not approved"
    approve(house, SECURITY)
    assert troubles(house) == []
    assert not [fact for fact in look(house) if isinstance(fact, m.CalendarUnpublished)]


def test_the_next_year_becomes_a_task_on_the_first_of_december(house: House) -> None:
    calendar_file.bring_in(house.engine, ADMINISTRATOR, DOCUMENT)
    approve(house, SECURITY)
    house.clock.now = ms(2026, 11, 30, 23, 59)
    look(house)
    assert troubles(house) == []
    house.clock.now = ms(2026, 12, 1)
    look(house)
    assert troubles(house) == ["hub calendar-2027"]
    alarm = next(one for one in house.engine.look()[0].all(Alarm) if one.place == "hub calendar-2027")
    assert (alarm.klass, alarm.priority) == ("trouble", 4)


def test_acknowledged_it_is_not_raised_again(house: House) -> None:
    look(house)
    number = next(one.number for one in house.engine.look()[0].all(Alarm) if one.what == "calendar-unpublished")
    house.engine.act(DUTY, m.AlarmAcknowledged(alarm=number))
    house.clock.forward(86_400)
    assert not [fact for fact in look(house) if isinstance(fact, m.CalendarUnpublished)]


def test_before_there_is_a_site_nobody_is_asked_for_a_calendar() -> None:
    assert list(calendar_facts.unpublished(State(), ms(2026, 12, 1))) == []


# ---------------------------------------------------------------- windows


def plan(house: House, areas: str, begin: int, end: int, actor: Actor = DUTY, title: str = "国庆节") -> int:
    """Plan a window that begins and ends so many hours from now. Returns its number."""
    now = house.clock()
    request = m.WindowPlanned(
        window=0, title=title, areas=tuple(areas.split()), starts=now + begin * HOUR, ends=now + end * HOUR
    )
    return max(one.number for one in house.engine.act(actor, request).state.all(Window))


def test_windows_are_numbered_and_a_number_is_never_given_twice(house: House) -> None:
    assert plan(house, "archive", 10, 20) == 1
    house.engine.act(DUTY, m.WindowCancelled(window=1, reason="推迟"))
    assert plan(house, "archive cipher-room", 10, 20, SECURITY) == 2
    window = house.engine.look()[0].find(Window, 1)
    assert window
    assert (window.planned, window.cancelled_by, window.reason) == (False, 1003, "推迟")
    fresh = house.service()
    assert [one.number for one in fresh.look()[0].all(Window)] == [1, 2], "cancelled ones are loaded too"


@pytest.mark.parametrize(
    ("areas", "begin", "end", "title", "reason"),
    [
        ("cellar", 10, 20, "x", "unknown-area"),
        ("archive archive", 10, 20, "x", "window-empty"),
        ("archive", 20, 20, "x", "window-empty"),
        ("archive", -20, -10, "x", "window-past"),
        ("archive", 10, 20, "  ", "title-empty"),
        ("archive", 29, 40, "x", "window-overlaps"),
        ("archive computer-room", 35, 36, "x", "window-overlaps"),
    ],
)
def test_a_window_that_cannot_be_is_refused_and_nothing_is_planned(
    house: House, areas: str, begin: int, end: int, title: str, reason: str
) -> None:
    plan(house, "archive", 30, 40)
    with pytest.raises(NotPossible, match=reason):
        plan(house, areas, begin, end, title=title)
    assert [one.number for one in house.engine.look()[0].all(Window)] == [1]


def test_windows_may_touch_and_may_overlap_in_different_areas(house: House) -> None:
    plan(house, "archive", 30, 40)
    assert plan(house, "archive", 40, 50) == 2
    assert plan(house, "computer-room", 30, 40) == 3


@pytest.mark.parametrize("actor", [ADMINISTRATOR, AUDITOR, Actor("admin")])
def test_neither_administrator_nor_auditor_plans(house: House, actor: Actor) -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        plan(house, "archive", 10, 20, actor)


def test_only_what_is_planned_is_cancelled_and_with_a_reason(house: House) -> None:
    plan(house, "archive", 10, 20)
    with pytest.raises(NotPossible, match="reason-empty"):
        house.engine.act(DUTY, m.WindowCancelled(window=1, reason=" "))
    with pytest.raises(NotPossible, match="window-not-planned"):
        house.engine.act(DUTY, m.WindowCancelled(window=2, reason="x"))
    house.engine.act(DUTY, m.WindowCancelled(window=1, reason="x"))
    with pytest.raises(NotPossible, match="window-not-planned"):
        house.engine.act(DUTY, m.WindowCancelled(window=1, reason="x"))


# ---------------------------------------------------------------- planted bugs


def anybody_approves(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, m.CalendarApproved, second=None)


def import_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(connection: Connection, rows: list[Calendar]) -> calendars.InForce:
        return calendars.InForce([calendars.newest(connection, one) for one in rows], [])

    monkeypatch.setattr(calendars, "in_force", hasty)


def hash_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgiving(connection: Connection, year: int, version: int, sha256: str) -> object:
        text = connection.execute(select(tables.calendar_document.c.document)).scalars().first()
        return calendar_document.read(text or "").calendar

    monkeypatch.setattr(calendars, "_read", forgiving)


def newest_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, m.CalendarApproved, check=lambda _state, _site, request: request)


def overlaps_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, m.WindowPlanned, check=lambda _state, _site, request: request)


@pytest.mark.parametrize(
    ("bug", "finds"),
    [
        (anybody_approves, test_whoever_imported_a_calendar_does_not_approve_it),
        (import_counts_at_once, test_an_imported_calendar_counts_for_nothing_until_it_is_approved),
        (hash_is_not_compared, test_a_stored_calendar_that_was_changed_counts_for_nothing_and_is_named),
        (newest_is_approved, test_what_was_compared_is_what_is_approved),
        (overlaps_pass, test_windows_are_numbered_and_a_number_is_never_given_twice),
    ],
)
def test_a_planted_bug_is_found(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    bug: Callable[[pytest.MonkeyPatch], None],
    finds: Callable[[House], None],
) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        finds(house)
