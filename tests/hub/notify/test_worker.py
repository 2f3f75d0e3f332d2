"""One worker: it gives up in the end, it does not send twice what the engine has not heard of, and goes on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from hub.core.state import Notice
from hub.notify import worker as worker_module
from hub.notify.channels.channel import Handed, Letter, Told, Unsent
from hub.notify.hub_access import HubAccess, Own
from hub.notify.worker import ATTEMPTS, Worker
from hub.store import session
from hub.store.tables import notice
from tests.hub.notify.conftest import make_access
from tests.support.door import OpenDoor, open_door
from tests.support.hub import House
from wire import messages as m


class Post:
    """A channel that does what it is told with each letter."""

    name: m.Channel = "sms"
    lease_s = 60

    def __init__(self, *does: BaseException | None) -> None:
        self._does = list(does)
        self.sent: list[int] = []

    def send(self, letter: Letter) -> Handed:
        self.sent.append(letter.notice.number)
        does = self._does.pop(0) if self._does else None
        if does:
            raise does
        return Handed()

    def test(self) -> str:
        return "works"

    def turn(self, hub: Told, help_wanted: bool) -> None:
        pass

    def close(self) -> None:
        pass


def notices(house: House) -> list[Notice]:
    with session.reading(house.database) as connection:
        return [Notice(**row._mapping) for row in connection.execute(notice.select().order_by(notice.c.number))]


def one_notice(house: House) -> Notice:
    """The first of two short messages; the other is out of the way."""
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    first, *others = [one for one in notices(house) if one.channel == "sms" and one.state == "queued"]
    for other in others:
        house.fact(m.NoticeFailed(notice=other.number, attempt=1, detail="out of the way"), "notify")
    return first


def state_of(house: House, number: int) -> Notice:
    return next(one for one in notices(house) if one.number == number)


def test_a_letter_that_is_never_taken_fails_after_three_attempts(house: House, access: HubAccess) -> None:
    wanted = one_notice(house)
    post = Post(*[Unsent("no network") for _ in range(9)])
    worker = Worker(post, lambda _: access, house.clock)
    for _ in range(9):
        worker.send_next(access)
        house.clock.forward(31)
    assert post.sent.count(wanted.number) == ATTEMPTS == 3
    assert (state_of(house, wanted.number).state, state_of(house, wanted.number).detail) == ("failed", "no network")


def test_a_letter_over_which_every_worker_dies_is_given_up_and_does_not_hold_up_the_next(
    house: House, own: Own
) -> None:
    wanted = one_notice(house)
    for name in range(ATTEMPTS):
        dying = make_access(house, own, f"dying-{name}")
        with pytest.raises(SystemExit):
            Worker(Post(SystemExit()), lambda _: dying, house.clock).send_next(dying)  # noqa: B023
        dying.close()
        house.clock.forward(61)
    access, post = make_access(house, own, "next"), Post()
    assert Worker(post, lambda _: access, house.clock).send_next(access)
    assert post.sent == []
    assert state_of(house, wanted.number).state == "failed"
    access.close()


def test_what_was_sent_while_another_process_holds_the_database_is_not_sent_again(
    house: House, access: HubAccess, door: OpenDoor
) -> None:
    wanted = one_notice(house)
    door.close()  # the engine waits for the other as well
    other = create_engine(house.database.url)
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        post = Post()
        worker = Worker(post, lambda _: access, house.clock)
        while worker.send_next(access):
            pass
        house.clock.forward(3600)
        assert not worker.send_next(access)
        assert post.sent.count(wanted.number) == 1
    with open_door(house):
        access.say(m.AnswersRefused(channel="sms", reason="unreadable", count=1))  # so that it is told now
    told = state_of(house, wanted.number)
    assert told.state == "handed"
    assert told.handed_at == house.clock() - 3_600_000, "when it was, and not when the engine heard of it"


def test_a_worker_tells_no_channel_from_another() -> None:
    """A new channel is one file, and no branch anywhere."""
    tree = ast.parse(Path(worker_module.__file__).read_text("utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {one for one in modules if one.startswith(("hub.notify.channels", "hub.notify.sms"))} == {
        "hub.notify.channels.channel"
    }
