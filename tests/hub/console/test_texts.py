"""Nothing is untranslated, and nothing that has a fixed name in the core lacks a word."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import Any, get_args
from typing import get_type_hints as hints
from zoneinfo import ZoneInfo

import pytest

from hub import service
from hub.console.base import hub_access
from hub.console.pages.access import LOOKS
from hub.console.parts import ladder
from hub.console.parts.guide import Seen
from hub.console.words import catalogues, duty_words, guard_words, names, step_words, texts
from hub.console.words.instructions import INSTRUCTIONS
from hub.console.words.refusals import REFUSALS
from hub.core import state
from hub.core.alarms import closing
from hub.core.alarms import kinds as alarm_kinds
from hub.core.alarms import life as alarm_life
from hub.core.calendar import document_rules
from hub.core.calendar import windows as calendar_windows
from hub.core.calling import answers, receipts
from hub.core.doors import overview
from hub.core.site import lookups, shape
from hub.core.site.document import Outside, Role
from hub.documents import calendar as calendar_file
from hub.door import bringing, desk
from hub.store import accounts, erasing, queries
from hub.store.entries import LEVELS
from wire import messages as m

CORE = Path(lookups.__file__).parents[1]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_sentence_is_translated_and_nothing_is_left_over(language: str) -> None:
    wanted = {message.id for message in catalogues.extract() if message.id}
    catalogue = catalogues.read(language)
    there = {message.id: message for message in catalogue if message.id}
    assert wanted - set(there) == set(), "run: .venv/bin/python -m hub.console.words.catalogues"
    assert set(there) - wanted == set(), "run: .venv/bin/python -m hub.console.words.catalogues"
    for key, message in there.items():
        forms = (message.string,) if isinstance(message.string, str) else message.string
        assert forms, key
        assert all(form.strip() for form in forms), key
        assert not message.fuzzy, key
    assert not catalogue.obsolete


def names_in(sentence: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", sentence))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_translation_puts_in_the_same_values(language: str) -> None:
    for message in catalogues.read(language):
        if message.id:
            keys = (message.id,) if isinstance(message.id, str) else message.id
            forms = (message.string,) if isinstance(message.string, str) else message.string
            assert forms
            for form in forms:
                assert names_in(form) == names_in(keys[-1]), keys
                assert form.replace("%(", "").count("%") == 0, keys


def test_chinese_is_chinese() -> None:
    for message in catalogues.read("zh"):
        if message.id:
            forms = (message.string,) if isinstance(message.string, str) else message.string
            assert forms
            for form in forms:
                left = re.sub(r"%\(\w+\)s", "", form)
                assert not set(left) & set(string.ascii_letters), form


def test_english_says_what_the_key_says() -> None:
    for message in catalogues.read("en"):
        if message.id:
            assert message.string == message.id


def test_every_kind_of_alarm_has_an_instruction_of_two_to_four_steps() -> None:
    assert set(INSTRUCTIONS) == set(alarm_kinds.KINDS)
    for instruction in INSTRUCTIONS.values():
        assert 2 <= len(instruction.steps) <= 4, instruction.title
        assert all(len(step) <= 100 for step in instruction.steps), instruction.title


def literal(kind: Any) -> set[str]:
    return {value for value in get_args(kind) if value}


@pytest.mark.parametrize(
    ("table", "named"),
    [
        (names.CLASSES, literal(m.AlarmClass)),
        (names.LIVES, literal(state.AlarmLife)),
        (names.SEAL_STATES, literal(state.SealState)),
        (names.LEVELS, literal(m.Level)),
        (names.POINT_KINDS, literal(m.PointKind)),
        (names.ROLES, literal(Role)),
        (names.SERVICES, set(m.SERVICES)),
        (names.FINDING_CAUSES, literal(m.FindingCause)),
        (names.DENIALS, literal(m.DenialReason)),
        (names.FAULT_PARTS, literal(m.FaultPart)),
        (names.LEAVING, literal(m.LeaveBy)),
        (names.EMPTIED, literal(m.EmptiedWhy)),
        (names.BADGE_REFUSALS, literal(hints(m.SealingBadge)["refusal"])),
        (names.CANCELLATIONS, literal(hints(m.SealingCancelled)["reason"])),
        (step_words.CHECK_ITEMS, literal(m.CheckItem)),
        (duty_words.DAYS, literal(calendar_windows.DayKind)),
        (ladder.RUNGS, literal(receipts.Rung)),
        (ladder.LOOKS, literal(receipts.Rung)),
        (step_words.COURSES, literal(state.SealingState)),
        (step_words.SEEN, literal(Seen)),
        (step_words.HALVES, literal(m.Half)),
        (step_words.OUTCOMES, literal(hints(m.SealingDropped)["outcome"])),
        (guard_words.GUARD_STATES, literal(overview.How)),
        (guard_words.LAST_KNOWN, literal(m.GuardState)),
        (guard_words.SET_BY, literal(m.SetBy)),
        (guard_words.UNSET_BY, literal(m.UnsetBy)),
        (guard_words.EXTENDED_BY, literal(hints(m.SetExtended)["by"])),
        (guard_words.SHUT_IN_BY, literal(hints(m.SomebodyInside)["by"])),
        (guard_words.ACTS, literal(hints(m.GuardRequested)["act"])),
        (guard_words.OUTSIDE, literal(Outside)),
        (names.KINDS, {kind.__struct_config__.tag for kind in (*get_args(m.RecordData), *get_args(m.FactData))}),
    ],
)
def test_everything_that_has_a_name_has_a_word(table: dict[str, str], named: set[str]) -> None:
    assert set(table) == named


def test_every_priority_has_a_word() -> None:
    used = {priority for kind in alarm_kinds.KINDS.values() for priority in (kind.sealed, kind.unsealed)}
    assert used <= set(names.PRIORITIES) == {1, 2, 3, 4}


def test_every_refusal_of_the_core_has_a_sentence() -> None:
    written = set()
    around = (erasing, accounts, desk, bringing, service)
    by_telephone = Path(str(answers.__file__))  # whose answers the console counts; nobody is told a sentence
    for file in (*{*CORE.rglob("*.py")} - {by_telephone}, *(Path(str(one.__file__)) for one in around)):
        written |= set(re.findall(r'NotPossible\(\s*"([a-z-]+)"', file.read_text("utf-8")))
    written |= {*alarm_life.REFUSALS.values(), *closing.BARRED.values()}
    written |= hub_access.AWAY
    written |= {f"area-is-{one}" for one in get_args(state.SealState)}
    assert written == set(REFUSALS)


def test_everything_that_shape_and_rules_of_a_calendar_can_say_has_a_sentence() -> None:
    files = (document_rules.__file__, shape.__file__, calendar_file.__file__)
    trees = [ast.parse(Path(one).read_text("utf-8")) for one in files]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    said = [one.args[0] for one in calls if ast.unparse(one.func) == "said"]
    written = {one.value for one in said if isinstance(one, ast.Constant)}
    written |= {document_rules.ELSEWHERE, document_rules.TOO_FEW, document_rules.TOO_MANY}
    written |= {document_rules.ONLY_HERE_OFF, document_rules.ONLY_HERE_WORKED}
    weekdays = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
    assert set(duty_words.CALENDAR_MISTAKES) == written | weekdays


def test_the_access_log_has_a_look_for_each_of_its_kinds() -> None:
    assert set(LOOKS) == {*queries.ACCESS_KINDS, *LEVELS}


def test_numbers_and_times_are_said_as_each_language_says_them() -> None:
    zh, en = (texts.load(language) for language in ("zh", "en"))
    one, many = "%(count)s open alarm", "%(count)s open alarms"
    assert (en.count(one, many, 1), en.count(one, many, 2)) == ("1 open alarm", "2 open alarms")
    assert zh.count(one, many, 2) == "2 个未结报警"
    zone = ZoneInfo("Asia/Shanghai")
    moment = 1_771_140_765_000
    assert zh.long_time(moment, zone) == "2026年2月15日（周日） 15:32:45"
    assert en.long_time(moment, zone) == "Sun 15 Feb 2026, 15:32:45"
    assert texts.short_time(moment, zone) == "2026-02-15 15:32:45"
