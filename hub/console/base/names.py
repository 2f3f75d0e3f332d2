"""What places and people are called, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.console.words.names import FAULT_PARTS
from hub.console.words.texts import N_, Texts
from hub.core import pseudonyms
from hub.core.site.document import Site, in_language
from hub.core.site.where import HUB, parse


class Names:
    """Titles of the site document and names of people. What a document does not know is called by its code."""

    def __init__(self, site: Site, people: Mapping[int, str], texts: Texts) -> None:
        self._site = site
        self._people = people
        self._texts = texts

    @property
    def site(self) -> str:
        """Title of the site."""
        return in_language(self._site.title, self._texts.language) or self._site.name

    def area(self, name: str) -> str:
        """Title of an area."""
        area = self._site.areas.get(name)
        return in_language(area.title, self._texts.language) if area else name

    def areas(self, names: Iterable[str]) -> list[str]:
        """Titles of several areas."""
        return [self.area(one) for one in names]

    def node(self, name: str) -> str:
        """Title of a node."""
        node = self._site.nodes.get(name)
        return in_language(node.title, self._texts.language) if node else name

    def nodes(self, names: Iterable[str]) -> str:
        """Titles of several nodes, as one lists them."""
        return self.listed(self.node(one) for one in names)

    def thing(self, place: str) -> str:
        """Title of a point or reader, without its area."""
        found = self._site.points.get(place) or self._site.readers.get(place)
        return in_language(found.title, self._texts.language) if found else parse(place).fixed or place

    def place(self, place: str | None) -> str:
        """Title of whatever an entry or alarm is about: point or reader with its area, an area, a node, a part."""
        if not place:
            return ""
        where = parse(place)
        if where.part:
            word = FAULT_PARTS.get(where.part)
            return f"{self.place(where.whole)} · {self._texts.say(word) if word else where.part}"
        if where.fixed is not None:
            return f"{self.area(where.head)} · {self.thing(where.whole)}"
        if where.head == HUB:
            return self._texts.say("The hub")
        return self.area(where.head) if where.head in self._site.areas else self.node(where.head)

    def person(self, number: int | None) -> str:
        """Name of a person; the number alone when the name has been erased."""
        if number is None:
            return ""
        return self._people.get(number) or self._texts.say("Person %(number)s", number=number)

    def people(self, numbers: Iterable[int]) -> str:
        """Names of several people, as one lists them."""
        return self.listed(self.person(one) for one in numbers)

    def listed(self, titles: Iterable[str]) -> str:
        """Several titles, as one lists them."""
        return self._texts.say(N_(", ")).join(titles)

    def written(self, text: str | None) -> str:
        """What somebody has written, with the names that are still known in the place of their numbers."""
        return pseudonyms.show(text or "", self._people)

    def post(self, number: int) -> str:
        """What the person is in the bureau."""
        holder = self._site.cardholders.get(number)
        return in_language(holder.post, self._texts.language) if holder else ""

    def places_like(self, text: str) -> frozenset[str]:
        """Every place whose title contains the text."""
        wanted = text.casefold()
        things = [*self._site.points, *self._site.readers, *self._site.areas, *self._site.nodes]
        return frozenset(place for place in things if wanted in self.place(place).casefold())

    def kinds_like(self, text: str, table: Mapping[str, str]) -> frozenset[str]:
        """Every code word of a table whose sentence contains the text."""
        wanted = text.casefold()
        return frozenset(code for code, sentence in table.items() if wanted in self._texts.say(sentence).casefold())
