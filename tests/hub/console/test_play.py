"""The page of the demonstration that works the simulated hardware."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.applications import Starlette

from demo import play_page
from demo.phone.telephones import Telephones, modem_in
from demo.play_page import MORE
from hub.console.app import make_app
from hub.notify.sms.modem import Modem
from hub.notify.sms.pdu import Incoming
from tests.hub.console.visitor import Visitor, text_of
from tests.support.door import OpenDoor
from tests.support.hub import DEMO_SITE, House, make_hub
from tests.support.ports import free_port
from wire import local_socket
from wire.simulation import hardware as simulated


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A demonstration: the site document with its badge numbers lies in the directory."""
    settings = f"[console]\nport = {free_port()}\n"
    house = make_hub(tmp_path, settings=settings)
    (house.hub.layout.root / "sim").mkdir()
    shutil.copyfile(DEMO_SITE, house.hub.layout.root / "site.toml")
    return house


@pytest.fixture
def app(house: House, door: OpenDoor) -> Starlette:
    """The console as a demonstration starts it."""
    return make_app(house.hub, house.clock, listens=False, more=MORE)


@pytest.fixture
def asked(tmp_path: Path, house: House) -> Iterator[list[simulated.Question]]:
    """A node archive-1 that does whatever it is asked, and keeps the questions."""
    questions: list[simulated.Question] = []
    reader = simulated.ReaderState(port="r1", green=True, red=False, buzzer=False)
    point = simulated.PointState(open=True, wire="cut", terminal=9, supervised=True)
    state = simulated.NodeState(
        site="demo",
        node="archive-1",
        plan=1,
        cable="in",
        points={"archive/corridor-door": point},
        readers={"archive/reader": reader},
        sounder=True,
        lamp=False,
    )
    listener = socket.socket(socket.AF_UNIX)
    local_socket.at_address(house.hub.layout.root / "sim" / "archive-1.sock", listener.bind)
    listener.listen()

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                questions.append(msgspec.json.decode(simulated.read_line(line), type=simulated.Question))
                line.sendall(msgspec.json.encode(simulated.Answer(error="", state=state)) + b"\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield questions
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(60)


@pytest.fixture
def zhao(visitor: Visitor) -> Visitor:
    """赵敏, who shows the demonstration to guests."""
    visitor.signs_in("zhaomin")
    return visitor


def test_the_page_shows_what_the_hardware_shows(zhao: Visitor, asked: list[simulated.Question]) -> None:
    page = text_of(zhao.sees("/play"))
    assert "Archive node Sounder: on Lamp: off Cable: in Pull cable out" in page
    assert "Corridor door terminal 9 open · wire cut Close Mend wire" in page
    assert "张伟" in page
    assert page.count("This node does not run.") == 2
    assert 'href="/play"' in zhao.sees("/").text


@pytest.mark.parametrize(
    ("form", "question"),
    [
        ({"ask": "open", "point": "archive/corridor-door"}, simulated.Open(point="archive/corridor-door")),
        ({"ask": "mend", "point": "archive/corridor-door"}, simulated.Mend(point="archive/corridor-door")),
        ({"ask": "pull"}, simulated.Pull()),
        (
            {"ask": "badge", "reader": "archive/reader", "number": "01001A2B01"},
            simulated.Badge(reader="archive/reader", number="01001A2B01"),
        ),
    ],
)
def test_a_button_works_the_hardware(
    zhao: Visitor, asked: list[simulated.Question], form: dict[str, str], question: simulated.Question
) -> None:
    assert zhao.does("/play", node="archive-1", **form).headers["location"] == "/play"
    assert asked[0] == question


def test_a_button_holds_the_same_badge_there_twice(
    zhao: Visitor, asked: list[simulated.Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play_page, "SAME_BADGE_S", 0.0)
    zhao.does("/play", node="archive-1", ask="badge", reader="archive/reader", number="01001A2B01", again="1")
    assert asked == [simulated.Badge(reader="archive/reader", number="01001A2B01")] * 2


@pytest.mark.parametrize(("is_set", "shown"), [(True, "green red Set"), (False, "green red Unset")])
def test_a_reader_says_whether_its_area_is_set(
    zhao: Visitor, house: House, asked: list[simulated.Question], is_set: bool, shown: str
) -> None:
    assert "close up" not in text_of(zhao.sees("/play"))
    node = house.node("archive-1")
    node.sets("archive", 1)
    if not is_set:
        node.unsets("archive", 2)
    page = text_of(zhao.sees("/play"))
    assert f"Archive reader {shown}" in page
    assert "The same badge twice, to close up:" in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"node": "cipher-1", "ask": "pull"}, 409),
        ({"node": "../../etc/passwd", "ask": "pull"}, 404),
        ({"node": "archive-1", "ask": "explode"}, 400),
        ({"node": "archive-1", "ask": "badge", "reader": "archive/reader", "number": "no"}, 400),
    ],
)
def test_what_cannot_be_done_says_so(zhao: Visitor, house: House, form: dict[str, str], status: int) -> None:
    answer = zhao.does("/play", **form)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text


# ---------------------------------------------------------------- the telephones


@pytest.fixture
def modem(tmp_path: Path, house: House) -> Iterator[Modem]:
    """The demonstration's modem, as the hub has it, with everybody's telephone behind it."""
    with (
        Telephones(house.hub.layout.root / "sim"),
        Modem.open(str(modem_in(house.hub.layout.root / "sim")), 115_200) as modem,
    ):
        yield modem


def test_a_telephone_that_was_called_shows_the_message_and_answers(zhao: Visitor, modem: Modem) -> None:
    assert "No telephone has rung yet." in zhao.sees("/play").text
    modem.send("+8613800000003", "8号 紧急101 archive 03:14。回1确认", 8)
    page = zhao.sees("/play")
    assert "王芳 +8613800000003 8号 紧急101 archive 03:14。回1确认" in text_of(page)
    # What somebody is typing outlives the page's refreshing itself: htmx finds the field by a plain id.
    (field,) = re.findall(r'id="([^"]+)" hx-preserve', page.text)
    assert re.fullmatch(r"[a-z][\w-]+", field)
    zhao.does("/play/telephone", number="+8613800000003", text=" 1 ")
    texts = [message.text for _place, message in modem.fetch() if isinstance(message, Incoming)]
    assert texts == ["1"]


@pytest.mark.parametrize(("number", "text"), [("+8613800000003", ""), ("+8613800000003", "长" * 71), ("110; rm", "1")])
def test_what_is_no_short_message_is_not_sent(zhao: Visitor, modem: Modem, number: str, text: str) -> None:
    answer = zhao.does("/play/telephone", number=number, text=text)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert modem.fetch() == []


def test_without_telephones_the_page_is_as_it_was(zhao: Visitor) -> None:
    assert "Telephones" not in zhao.sees("/play").text
    assert zhao.does("/play/telephone", number="+8613800000003", text="1").status_code == 409
