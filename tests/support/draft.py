"""The demonstration's site document, as something that a test may spoil."""

from __future__ import annotations

import copy
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

import demo
from hub.core.site import lookups
from hub.core.site import reading as site_reading
from hub.core.site.document import Site
from hub.core.site.mistakes import Mistake
from wire import board

BOARD = board.load()
DEMO = (Path(demo.__file__).parent / "site" / "site.toml").read_text("utf-8")
DOCUMENT = tomllib.loads(DEMO)
NOW = int(datetime(2026, 9, 30, 4, tzinfo=UTC).timestamp() * 1000)


class Draft:
    """A copy of the demonstration site that a test may spoil."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = copy.deepcopy(DOCUMENT)

    def find(self, table: str, **keys: object) -> dict[str, Any]:
        return next(one for one in self.document[table] if keys.items() <= one.items())

    def area(self, name: str) -> dict[str, Any]:
        return self.find("area", name=name)

    def point(self, place: str) -> dict[str, Any]:
        area, name = place.split("/")
        return self.find("point", area=area, name=name)

    def person(self, number: int) -> dict[str, Any]:
        return self.find("cardholder", number=number)

    def grant(self, number: int) -> dict[str, Any]:
        return self.find("grant", cardholder=number)

    def account(self, login: str) -> dict[str, Any]:
        return self.find("account", login=login)

    def reader(self, area: str) -> dict[str, Any]:
        return self.find("reader", area=area)

    def add(self, table: str, **values: object) -> None:
        self.document[table].append(values)

    def take_out(self, table: str, **keys: object) -> None:
        self.document[table].remove(self.find(table, **keys))

    def read(self) -> site_reading.Reading:
        return site_reading.read_document(self.document, BOARD)

    def mistakes(self) -> list[Mistake]:
        return self.read().mistakes

    def site(self) -> Site:
        reading = self.read()
        assert reading.mistakes == []
        assert reading.site
        return reading.site

    def has_only(self, place: str, words: str) -> None:
        """Just one mistake, at that place, and its sentence has these words."""
        mistakes = self.mistakes()
        assert [mistake.place for mistake in mistakes] == [place]
        assert words in mistakes[0].sentence


def credential(badge: str) -> str:
    return badge.lower().rjust(64, "0")


def can_be_sent(site: Site) -> None:
    """Everything that nodes are told of the site passes the checks that they make themselves."""
    for node in site.nodes:
        for data in (
            lookups.plan_for(site, node, 1, BOARD),
            lookups.access_for(site, node, 1, NOW, NOW + 1, {}, credential),
        ):
            assert msgspec.json.decode(msgspec.json.encode(data), type=type(data)) == data
