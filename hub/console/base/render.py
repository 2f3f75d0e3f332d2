"""Pages from templates. Everything that is put in is escaped; a name that a template does not know is an error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from hub.console.base.names import Names
from hub.console.session import sessions
from hub.console.words import details, instructions, names, texts
from hub.console.words.texts import Texts
from hub.core import watched
from hub.core.journal import requests
from hub.core.site.document import Site
from hub.core.state import Alarm
from wire import messages as m
from wire.plain import plain
from wire.points import KINDS

TEMPLATES = Path(__file__).parents[1] / "templates"


def _shown(value: object) -> object:
    """What is put into a page: of texts that came from elsewhere, none turns the order of what stands beside it."""
    return plain(value, keep="\n\t") if type(value) is str else value


class Renderer:
    """Templates and catalogues, loaded once."""

    def __init__(self, assets: Mapping[str, str], default_language: str, more: Path | None = None) -> None:
        """`assets`: address of each static file by its name. `more`: a folder with the templates of a further page."""
        self.texts = texts.load_all()
        self.default_language = default_language
        self._environment = Environment(
            loader=FileSystemLoader([TEMPLATES, *([more] if more else [])]),
            autoescape=True,
            finalize=_shown,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            assets=assets,
            words=names,
            INSTRUCTIONS=instructions.INSTRUCTIONS,
            play=more is not None,
            IDLE_MS=sessions.IDLE_MS,
        )

    def language(self, wanted: str | None) -> str:
        """A language that there is a catalogue for."""
        return wanted if wanted in self.texts else self.default_language

    def page(self, name: str, view: View, status: int = 200, **values: Any) -> HTMLResponse:
        """A page."""
        return self.answer(self.html(name, view, **values), status)

    def html(self, name: str, view: View, **values: Any) -> str:
        """The text of a page."""
        said = {"_": view.texts.say, "ngettext": view.texts.count}
        return self._environment.get_template(name).render(view=view, names=view.names, **said, **values)

    def problem(self, language: str, status: int, sentence: str) -> HTMLResponse:
        """The page that says what went wrong, and nothing else."""
        texts = self.texts[language]
        template = self._environment.get_template("problem.html")
        return self.answer(template.render(_=texts.say, language=language, sentence=texts.say(sentence)), status)

    @staticmethod
    def answer(html: str, status: int = 200) -> HTMLResponse:
        """An answer with a page in it."""
        return HTMLResponse(html, status)


class View:
    """What every page knows: for whom, in which language, at what time, of which site."""

    def __init__(
        self,
        texts: Texts,
        site: Site,
        people: Mapping[int, str],
        now: int,
        signed: sessions.Signed | None = None,
        here: str = "",
    ) -> None:
        self.texts = texts
        self.names = Names(site, people, texts)
        self.people = people
        """Names by number, as far as they are known."""
        self.site = site
        self.now = now
        self.signed = signed
        self.here = here
        """Path of the page."""
        self.locked = signed is not None and signed.locked(now)
        self.may_act = signed is not None and signed.acts and not self.locked
        self.message = ""
        """Why the request was refused, in the reader's language."""
        self.size = 0
        """Of the journal."""
        self.calls: list[Alarm] = []
        """Open alarms, the most urgent first."""
        self.engine = watched.Engine("waiting", None)
        """How the engine is heard; while it is not, nothing on a page is known to be so."""
        self.beats_heard: watched.BeatsHeard | None = None

    def may(self, kind: type[m.Data]) -> bool:
        """Whether whoever reads has a role that may ask for this, and is not locked."""
        return self.signed is not None and not self.locked and bool(requests.roles_for(kind) & self.signed.roles)

    def short(self, ms: int | None) -> str:
        """A moment, for tables."""
        return texts.short_time(ms, self.site.zone) if ms else ""

    def minute(self, ms: int | None) -> str:
        """A moment to the minute: shifts and windows are planned no finer."""
        return self.short(ms)[:16]

    def span(self, starts: int, ends: int) -> str:
        """From one moment to another, with the day said once if it is the same."""
        first, last = self.minute(starts), self.minute(ends)
        return f"{first} – {last[11:] if last[:10] == first[:10] else last}"

    def long(self, ms: int) -> str:
        """A moment in words."""
        return self.texts.long_time(ms, self.site.zone)

    def since(self, ms: int) -> str:
        """A moment to the minute, with its day unless that is today."""
        said, today = self.minute(ms), self.minute(self.now)
        return said[11:] if said[:10] == today[:10] else said

    def unwatched(self, found: watched.Unwatched, partly: bool = False) -> str:
        """Since when something is not watched. `partly`: something else of it is."""
        if found.since is None:
            return self.texts.say(names.NEVER_WHOLLY if partly else names.NEVER)
        return self.texts.say(names.NOT_WHOLLY if partly else names.NOT_SINCE, time=self.since(found.since))

    def clock(self, ms: int) -> str:
        """Hours, minutes and seconds."""
        return self.short(ms)[11:]

    def age(self, ms: int) -> str:
        """How long ago, as `console.js` goes on saying it."""
        seconds = max(0, self.now - ms) // 1000
        say = self.texts.say
        if seconds < 120:
            return say("%(n)s s", n=seconds)
        if seconds < 7200:
            return say("%(n)s min", n=seconds // 60)
        if seconds < 172_800:
            return say("%(n)s h", n=seconds // 3600)
        return say("%(n)s days", n=seconds // 86_400)

    def alarm_title(self, what: str) -> str:
        """What a kind of alarm is called; the code of one that a newer version has raised."""
        instruction = instructions.INSTRUCTIONS.get(what)
        return self.texts.say(instruction.title) if instruction else what

    def alarm_detail(self, alarm: Alarm) -> str:
        """What else is known of the alarm, in one sentence; empty for most."""
        return details.detail(alarm, self.texts, self.names.place)

    def level(self, place: str, level: str) -> str:
        """What an input says, in words."""
        point = self.site.points.get(place)
        if point and KINDS[point.kind].seal and level == "active":
            return self.texts.say(names.SEAL_OPEN)
        return self.word(names.LEVELS, level)

    def word(self, table: Mapping[Any, str], code: Any) -> str:
        """The word for a code; the code itself, should it have none."""
        return self.texts.say(table[code]) if code in table else str(code)
