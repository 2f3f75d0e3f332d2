"""Papers: keys are born in the node and stay there; only the hub's answer to this very node is installed."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from firmware.setup import enrolment
from firmware.setup import papers as papers_file
from firmware.setup.papers import Files, PapersError
from tests.firmware.house import BADGE_KEY, NODE, PLAN, SITE, House, Hub
from wire import keys, notes
from wire import messages as m
from wire.enrolment import NodeRequest, check_words
from wire.sealed_box import BoxError, open_box, seal_for


def test_a_request_is_signed_and_asks_for_this_node(house: House) -> None:
    note = enrolment.request(house.place)
    request = msgspec.json.decode(notes.split(note).text, type=NodeRequest)
    record_key = notes.parse_key(request.record_key)
    notes.open_record(note, [record_key], keys.CHECKS)
    assert request.node == NODE
    assert record_key.name == keys.key_name(SITE, NODE, "record")
    assert notes.parse_key(request.witness_key).public != record_key.public


def test_a_repeated_request_is_the_same_and_so_are_its_words(house: House) -> None:
    first = enrolment.request(house.place)
    assert enrolment.request(house.place) == first
    assert len(check_words(first)) == 6


def test_a_request_has_no_private_key_in_it(house: House) -> None:
    note = enrolment.request(house.place)
    for name in ("record.key", "witness.key", "tls.key", "box.key"):
        for line in (house.place.keys / name).read_bytes().splitlines():
            # A key of ours is the last of five fields, and base64 has plus signs of its own; other files are it whole.
            secret = line.split(b"+", 4)[-1] if line.startswith(b"PRIVATE+KEY+") else line
            assert len(secret) > 24
            assert secret not in note


def test_only_its_owner_may_read_a_key(house: House) -> None:
    house.enrol()
    assert stat.S_IMODE(house.place.keys.stat().st_mode) == 0o700
    for file in house.place.keys.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_an_accepted_answer_is_all_that_the_node_needs(house: House) -> None:
    house.enrol(life=3, port=8883)
    found = papers_file.load(house.place)
    assert found.badge_key == BADGE_KEY
    assert found.hub_key == house.hub.key.public
    assert (found.life, found.host, found.port) == (3, "localhost", 8883)


def test_the_same_answer_may_be_accepted_twice(house: House) -> None:
    answer = house.hub.answer(enrolment.request(house.place))
    enrolment.accept(house.place, answer)
    enrolment.accept(house.place, answer)


def test_a_newer_answer_takes_the_place_of_the_old_one(house: House) -> None:
    house.enrol(life=1)
    house.enrol(life=2)
    assert papers_file.load(house.place).life == 2


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"node": "cipher-1"}, "for cipher-1 of demo, not for archive-1"),
        ({"site": "elsewhere"}, "for archive-1 of elsewhere"),
        ({"badge_key": seal_for("09" + "00" * 31, BADGE_KEY)}, "badge key in this answer cannot be opened"),
        ({"authority": "no certificate"}, "not of the authority"),
        ({"v": 2}, "protocol 2"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(house: House, changed: dict[str, object], complaint: str) -> None:
    answer = house.hub.answer(enrolment.request(house.place), **changed)  # type: ignore[arg-type]
    with pytest.raises(PapersError, match=complaint):
        enrolment.accept(house.place, answer)
    assert not Files(house.place.keys).path(Files(house.place.keys).papers).exists()


def test_an_answer_of_another_authority_is_refused(house: House) -> None:
    request = enrolment.request(house.place)
    other = msgspec.json.decode(notes.split(Hub().answer(request)).text)["authority"]
    with pytest.raises(PapersError, match="not of the authority"):
        enrolment.accept(house.place, house.hub.answer(request, authority=other))


def test_a_certificate_for_another_key_is_refused(house: House, tmp_path: Path) -> None:
    request = enrolment.request(house.place)
    other = House(tmp_path / "other")
    foreign = msgspec.json.decode(notes.split(house.hub.answer(enrolment.request(other.place))).text)["certificate"]
    with pytest.raises(PapersError, match="another key than this node's"):
        enrolment.accept(house.place, house.hub.answer(request, certificate=foreign))


def test_an_answer_that_was_changed_on_its_way_is_refused(house: House) -> None:
    answer = house.hub.answer(enrolment.request(house.place))
    with pytest.raises(PapersError, match="not an answer of a hub"):
        enrolment.accept(house.place, answer.replace(b'"life":1', b'"life":9'))


def test_an_older_answer_is_refused(house: House) -> None:
    house.enrol(life=5)
    with pytest.raises(PapersError, match="already has papers of life 5"):
        house.enrol(life=4)
    assert papers_file.load(house.place).life == 5


def test_an_answer_before_any_request_is_refused(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other")
    answer = house.hub.answer(enrolment.request(other.place))
    with pytest.raises(PapersError, match="request` comes first"):
        enrolment.accept(house.place, answer)


def test_a_node_that_is_not_enrolled_says_what_to_do(house: House) -> None:
    with pytest.raises(PapersError, match="strongroom node request"):
        papers_file.load(house.place)


def test_a_key_that_others_may_read_is_not_used(house: House) -> None:
    house.enrol()
    house.save(plan=PLAN)
    (house.place.keys / "record.key").chmod(0o644)
    found = papers_file.load(house.place)
    assert not found.signs
    assert "others may read this key" in found.spoilt[0]


def test_a_sealed_box_is_opened_by_its_reader_alone() -> None:
    reader, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    box = seal_for(reader.public_key().public_bytes_raw().hex(), BADGE_KEY)
    assert open_box(reader, box) == BADGE_KEY
    changed = box[:-1] + ("0" if box[-1] != "0" else "1")
    for private, text in ((other, box), (reader, changed), (reader, "00"), (reader, "no hex")):
        with pytest.raises(BoxError):
            open_box(private, text)
    with pytest.raises(BoxError):
        seal_for("00" * 32, BADGE_KEY)


def test_the_words_of_the_hubs_key_are_those_of_the_key(house: House) -> None:
    found = papers_file.open_papers(house.hub.answer(enrolment.request(house.place)))
    assert len(enrolment.hub_words(found)) == 6
    assert found.v == m.PROTOCOL
