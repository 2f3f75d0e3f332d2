"""Words of the sheets, in Chinese and English: one table for page, paper and command line, so that all say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from hub.core.doors.present import Present
from hub.core.site.document import Site, in_language
from wire import moments

Pair = tuple[str, str]
"""Chinese and English. Values are put in by name."""

COMMA: Pair = ("、", ", ")
PAUSE: Pair = ("，", ", ")
SEMICOLON: Pair = ("；", "; ")
WEEKDAYS: tuple[Pair, ...] = (
    ("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun"),
)  # fmt: skip
PERSON: Pair = ("人员 %(number)s", "person %(number)s")

NOBODY_INSIDE: Pair = ("未知有人在内", "nobody known to be inside")
NO_BADGE: Pair = ("此前一小时内无人刷卡", "nobody known: no badge in the hour before")
ONE_INSIDE: Pair = ("一人：%(who)s", "one, %(who)s")
ONE_BADGE: Pair = ("一人：%(who)s（此前一小时内刷卡）", "one, %(who)s (badge in the hour before)")
BOTH_INSIDE: Pair = ("%(k)s人之一：%(who)s（二人均在内）", "one of %(k)s: %(who)s (both were inside)")
ALL_INSIDE: Pair = ("%(k)s人之一：%(who)s（均在内）", "one of %(k)s: %(who)s (all were inside)")
SOME_INSIDE: Pair = ("%(k)s人之一：%(who)s（其中%(n)s人在内）", "one of %(k)s: %(who)s (%(n)s of them inside)")
OF_BADGES: Pair = (
    "%(k)s人之一：%(who)s（均在此前一小时内刷卡）",
    "one of %(k)s: %(who)s (badges in the hour before)",
)
AND_MORE: Pair = (
    "%(k)s人之一：%(who)s，另有%(n)s人姓名不明",
    "one of %(k)s: %(who)s, and %(n)s more without a name",
)
ONLY_MORE: Pair = ("%(n)s人在内，姓名不明", "%(n)s inside, without a name")

NUMBERS: tuple[Pair, ...] = (
    ("零", "none"), ("一", "one"), ("二", "two"), ("三", "three"), ("四", "four"), ("五", "five"), ("六", "six"),
    ("七", "seven"), ("八", "eight"), ("九", "nine"), ("十", "ten"),
)  # fmt: skip


class Words:
    """What places and people are called, and whatever else is said, in one language: `zh` or `en`."""

    def __init__(self, language: str, site: Site, people: Mapping[int, str]) -> None:
        """`people`: names by number, as far as they are known."""
        self.language = language
        self._site = site
        self._people = people

    def say(self, pair: Pair, **values: object) -> str:
        """One of the table, with these values."""
        said = pair[0] if self.language == "zh" else pair[1]
        return said % values if values else said

    def listed(self, what: Iterable[str]) -> str:
        """Several, as one lists them."""
        return self.say(COMMA).join(what)

    def phrase(self, what: Iterable[str]) -> str:
        """Parts of one thing that is said."""
        return self.say(PAUSE).join(what)

    def sentence(self, what: Iterable[str]) -> str:
        """Several things that are said one after the other."""
        return self.say(SEMICOLON).join(what)

    def weekday(self, day: date) -> str:
        """The day of the week."""
        return self.say(WEEKDAYS[day.weekday()])

    def person(self, number: int | None) -> str:
        """Name of a person; the number alone when the name has been erased."""
        if number is None:
            return ""
        return self._people.get(number) or self.say(PERSON, number=number)

    def people(self, numbers: Iterable[int]) -> str:
        """Names of several people."""
        return self.listed(map(self.person, numbers))

    def area(self, name: str) -> str:
        """Title of an area."""
        found = self._site.areas.get(name)
        return in_language(found.title, self.language) if found else name

    def thing(self, place: str) -> str:
        """Title of a point, without its area."""
        found = self._site.points.get(place)
        return in_language(found.title, self.language) if found else place

    def things(self, places: Iterable[str]) -> str:
        """Titles of several points."""
        return self.listed(map(self.thing, places))

    @property
    def site(self) -> str:
        """Title of the site."""
        return in_language(self._site.title, self.language)

    def second(self, ms: int) -> str:
        """A moment to the second: 2027-03-01 07:40:00."""
        return moments.short(ms, self._site.zone)

    def minute(self, ms: int) -> str:
        """A moment to the minute: 2027-03-01 07:40."""
        return moments.short(ms, self._site.zone)[:16]

    def clock(self, ms: int) -> str:
        """Hours and minutes of a moment."""
        return self.minute(ms)[11:]

    def number(self, count: int) -> str:
        """A small number as a word."""
        return self.say(NUMBERS[count]) if count < len(NUMBERS) else str(count)

    def who(self, there: Present) -> str:
        """Who may have opened something: a set of people."""
        k = len(there.people)
        if not k and not there.more:
            return self.say(NOBODY_INSIDE if there.by == "inside" else NO_BADGE)
        if not k:
            return self.say(ONLY_MORE, n=self.number(there.more))
        count = there.more or there.inside
        return self.say(
            _sentence(there), who=self.people(there.people), k=self.number(k + there.more), n=self.number(count)
        )


def _sentence(there: Present) -> Pair:
    k = len(there.people)
    if there.more:
        return AND_MORE
    if k == 1:
        return ONE_INSIDE if there.by == "inside" else ONE_BADGE
    if there.by == "badge":
        return OF_BADGES
    if there.inside < k:
        return SOME_INSIDE
    return BOTH_INSIDE if k == 2 else ALL_INSIDE
