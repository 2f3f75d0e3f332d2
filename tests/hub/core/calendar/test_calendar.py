"""The calendar of 2026 as the notice has it, broken in one way at a time; and windows for any calendar there may be."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

import hub
from hub.core.calendar import document as calendar_document
from hub.core.calendar import document_rules
from hub.core.calendar import windows as calendar_windows
from hub.core.calendar.document import DAY, Calendar, Holiday
from hub.core.calendar.document_rules import Opinion
from hub.core.calendar.windows import OFFICE, Known, Proposal
from hub.core.site import reading as site_reading
from hub.core.site.document import DAYS, Hours, Schedule, Site, Title
from hub.core.site.mistakes import Mistake
from hub.documents.calendar_libraries import opinions
from wire import board

HUB = Path(hub.__file__).parent
TEXT = (HUB / "documents" / "calendars" / "2026.toml").read_text("utf-8")
CHINA = ZoneInfo("Asia/Shanghai")


def parsed(text: str) -> Calendar:
    reading = calendar_document.read(text)
    assert reading.mistakes == []
    assert reading.calendar
    return reading.calendar


C2026 = parsed(TEXT)


def holiday(first: date, last: date, *work: date, name: str = "节") -> Holiday:
    return Holiday(Title(name, "Feast"), first, last, work)


def spoilt(old: str, new: str) -> Calendar:
    assert old in TEXT
    return parsed(TEXT.replace(old, new, 1))


def mistakes(old: str, new: str) -> list[Mistake]:
    return document_rules.check(spoilt(old, new))


def only(found: list[Mistake], place: str, words: str) -> None:
    assert [mistake.place for mistake in found] == [place]
    assert words in found[0].sentence


# ---------------------------------------------------------------- the document


def test_2026_is_without_mistake_and_nothing_about_it_is_odd() -> None:
    assert document_rules.check(C2026) == []
    assert document_rules.odd(C2026, opinions(2026)) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("year = 2026", "year = 202", "calendar, year", "cannot be meant"),
        ('source = "国', 'source = " " # "国', "calendar, source", "is empty"),
        ('en = "New Year"', 'en = ""', "holiday 1 (元旦), name", "empty in en"),
        ("to = 2026-01-03", "to = 2025-12-31", "holiday 1 (元旦)", "before it begins"),
        ("from = 2026-01-01", "from = 2025-11-30", "holiday 1 (元旦), from", "nor in the December before"),
        ("to = 2026-10-07", "to = 2027-10-07", "holiday 7 (国庆节), to", "belongs to another calendar"),
        ("from = 2026-10-01", "from = 2026-09-27", "holiday 7 (国庆节)", "both have 2026-09-27"),
        ("[2026-01-04]", "[2026-01-05]", "holiday 1 (元旦), work", "is a Monday"),
        ("[2026-01-04]", "[2026-01-03]", "holiday 1 (元旦), work", "it cannot be both"),
        ("[2026-01-04]", "[2026-10-04]", "holiday 1 (元旦), work", "of holiday 7 (国庆节)"),
        ("[2026-01-04]", "[2025-11-30]", "holiday 1 (元旦), work", "nor in the December before"),
        ("[2026-05-09]", "[2026-01-04]", "calendar", "named twice"),
    ],
)
def test_each_mistake_is_explained_at_its_place(old: str, new: str, place: str, words: str) -> None:
    found = [one for one in mistakes(old, new) if one.place == place]
    assert len(found) == 1, mistakes(old, new)
    assert words in found[0].sentence


def test_a_calendar_without_a_holiday_is_a_mistake() -> None:
    only(document_rules.check(Calendar(2026, "notice")), "calendar", "has no holiday")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("year = 2026\nsource =", "document", "not TOML"),
        ('year = "2026"\nsource = "x"', "calendar, year", "whole number"),
        ("year = 2026", "calendar, source", "is missing"),
        ('year = 2026\nsource = "x"\nhols = 1', "calendar, hols", "no such key"),
        ('year = 2026\nsource = "x"\nholiday = 3', "calendar, holiday", "[[holiday]]"),
        (TEXT.replace("from = 2026-02-15", "from = 2026-02-15T08:00:00"), "holiday 2 (春节), from", "a day such as"),
        (TEXT.replace("to = 2026-02-23", "till = 2026-02-23"), "holiday 2 (春节), to", "is missing"),
        (TEXT.replace('name = { zh = "春节", en = "Spring Festival" }', 'name = "春节"'), "holiday 2, name", "zh = "),
    ],
)
def test_a_document_of_the_wrong_shape_is_explained(text: str, place: str, words: str) -> None:
    reading = calendar_document.read(text)
    assert any(one.place == place and words in one.sentence for one in reading.mistakes), reading.mistakes


@given(st.text())
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    reading = calendar_document.read(text)
    assert reading.mistakes or reading.calendar


@given(
    st.builds(
        Calendar,
        st.integers(-9, 9999),
        st.text(),
        st.lists(
            st.builds(Holiday, st.builds(Title, st.text(), st.text()), st.dates(), st.dates(), st.tuples(st.dates())),
            max_size=4,
        ).map(tuple),
    )
)
def test_no_calendar_whatever_breaks_the_rules(any_calendar: Calendar) -> None:
    if not document_rules.check(any_calendar):
        document_rules.odd(any_calendar, [])


# ---------------------------------------------------------------- what is odd


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("to = 2026-02-23", "to = 2026-02-20", "are 12 days, fewer than the 13"),
        ("work = [2026-05-09]", "", "are 14 days, more than the 13"),
        ("work = [2026-02-14, 2026-02-28]", "work = [2026-02-14]", "are 14 days, more"),
    ],
)
def test_days_that_do_not_come_out_are_remarked_upon(old: str, new: str, words: str) -> None:
    only(document_rules.odd(spoilt(old, new), []), "calendar", words)


def test_before_2025_the_statutory_days_were_eleven() -> None:
    """2024: the days that everybody had, and no others."""
    days = [(1, 1), (2, 12), (2, 13), (2, 14), (4, 4), (5, 1), (6, 10), (9, 17), (10, 1), (10, 2), (10, 3)]
    feasts = tuple(holiday(date(2024, *day), date(2024, *day)) for day in days)
    assert not [one for one in document_rules.odd(Calendar(2024, "x", feasts), []) if one.place == "calendar"]
    assert [one for one in document_rules.odd(Calendar(2024, "x", feasts[1:]), []) if one.place == "calendar"]


def test_a_gap_of_one_working_day_is_remarked_upon_once() -> None:
    parts = (holiday(date(2026, 10, 1), date(2026, 10, 5)), holiday(date(2026, 10, 7), date(2026, 10, 9)))
    found = document_rules.odd(Calendar(2026, "x", parts), [])
    assert [one.place for one in found if "alone" in one.sentence] == ["2026-10-06"]


def test_a_holiday_that_begins_in_december_is_remarked_upon() -> None:
    """As in the notice of 2019: off from 30 December 2018 on, for which Saturday the 29th was worked."""
    new_year = holiday(date(2018, 12, 30), date(2019, 1, 1), date(2018, 12, 29))
    found = Calendar(2019, "x", (new_year,))
    assert document_rules.check(found) == []
    remarks = [one.sentence for one in document_rules.odd(found, []) if "the year before" in one.sentence]
    assert [remark[:10] for remark in remarks] == ["2018-12-30", "2018-12-29"]


def test_both_libraries_see_a_range_that_is_a_day_short() -> None:
    found = document_rules.odd(spoilt("to = 2026-10-07", "to = 2026-10-06"), opinions(2026))
    libraries = [one for one in found if one.place.startswith("library")]
    assert [one.place for one in libraries] == ["library chinesecalendar", "library holidays"]
    assert all(one.sentence.startswith("2026-10-07 are worked here") for one in libraries)


def test_differences_are_told_as_ranges() -> None:
    none_off = Opinion("lib", frozenset({date(2026, 1, 4)} | {day for day in days_of(2026) if day.weekday() == 5}))
    found = [one.sentence.split(" here")[0] for one in document_rules.odd(C2026, [none_off])]
    assert "2026-10-01 to 2026-10-02 are days off" in found
    assert "2026-02-14 are worked" in found


def test_a_library_that_does_not_know_the_notice_is_not_compared() -> None:
    """`holidays` computes 2027 without a word: statutory days alone, as if no weekend were worked."""
    year_2027 = Calendar(2027, "x", (holiday(date(2027, 2, 5), date(2027, 2, 11), date(2027, 2, 14)),))
    found = [one for one in document_rules.odd(year_2027, opinions(2027)) if one.place.startswith("library")]
    assert [one.place for one in found] == ["library chinesecalendar", "library holidays"]
    assert all("nothing was compared" in one.sentence for one in found)


# ---------------------------------------------------------------- windows of 2026


def windows(year: int, *calendars: Calendar, hours: tuple[Hours, ...] = OFFICE) -> list[Proposal]:
    return calendar_windows.propose(Known(calendars), year, hours, CHINA)


def shown(proposals: list[Proposal]) -> list[str]:
    def side(moment: datetime | None) -> str:
        return f"{moment:%m-%d %H:%M}" if moment else "open"

    return [f"{side(one.starts)} - {side(one.ends)}" for one in proposals]


def test_2026_comes_out_right() -> None:
    found = windows(2026, C2026)
    assert shown(found) == [
        "open - 01-04 08:30",
        "02-14 17:30 - 02-24 08:30",
        "04-03 17:30 - 04-07 08:30",
        "04-30 17:30 - 05-06 08:30",
        "06-18 17:30 - 06-22 08:30",
        "09-24 17:30 - 09-28 08:30",
        "09-30 17:30 - 10-08 08:30",
        "12-31 17:30 - open",
    ]
    assert [[title.zh for title in one.holidays] for one in found] == [
        ["元旦"],
        ["春节"],
        ["清明节"],
        ["劳动节"],
        ["端午节"],
        ["中秋节"],
        ["国庆节"],
        [],
    ]
    assert [one.unpublished for one in found] == [(2025,), *[()] * 6, (2027,)]


@pytest.mark.parametrize("day", [(2, 14), (2, 28), (9, 20), (10, 10), (1, 4), (5, 9)])
def test_a_weekend_day_that_is_worked_is_in_no_window_of_2026(day: tuple[int, int]) -> None:
    assert Known([C2026]).kind(date(2026, *day)) == "moved"
    for one in calendar_windows.propose(Known([C2026]), 2026, OFFICE, CHINA, weekends=True):
        assert date(2026, *day) not in whole_days(one, 2026)


def test_the_turn_of_the_year_is_one_window_of_both_years_once_both_are_known() -> None:
    year_2027 = Calendar(2027, "x", (holiday(date(2027, 1, 1), date(2027, 1, 3), name="元旦"),))
    assert shown(windows(2026, C2026, year_2027))[-1] == "12-31 17:30 - 01-04 08:30"
    assert windows(2026, C2026, year_2027)[-1] == windows(2027, C2026, year_2027)[0]


def test_a_later_notice_takes_precedence_in_the_december_before() -> None:
    """As the notice of 2019 did for 2018."""
    year_2027 = Calendar(2027, "x", (holiday(date(2026, 12, 31), date(2027, 1, 3), date(2026, 12, 27)),))
    assert shown(windows(2026, C2026, year_2027))[-1] == "12-30 17:30 - 01-04 08:30"
    assert Known([C2026, year_2027]).kind(date(2026, 12, 27)) == "moved"
    taken_back = Calendar(2027, "x", (holiday(date(2027, 1, 1), date(2027, 1, 1), date(2026, 12, 26)),))
    old = replace(C2026, holiday=(*C2026.holiday, holiday(date(2026, 12, 26), date(2026, 12, 27))))
    assert Known([taken_back, old]).kind(date(2026, 12, 26)) == "moved"


def test_a_year_that_ends_on_a_weekend_ends_in_one_open_window() -> None:
    year_2022 = Calendar(2022, "x", (holiday(date(2022, 10, 1), date(2022, 10, 7)),))
    assert shown(windows(2022, year_2022))[-1] == "12-30 17:30 - open"


def test_nothing_is_proposed_for_a_year_without_a_calendar() -> None:
    assert windows(2027, C2026) == []
    assert windows(2025, C2026) == []


def test_ordinary_weekends_are_proposed_only_when_asked_for() -> None:
    known = Known([C2026])
    asked = calendar_windows.propose(known, 2026, OFFICE, CHINA, weekends=True)
    weekend = next(one for one in asked if one.after == date(2026, 7, 3))
    assert shown([weekend]) == ["07-03 17:30 - 07-06 08:30"]
    assert weekend not in windows(2026, C2026)
    assert set(windows(2026, C2026)) <= set(asked)


def test_windows_follow_the_hours_that_the_site_names() -> None:
    text = (HUB.parent / "demo" / "site" / "site.toml").read_text("utf-8")
    site = site_reading.read(text, board.load()).site
    assert site
    assert site.office == "office-hours"
    hours = calendar_windows.office(site)
    # Two windows a day: lunch does not close the office. Saturday the 14th is worked, with the hours of a Monday.
    assert shown(windows(2026, C2026, hours=hours))[1] == "02-14 17:30 - 02-24 08:30"
    assert calendar_windows.office(Site(name="x", title="", timezone="UTC", hub=())) == OFFICE


def test_each_weekday_has_its_own_hours() -> None:
    hours = (
        Hours(days=DAYS[:4], start="09:00", end="18:00"),
        Hours(days=("fri",), start="08:00", end="16:00"),
        Hours(days=("sun",), start="00:00", end="24:00"),
    )
    days = {
        day: (calendar_windows.opening(hours, day), calendar_windows.closing(hours, day)) for day in days_of(2026)[:9]
    }
    assert days[date(2026, 1, 8)] == (9 * 60, 18 * 60)
    assert days[date(2026, 1, 9)] == (8 * 60, 16 * 60)
    assert days[date(2026, 1, 4)] == (9 * 60, 18 * 60)  # a Sunday that is worked, with the hours of a Monday
    assert shown(windows(2026, C2026, hours=hours))[1].startswith("02-14 18:00")
    assert calendar_windows.closing(hours[1:], date(2026, 1, 4)) == 24 * 60  # without any: the widest of all
    site = Site(name="x", title="", timezone="UTC", hub=(), office="o", schedule=(Schedule("o", hours),))
    assert calendar_windows.office(site) == hours


# ---------------------------------------------------------------- windows of any year


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + number * DAY for number in range((date(year + 1, 1, 1) - first).days)]


@st.composite
def calendars(draw: st.DrawFn, year: int) -> Calendar:
    """Any calendar without mistakes: disjoint ranges, and weekend days outside them that are worked."""
    days = [date(year - 1, 12, 29), date(year - 1, 12, 30), date(year - 1, 12, 31), *days_of(year)]
    cuts = sorted(draw(st.sets(st.sampled_from(range(len(days))), min_size=2, max_size=16)))
    ranges = [(days[first], days[last - 1]) for first, last in zip(cuts[::2], cuts[1::2], strict=False)]
    ranges = [(first, last) for first, last in ranges if last.year == year and (last - first).days < 40]
    assume(ranges)
    off = {day for first, last in ranges for day in days if first <= day <= last}
    free = [day for day in days if day not in off and document_rules.is_weekend(day)]
    work = draw(st.lists(st.sampled_from(free), unique=True, max_size=12))
    first, *others = (holiday(*one) for one in ranges)
    found = Calendar(year, "notice", (replace(first, work=tuple(work)), *others))
    assert document_rules.check(found) == []
    return found


known_years = st.lists(st.sampled_from([2025, 2026, 2027]), min_size=1, unique=True).flatmap(
    lambda years: st.tuples(*(calendars(year) for year in years))
)


def whole_days(window: Proposal, year: int) -> list[date]:
    """The days of the year that lie in the window whole, by its times."""
    days = days_of(year)
    first = (window.starts + DAY - timedelta.resolution).date() if window.starts else days[0]
    last = window.ends.date() - DAY if window.ends else days[-1]
    return [day for day in days if first <= day <= last]


def hold(known: Known, proposals: Callable[..., list[Proposal]] = calendar_windows.propose) -> None:
    """What must be true of the windows of every year, whatever the calendars are."""
    for year in (2025, 2026, 2027):
        found = proposals(known, year, OFFICE, CHINA)
        every = proposals(known, year, OFFICE, CHINA, weekends=True)
        assert set(found) <= set(every)
        if year not in known.years:
            assert not every
            continue
        for one, later in itertools.pairwise(every):
            assert one.ends is not None, "only the last is open at its end"
            assert later.starts is not None, "only the first is open at its beginning"
            assert one.ends <= later.starts, "windows do not overlap"
        for one in every:
            assert one.after is None or known.kind(one.after) in ("working", "moved")
            assert one.before is None or known.kind(one.before) in ("working", "moved")
            assert one.starts is None or (one.starts.date(), f"{one.starts:%H:%M}") == (one.after, "17:30")
            assert one.ends is None or (one.ends.date(), f"{one.ends:%H:%M}") == (one.before, "08:30")
            assert (one.starts is None or one.ends is None) == bool(one.unpublished)
            assert not set(one.unpublished) & known.years
        covering = [(day, one) for one in every for day in whole_days(one, year)]
        for day, times in Counter(days_of(year) + [day for day, _ in covering]).items():
            assert times - 1 == (known.kind(day) in ("weekend", "holiday")), f"{day} is a {known.kind(day)} day"
        for day, one in covering:
            assert known.kind(day) != "holiday" or one in found, f"{day} of a holiday lies in a window that is proposed"
        if year + 1 not in known.years and known.kind(date(year + 1, 1, 1)) == "unknown":
            assert found[-1].ends is None, "nothing is guessed of the next year"


@given(known_years)
def test_windows_of_any_calendars_hold(some: tuple[Calendar, ...]) -> None:
    hold(Known(some))


class IgnoresMoved(Known):
    def kind(self, day: date) -> calendar_windows.DayKind:
        kind = super().kind(day)
        return "weekend" if kind == "moved" else kind


def weekends_not_merged(known: Known, *asked: object, **options: object) -> list[Proposal]:
    """A window that ends with its holiday, though the weekend follows."""
    proposals = calendar_windows.propose(known, *asked, **options)  # type: ignore[arg-type]
    return [
        one._replace(before=one.before - DAY, ends=one.ends - DAY)
        if one.ends and one.before and document_rules.is_weekend(one.before - DAY)
        else one
        for one in proposals
    ]


def next_year_guessed(known: Known, *asked: object, **options: object) -> list[Proposal]:
    """An open end closed by a working day that nobody has announced."""
    proposals = calendar_windows.propose(known, *asked, **options)  # type: ignore[arg-type]
    last = proposals[-1:]
    if last and last[0].ends is None:
        guess = datetime(last[0].unpublished[-1], 1, 2, 8, 30, tzinfo=CHINA)
        return [*proposals[:-1], last[0]._replace(before=guess.date(), ends=guess, unpublished=())]
    return proposals


def closes_at_midnight(known: Known, *asked: object, **options: object) -> list[Proposal]:
    proposals = calendar_windows.propose(known, *asked, **options)  # type: ignore[arg-type]
    return [one._replace(starts=one.starts and one.starts - timedelta(hours=17.5)) for one in proposals]


def first_left_out(known: Known, *asked: object, **options: object) -> list[Proposal]:
    return calendar_windows.propose(known, *asked, **options)[1:]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [weekends_not_merged, next_year_guessed, closes_at_midnight, first_left_out], ids=lambda one: one.__name__
)
def test_a_planted_bug_in_the_windows_is_found(wrong: Callable[..., list[Proposal]]) -> None:
    hold(Known([C2026]))
    with pytest.raises(AssertionError):
        hold(Known([C2026]), wrong)


def test_a_calendar_that_ignores_moved_days_is_not_that_of_2026() -> None:
    """The trap: the window of Spring Festival would begin a day early, with people at work in a sealed room."""
    wrong = calendar_windows.propose(IgnoresMoved([C2026]), 2026, OFFICE, CHINA)
    assert shown(wrong)[1] == "02-13 17:30 - 02-24 08:30"
    assert shown(windows(2026, C2026))[1] == "02-14 17:30 - 02-24 08:30"


# ---------------------------------------------------------------- tasks


@pytest.mark.parametrize(
    ("today", "approved", "todo"),
    [
        (date(2026, 11, 30), [2026], []),
        (date(2026, 12, 1), [2026], [2027]),
        (date(2026, 12, 31), [2026, 2027], []),
        (date(2027, 1, 1), [2026], [2027]),
        (date(2026, 12, 1), [], [2026, 2027]),
        (date(2026, 7, 1), [2025, 2027], [2026]),
    ],
)
def test_a_year_without_a_calendar_is_a_task_from_december_on(
    today: date, approved: list[int], todo: list[int]
) -> None:
    assert calendar_windows.tasks(today, approved) == todo


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)), st.sets(st.integers(2020, 2052)))
def test_a_task_is_never_a_year_that_is_approved_or_far_away(today: date, approved: set[int]) -> None:
    todo = calendar_windows.tasks(today, approved)
    assert not approved & set(todo)
    assert all(datetime(year - 1, 12, 1, tzinfo=UTC).date() <= today for year in todo)
