"""Whatever number or name stands in an address or in a form: an answer, a page that there is not, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tests.hub.console.visitor import Visitor, text_of
from tests.support.hub import House

NUMBERS = ("-1", "0", "9999999", str(2**31), str(2**53), str(2**63 - 1), str(2**63), str(2**64), "9" * 4400, "１２")
NAMES = ("nowhere", "archive-2", "%00", "%ff%fe", "a" * 3000, "archive%20", "..%2f..", "档案", "-", "archive'--")


def addresses(app: Starlette, method: str) -> Iterator[str]:
    """Every address with something to fill in."""
    for route in app.routes:
        assert isinstance(route, Route)
        if "{" in route.path and method in (route.methods or ()):
            yield route.path


def filled(path: str) -> Iterator[str]:
    """The address with everything that could stand in each of its parts, and 1 in the others."""
    for part in re.findall(r"\{\w+\}", path):
        for value in (*NUMBERS, *NAMES):
            yield re.sub(r"\{\w+\}", "1", path.replace(part, value))


@pytest.fixture
def liu(visitor: Visitor) -> Visitor:
    visitor.signs_in("liuyang")
    return visitor


def test_there_are_addresses_to_try(app: Starlette) -> None:
    assert {"/alarms/{number}", "/areas/{name}", "/journal/{index}"} <= set(addresses(app, "GET"))


def test_a_number_or_a_name_that_is_none_is_a_page_that_there_is_not(app: Starlette, liu: Visitor) -> None:
    for path in addresses(app, "GET"):
        for address in filled(path):
            answer = liu.sees(address)
            assert answer.status_code in (200, 303, 404), (address[:80], answer.status_code)
            if answer.status_code == 404:
                # An address that no page has at all is answered before anybody looks who asks.
                assert re.search("There is no such page|没有这个页面", text_of(answer))


def test_a_form_sent_there_changes_nothing(app: Starlette, liu: Visitor, house: House) -> None:
    size = house.engine.look()[0].meta.newest_time
    for path in addresses(app, "POST"):
        for address in list(filled(path))[::3]:
            answer = liu.does(address)
            assert answer.status_code in (303, 400, 403, 404, 409), (address[:80], answer.status_code)
    assert house.engine.look()[0].meta.newest_time == size


FORMS = {
    "/areas/archive/tick": ("item",),
    "/areas/archive/drop": ("sealing", "reason", "outcome"),
    "/areas/archive/number": ("point", "said_by", "number"),
    "/areas/archive/compare": ("point", "number"),
    "/areas/archive/exception": ("point", "reason"),
    "/areas/archive/order": ("purpose", "cause"),
    "/alarms/1/finding": ("cause", "finding"),
    "/alarms/1/close": ("cause", "finding"),
    "/roster": ("person", "stand_in", "starts", "ends"),
    "/calendar/2026/approve": ("version",),
    "/calendar/windows": ("title", "starts", "ends", "areas"),
    "/handover": ("note",),
}


@pytest.mark.parametrize("path", FORMS)
def test_whatever_a_field_says_it_is_done_or_refused(liu: Visitor, path: str) -> None:
    for value in (*NUMBERS, "nowhere", "\x00", "a" * 3000, "档案", "9999-12-31T23:59", "0001-01-01T00:00"):
        answer = liu.does(path, **dict.fromkeys(FORMS[path], value))
        assert answer.status_code < 500, (path, value[:40], answer.status_code)


QUERIES = {
    "/access": ("before", "from", "to", "area", "q"),
    "/alarms": ("q", "before"),
    "/certificates": ("q", "before"),
    "/calendar": ("q", "month", "before"),
    "/calendar/plan": ("after", "before"),
    "/roster": ("person", "from"),
    "/handover": ("q", "before"),
    "/figures": ("by", "period"),
    "/sheets": ("day",),
    "/sheets/closing": ("area", "day", "area=archive&day", "day=2026-02-11&area"),
    "/sheets/checks": ("point", "month", "point=archive/cabinet-1&month", "month=2026-02&point"),
    "/calls": ("here",),
    "/sign-in": ("lang", "next"),
    "/unlock": ("next",),
}


VALUES = (*NUMBERS, *NAMES, "9999-12-31", "0001-01-01", "9999-12", "0001-01", "2026-13", "10000-01")


@pytest.mark.parametrize("path", QUERIES)
def test_whatever_a_query_says_there_is_a_page(liu: Visitor, path: str) -> None:
    for name in QUERIES[path]:
        for value in VALUES:
            answer = liu.sees(f"{path}?{name}={value}")
            assert answer.status_code in (200, 303, 404), (path, name, value[:40], answer.status_code)


def test_a_database_that_is_damaged_while_the_console_runs_is_said_to_be(liu: Visitor, house: House) -> None:
    file = house.hub.layout.database
    house.database.dispose()
    whole = file.read_bytes()
    file.write_bytes(b"this is a letter\n" * 500)
    answer = liu.sees("/")
    assert answer.status_code == 503
    assert re.search("database is damaged or gone.*back from a backup|数据库已损坏或丢失.*备份", text_of(answer))
    file.write_bytes(whole)
