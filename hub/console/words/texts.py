"""What the console says, in the language of whoever reads it.

The English sentence is the key; catalogues are plain gettext .po files, read at start without a compile step.
Values are put in by name (`%(count)s`), since their order differs between languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, dates
from babel.messages.pofile import read_po

from wire import moments

LANGUAGES = ("zh", "en")
CATALOGUES = Path(__file__).parents[1] / "locale"

_FORMATS = {
    "zh": "y年M月d日（EEE） HH:mm:ss",
    "en": "EEE d MMM y, HH:mm:ss",
}


def N_(message: str) -> str:
    """Mark a sentence that stands in a table for translation. It is said later."""
    return message


class Texts:
    """All sentences in one language."""

    def __init__(self, language: str, sentences: Mapping[str, tuple[str, ...]]) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._sentences = sentences

    def say(self, message: str, **values: object) -> str:
        """The sentence in this language; one that has no translation stays English."""
        said = self._sentences.get(message, (message,))[0]
        return said % values if values else said

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """The sentence in the form that fits the number, which is `%(count)s` in it."""
        forms = self._sentences.get(one)
        form = forms[min(self._locale.plural_form(number) == "other", len(forms) - 1)] if forms else None
        return (form or (one if number == 1 else many)) % {"count": number, **values}

    def long_time(self, ms: int, zone: tzinfo) -> str:
        """A moment in words, with the day of the week."""
        moment = moments.at(ms, zone)
        return dates.format_datetime(moment, _FORMATS[self.language], locale=self._locale)


def short_time(ms: int, zone: tzinfo) -> str:
    """A moment for tables: the same width and the same order in every language."""
    return moments.short(ms, zone)


def load(language: str) -> Texts:
    """Read a catalogue."""
    with (CATALOGUES / language / "LC_MESSAGES" / "console.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    sentences = {}
    for message in catalogue:
        if message.id and message.string:
            key = message.id if isinstance(message.id, str) else message.id[0]
            sentences[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return Texts(language, sentences)


@cache
def load_all() -> dict[str, Texts]:
    """Every language by its code."""
    return {language: load(language) for language in LANGUAGES}
