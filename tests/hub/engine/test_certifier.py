"""Certificates of a whole hub: made by the engine, kept beside the journal, checked offline; one changed byte shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.core.journal.machine import Arrival
from hub.core.sealing import certificate
from hub.core.sealing.certificate import Certificate, NotGood
from hub.core.state import Sealing
from hub.engine.certifier import Certifier, due
from hub.store import certificates, session
from tests.support.hub import House, seal
from tests.support.sealing import NUMBER, may_unseal, unseal_order
from wire import keys, notes
from wire import messages as m

MINUTE = 60


@pytest.fixture
def certifier(house: House) -> Certifier:
    return Certifier(house.database, house.engine, house.hub.key("engine"))


def works(house: House, certifier: Certifier) -> None:
    """The engine goes on until nothing is due."""
    for _ in range(100):
        state, site = house.engine.look()
        certifier.turn(state, site)
        if due(house.engine.look()[0]) is None:
            return
    raise AssertionError("the certificate is not made")


def unseal(house: House, area: str = "archive", node: str = "archive-1", number: str = NUMBER) -> None:
    may_unseal(house, area, number)
    house.fact(unseal_order(area), "console", 1003, "duty")
    for person in (1001, 1003):
        house.node(node).presents(f"{area}/reader", person, house.engine.look()[0].area(area).sealing)
    house.node(node).holds()


def kept(house: House, number: int, half: m.Half | None = None) -> certificates.Kept:
    with session.reading(house.database) as connection:
        found = certificates.find(connection, number, half)
    assert found is not None
    return found


def holiday(house: House, certifier: Certifier) -> Certificate:
    """The archive is sealed for an hour, and watched but for the last minute of it."""
    archive = house.node("archive-1")
    number = seal(house, "archive", "archive-1")
    points = tuple(one.place for one in house.engine.look()[1].point if one.area == "archive")
    since = archive.mono
    for _ in range(59):
        house.clock.forward(MINUTE)
        archive.says(m.Watch(area="archive", sealing=number, points=points, since=since, until=archive.mono, gaps=()))
        since = archive.mono
    house.clock.forward(MINUTE)
    works(house, certifier)
    unseal(house)
    works(house, certifier)
    body = certificate.check(kept(house, number).note, house.hub.key("engine").public, keys.CHECKS)
    assert isinstance(body, Certificate)
    return body


def test_the_first_half_names_who_and_what_and_where_the_journal_stood(house: House, certifier: Certifier) -> None:
    number = seal(house, "archive", "archive-1")
    works(house, certifier)
    body = certificate.check(kept(house, number).note, house.hub.key("engine").public, keys.CHECKS)
    assert isinstance(body, Certificate)
    assert (body.half, body.area, body.people) == ("sealed", "archive", (1001, 1003))
    assert [(one.number, one.said_by, one.baseline) for one in body.seals] == [(NUMBER, (1001, 1003), "normal")]
    assert body.closing is None
    assert body.size > 0
    assert house.engine.look()[0].find(Sealing, number).certificate == kept(house, number).sha256  # type: ignore[union-attr]


def test_a_certificate_says_what_the_loop_of_each_seal_measured(house: House, certifier: Certifier) -> None:
    number = seal(house, "archive", "archive-1")
    measured = m.SealBaseline(area="archive", sealing=number, ohms={"archive/corridor-seal": 4702})
    house.node("archive-1").says(measured)
    works(house, certifier)
    body = certificate.check(kept(house, number).note, house.hub.key("engine").public, keys.CHECKS)
    assert isinstance(body, Certificate)
    assert [(one.point, one.ohms) for one in body.seals] == [("archive/corridor-seal", 4702)]


def test_a_certificate_of_a_seal_that_measures_nothing_claims_no_baseline(house: House, certifier: Certifier) -> None:
    number = seal(house, "archive", "archive-1")
    works(house, certifier)
    assert b'"ohms"' not in kept(house, number).note


def test_another_node_does_not_say_what_the_loop_of_a_seal_measured(house: House, certifier: Certifier) -> None:
    number = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/corridor-seal", number)
    measured = m.SealBaseline(area="archive", sealing=number, ohms={"archive/corridor-seal": 1})
    house.node("computer-1").says(measured)
    works(house, certifier)
    assert b'"ohms"' not in kept(house, number).note


def test_the_closing_half_says_how_it_went(house: House, certifier: Certifier) -> None:
    body = holiday(house, certifier)
    assert certificate.says(body) == "intact, 0 d 01 h 00 m, 0 openings, 60 s blind"
    assert body.closing is not None
    assert body.closing.first == kept(house, body.sealing, "sealed").sha256
    assert body.closing.approved_by == 1005
    for line in body.closing.lines:
        parts = (line.watched, line.alarm, line.trouble, line.blind, line.bypassed, line.steps)
        assert sum(parts) == body.closing.ended - body.sealed
    assert due(house.engine.look()[0]) is None


def test_a_sealing_with_an_opening_is_not_intact(house: House, certifier: Certifier) -> None:
    number = seal(house, "archive", "archive-1")
    house.node("archive-1").opens("archive/iron-gate", number)
    house.node("archive-1").closes("archive/iron-gate", number)
    unseal(house)
    works(house, certifier)
    body = certificate.read(notes.split(kept(house, number).note).text)
    assert isinstance(body, Certificate)
    assert certificate.says(body).startswith("NOT intact, 0 d 00 h 00 m, 1 opening,")


def test_a_record_of_the_year_9999_takes_nothing_from_the_watch(house: House, certifier: Certifier) -> None:
    archive = house.node("archive-1")
    told: list[Arrival] = []
    says = archive.record

    def once(data: m.RecordData, ago: float = 0) -> Arrival:
        """Of the watch records in the middle of it, one bears a wall time that cannot be."""
        arrival = says(data, ago)
        told.append(arrival)
        if len(told) != 40:
            return arrival
        record = replace(arrival.record, wall=m.LATEST_WALL)
        text = m.encode(record)
        archive._prev = notes.text_hash(text)
        return Arrival(archive.key.sign(text), record, archive._prev, arrival.key)

    archive.record = once  # type: ignore[method-assign]
    body = holiday(house, certifier)
    assert len(told) > 60
    assert certificate.says(body) == "intact, 0 d 01 h 00 m, 0 openings, 60 s blind"


def test_whatever_byte_is_changed_the_certificate_is_refused(house: House, certifier: Certifier) -> None:
    body = holiday(house, certifier)
    key = house.hub.key("engine").public
    found = kept(house, body.sealing)
    for note in (found.note, found.slip):
        certificate.check(note, key, keys.CHECKS)
        for at in range(len(note)):
            for flip in (0x01, 0x20):
                changed = note[:at] + bytes([note[at] ^ flip]) + note[at + 1 :]
                with pytest.raises(NotGood):
                    certificate.check(changed, key, keys.CHECKS)
        for cut in (note[:-1], note + b"\n", note[1:], b"", note + note):
            with pytest.raises(NotGood):
                certificate.check(cut, key, keys.CHECKS)


def test_another_hubs_certificate_is_refused(house: House, certifier: Certifier) -> None:
    body = holiday(house, certifier)
    other = keys.make(keys.key_name("demo", "engine", "record"))
    with pytest.raises(NotGood, match="may not sign here"):
        certificate.check(other.sign(certificate.encode(body)), house.hub.key("engine").public, keys.CHECKS)


def test_the_field_that_differs_is_named(house: House, certifier: Certifier) -> None:
    body = holiday(house, certifier)
    text = certificate.encode(body)
    changed = text.replace(b'"openings":0', b'"openings":1').replace(b'"number":"SN-0001"', b'"number":"SN-0002"')
    assert certificate.differences(changed, text) == ["closing.openings", "seals[0].number"]
    assert certificate.differences(text, text) == []


def test_a_certificate_that_cannot_be_made_is_told_once_and_not_tried_again(
    house: House, certifier: Certifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seal(house, "archive", "archive-1")

    def breaks(*_: object) -> None:
        raise ValueError("planted")

    monkeypatch.setattr(certificate, "make", breaks)
    with pytest.raises(ValueError, match="planted"):
        certifier.turn(*house.engine.look())
    for _ in range(2):
        assert certifier.turn(*house.engine.look()) is None


def test_whoever_holds_the_code_can_check_the_slip_alone(house: House, certifier: Certifier) -> None:
    body = holiday(house, certifier)
    slip = certificate.check(kept(house, body.sealing).slip, house.hub.key("engine").public, keys.CHECKS)
    assert isinstance(slip, certificate.Slip)
    assert slip.sha256 == kept(house, body.sealing).sha256
    assert len(kept(house, body.sealing).slip) < 1000
