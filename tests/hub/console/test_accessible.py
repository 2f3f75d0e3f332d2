"""What everybody needs who does not use a mouse, or does not see the page: held for every page, in both languages."""

from __future__ import annotations

import pkgutil
import re
from collections import Counter
from html.parser import HTMLParser
from importlib import import_module

import pytest

from hub.console import pages
from tests.hub.console.test_calendar import calendar_of_2026
from tests.hub.console.visitor import Visitor
from tests.support.hub import House, seal
from wire import messages as m

PAGES = (
    "/",
    "/alarms",
    "/alarms/1",
    "/figures",
    "/access",
    "/areas",
    "/areas/archive",
    "/areas/archive/emergency",
    "/areas/cipher-room",
    "/calendar",
    "/calendar/2026",
    "/calendar/plan",
    "/certificates",
    "/roster",
    "/handover",
    "/handover/1",
    "/handover/1/sheet",
    "/journal/1",
    "/sheets",
    "/sheets/closing?area=archive&day=2026-02-11",
    "/sheets/checks?point=archive/cabinet-1&month=2026-02",
)
ELSEWHERE = {
    "/calls",  # a part of every page
    "/certificates/{number}/{half}/pdf",
    "/certificates/{number}/{half}/text",
    "/sheets/checks/pdf",
    "/sheets/closing/pdf",
    "/handover/sheet",  # leads to that of a hand-over
    "/sign-in",  # for whoever is not signed in
    "/unlock",
}
FIELDS = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What a reader of a page goes by: headings, ids, labels, fields, tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.references: set[str] = set()
        self.headers: list[dict[str, str | None]] = []
        self.drawings: list[dict[str, str | None]] = []
        self.tabs: list[str | None] = []
        self._labels = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag == "label":
            self._labels += 1
            self.labelled.add(values.get("for") or "")
        if tag in FIELDS and values.get("type") != "hidden" and "hidden" not in values:
            self.fields.append(values | {"within": "label" if self._labels else None})
        if tag == "th":
            self.headers.append(values)
        if tag == "svg":
            self.drawings.append(values)
        if "tabindex" in values:
            self.tabs.append(values["tabindex"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.references |= set((values.get(name) or "").split())

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"


def check_accessible(path: str, text: str) -> None:
    """That whoever goes by headings, labels and names of things finds the way in a page."""
    page = Page(text)
    assert page.headings.count(1) == 1, f"{path}: one heading of the first level"
    steps = [later - earlier for earlier, later in zip(page.headings, page.headings[1:], strict=False)]
    assert max(steps, default=0) <= 1, f"{path}: no level of headings is left out: {page.headings}"
    assert [one for one, count in Counter(page.ids).items() if count > 1] == [], f"{path}: an id is there once"
    assert page.references <= set(page.ids), f"{path}: {page.references - set(page.ids)}"
    for field in page.fields:
        named = field.get("id") in page.labelled or field.get("within") or field.get("aria-label")
        assert named, f"{path}: {field} has no label"
    assert all(one.get("scope") for one in page.headers), f"{path}: each heading of a table says of what"
    for one in page.drawings:
        assert one.get("aria-hidden") == "true" or one.get("aria-label") or "qr" in (one.get("class") or ""), path
    assert set(page.tabs) <= {"0", "-1"}, f"{path}: the order of the tab key is that of the page"


@pytest.fixture
def busy(house: House) -> House:
    """Something of everything: sealed and open areas, an alarm, a calendar, a plan, a shift, a hand-over."""
    sealing = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-door", sealing)
    calendar_of_2026(house)
    now = house.clock()
    day = 86_400_000
    shift = m.ShiftAdded(shift=0, person=1003, stand_in=1008, starts=now, ends=now + day)
    window = m.WindowPlanned(window=0, title="搬迁", areas=("archive",), starts=now + day, ends=now + 2 * day)
    draft = m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note="暖气有杂音")
    for wanted in (shift, window, draft):
        house.fact(wanted, "console", 1005, "security")
    return house


def test_every_page_of_the_console_is_among_these() -> None:
    modules = [import_module(f"hub.console.pages.{one.name}") for one in pkgutil.iter_modules(pages.__path__)]
    handlers = [one for module in modules for one in getattr(module, "ROUTES", ())]
    paths = {one.path for one in handlers if "GET" in one.methods}
    tried = [page.partition("?")[0] for page in PAGES]
    shown = {path for path in paths if any(re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", path), page) for page in tried)}
    assert paths - shown == ELSEWHERE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_can_be_found_ones_way_in(visitor: Visitor, busy: House, language: str) -> None:
    visitor.signs_in("liuyang", language=language)
    for path in PAGES:
        answer = visitor.sees(path)
        assert answer.status_code == 200, path
        check_accessible(path, answer.text)
