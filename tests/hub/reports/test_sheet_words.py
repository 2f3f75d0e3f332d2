"""Whatever a sheet may have to say, it says in both languages; and who was there is said as a set of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from hub.core.doors.check_sheet import Cause
from hub.core.doors.closing_list import Verdict
from hub.core.doors.present import By, Present
from hub.core.doors.seen import Why
from hub.reports import sheet_words, words
from hub.reports.words import Words
from tests.support.paper import at_any_hour
from wire import messages as m

PEOPLE = {1001: "张伟", 1002: "李娜", 1003: "王芳"}


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (sheet_words.CELLS, Cause),
        (sheet_words.WHY_BLIND, Why),
        (sheet_words.VERDICTS, Verdict),
        (sheet_words.SET_BY, m.SetBy),
        (sheet_words.UNSET_BY, m.UnsetBy),
        (sheet_words.LEVELS, m.Level),
    ],
)
def test_each_table_has_a_word_for_every_code(table: Mapping[str, Any], codes: Any) -> None:
    assert set(table) == set(get_args(codes))
    assert len(set(table.values())) == len(table)


def test_what_is_not_wholly_seen_is_never_called_not_opened() -> None:
    for number, said in enumerate(("未打开", "not opened")):
        found = {cause for cause, pair in sheet_words.CELLS.items() if said in pair[number]}
        assert found <= {"not-opened", "so-far"}


def test_everything_is_said_in_two_languages_with_the_same_values() -> None:
    pairs = [
        one
        for module in (sheet_words, words)
        for value in vars(module).values()
        for one in (value.values() if isinstance(value, dict) else [value])
        if isinstance(one, tuple) and len(one) == 2 and all(isinstance(text, str) for text in one)
    ]
    assert len(pairs) > 50
    for zh, en in pairs:
        assert sorted(part.partition(")")[0] for part in zh.split("%(")[1:]) == sorted(
            part.partition(")")[0] for part in en.split("%(")[1:]
        )


@pytest.mark.parametrize(
    ("people", "inside", "by", "zh", "en"),
    [
        ((), 0, "inside", "未知有人在内", "nobody known to be inside"),
        ((), 0, "badge", "此前一小时内无人刷卡", "nobody known: no badge in the hour before"),
        ((1001,), 1, "inside", "一人：张伟", "one, 张伟"),
        ((1001,), 1, "badge", "一人：张伟（此前一小时内刷卡）", "one, 张伟 (badge in the hour before)"),
        ((1001, 1002), 2, "inside", "二人之一：张伟、李娜（二人均在内）",
         "one of two: 张伟, 李娜 (both were inside)"),
        ((1001, 1002), 1, "inside", "二人之一：张伟、李娜（其中一人在内）",
         "one of two: 张伟, 李娜 (one of them inside)"),
        ((1001, 1002, 1003), 3, "inside", "三人之一：张伟、李娜、王芳（均在内）",
         "one of three: 张伟, 李娜, 王芳 (all were inside)"),
        ((1001, 1002), 2, "badge", "二人之一：张伟、李娜（均在此前一小时内刷卡）",
         "one of two: 张伟, 李娜 (badges in the hour before)"),
        ((1001,), 3, "inside", "三人之一：张伟，另有二人姓名不明", "one of three: 张伟, and two more without a name"),
        ((), 1, "inside", "一人在内，姓名不明", "one inside, without a name"),
        ((1099,), 1, "inside", "一人：人员 1099", "one, person 1099"),
    ],
)  # fmt: skip
def test_who_was_there(people: tuple[int, ...], inside: int, by: By, zh: str, en: str) -> None:
    there = Present(people, inside, by)
    assert Words("zh", at_any_hour(), PEOPLE).who(there) == zh
    assert Words("en", at_any_hour(), PEOPLE).who(there) == en
