"""A sealed holiday in which everything goes wrong: power cuts, cables, silence."""

from concurrent.futures import ThreadPoolExecutor

from hub.core.alarms.life import LATE_MS
from hub.site_directory.hub import wall_ms
from tests.system.demo import LI, WANG, ZHANG, Demo, wait_until, whole
from wire import messages as m
from wire.simulation import hardware as simulated

SLACK_MS = 20_000
"""For a machine that is busy with something else. On an idle one it takes a quarter of a second."""


def silence_of(demo: Demo, node: str, after: int) -> tuple[int, m.NodeSilent]:
    """When the hub said that a node is silent, by its wall time, and what it said."""
    row = demo.entry("node-silent", node, after)
    assert isinstance(row.message.data, m.NodeSilent)
    return row.hub_time, row.message.data


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
    assert not {"seal-not-held", "node-silent-while-sealed"} & {what for what, _ in demo.alarms(after)}

    # Two cables are pulled: an alarm for the sealed room, trouble for the other, each in its time.
    after, pulled = demo.newest(), wall_ms()
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

    with ThreadPoolExecutor(2) as pool:
        (sealed_at, sealed), (open_at, unsealed) = pool.map(
            lambda node: silence_of(demo, node, after), ("archive-1", "computer-1")
        )
    # Counted from the last beat, which was up to 3 s before the cable (10 s unsealed), or from the engine's start.
    assert 6_000 < sealed_at - pulled < 10_000 + SLACK_MS
    assert sealed.sealed
    assert 19_000 < open_at - pulled < 30_000 + SLACK_MS
    assert not unsealed.sealed
    assert demo.alarm("node-silent-while-sealed", "archive-1").klass == "alarm"
    assert demo.alarm("node-silent", "computer-1").klass == "trouble"

    # Back again: they deliver what they saw, with their own times, shown as late once it is.
    wait_until(lambda: wall_ms() - visited > LATE_MS, "what was seen to be long ago")
    for node in ("archive-1", "computer-1"):
        demo.hand(simulated.Push(), node)
    opened = demo.entry("level", "archive/corridor-door", after)
    attended = demo.entry("attended", "archive/reader", after)
    visit = demo.entry("forced", "computer-room/door", after)
    for row in (opened, attended, visit):
        assert row.said_time < row.hub_time - 10_000
    alarm = demo.alarm("opened-while-sealed", "archive/corridor-door")
    assert alarm.attended_by == ZHANG
    assert demo.alarm("forced", "computer-room/door").late
    assert ("badge-while-sealed", "archive/reader") in demo.alarms(after)
    for node in ("archive-1", "computer-1"):
        demo.entry("node-back", node, after)
        whole(demo, node)
    # What has come to nothing by itself is still there to be answered for.
    assert demo.alarm("node-silent-while-sealed", "archive-1").life == "returned-unacknowledged"
