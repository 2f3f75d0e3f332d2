"""Whatever the cause, nothing of which nothing fresh is known is shown as normal: on no page, and on no command line.

The archive's node is the one that something happens to; the two other areas stay as they are, unless it is the hub.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette

from hub.console.base.live import Live
from hub.console.words import names, texts
from hub.core import watched
from hub.core.nodes.liveness import SILENT_MS
from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House
from tests.support.terminal import type_in
from wire import keys
from wire import messages as m

ZONE = ZoneInfo("Asia/Shanghai")
TEN = int(datetime(2026, 2, 11, 10, tzinfo=ZONE).timestamp() * 1000)
"""When the house stands; ten minutes later somebody looks."""
MINUTE = 60_000


@pytest.fixture
def since() -> int:
    return TEN


@pytest.fixture
def nodes() -> tuple[str, ...]:
    """Each test lets in what it needs."""
    return ()


def here() -> m.Here:
    return m.Here(
        uptime=1, seq=1, hash="", freed=1, levels={}, sealed=(), sounding=False, plan=1, access=1, mark=0, echo=None,
        checkpoint=None,
    )  # fmt: skip


NODES = ("archive-1", "cipher-1", "computer-1")


class Ground(NamedTuple):
    """What a cause works on. `beat`: everybody whose beat is heard when somebody looks, and the engine with them."""

    house: House
    live: Live
    beat: set[str]


def not_enrolled(ground: Ground) -> None:
    ground.beat.discard("archive-1")


def never_heard(ground: Ground) -> None:
    # Let in; it has never spoken.
    key = str(keys.make("strongroom/demo/archive-1/record").public)
    enrolled = m.NodeEnrolled(node="archive-1", life=1, record_key=key, witness_key=key, serial="1", last_seq=0)
    ground.house.fact(enrolled, "admin")
    ground.beat.discard("archive-1")


def silent(ground: Ground) -> None:
    ground.house.node("archive-1")
    ground.house.clock.forward(300)
    ground.house.fact(m.NodeSilent(node="archive-1", last_heard=TEN + 2 * MINUTE, sealed=()))
    ground.beat.discard("archive-1")


def revoked(ground: Ground) -> None:
    ground.house.node("archive-1")
    ground.house.clock.forward(300)
    ground.house.fact(m.NodeRevoked(node="archive-1", reason="lost"), "admin")
    ground.beat.discard("archive-1")


def let_in_anew(ground: Ground) -> None:
    # A new board: its old life is over, the new one has not begun.
    ground.house.node("archive-1")
    ground.house.clock.forward(300)
    ground.house.node("archive-1").enrol()
    ground.beat.discard("archive-1")


def inputs_unreadable(ground: Ground) -> None:
    ground.house.node("archive-1")
    ground.house.clock.forward(240)
    ground.house.node("archive-1").says(m.Fault(part="loops", failed=True, detail="spi"))


def engine_dead(ground: Ground) -> None:
    ground.house.node("archive-1")
    ground.house.clock.forward(180)
    ground.live.heard_engine()
    ground.beat.discard("engine")


def broker_lost(ground: Ground) -> None:
    ground.house.node("archive-1")
    ground.house.clock.forward(360)
    ground.house.fact(m.BrokerLost(detail="gone", since=ground.house.clock()))


class Case(NamedTuple):
    """A cause; why the archive is not watched, since when by the clock (None: never), and how many areas still are."""

    cause: Callable[[Ground], None]
    why: watched.Why
    since: str | None
    left: int


CASES = {
    "a node that was never let in": Case(not_enrolled, "not-enrolled", None, 2),
    "a node that has never spoken": Case(never_heard, "never-heard", None, 2),
    "a silent node": Case(silent, "silent", "10:02", 2),
    "a revoked node": Case(revoked, "revoked", "10:05", 2),
    "a node let in anew": Case(let_in_anew, "never-heard", "10:05", 2),
    "inputs that cannot be read": Case(inputs_unreadable, "loops", "10:04", 2),
    "a dead engine": Case(engine_dead, "engine-silent", "10:03", 0),
    "a broker that is lost": Case(broker_lost, "broker-lost", "10:06", 0),
}
TICKS = ("Every point normal", "Nobody inside", "No alarms Sealed", "All sealed, all normal")


@pytest.fixture(params=CASES, ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def ground(app: Starlette, house: House, case: Case) -> Ground:
    """Ten minutes later: the cause has come, everybody else has beaten just now."""
    house.node("cipher-1")
    house.node("computer-1")
    ground = Ground(house, app.state.console.live, {"engine", *NODES})
    case.cause(ground)
    house.clock.now = TEN + 10 * MINUTE
    for node in ground.beat & set(NODES):
        ground.live.heard_node(node, here())
    if "engine" in ground.beat:
        ground.live.heard_engine()
    return ground


@pytest.fixture
def wang(ground: Ground, visitor: Visitor) -> Visitor:
    visitor.signs_in("wangfang")
    return visitor


def said(case: Case) -> str:
    """What people read about it."""
    wholly = "wholly " if case.why == "loops" else ""
    if case.since is None:
        return f"Never {wholly}watched"
    return f"Not {wholly}watched since {case.since}"


def card(page: str, area: str = "archive") -> str:
    found = re.search(rf'<li class="area ((?:(?!<li class="area).)*id="area-{area}".*?)\n    </li>', page, re.DOTALL)
    assert found
    return found[1]


def test_the_board_says_it_of_the_area_and_counts_it_in_its_headline(wang: Visitor, case: Case) -> None:
    page = wang.sees("/")
    assert f"{case.left} of 3 areas watched" in text_of(page)
    archive = card(page.text)
    assert said(case) in archive
    assert archive.startswith("unwatched")
    assert "icon-unwatched" in archive
    assert "icon-good" not in archive
    assert "Who is inside is not known" in archive
    assert not any(tick in text_of(page).split("Nodes")[0] for tick in TICKS[2:])
    assert page.text.count("Every point normal") == case.left
    assert page.text.count("Nobody inside") == case.left


def test_the_list_of_areas_says_it(wang: Visitor, case: Case) -> None:
    page = wang.sees("/areas").text
    row = next(row for row in page.split("<tr")[1:] if "/areas/archive" in row)
    assert said(case) in row
    assert "icon-good" not in row
    assert "<td>not known</td>" in row  # who is inside
    assert page.count('class="event is-watched"') == case.left


def test_the_area_and_each_of_its_points_say_it(wang: Visitor, case: Case) -> None:
    page = wang.sees("/areas/archive").text
    banner = page[page.index('<section class="banner') : page.index("</section>", page.index('<section class="banner'))]
    assert "is-unwatched" in banner
    assert said(case) in banner
    points = page[page.index('id="points"') :]
    points = points[: points.index("</ul>")]
    supervised = [one for one in points.split("<li")[1:] if "cut wires are not noticed" not in one]
    assert supervised
    for one in supervised:
        assert said(case).replace("wholly ", "") in one
        assert "icon-good" not in one
    if case.why != "loops":
        assert "icon-good" not in points


def test_the_node_says_it(wang: Visitor, case: Case) -> None:
    page = wang.sees("/").text
    nodes = page[page.index('id="nodes"') : page.index('id="troubles"')]
    chips = [one for one in nodes.split('<li class="node ')[1:] if "Archive node" in one]
    assert len(chips) == 1
    if case.why == "loops":
        assert chips[0].startswith("is-heard")  # it is heard; it is its inputs that are not seen
        return
    assert said(case) in chips[0]
    assert names.UNWATCHED[case.why].replace("'", "&#39;") in chips[0]
    assert "icon-unwatched" in chips[0]


@pytest.mark.parametrize("path", ["/", "/areas", "/areas/archive"])
def test_in_chinese_as_well(ground: Ground, visitor: Visitor, case: Case, path: str) -> None:
    visitor.signs_in("wangfang", language="zh")
    page = text_of(visitor.sees(path))
    chinese = texts.load_all()["zh"]
    partly = case.why == "loops"
    if case.since is None:
        assert chinese.say(names.NEVER) in page
    else:
        assert chinese.say(names.NOT_WHOLLY if partly else names.NOT_SINCE, time=case.since) in page
    assert "watched" not in page.lower()


def typed(house: House, *more: str) -> str:
    result = type_in("--dir", str(house.hub.layout.root), "status", *more)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.fixture
def command(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`strongroom status`, while an engine answers, or while none does."""
    house = ground.house
    monkeypatch.setenv("COLUMNS", "200")
    answer = None
    if "engine" in ground.beat:
        beat = m.HubBeat(v=1, site=house.hub.site, boot="boot", number=1, time=house.clock(), size=1)
        answer = beat
    monkeypatch.setattr("hub.site_directory.engine_pulse.ask", lambda *_: answer)
    return lambda *more: typed(house, *more)


