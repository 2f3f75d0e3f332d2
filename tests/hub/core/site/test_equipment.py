"""Points, readers and nodes of a site, broken in one way at a time."""

from __future__ import annotations

import pytest

from tests.support.draft import Draft


def test_a_point_without_an_area_is_seen(draft: Draft) -> None:
    draft.point("archive/security-window")["area"] = "attic"
    draft.has_only("point attic/security-window, area", "there is no area attic")


def test_a_reader_without_an_area_is_seen(draft: Draft) -> None:
    draft.add("reader", area="attic", name="reader", title="", node="computer-1", port="r2")
    draft.has_only("reader attic/reader, area", "there is no area attic")


def test_a_point_at_an_unknown_node_is_seen(draft: Draft) -> None:
    draft.point("archive/security-window")["node"] = "archive-9"
    draft.has_only("point archive/security-window, node", "there is no node archive-9")


def test_a_terminal_used_twice_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-2")["terminal"] = 1
    draft.has_only("point archive/cabinet-2, terminal", "terminal 1 of archive-1 is taken by archive/cabinet-1")


@pytest.mark.parametrize("terminal", [0, -1, 17, 2**70])
def test_a_terminal_that_the_board_does_not_have_is_seen(draft: Draft, terminal: int) -> None:
    draft.point("archive/cabinet-2")["terminal"] = terminal
    draft.has_only("point archive/cabinet-2, terminal", f"the board has no terminal {terminal}")


def test_a_supervised_point_on_a_two_state_terminal_is_seen(draft: Draft) -> None:
    draft.point("archive/iron-gate")["terminal"] = 7
    draft.has_only("point archive/iron-gate, input", "terminal 7 is two-state; write that, or use one of terminals 9")


def test_a_two_state_point_on_a_supervised_terminal_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["terminal"] = 16
    draft.has_only("point archive/cabinet-1, input", "terminal 16 is supervised")


def test_a_two_state_input_in_an_area_that_asks_for_supervised_ones_is_seen(draft: Draft) -> None:
    draft.point("cipher-room/safe-bolt").update(input="two-state", terminal=5)
    draft.has_only("point cipher-room/safe-bolt, input", "cipher-room asks for supervised inputs")


def test_a_two_state_contact_whose_cut_wire_would_look_well_is_seen(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["normally"] = "open"
    draft.has_only("point archive/cabinet-1, normally", "a cut wire would never be seen")


def test_a_supervised_contact_may_be_open_when_all_is_well(draft: Draft) -> None:
    draft.point("archive/iron-gate")["normally"] = "open"
    draft.site()


@pytest.mark.parametrize("seconds", [0, -5, 3601])
def test_a_time_held_that_cannot_be_meant_is_seen(draft: Draft, seconds: int) -> None:
    draft.point("archive/iron-gate")["held"] = seconds
    draft.has_only("point archive/iron-gate, held", "60 is usual")


def test_a_cabinet_is_not_held_open(draft: Draft) -> None:
    draft.point("archive/cabinet-1")["held"] = 60
    draft.has_only("point archive/cabinet-1, held", "leave it out")


def test_an_unknown_reader_port_is_seen(draft: Draft) -> None:
    draft.reader("archive")["port"] = "r3"
    draft.has_only("reader archive/reader, port", "write one of r1, r2")


def test_a_reader_port_used_twice_is_seen(draft: Draft) -> None:
    draft.add("reader", area="archive", name="second", title="", node="archive-1", port="r1")
    draft.has_only("reader archive/second, port", "taken by archive/reader")


def test_a_node_with_nothing_at_it_is_seen(draft: Draft) -> None:
    draft.add("node", name="spare-1", title="")
    draft.has_only("node spare-1", "nothing is connected")
