"""Somebody has a node's papers and talks nonsense under its name: the engine goes on and keeps the journal readable."""

import signal

from firmware.setup.papers import Files
from tests.support.party import Party
from tests.system.demo import Demo, outbox_of, wait_until, whole
from wire import keys, topics
from wire import messages as m

FLOOD = 200


def test_nonsense_under_a_nodes_name_is_counted_told_once_and_stops_nobody(shared: Demo) -> None:
    demo = shared
    node, site = "computer-1", demo.names.site
    folder = Files(demo.directory / "nodes" / node / "keys")
    key = keys.load(folder.path(folder.record))
    stranger = keys.make(keys.key_name(site, node, "record"))  # the same name, another key
    life, on_disk = outbox_of(demo, node)
    after, engine = demo.newest(), demo.pid("engine")
    demo.kill(node, signal.SIGSTOP)
    rogue = Party(node, demo.port + 1, folder.for_link).join()

    def record(of: str = node, detail: str = "x") -> str:
        data = m.Fault(part="mains", failed=True, detail=detail)
        return m.encode(
            m.Record(
                v=1, site=site, node=of, life=life, boot="rogue", seq=len(on_disk) + 1, mono=1, wall=1,
                clock="untrusted", prev=on_disk[-1][1], data=data,
            )
        )  # fmt: skip

    topic = topics.record(site, node)
    nonsense: dict[str, bytes] = {
        "malformed": b"\xff\x00 not a note",
        "oversized": b"x" * (m.MAX_RECORD + 1),
        "bad-signature": key.sign(record()).replace(b'"detail":"x"', b'"detail":"y"'),
        "unknown-signer": stranger.sign(record()),
        "misplaced": key.sign(record("archive-1")),
    }
    for _ in range(FLOOD // len(nonsense)):
        for note in nonsense.values():
            assert rogue.publish(topic, note) == "Success"
    # The broker itself refuses another node's topic.
    assert rogue.publish(topics.record(site, "archive-1"), key.sign(record("archive-1"))) == "Not authorized"
    # A list in the place of a record, well signed.
    assert rogue.publish(topic, key.sign(b"[1, 2]\n")) == "Success"

    wait_until(lambda: {one.reason for one in refused(demo, after)} >= nonsense.keys(), "every reason to be told")
    rogue.leave()
    demo.kill(node, signal.SIGCONT)

    # Everybody goes on, the wronged node as well, and nothing of the nonsense is in its name.
    before = demo.newest()
    demo.visit("computer-room/door")
    demo.visit("archive/cabinet-1")
    demo.entry("level", "computer-room/door", before)
    demo.entry("level", "archive/cabinet-1", before)
    whole(demo, node)
    assert demo.pid("engine") == engine
    assert len(refused(demo, after)) <= 2 * len(nonsense)
    assert demo.alarms().count(("bad-messages", node)) == 1
    assert {what for what, _ in demo.alarms(after)} <= {"bad-messages", "forced"}


def refused(demo: Demo, after: int) -> list[m.Refused]:
    found = [row.message.data for row in demo.journal(after, kind="refused")]
    return [data for data in found if isinstance(data, m.Refused)]