def test_so_does_status(command: Callable[..., str], case: Case) -> None:
    lines = command().splitlines()
    area = next(line for line in lines if line.startswith("archive "))
    if case.why == "engine-silent":
        assert lines[0].startswith("The engine is silent: not watched since 2026-02-11 10:")
    wholly = "wholly " if case.why == "loops" else ""
    assert f"never {wholly}watched" in area or f"not {wholly}watched since 2026-02-11 10:" in area
    assert "not known" in area
    node = next(line for line in lines if line.startswith("archive-1 "))
    assert ("heard" in node.split()) == (case.why == "loops")
    assert f"{case.left} of 3 areas are watched" in lines


def test_so_does_status_for_programs(command: Callable[..., str], case: Case) -> None:
    answer = json.loads(command("--json"))
    archive = next(one for one in answer["areas"] if one["name"] == "archive")
    assert archive["watched"] is False
    assert archive["why_not"] == case.why
    assert archive["inside"] is None
    assert (archive["not_watched_since"] is None) == (case.since is None)
    if case.since and case.why != "engine-silent":  # the command line knows only when the engine last wrote
        at = datetime.fromisoformat(archive["not_watched_since"]).astimezone(ZONE)
        assert f"{at:%H:%M}" == case.since
    assert sum(one["watched"] for one in answer["areas"]) == case.left
    assert not any(one["watched"] for one in answer["points"] if one["place"] == "archive/corridor-seal")


