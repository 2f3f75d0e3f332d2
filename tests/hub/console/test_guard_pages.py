"""What an officer sees and asks of areas that are set and unset, without JavaScript."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.state import OrderOut
from hub.store import queries
from tests.hub.console.test_accessible import check_accessible
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import DEMO_SITE, OWN, FakeNode, House
from wire import messages as m

ZONE = ZoneInfo("Asia/Shanghai")
WINDOW = "archive/security-window"
HOUR = 3_600_000


def wall(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZONE).timestamp() * 1000)


@pytest.fixture
def since() -> int:
    """A Monday, within office hours."""
    return wall("2026-09-21T10:00")


@pytest.fixture
def guarded(house: House) -> House:
    """The demonstration site with its office hours, by which areas are set and unset."""
    house.apply(DEMO_SITE.read_text("utf-8"))
    return house


@pytest.fixture
def archive(guarded: House) -> FakeNode:
    return guarded.node("archive-1")


@pytest.fixture
def wang(guarded: House, visitor: Visitor) -> Visitor:
    """王芳, who has the duty, signed in in English."""
    visitor.signs_in("wangfang")
    return visitor


@pytest.fixture
def liu(guarded: House, visitor: Visitor) -> Visitor:
    """刘洋, the security officer."""
    visitor.signs_in("liuyang")
    return visitor


def see(visitor: Visitor, path: str = "/areas/archive") -> str:
    return text_of(visitor.sees(path))


def unset(node: FakeNode, *people: int, number: int = 1, by: m.UnsetBy = "badge", until: int | None = None) -> None:
    node.says(m.AreaUnset(area="archive", number=number, by=by, people=people, until=until))


# ---------------------------------------------------------------- how it stands


def test_an_unset_area_says_since_when_by_whom_and_when_it_sets_itself(wang: Visitor, archive: FakeNode) -> None:
    unset(archive, 1001)
    for path in ("/", "/areas", "/areas/archive"):
        page = see(wang, path)
        assert "Unset" in page
        assert "张伟 · one badge, within its hours" in page
        assert "Sets itself at 17:45 if all is shut and nobody is counted inside, at 18:30 in any case" in page
    assert "Who may unset it, at its reader 张伟, 李娜 Today one of them: 07:30 – 18:30" in page
    assert "Outside these hours: two of them within 20 s" in page


def test_a_set_area_is_no_sealed_one_and_says_how_it_was_set(wang: Visitor, archive: FakeNode) -> None:
    archive.says(m.AreaSet(area="archive", number=1, by="badge", person=1002))
    for path in ("/", "/areas", "/areas/archive"):
        page = see(wang, path)
        assert "Set" in page
        assert "李娜 · badge shown twice" in page
        assert "张伟, 李娜" in page  # who may unset it
        assert "Sets itself" not in page.split("Archive", 1)[1].split("Cipher room")[0]
    assert "Sealed: 0, set: 1 of 3 areas" in see(wang, "/")
    assert 'class="icon icon-set"' in wang.sees("/").text


def test_what_the_hour_has_left_open_is_named_with_a_link(wang: Visitor, archive: FakeNode) -> None:
    archive.opens(WINDOW)
    archive.sets("archive", left_open=(WINDOW,))
    for path in ("/", "/areas", "/areas/archive"):
        assert "by the hour" in see(wang, path)
        assert "Left open: Security window" in see(wang, path)
        assert 'href="/areas/archive#point-security-window"' in wang.sees(path).text
    assert 'id="point-security-window"' in wang.sees("/areas/archive").text


def test_overtime_says_until_when(wang: Visitor, guarded: House, archive: FakeNode) -> None:
    unset(archive, 1001)
    archive.says(m.SetExtended(area="archive", until=wall("2026-09-21T19:30"), by="badge", person=1001))
    for path in ("/", "/areas"):
        assert "Overtime until 19:30" in see(wang, path)
    assert "Overtime until 2026-09-21 19:30" in see(wang)
    assert "Sets itself at 19:30" in see(wang)


def test_a_set_area_that_is_not_heard_is_never_said_to_be_set(wang: Visitor, guarded: House, archive: FakeNode) -> None:
    archive.sets("archive")
    guarded.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    for path in ("/", "/areas", "/areas/archive"):
        page = wang.sees(path)
        assert "Whether it is set is not known · last known: set" in text_of(page) or path == "/areas/archive"
        assert "Whether it is set is not known" in text_of(page)
        assert 'class="icon icon-set"' not in page.text
    assert 'id="set-now"' not in wang.sees("/areas/archive").text


def test_before_its_node_has_spoken_nobody_says_how_it_stands(wang: Visitor) -> None:
    assert "Its node has not said yet whether it is set" in see(wang)


def test_an_area_that_is_never_set_has_nothing_of_it(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    assert "Not sealed" in see(visitor)
    assert "Set now" not in see(visitor)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_does_not_see_the_pages_finds_the_way_in_them(
    visitor: Visitor, archive: FakeNode, language: str
) -> None:
    visitor.signs_in("liuyang", language=language)
    unset(archive, 1001)
    visitor.does("/areas/archive/set")
    allow(visitor)
    archive.opens(WINDOW)
    for record in (None, m.AreaSet(area="archive", number=2, by="time", left_open=(WINDOW,))):
        if record:
            archive.says(record)
        for path in ("/", "/areas", "/areas/archive", "/access"):
            check_accessible(path, visitor.sees(path).text)


# ---------------------------------------------------------------- what is asked


def asks(visitor: Visitor, act: str) -> str:
    answer = visitor.does(f"/areas/archive/{act}")
    assert answer.headers["location"] == "/areas/archive#guard", text_of(answer)
    return see(visitor)


def test_set_now_is_asked_and_what_the_node_makes_of_it_is_said(
    wang: Visitor, guarded: House, archive: FakeNode
) -> None:
    unset(archive, 1001)
    assert "Set now: its node has not answered yet asked by 王芳" in asks(wang, "set")
    archive.takes("guard-asked/archive")
    assert "its node closes up: set in 30 s" in see(wang)
    archive.says(m.AreaSet(area="archive", number=2, by="console", person=1003))
    assert "Set now: it is set asked by 王芳" in see(wang)
    assert "王芳 · at the console" in see(wang)
    assert "The area is set." in text_of(wang.does("/areas/archive/extend"))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (m.SetRefused(area="archive", person=1003, points=(WINDOW,)), "not set: open: Security window"),
        (m.SetRefused(area="archive", person=1003, inside=2), "not set: 2 people are counted inside"),
        (m.SetCancelled(area="archive", person=1003), "not set: a door was opened meanwhile"),
        (m.AreaSet(area="archive", number=2, by="badge", person=1001), "it was set otherwise: badge shown twice"),
    ],
)
def test_what_hinders_it_is_named(wang: Visitor, archive: FakeNode, record: m.RecordData, said: str) -> None:
    unset(archive, 1001)
    asks(wang, "set")
    archive.says(record)
    assert said in see(wang)


def test_somebody_else_who_is_refused_at_the_reader_is_no_answer(wang: Visitor, archive: FakeNode) -> None:
    unset(archive, 1001)
    asks(wang, "set")
    archive.says(m.SetRefused(area="archive", person=1001, points=(WINDOW,)))
    assert "its node has not answered yet" in see(wang)


def test_after_an_hour_it_stands_in_the_history_alone(wang: Visitor, guarded: House, archive: FakeNode) -> None:
    unset(archive, 1001)
    assert "asked by 王芳" in asks(wang, "set")
    guarded.clock.forward(3601)
    wang.signs_in("wangfang")
    page = see(wang)
    assert "asked by" not in page
    assert "Asked to set, or to stay longer 王芳 Set now" in page


def test_two_hours_more(wang: Visitor, archive: FakeNode) -> None:
    unset(archive, 1001)
    assert "Two hours more: its node has not answered yet" in asks(wang, "extend")
    archive.says(m.SetExtended(area="archive", until=wall("2026-09-21T19:30"), by="console", person=1003))
    assert "it does not set itself before 19:30" in see(wang)


def test_an_order_that_the_node_refuses_is_said(wang: Visitor, archive: FakeNode, guarded: House) -> None:
    unset(archive, 1001)
    asks(wang, "set")
    state = guarded.engine.look()[0]
    number = next(one.number for one in state.all(OrderOut) if one.what == "guard-asked/archive")
    archive.says(m.OrderRefused(order=number, mark=number, reason="unknown-area"))
    assert "its node has refused the order" in see(wang)


def test_the_auditor_finds_no_button(visitor: Visitor, archive: FakeNode) -> None:
    unset(archive, 1001)
    visitor.signs_in("sunli")
    assert "<form" not in visitor.sees("/areas/archive").text.partition('id="area"')[2]
    for act in ("set", "extend", "allow", "forbid"):
        assert visitor.does(f"/areas/archive/{act}").status_code == 403


# ---------------------------------------------------------------- who opens up alone


def allow(visitor: Visitor, **changes: str) -> str:
    form = {"person": "1001", "from": "2026-09-26T09:00", "until": "2026-09-26T17:00", "cause": "周末盘点", **changes}
    return text_of(visitor.does("/areas/archive/allow", **form))


def test_somebody_is_allowed_to_open_up_alone_and_it_is_taken_back(liu: Visitor, archive: FakeNode) -> None:
    unset(archive, 1001)
    assert "out of its hours nobody" in see(liu)
    allow(liu, **{"from": "2026-09-21T09:00", "until": "2026-09-21T22:00"})
    assert "张伟 2026-09-21 09:00 – 22:00 now by 刘洋 Take back" in see(liu)
    assert "Allowed to unset alone 刘洋 for 张伟 · 2026-09-21 09:00 – 22:00 · 周末盘点" in see(liu)
    assert liu.does("/areas/archive/forbid", person="1001").headers["location"] == "/areas/archive#guard"
    assert "out of its hours nobody" in see(liu)
    assert "Nothing is allowed this person there" in text_of(liu.does("/areas/archive/forbid", person="1001"))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"person": ""}, "Choose who opens up."),
        ({"person": "1005"}, "Whoever asks for it does not approve it."),
        ({"person": "1004"}, "none of those who open the area"),
        ({"until": ""}, "Write from when until when."),
        ({"until": "2026-09-28T09:00"}, "of a day at most"),
        ({"cause": " "}, "Write for what cause."),
    ],
)
def test_what_cannot_be_allowed_says_why_and_what_was_typed_stays(
    liu: Visitor, changes: dict[str, str], why: str
) -> None:
    form = {"person": "1001", "from": "2026-09-26T09:00", "until": "2026-09-26T17:00", "cause": "周末盘点", **changes}
    answer = liu.does("/areas/archive/allow", **form)
    assert answer.status_code == 409
    assert why in text_of(answer)
    assert 'value="2026-09-26T09:00"' in answer.text


def test_the_duty_officer_reads_who_is_allowed_and_is_told_who_allows_it(wang: Visitor) -> None:
    assert "A security officer, or the keeper of the area, allows it here." in see(wang)
    assert "Your role does not allow this." in allow(wang)


# ---------------------------------------------------------------- what happened


def test_history_and_access_log_say_it_in_sentences(wang: Visitor, guarded: House, archive: FakeNode) -> None:
    archive.says(m.FirstOfTwo(reader="archive/reader", credential=OWN, person=1001))
    unset(archive, 1001, 1002, by="two", until=wall("2026-09-21T11:00"))
    archive.says(m.Setting(area="archive", reader="archive/reader", credential=OWN, person=1002, seconds=30))
    archive.says(m.SetRefused(area="archive", person=1002, points=(WINDOW, "archive/cabinet-1")))
    archive.says(m.NotSet(area="archive", points=(), inside=1))
    archive.says(m.AreaSet(area="archive", number=2, by="time", left_open=(WINDOW,), inside=1))
    archive.says(m.SomebodyInside(area="archive", by="button", number=2))
    for page in (see(wang), see(wang, "/access")):
        for sentence in (
            "the badge of a second person is waited for",
            "two badges, out of its hours · until 2026-09-21 11:00",
            "set in 30 s, unless a door is opened",
            "open: Security window, Iron cabinet 1",
            "by the hour · left open: Security window · 1 person is counted inside",
            "by the exit button",
        ):
            assert sentence in page
    log = see(wang, "/access")
    assert "Area unset 张伟 1001 , 李娜 1002 Archive" in log
    assert "Area set Archive by the hour" in log  # nobody unknown has done it
    assert "Somebody is shut in unknown Archive" in log
    only = see(wang, "/access?q=refused")
    assert "Closing up refused" in only
    assert "by the hour" not in only


def test_an_entry_of_the_journal_says_it_too(wang: Visitor, guarded: House, archive: FakeNode) -> None:
    unset(archive, 1001, 1002, by="two")
    (row,) = guarded.read(lambda connection: queries.journal(connection, kind="area-unset"))
    page = see(wang, f"/journal/{row.index}")
    assert "Person 张伟 1001 , 李娜 1002" in page
    assert "Details two badges, out of its hours" in page
