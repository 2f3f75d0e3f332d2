"""The engine stands still in the middle of an alarm and the notifying service is killed on top of it: people are
called, their answer counts, and the engine calls nobody again for what they were told. All of it real processes."""

from __future__ import annotations

import contextlib
import signal
import sqlite3

from hub.core.state import Alarm
from hub.site_directory.layout import Layout
from tests.system.demo import PATIENCE_S, WANG, Demo, wait_until
from wire import messages as m
from wire.simulation import telephones


def on_her_telephone(demo: Demo, what: str) -> list[str]:
    """What 王芳 was told of an alarm that a short message calls so."""
    found = telephones.send(demo.directory / "sim", telephones.Look()).telephones
    return [one.text for one in found.get(demo.names.phones[WANG], ()) if one.way == "in" and what in one.text]


def waits_for_the_engine(layout: Layout, ask: str) -> bool:
    with contextlib.closing(sqlite3.connect(layout.notify_file, timeout=PATIENCE_S)) as file:
        return bool(file.execute("SELECT 1 FROM untold WHERE request LIKE ?", (f'%"ask":"{ask}"%',)).fetchone())


def test_an_engine_that_stands_still_hears_afterwards_who_was_called_and_who_has_answered(demo: Demo) -> None:
    layout = Layout(demo.directory)
    wait_until(layout.contacts.exists, "the contacts")
    demo.visit("archive/iron-gate")
    alarm = demo.alarm("forced", "archive/iron-gate")
    wait_until(lambda: on_her_telephone(demo, "104"), "the alarm on her telephone")
    before = demo.newest()
    demo.kill("engine", signal.SIGSTOP)
    try:
        wait_until(lambda: on_her_telephone(demo, "399"), "that the engine is silent")
        demo.kill("notify")
        telephones.send(demo.directory / "sim", telephones.Reply(demo.names.phones[WANG], "1"))
        wait_until(lambda: waits_for_the_engine(layout, "answered"), "her answer")
    finally:
        demo.kill("engine", signal.SIGCONT)
    demo.entry("alarm-acknowledged", after=before)
    demo.entry("engine-back", after=before)
    said = [row.message.data for row in demo.journal(before)]
    assert len([one for one in said if isinstance(one, m.EngineSilent)]) == 1
    whom = [one.person for one in said if isinstance(one, m.CalledMeanwhile) and one.channel == "sms"]
    assert WANG in whom
    assert len(whom) == len(set(whom)), "nobody twice"
    taken, *_ = demo.journal(before, kind="alarm-acknowledged")
    assert (taken.author, taken.person) == ("notify", WANG)
    known = demo.state().find(Alarm, alarm.number)
    assert known is None or not known.unacknowledged
    assert len(on_her_telephone(demo, "399")) == 1
