"""The bureau's own table of alarms overrides the built-in one in part, and can silence nothing that is sealed."""

from __future__ import annotations

import pytest

from hub.core.alarms import ladders, own_table
from hub.core.alarms.kinds import COLUMNS, KINDS
from hub.core.alarms.ladders import LADDERS
from hub.core.refusal import NotPossible
from tests.support.paper import LIU_YANG, WANG_FANG, PaperHub
from wire import messages as m


def put_in_force(house: PaperHub, text: str, version: int = 1) -> None:
    house.asks(LIU_YANG, m.AlarmsSet(version=version, document=text))


def test_without_a_table_everything_is_as_built_in() -> None:
    house = PaperHub()
    for what in KINDS:
        for column in COLUMNS:
            assert own_table.answer(house.state, what, column) == ladders.built_in(what, column)


def test_a_table_changes_what_it_names_and_nothing_else() -> None:
    house = PaperHub()
    put_in_force(house, "[kind.held-open]\nunsealed = 2\n[kind.node-silent]\ndelay = 60\n[ladder.alarm]\nagain = 120\n")
    assert own_table.answer(house.state, "held-open", "unset").priority == 2
    assert own_table.answer(house.state, "node-silent", "unset").delay == 60
    assert own_table.answer(house.state, "node-silent", "sealed") == ladders.built_in("node-silent", "sealed")
    assert own_table.ladder(house.state, "alarm") == LADDERS["alarm"]._replace(again=120)
    house.node("archive-1").says(m.HeldOpen(point="archive/iron-gate", seconds=90))
    assert house.alarm("held-open").priority == 2
    house.check()


def test_every_channel_stands_in_a_ladder_that_is_built_in() -> None:
    assert own_table.without_rung(PaperHub().state, m.CHANNELS) == []


def test_a_channel_that_a_table_leaves_out_of_every_ladder_is_named() -> None:
    house = PaperHub()
    tables = [f'[[ladder.{name}.rungs]]\nafter = 0\nwhom = ["duty"]\nby = ["console", "email"]\n' for name in LADDERS]
    put_in_force(house, "".join(tables))
    assert own_table.without_rung(house.state, m.CHANNELS) == ["sounder", "sms", "syslog"]


def test_a_table_rests_on_the_journal_and_the_next_one_takes_its_place() -> None:
    house = PaperHub()
    put_in_force(house, "[kind.held-open]\nunsealed = 2\n")
    with pytest.raises(NotPossible, match="alarms-changed"):
        put_in_force(house, "")
    put_in_force(house, "", version=2)
    assert own_table.answer(house.state, "held-open", "unset").priority == 3
    assert own_table.answer(house.rebuilt(), "held-open", "unset").priority == 3


@pytest.mark.parametrize(
    "text",
    [
        "[kind.opened-while-sealed]\nsealed = 2\n",  # nothing of a sealed area is made less urgent
        "[kind.node-silent]\nsealed = 4\n",
        "[kind.node-silent]\ndelay_sealed = 3600\n",
        "[kind.forced]\ndelay = 60\n",
        '[kind.forced]\nladder = "none"\n',
        "[kind.forced]\nunsealed = 5\n",
        "[kind.forced]\nunsealed = 0\n",
        "[kind.no-such-kind]\nunsealed = 2\n",
        "[kind.forced]\ncolour = 2\n",
        "[colours]\n",
        "[ladder.no-such]\nagain = 60\n",
        "[ladder.alarm]\nagain = 0\n",
        "[ladder.alarm]\nattend = 0\n",
        "[ladder.alarm]\nrungs = []\n",
        '[ladder.alarm]\nrungs = [{ after = 0, by = ["console"] }]\n',
        '[ladder.trouble]\nrungs = [{ after = 5, whom = ["duty"], by = ["sms"] }]\n',
        '[ladder.trouble]\nrungs = [{ after = 0, whom = ["nobody"], by = ["sms"] }]\n',
        "[ladder.alarm]\nattend = 5\n",
        '[ladder.trouble]\nrungs = [{ after = 0, whom = ["duty"], by = ["sms"] }, { after = 60, by = ["sms"] }]\n',
        '[ladder.alarm]\nrungs = [{ after = 0, by = ["console"] }, { after = 60, whom = ["duty"], by = ["sms"] }]\n',
        "not toml",
    ],
)
def test_what_it_may_not_say_is_refused_and_explained(text: str) -> None:
    reading = own_table.read(text)
    assert reading.document is None
    assert reading.mistakes
    with pytest.raises(NotPossible, match="not-valid"):
        put_in_force(PaperHub(), text)


def test_the_duty_officer_sets_no_table() -> None:
    with pytest.raises(NotPossible, match="not-allowed"):
        PaperHub().asks(WANG_FANG, m.AlarmsSet(version=1, document=""))


def test_every_ladder_that_a_kind_starts_is_there_and_never_ends() -> None:
    for what in KINDS:
        for column in COLUMNS:
            name = ladders.built_in(what, column).ladder
            assert name is None or name in LADDERS
    for name, ladder in LADDERS.items():
        assert ladder.rungs[0].after == 0, name
        assert [rung.after for rung in ladder.rungs] == sorted({rung.after for rung in ladder.rungs}), name
        assert 0 < ladder.again <= 86_400, name


def test_whatever_is_sealed_calls_somebody_unless_it_is_only_to_be_on_record() -> None:
    for what, kind in KINDS.items():
        if kind.sealed < 3 and kind.duration != "mended":
            assert ladders.built_in(what, "sealed").ladder in ("alarm", "silent", "fault"), what
            assert ladders.built_in(what, "sealed").delay <= 60, what
