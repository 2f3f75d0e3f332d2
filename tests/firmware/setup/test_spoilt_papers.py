"""Keys and papers of a node that a bad disk or a hasty hand has spoilt: it guards all the same, and says so."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.setup import enrolment
from firmware.setup import papers as papers_file
from firmware.setup.papers import Files
from tests.firmware.house import (
    ACCESS,
    CORRIDOR_DOOR,
    PATIENCE_S,
    PLAN,
    READER,
    ZHANG_WEI,
    House,
    check_chain,
    until,
)
from wire import keys
from wire.messages import Denied, Fault, LevelChanged, Overflow, SealedArea
from wire.simulation import hardware as simulated
from wire.simulation.hardware import NodeState, NotThere

ACCIDENTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "noise": lambda path: path.write_bytes(bytes(range(256))),
    "gone": Path.unlink,
    "open to others": lambda path: path.chmod(0o644),
}
PUBLIC = "open to others"


def ask(house: House, question: simulated.Question) -> NodeState:
    answer = simulated.send(house.socket, question)
    assert answer.error == ""
    assert answer.state is not None
    return answer.state


def start(house: House) -> subprocess.Popen[str]:
    def ready() -> bool:
        try:
            return ask(house, simulated.State()).plan == PLAN.version
        except NotThere:
            return False

    process = house.run()
    until(lambda: ready() or process.poll() is not None, "the node serves its simulated metal")
    return process


def stop(process: subprocess.Popen[str]) -> str:
    process.terminate()
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    return said


def sounds_when_opened(house: House) -> None:
    ask(house, simulated.Open(CORRIDOR_DOOR))
    until(lambda: ask(house, simulated.State()).sounder, "the sounder")


def blinks(house: House) -> None:
    for lit in (True, False, True):
        until(lambda: ask(house, simulated.State()).lamp is lit, "the lamp blinks")  # noqa: B023


@pytest.fixture
def sealed(house: House) -> House:
    """Enrolled, with a sealed area. The broker is nowhere."""
    house.enrol()
    house.save(plan=PLAN, access=ACCESS, trusted_wall=1, sealed=(SealedArea(area="archive", sealing=4),))
    return house


def spoil(house: House, name: str, accident: str) -> Path:
    path = house.place.keys / name
    ACCIDENTS[accident](path)
    return path


@pytest.mark.parametrize("accident", ACCIDENTS)
@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("record.key", {"records", "link"}),
        ("papers.note", {"records", "link"}),
        ("tls.key", {"link"}),
        ("node.crt", {"link"}),
        ("ca.crt", {"link"}),
        ("badge.key", {"badges"}),
        ("witness.key", {"countersignatures"}),
    ],
)
def test_what_is_spoilt_takes_away_what_only_it_can_give(
    sealed: House, name: str, lost: set[str], accident: str
) -> None:
    path = spoil(sealed, name, accident)
    found = papers_file.load(sealed.place)
    if accident == PUBLIC and not name.endswith(".key"):
        assert found.spoilt == ()
        return
    (said,) = found.spoilt
    assert str(path) in said
    has = {
        "records": found.signs,
        "link": found.link is not None,
        "badges": found.badge_key is not None,
        "countersignatures": found.witness_key is not None,
    }
    assert {what for what, here in has.items() if not here} == lost


@pytest.mark.parametrize("accident", ["empty", "cut short", "noise", "gone"])
@pytest.mark.parametrize("name", ["papers.note", "node.crt", "ca.crt", "badge.key"])
def test_what_the_hub_has_answered_is_mended_by_its_answer(house: House, name: str, accident: str) -> None:
    answer = house.hub.answer(enrolment.request(house.place))
    enrolment.accept(house.place, answer)
    spoil(house, name, accident)
    enrolment.accept(house.place, answer)
    assert papers_file.load(house.place).spoilt == ()


@pytest.mark.parametrize("accident", ["empty", "cut short", "noise", "gone"])
@pytest.mark.parametrize("name", ["tls.key", "box.key"])
def test_an_answer_for_keys_that_are_damaged_is_refused_with_the_files_name(
    house: House, name: str, accident: str
) -> None:
    answer = house.hub.answer(enrolment.request(house.place))
    path = spoil(house, name, accident)
    with pytest.raises(papers_file.PapersError, match=str(path)):
        enrolment.accept(house.place, answer)


def test_without_papers_for_the_link_it_guards_and_keeps_signed_records(sealed: House) -> None:
    path = spoil(sealed, "tls.key", "cut short")
    process = start(sealed)
    sounds_when_opened(sealed)
    blinks(sealed)
    until(lambda: any(isinstance(one.data, LevelChanged) for one in sealed.records()), "the opening on disk")
    said = stop(process)
    assert len([line for line in said.splitlines() if str(path) in line and "put the file back" in line]) == 1
    outbox = sealed.outbox()
    files = Files(sealed.place.keys)
    found = check_chain(outbox, keys.load(files.path(files.record)).public)
    outbox.close()
    faults = [one.data for one in found if isinstance(one.data, Fault)]
    assert [(one.part, one.failed, str(path) in one.detail) for one in faults] == [("papers", True, True)]
    status = sealed.strongroom("node", "status").stdout.splitlines()
    assert [line.split(":")[0] for line in status if str(path) in line] == ["papers", "broker"]


def test_without_its_record_key_it_guards_keeps_nothing_and_the_loss_is_on_record(sealed: House) -> None:
    whole = (sealed.place.keys / "record.key").read_bytes()
    path = spoil(sealed, "record.key", "empty")
    process = start(sealed)
    sounds_when_opened(sealed)
    blinks(sealed)
    assert f"papers: {path}" in sealed.strongroom("node", "status").stdout
    assert str(path) in stop(process)
    path.write_bytes(whole)
    assert sealed.records() == []
    process = start(sealed)
    until(lambda: any(isinstance(one.data, Overflow) for one in sealed.records()), "the loss on record")
    stop(process)
    assert "papers: nothing is known to be wrong" in sealed.strongroom("node", "status").stdout


def test_without_the_hubs_answer_it_guards_what_it_knows(sealed: House) -> None:
    path = spoil(sealed, "papers.note", "noise")
    process = start(sealed)
    sounds_when_opened(sealed)
    assert str(path) in stop(process)


def test_without_its_badge_key_no_badge_is_a_strangers_and_a_record_says_so(sealed: House) -> None:
    path = spoil(sealed, "badge.key", "gone")
    process = start(sealed)
    ask(sealed, simulated.Badge(READER, ZHANG_WEI))
    sounds_when_opened(sealed)
    until(lambda: any(isinstance(one.data, LevelChanged) for one in sealed.records()), "the opening on disk")
    assert str(path) in stop(process)
    faults = [one.data for one in sealed.records() if isinstance(one.data, Fault)]
    assert [(one.part, one.failed, str(path) in one.detail) for one in faults] == [("papers", True, True)]
    assert not [one for one in sealed.records() if isinstance(one.data, Denied)]
