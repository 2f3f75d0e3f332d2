"""Which test holds each literal table of the pure cores: a new table waits until somebody says what finds a wrong
row of it. The files of the first two parts walk at random as well, and plant bugs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAIRS, OFFICE, CLOCK = (
    "hub/core/journal/test_every_pair.py",
    "hub/core/journal/test_office_pairs.py",
    "hub/core/nodes/test_watch_machines.py",
)
REQUESTS = "hub/core/journal/test_requests.py"

HELD_BY: dict[str, tuple[str, str]] = {
    # states and events: pairs, a machine, and every row taken out or led elsewhere
    "hub.core.sealing.area.SEAL": (PAIRS, "SEALING"),
    "hub.core.sealing.area.ON_NODES": (PAIRS, "SEALING"),
    "hub.core.sealing.area.EVENTS": (PAIRS, "SEALING"),
    "hub.core.sealing.area.CEREMONIES": (PAIRS, "SEALING"),
    "hub.core.sealing.refusals.TOLD": ("hub/core/sealing/test_what_nodes_hold.py", "test_what_a_node_was_told_is_told"),
    "hub.core.sealing.course.COURSE": (PAIRS, "SEALING"),
    "hub.core.alarms.life.LIFE": (PAIRS, "TAKES_TWO"),
    "hub.core.alarms.life.BORN": (PAIRS, "OF_A_MOMENT"),
    "hub.core.alarms.life.REFUSALS": (PAIRS, "TAKES_ONE"),
    "hub.core.alarms.closing.BARRED": (PAIRS, "TAKES_TWO"),
    "hub.core.order_numbers.ORDER": (PAIRS, "ORDER"),
    "hub.core.calling.fold.CALL": ("hub/core/calling/test_escalation.py", "no_row_of_the_life_of_a_call"),
    "hub.core.calling.fold.NOTICE": (PAIRS, "notice"),
    "hub.core.calling.meanwhile.MOVED": ("hub/core/calling/test_meanwhile.py", "test_whatever_a_call_waits_for"),
    "hub.core.calling.fold.SAID": (OFFICE, "NOTICE"),
    # rules that a machine breaks when a row is wrong
    "hub.core.alarms.ladders.TROUBLE_DELAY": (OFFICE, "a_trouble_rings_at_once"),
    "hub.core.alarms.ladders.LADDERS": ("hub/core/calling/test_escalation.py", "Night"),
    "hub.core.alarms.ladders.BY_PRIORITY": ("hub/core/calling/test_escalation.py", "Night"),
    "hub.core.journal.facts.FACTS": (CLOCK, "Silence"),
    "hub.core.nodes.hub_disk.ALARMS": (CLOCK, "DiskOfTheHub"),
    "hub.core.state.FINISHED": (PAIRS, "newest"),
    "firmware.core.delivery.ANSWERS": ("firmware/core/test_delivery_machine.py", "Line"),
    # tables without a state between their rows: row by row
    "hub.core.journal.bounds.MOST": ("hub/core/journal/test_bounds.py", "test_all_that_a_service_may_say_is_bounded"),
    "hub.core.journal.bounds.A_PERSONS": ("hub/core/journal/test_bounds.py", "test_a_kind_of_which_a_person_asks_for"),
    "hub.core.alarms.kinds.KINDS": (
        "hub/core/alarms/test_alarms.py",
        "test_an_alarm_is_urgent_while_sealed_whatever_it_is_otherwise",
    ),
    "hub.core.alarms.ladders.DELAYS": (
        "hub/core/calling/test_escalation.py",
        "test_nodes_of_one_dead_switch_are_one_call",
    ),
    "wire.points.KINDS": ("hub/core/journal/test_judge.py", "test_a_level_is_the_alarm_that_the_table_says"),
    "hub.core.alarms.of_points.ACTIVE": (
        "hub/core/doors/test_set_and_unset.py",
        "test_what_is_opened_is_what_the_table_says",
    ),
    "hub.core.alarms.of_points.FAULTY": ("hub/core/doors/test_set_and_unset.py", "test_a_cut_wire_is_tamper"),
    "hub.core.doors.guarded.GUARD": ("hub/core/doors/test_set_and_unset.py", "test_whatever_it_was_it_is_what"),
    "hub.core.doors.points.CHATTER": ("hub/core/doors/test_set_and_unset.py", "test_a_contact_that_chatters"),
    "hub.core.journal.records.RECORDS": ("hub/core/journal/test_judge.py", "def test_"),
    "hub.core.nodes.follows.FAULTS": ("hub/core/journal/test_judge.py", "Fault("),
    "hub.core.nodes.follows.REFUSED": ("hub/core/journal/test_judge.py", "JournalRefused"),
    "hub.core.doubt.PLACES": ("hub/core/nodes/test_doubt.py", "test_a_node_may_say_it_of_its_own_places_only"),
    "hub.core.journal.requests.VIA": (
        "hub/core/calling/test_escalation.py",
        "test_by_which_way_an_answer_came_nobody_claims",
    ),
    "hub.core.state.KEYS": ("support/paper.py", "KEYS"),
    "firmware.core.guard.ROWS": ("firmware/core/test_guard_against_the_hub.py", "test_every_row_of_what_is_held"),
    "firmware.core.guard.RELEASES": ("firmware/core/test_guard_against_the_hub.py", "test_every_row_of_what_is_held"),
    "firmware.core.guard.BY_WORD": ("firmware/core/test_guard_against_the_hub.py", "test_every_word_of_the_readers"),
    "firmware.core.set_area.UNSETTING": (
        "firmware/core/test_unsetting.py",
        "test_a_row_of_unsetting_that_leads_elsewhere",
    ),
    "firmware.core.set_area.CLOSING_UP": (
        "firmware/core/test_setting.py",
        "test_a_row_of_closing_up_that_leads_elsewhere",
    ),
    "firmware.core.set_area.BY_TIME": ("firmware/core/test_setting.py", "test_a_row_of_what_the_hour_does_that_leads"),
    "firmware.core.readers.SIGNS": ("firmware/core/test_guard_changes.py", "test_a_change_has_a_sign_of_its_own"),
    "firmware.core.node.INPUTS": ("firmware/core/test_guard_machine.py", "Guard"),
    "firmware.core.node.TICK": (
        "firmware/process/test_app.py",
        "test_a_part_of_the_core_that_fails_is_told_once_and_every_input_is_judged",
    ),
    "firmware.core.node.ORDERS": ("firmware/core/test_orders.py", "test_every_kind_is_done"),
    "firmware.core.orders.CONTENT": ("firmware/core/test_orders.py", "test_what_cannot_be_done_is_refused"),
    "firmware.core.shows.SHOWN_MS": ("firmware/core/test_sealing.py", "test_in_a_ceremony_badges_are_presented"),
    "hub.core.alarms.figures.MONTHS": ("hub/core/alarms/test_figures.py", "def test_"),
    "hub.core.site.reading.STAND_INS": ("hub/core/site/test_shape.py", "def test_"),
    "hub.core.site.shape.WORDS": ("hub/core/site/test_shape.py", "def test_"),
    "hub.core.sealing.node_time._RANKS": ("hub/core/sealing/test_sealed_time.py", "def test_"),
}


def tables() -> list[str]:
    """Dictionaries that a module of a pure core names in capitals, or the one that both cores go by."""
    found = []
    cores = (*ROOT.glob("hub/core/**/*.py"), *ROOT.glob("firmware/core/**/*.py"))
    for path in sorted([*cores, ROOT / "wire" / "points.py"]):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict()) if name.isupper():
                    found.append(f"{module}.{name}")
    return found


def test_every_table_of_the_cores_is_held_by_a_test() -> None:
    assert sorted(HELD_BY) == sorted(tables()), "say which test finds a wrong row of it"


@pytest.mark.parametrize("table", HELD_BY)
def test_the_test_that_holds_a_table_is_there(table: str) -> None:
    file, name = HELD_BY[table]
    assert name in (ROOT / "tests" / file).read_text("utf-8")
