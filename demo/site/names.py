"""The few names of a site document that the demonstration needs, without the rules that go with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple


class Names(NamedTuple):
    """Site, nodes, logins with their people, badge and telephone numbers by person, and which node has which place."""

    site: str
    nodes: tuple[str, ...]
    logins: dict[str, str]
    badges: dict[int, str]
    phones: dict[int, str]
    places: dict[str, str]

    @staticmethod
    def read(path: Path) -> Names:
        """Read a document that has been checked."""
        document = tomllib.loads(path.read_text("utf-8"))
        people = {one["number"]: one for one in document["cardholder"]}
        logins = {
            one["login"]: f"{people[one['cardholder']]['name']} {one['cardholder']} ({', '.join(one['roles'])})"
            for one in document["account"]
        }
        badges = {
            number: one["badge"] if isinstance(one["badge"], str) else one["badge"][0]
            for number, one in people.items()
            if one.get("badge")
        }
        phones = {number: one["phone"] for number, one in people.items() if one.get("phone")}
        places = {f"{one['area']}/{one['name']}": one["node"] for one in (*document["point"], *document["reader"])}
        nodes = tuple(one["name"] for one in document["node"])
        return Names(document["name"], nodes, logins, badges, phones, places)
