"""A sealed holiday in which everything goes wrong: power cuts, cables, silence."""

from concurrent.futures import ThreadPoolExecutor

from hub.core.alarms.life import LATE_MS
from hub.site_directory.hub import wall_ms
from tests.system.demo import LI, WANG, ZHANG, Demo, missed_too_early, wait_until, whole
from wire import messages as m
from wire.simulation import hardware as simulated

ATTENDED_MS = 10_000
"""So long ago is more than it takes to deliver what happens now."""


def silence_of(demo: Demo, node: str, after: int) -> m.NodeSilent:
    """What the hub says of a node that it does not hear any more."""
    said = demo.entry("node-silent", node, after).message.data
    assert isinstance(said, m.NodeSilent)
    return said


def test_a_holiday_of_power_cuts_and_cut_cables(demo: Demo) -> None:
    demo.seals("archive", ZHANG, WANG)
    sealing = demo.state().area("archive").sealing

    # Kill -9 of node and engine: what is sealed stays so, in force before the first input is judged.
    after = demo.newest()
    demo.kill("engine")
    demo.kill("archive-1")
    started = demo.record("started", "archive-1", after)
    assert isinstance(started.message.data, m.Started)
    assert started.message.data.sealed == (m.SealedArea(area="archive", sealing=sealing),)
    assert demo.state().area("archive").state == "sealed"
    wait_until(lambda: demo.has_its_plan("archive-1"))
    assert "seal-not-held" not in {what for what, _ in demo.alarms(after)}
    assert missed_too_early(demo, after) == [], "whoever is back in time is not missed"

    # Two cables are pulled: an alarm for the sealed room, trouble for the other, each in its time.
    after = demo.newest()
    demo.hand(simulated.Pull(), "computer-1")
    demo.hand(simulated.Pull(), "archive-1")
    demo.visit("computer-room/door")
    visited = wall_ms()
    # The hub is away: the node sounds by itself, and a responder's badge quiets it.
    demo.opens("archive/corridor-door")
    wait_until(lambda: demo.hardware("archive-1").sounder, "the sounder")
    wait_until(lambda: demo.hardware("archive-1").lamp, "the lamp that says that the hub is away")
    demo.badge("archive/reader", LI)  # who is no responder of the archive
    demo.badge("archive/reader", ZHANG)
    wait_until(lambda: not demo.hardware("archive-1").sounder, "the sounder to be quiet")
    quieted = wall_ms()

    with ThreadPoolExecutor(2) as pool:
        sealed, unsealed = pool.map(lambda node: silence_of(demo, node, after), ("archive-1", "computer-1"))
    # None too early; that they come in time, tests/hub/core/nodes/test_watching.py holds on a clock of its own.
    assert missed_too_early(demo, after) == []
    assert sealed.sealed
    assert not unsealed.sealed
    assert demo.alarm("node-silent-while-sealed", "archive-1").klass == "alarm"
    assert demo.alarm("node-silent", "computer-1").klass == "trouble"

    # Back again: they deliver what they saw, with their own times, shown as late once it is.
    wait_until(lambda: wall_ms() - visited > LATE_MS, "what was seen to be long ago")
    wait_until(lambda: wall_ms() - quieted > ATTENDED_MS, "the badge to be long ago")
    for node in ("archive-1", "computer-1"):
        demo.hand(simulated.Push(), node)
    opened = demo.entry("level", "archive/corridor-door", after)
    attended = demo.entry("attended", "archive/reader", after)
    visit = demo.entry("forced", "computer-room/door", after)
    for row in (opened, attended, visit):
        assert row.said_time < row.hub_time - ATTENDED_MS
    alarm = demo.alarm("opened-while-sealed", "archive/corridor-door")
    assert alarm.attended_by == ZHANG
    assert demo.alarm("forced", "computer-room/door").late
    assert ("badge-while-sealed", "archive/reader") in demo.alarms(after)
    for node in ("archive-1", "computer-1"):
        demo.entry("node-back", node, after)
        whole(demo, node)
    # What has come to nothing by itself is still there to be answered for.
    assert demo.alarm("node-silent-while-sealed", "archive-1").life == "returned-unacknowledged"
