"""A notice is sent by one worker, once; by another only when the first has died, and then it is known for a repeat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.core.state import Notice
from hub.notify.leases import Claim, Leases
from hub.store import session
from hub.store.tables import notice
from tests.support.hub import House, make_hub
from wire import messages as m

LEASE_MS = 60_000


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    settings = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
        settings = f'database = "{url}"\n\n[console]\nport = 8443\n'
    house = make_hub(tmp_path, settings=settings)
    house.fact(m.NotifyStarted(version="test", channels=("console", "sms", "email")), "notify")
    house.node("archive-1").says(m.Forced(point="archive/iron-gate"))
    return house


def queued(house: House) -> list[int]:
    with session.reading(house.database) as connection:
        rows = [Notice(**row._mapping) for row in connection.execute(notice.select())]
    return sorted(one.number for one in rows if one.channel == "sms" and one.state == "queued")


def test_two_people_are_to_be_told_and_each_worker_gets_one(house: House) -> None:
    first, second = (Leases(house.database, name) for name in ("one", "two"))
    claims = [one.claim("sms", house.clock(), LEASE_MS) for one in (first, second, first)]
    assert [claim.notice.number for claim in claims if claim] == queued(house)
    assert [claim.attempt for claim in claims if claim] == [1, 1]
    assert not any(claim.repeat for claim in claims if claim)


def test_many_workers_at_once_never_send_the_same_attempt(house: House) -> None:
    def work(name: int) -> list[Claim]:
        leases = Leases(house.database, f"worker-{name}")
        found = []
        while claim := leases.claim("sms", house.clock(), LEASE_MS):
            found.append(claim)
        return found

    with ThreadPoolExecutor(6) as pool:
        claims = [claim for found in pool.map(work, range(6)) for claim in found]
    assert sorted(claim.notice.number for claim in claims) == queued(house)


def test_who_dies_in_the_middle_is_followed_by_a_repeat_under_the_same_number(house: House) -> None:
    dead, other = Leases(house.database, "dead"), Leases(house.database, "other")
    claim = dead.claim("sms", house.clock(), LEASE_MS)
    assert claim is not None
    house.clock.forward(LEASE_MS / 1000 + 1)
    again = other.claim("sms", house.clock(), LEASE_MS)
    assert again is not None
    assert (again.notice.number, again.attempt, again.repeat) == (claim.notice.number, 2, True)


def test_after_a_restart_nobody_waits_for_a_lease_of_the_dead(house: House) -> None:
    claim = Leases(house.database, "dead").claim("sms", house.clock(), LEASE_MS)
    born = Leases(house.database, "born")
    born.take_over()
    again = born.claim("sms", house.clock(), LEASE_MS)
    assert claim is not None
    assert again is not None
    assert (again.notice.number, again.repeat) == (claim.notice.number, True)


def test_what_was_certainly_not_sent_is_tried_again_later_and_is_no_repeat(house: House) -> None:
    leases = Leases(house.database, "one")
    claim = leases.claim("sms", house.clock(), LEASE_MS)
    assert claim is not None
    leases.again(claim, house.clock() + 10_000)
    other = leases.claim("sms", house.clock(), LEASE_MS)
    assert other is not None
    assert other.notice.number != claim.notice.number, "it pauses, and the next has its turn"
    house.clock.forward(11)
    again = leases.claim("sms", house.clock(), LEASE_MS)
    assert again is not None
    assert (again.notice.number, again.attempt, again.repeat) == (claim.notice.number, 2, False)


def test_a_worker_whose_lease_has_run_out_frees_nothing_of_the_next(house: House) -> None:
    slow, quick = Leases(house.database, "slow"), Leases(house.database, "quick")
    late = slow.claim("sms", house.clock(), LEASE_MS)
    house.clock.forward(LEASE_MS / 1000 + 1)
    quick.claim("sms", house.clock(), LEASE_MS)
    quick.claim("sms", house.clock(), LEASE_MS)
    assert late is not None
    slow.done(late)
    assert Leases(house.database, "third").claim("sms", house.clock(), LEASE_MS) is None
