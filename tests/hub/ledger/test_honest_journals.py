"""Whatever honest people and services do, the verifier finds nothing wrong with the journal of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from hub.core.state import Alarm, Notice
from hub.engine.due import Watch
from hub.ledger.checkpoint import Signing
from hub.store.tables import journal
from tests.hub.admin.test_erasing import without
from tests.hub.ledger.test_export import audit, countersign, export, sign
from tests.support.databases import StoreHouse, checkpoint_key
from tests.support.hub import seal
from tests.support.paper import LIU_YANG, NOON, WANG_FANG, ZHANG_WEI, ZHOU_QIANG, demo_site
from tests.support.root import Root
from tests.support.sealing import may_unseal, unseal_order
from wire import messages as m
from wire.audit.report import PASS

DAY = 86_400_000


def test_a_holiday_with_everything_in_it_is_proven(house: StoreHouse, tmp_path: Path) -> None:
    signing = Signing(house.database, checkpoint_key())
    watch = Watch("boot-1", house.clock())

    def passes(seconds: float) -> None:
        """Time passes, and the engine looks what has come due."""
        house.clock.forward(seconds)
        watch.look(house.engine, *house.engine.look(), house.clock(), house.clock())

    def notices() -> list[Notice]:
        return [one for one in house.engine.look()[0].all(Notice) if one.state == "queued"]

    for what in (
        m.EngineStarted(version="test", silent_since=None),
        m.BrokerLost(since=0, detail=""),
        m.BrokerBack(lost_for=3),
        m.DatabaseHeld(since=0, held_for=3),
        m.ServiceRefused(service="console", reason="too-many", count=3, example="signed-in"),
        m.RowsDiffer(count=0, example=""),
        m.PlanKeptBack(node="archive-1", kept=True, since=5),
        m.PlanKeptBack(node="archive-1", kept=False, since=None),
    ):
        house.fact(what)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sounder", "sms", "email")), "notify")
    house.fact(m.SignedIn(person=WANG_FANG), "console", WANG_FANG)
    shift = m.ShiftAdded(shift=0, person=WANG_FANG, stand_in=ZHOU_QIANG, starts=NOON, ends=NOON + DAY)
    house.asks(WANG_FANG, shift)
    archive, cipher = house.node("archive-1"), house.node("cipher-1")
    sign(house, signing)

    # a sealing, broken into: called by every channel, taken on by telephone, found by one, confirmed by another
    number = seal(house, "archive", "archive-1")
    archive.opens("archive/corridor-door", number)
    archive.closes("archive/corridor-door", number)
    passes(1)
    state = house.engine.look()[0]
    breach = next(one.number for one in state.all(Alarm) if one.what == "opened-while-sealed")
    house.fact(m.AlarmSounded(alarm=breach), "notify")
    house.fact(m.AlarmShown(alarm=breach), "console")
    first, *others = notices()
    house.fact(m.NoticeHanded(notice=first.number, attempt=1, repeat=False, awaits=True), "notify")
    house.fact(m.NoticeDelivered(notice=first.number), "notify")
    for one in others:
        house.fact(m.NoticeFailed(notice=one.number, attempt=3, detail="no network"), "notify")
    passes(600)
    for node in ("archive-1", "cipher-1"):
        house.fact(m.NodeBack(node=node, silent_for=590_000))
    house.fact(m.AnswersRefused(channel="sms", reason="unknown-sender", count=2), "notify")
    house.fact(m.AlarmAcknowledged(alarm=breach), "notify", WANG_FANG, "duty")
    archive.says(m.Attended(reader="archive/reader", credential="0" * 64, person=ZHANG_WEI, alarms=(breach,)))
    house.asks(WANG_FANG, m.FindingWritten(alarm=breach, finding_cause="intrusion", finding="走廊门被撬"))
    house.asks(LIU_YANG, m.AlarmClosed(alarm=breach, finding_cause="intrusion", finding="走廊门被撬"), "security")
    sign(house, signing)

    # unsealed by two; sealed again, opened in an emergency, its node is dead: released by two
    may_unseal(house, "archive")
    house.asks(WANG_FANG, unseal_order("archive"))
    again = house.engine.look()[0].area("archive").sealing
    archive.presents("archive/reader", ZHANG_WEI, again)
    archive.presents("archive/reader", WANG_FANG, again)
    archive.holds()
    assert house.engine.look()[0].area("archive").state == "unsealed"
    number = seal(house, "archive", "archive-1")
    house.fact(m.NodeSilent(node="archive-1", last_heard=None, sealed=(m.SealedArea(area="archive", sealing=number),)))
    house.asks(WANG_FANG, m.EmergencyOpened(sealing=0, area="archive", reason="走廊起火"))
    house.asks(LIU_YANG, m.SealingReleased(sealing=0, area="archive"), "security")
    for person, role in ((WANG_FANG, "duty"), (LIU_YANG, "security")):
        house.asks(person, m.EmergencySigned(sealing=0, area="archive"), role)
    sign(house, signing)

    # a drill, called on another way; a node that says two things; a planned sealing that nobody begins
    house.asks(WANG_FANG, m.DrillStarted(area="archive"))
    passes(1_200)
    begins = house.clock() + DAY
    window = m.WindowPlanned(window=0, title="国庆节", areas=("cipher-room",), starts=begins, ends=begins + DAY)
    house.asks(WANG_FANG, window)
    passes(3 * DAY / 1000)
    kept = cipher.record(m.Granted(reader="cipher-room/reader", credential="1" * 64, person=1002))
    house.engine.take([kept])
    cipher.seq -= 1
    house.engine.take([cipher.record(m.Granted(reader="cipher-room/reader", credential="2" * 64, person=1002))])
    house.fact(m.EngineSilent(since=house.clock()), "notify")
    house.fact(m.EngineBack(silent_for=9), "notify")
    sign(house, signing)

    # she hands over, leaves, and is erased
    house.asks(WANG_FANG, m.HandoverDrafted(handover=0, alarms=(), sealed=(), silent=(), note="王芳 was here"))
    house.asks(ZHOU_QIANG, m.HandoverTaken(handover=1))
    house.apply_site(without(demo_site(), WANG_FANG))
    Root(house).erases(WANG_FANG, LIU_YANG, people=("zhaomin", "liuyang"))
    house.fact(m.NodeRevoked(node="archive-1", reason="burnt"), "admin")
    sign(house, signing)

    countersign(house)
    report = audit(export(house, tmp_path / "export"))
    assert (report.verdict, report.code) == (PASS, "proven"), report.why
    kinds = house.read(lambda connection: set(connection.execute(select(journal.c.kind)).scalars()))
    assert len(kinds) > 50, sorted(kinds)
    assert {"notice-failed", "sealing-dropped", "equivocation", "person-erased", "sealing-released"} <= kinds
