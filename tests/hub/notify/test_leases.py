"""A notice is sent by one worker, once; by another only when the first has died, and then it is known for a repeat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.core.state import Notice
from hub.notify.leases import Claim, Leases
from hub.notify.own_file import OwnFile
from wire import messages as m

LEASE_MS = 60_000
NOW = 1_800_000_000_000


def notice(number: int, channel: m.Channel = "sms") -> Notice:
    return Notice(
        number=number,
        call=1,
        alarms=(1,),
        step=0,
        round=0,
        channel=channel,
        person=1003,
        state="queued",
        queued_at=NOW,
        drill=False,
    )


QUEUED = [notice(1), notice(2)]


@pytest.fixture
def own(tmp_path: Path) -> OwnFile:
    return OwnFile(tmp_path / "notify" / "notify.db")


def claim(leases: Leases, now: int = NOW, queued: list[Notice] = QUEUED) -> Claim | None:
    return leases.claim("sms", queued, now, LEASE_MS)


def test_two_people_are_to_be_told_and_each_worker_gets_one(own: OwnFile) -> None:
    first, second = (Leases(own, name) for name in ("one", "two"))
    claims = [claim(one) for one in (first, second, first)]
    assert [one.notice.number for one in claims if one] == [1, 2]
    assert [one.attempt for one in claims if one] == [1, 1]
    assert not any(one.repeat for one in claims if one)


def test_many_workers_at_once_never_send_the_same_attempt(own: OwnFile) -> None:
    queued = [notice(number) for number in range(1, 20)]

    def work(name: int) -> list[Claim]:
        leases = Leases(own, f"worker-{name}")
        found = []
        while one := claim(leases, queued=queued):
            found.append(one)
        return found

    with ThreadPoolExecutor(6) as pool:
        claims = [one for found in pool.map(work, range(6)) for one in found]
    assert sorted(one.notice.number for one in claims) == list(range(1, 20))


def test_who_dies_in_the_middle_is_followed_by_a_repeat_under_the_same_number(own: OwnFile) -> None:
    assert claim(Leases(own, "dead"), queued=[notice(1)])
    again = claim(Leases(own, "other"), NOW + LEASE_MS + 1)
    assert again is not None
    assert (again.notice.number, again.attempt, again.repeat) == (1, 2, True)


def test_after_a_restart_nobody_waits_for_a_lease_of_the_dead(own: OwnFile) -> None:
    claim(Leases(own, "dead"))
    born = Leases(own, "born")
    born.take_over()
    again = claim(born)
    assert again is not None
    assert (again.notice.number, again.repeat) == (1, True)


def test_what_was_certainly_not_sent_is_tried_again_later_and_is_no_repeat(own: OwnFile) -> None:
    leases = Leases(own, "one")
    first = claim(leases)
    assert first is not None
    leases.again(first, NOW + 10_000)
    other = claim(leases)
    assert other is not None
    assert other.notice.number == 2, "it pauses, and the next has its turn"
    again = claim(leases, NOW + 11_000)
    assert again is not None
    assert (again.notice.number, again.attempt, again.repeat) == (1, 2, False)


def test_a_worker_whose_lease_has_run_out_settles_nothing_of_the_next(own: OwnFile) -> None:
    slow, quick = Leases(own, "slow"), Leases(own, "quick")
    late = claim(slow, queued=[notice(1)])
    assert late is not None
    assert claim(quick, NOW + LEASE_MS + 1, [notice(1)])
    slow.done(late)
    assert claim(Leases(own, "third"), NOW + 3 * LEASE_MS, [notice(1)])


def test_what_the_engine_has_not_heard_of_yet_is_not_sent_again(own: OwnFile) -> None:
    """It may be away for long: until then the notice is queued as far as the hub knows."""
    leases = Leases(own, "one")
    first = claim(leases, queued=[notice(1)])
    assert first is not None
    leases.done(first)
    leases.take_over()
    assert claim(leases, NOW + 90 * 86_400_000, [notice(1)]) is None


def test_a_number_that_the_hub_has_forgotten_and_gives_anew_is_another_notice(own: OwnFile) -> None:
    leases = Leases(own, "one")
    first = claim(leases, queued=[notice(1)])
    assert first is not None
    leases.done(first)
    claim(leases, queued=[notice(2)])
    again = claim(leases, queued=[notice(1)])
    assert again is not None
    assert (again.attempt, again.repeat) == (1, False)