# ---------------------------------------------------------------- beside the causes


def test_a_node_that_nobody_hears_here_is_not_watched_though_the_engine_says_nothing(
    app: Starlette, house: House, visitor: Visitor
) -> None:
    for node in NODES:
        house.node(node)
    live = app.state.console.live
    for node in NODES:
        live.heard_node(node, here())
    house.clock.forward(SILENT_MS / 1000 + 1)
    live.heard_engine()
    live.heard_node("cipher-1", here())
    visitor.signs_in("wangfang")
    page = text_of(visitor.sees("/"))
    assert "1 of 3 areas watched" in page
    assert "Archive node no sign of life · Not watched since 10:00" in page


def test_before_the_engines_first_beat_nothing_is_claimed(house: House, app: Starlette, visitor: Visitor) -> None:
    for node in NODES:
        house.node(node)
    app.state.console.live.engine = None
    visitor.signs_in("wangfang")
    page = text_of(visitor.sees("/"))
    assert "The hub's engine is waited for 0 of 3 areas watched" in page
    assert "Every point normal" not in page


@pytest.mark.parametrize("path", ["/areas", "/areas/archive", "/alarms", "/access", "/roster", "/handover", "/figures"])
def test_while_the_engine_is_silent_every_page_says_so(house: House, visitor: Visitor, path: str) -> None:
    visitor.signs_in("wangfang")
    assert "engine is silent" not in text_of(visitor.sees(path))
    assert "engine is silent" not in text_of(visitor.sees(f"/calls?live=1&here={path}"))
    house.clock.forward(11)
    said = "The hub's engine is silent Not watched since 10:00 What stands below may be out of date."
    assert said in text_of(visitor.sees(path))
    assert said in text_of(visitor.sees(f"/calls?live=1&here={path}"))  # what a page that is open asks for


def test_a_door_that_was_open_before_its_node_fell_silent_is_said_to_be_last_seen_open(
    house: House, visitor: Visitor, app: Starlette
) -> None:
    house.node("archive-1").opens("archive/corridor-door")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=()))
    visitor.signs_in("wangfang")
    assert "Corridor door: last seen: open" in text_of(visitor.sees("/"))
    assert "last seen: open" in text_of(visitor.sees("/areas"))
    assert "last seen: open" in text_of(visitor.sees("/areas/archive"))


def test_all_is_watched_when_everybody_is_heard(house: House, app: Starlette, visitor: Visitor) -> None:
    for node in NODES:
        house.node(node)
        app.state.console.live.heard_node(node, here())
    visitor.signs_in("wangfang")
    assert "No alarms 3 of 3 areas watched · Sealed: 0 of 3 areas" in text_of(visitor.sees("/"))
    assert "unwatched" not in visitor.sees("/areas").text
