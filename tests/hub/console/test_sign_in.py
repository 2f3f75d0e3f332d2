"""Signing in: 王芳 and 周强 have the duty, 刘洋 is security officer, 赵敏 administrator, 孙丽 auditor."""

from __future__ import annotations

import time

import pytest
from argon2 import PasswordHasher

from hub.sign_in import passwords
from hub.sign_in.tries import (
    LATELY_MS,
    PER_LOGIN,
    PER_SEAT,
    PERIOD_MS,
    REMEMBERED,
    TELL_MS,
    WAIT_MS,
    Tries,
    UntoldTries,
)
from hub.store import queries
from hub.store.tables import account, session
from tests.hub.console.visitor import Visitor, text_of
from tests.support.door import OpenDoor
from tests.support.hub import PASSWORD, House
from wire import messages as m


def kinds(house: House) -> list[str]:
    rows = house.read(lambda connection: queries.journal(connection, limit=1000))
    return [row.kind for row in rows]


def failures(house: House) -> list[int]:
    rows = house.read(lambda connection: queries.journal(connection, kind="sign-in-failed"))
    return [row.message.data.count for row in rows]


def test_whoever_is_not_signed_in_is_sent_to_sign_in(visitor: Visitor) -> None:
    for path in ("/", "/alarms", "/alarms/1", "/access", "/areas", "/areas/archive", "/journal/0"):
        answer = visitor.sees(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=/")


def test_wang_fang_signs_in_and_sees_the_board(visitor: Visitor, house: House) -> None:
    answer = visitor.signs_in("wangfang")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "王芳" in visitor.sees("/").text
    (row,) = house.read(lambda connection: queries.journal(connection, kind="signed-in"))
    assert (row.person, row.name, row.author) == (1003, "王芳", "console")


def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(visitor: Visitor) -> None:
    cookie = visitor.signs_in("wangfang").headers["set-cookie"]
    assert cookie.startswith(visitor.cookie + "=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part.lower() in cookie.lower()
    assert "domain" not in cookie.lower()
    assert "max-age" not in cookie.lower()  # it ends with the browser


def test_what_is_stored_of_a_session_does_not_open_it(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    value = visitor.client.cookies[visitor.cookie]
    (row,) = house.read(lambda connection: connection.execute(session.select()).all())
    assert value not in str(row)
    visitor.client.cookies.clear()
    visitor.client.cookies.set(visitor.cookie, row.token)
    assert visitor.sees("/").status_code == 303


@pytest.mark.parametrize("login", ["wangfang", "nobody"])
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(visitor: Visitor, login: str) -> None:
    answer = visitor.signs_in(login, "wrong")
    assert answer.status_code == 403
    assert "Login or password is wrong." in text_of(answer)
    assert "set-cookie" not in answer.headers


def test_an_unknown_login_costs_as_much_time_as_a_known_one(visitor: Visitor, house: House) -> None:
    kept = passwords.hashed(PASSWORD)
    house.change(lambda connection: connection.execute(account.update().values(password=kept)))

    def seconds(login: str) -> float:
        began = time.process_time()
        visitor.signs_in(login, "wrong")
        return time.process_time() - began

    known, unknown = (min(seconds(login) for _ in range(3)) for login in ("wangfang", "nobody"))
    assert 0.4 < known / unknown < 2.5


def test_passwords_are_kept_as_argon2id_above_the_minimum_of_owasp() -> None:
    kept = passwords.hashed("a good long password")
    assert kept.startswith("$argon2id$")
    assert passwords.MEMORY_KIB >= 19 * 1024
    assert passwords.TIME_COST >= 2
    assert PasswordHasher().verify(kept, "a good long password")


def test_an_account_without_a_password_or_without_roles_lets_nobody_in(visitor: Visitor, house: House) -> None:
    zhou = account.c.login == "zhouqiang"
    house.change(lambda connection: connection.execute(account.update().where(zhou).values(roles=())))
    assert visitor.signs_in("zhouqiang").status_code == 403
    wang = account.c.login == "wangfang"
    house.change(lambda connection: connection.execute(account.update().where(wang).values(password="!")))
    assert visitor.signs_in("wangfang", "!").status_code == 403


def test_an_account_that_is_taken_away_ends_its_sessions(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    house.change(lambda connection: connection.execute(account.update().values(roles=())))
    assert visitor.sees("/").status_code == 303


def test_after_five_wrong_tries_even_the_right_password_waits(visitor: Visitor, house: House) -> None:
    for _ in range(PER_SEAT):
        assert visitor.signs_in("wangfang", "wrong").status_code == 403
    answer = visitor.signs_in("wangfang")
    assert answer.status_code == 429
    assert "Too many wrong tries. Wait 60 seconds" in text_of(answer)
    assert visitor.signs_in("zhouqiang").status_code == 303  # another login is not held up
    house.clock.forward(61)
    assert visitor.signs_in("wangfang").status_code == 303


def test_wrong_sign_ins_are_journalled_once_a_minute_with_their_number(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang", "wrong")
    visitor.signs_in("nobody", "wrong")
    visitor.signs_in("nobody", "wrong")
    assert failures(house) == [1]
    house.clock.forward(61)
    visitor.signs_in("zhouqiang", "wrong")
    assert failures(house) in ([1, 3], [1, 2])  # the minute may be over just before


def test_wrong_sign_ins_that_nobody_has_told_yet_are_told_at_the_end(
    visitor: Visitor, house: House, door: OpenDoor
) -> None:
    visitor.signs_in("wangfang", "wrong")
    visitor.signs_in("wangfang", "wrong")
    door.close()
    assert failures(house) == [1, 1]


def test_after_a_quarter_of_an_hour_the_board_stays_and_acting_wants_the_password(
    visitor: Visitor, house: House
) -> None:
    house.node("archive-1").says(m.Forced(point="archive/corridor-door"))
    visitor.signs_in("wangfang")
    token = visitor.token()
    house.clock.forward(15 * 60 + 1)
    assert "Nothing was done here for 15 minutes" in text_of(visitor.sees("/"))
    assert "Door forced" in text_of(visitor.sees("/alarms/1"))
    assert visitor.sees("/access").headers["location"] == "/unlock?next=/access"
    answer = visitor.sends("/alarms/1/acknowledge", {"csrf": token}, Referer="https://console.local/alarms/1")
    assert answer.headers["location"] == "/unlock?next=/alarms/1"
    assert "alarm-acknowledged" not in kinds(house)

    assert visitor.does("/unlock", password="wrong", next="/alarms/1").status_code == 403
    answer = visitor.does("/unlock", password=PASSWORD, next="/alarms/1")
    assert answer.headers["location"] == "/alarms/1"
    assert visitor.does("/alarms/1/acknowledge").status_code == 303
    assert "alarm-acknowledged" in kinds(house)


def test_for_an_auditor_nothing_stays_open_after_a_quarter_of_an_hour(visitor: Visitor, house: House) -> None:
    visitor.signs_in("sunli")
    house.clock.forward(15 * 60 + 1)
    assert visitor.sees("/").headers["location"] == "/unlock?next=/"


def test_what_a_page_does_by_itself_is_nothing_that_anybody_has_done(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    for _ in range(16):
        house.clock.forward(60)
        assert visitor.sees("/?live=1", **{"HX-Request": "true"}).status_code == 200
        visitor.sees("/calls?live=1")
    assert visitor.sees("/access").headers["location"] == "/unlock?next=/access"


def test_whoever_does_something_is_not_asked_again(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    for _ in range(6):
        house.clock.forward(10 * 60)
        assert visitor.sees("/access").status_code == 200


def test_after_twelve_hours_the_shift_is_over(visitor: Visitor, house: House) -> None:
    visitor.signs_in("wangfang")
    for _ in range(12 * 6):
        house.clock.forward(600)
        visitor.sees("/access")
    house.clock.forward(1)
    assert visitor.sees("/").headers["location"] == "/sign-in?next=/"


def test_signing_out_ends_the_session_also_for_whoever_has_kept_the_cookie(visitor: Visitor) -> None:
    visitor.signs_in("wangfang")
    value = visitor.client.cookies[visitor.cookie]
    assert visitor.does("/sign-out").headers["location"] == "/sign-in?lang=en"
    visitor.client.cookies.clear()
    visitor.client.cookies.set(visitor.cookie, value)
    assert visitor.sees("/").status_code == 303


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_nobody_is_sent_elsewhere_after_signing_in(visitor: Visitor, path: str) -> None:
    assert visitor.signs_in("wangfang", next=path).headers["location"] == "/"


def test_the_language_is_chosen_before_and_after_signing_in(visitor: Visitor) -> None:
    assert "值班控制台" in visitor.sees("/sign-in").text  # Chinese is the default
    assert "Duty console" in visitor.sees("/sign-in?lang=en").text
    visitor.signs_in("wangfang", language="en")
    assert '<html lang="en">' in visitor.sees("/").text
    visitor.does("/language", lang="zh", next="/areas")
    assert '<html lang="zh-CN">' in visitor.sees("/").text


# ---------------------------------------------------------------- counting, without a console


def test_many_tries_at_the_same_time_do_not_slip_through() -> None:
    tries = Tries()
    allowed = 0
    for _ in range(100):  # none of them has been answered yet
        if not tries.wait("wangfang", "10.0.0.9", 1000):
            tries.begin("wangfang", "10.0.0.9", 1000)
            allowed += 1
    assert allowed == PER_SEAT


def test_nobody_locks_the_duty_officer_out_from_another_machine() -> None:
    tries = Tries()
    for _ in range(PER_SEAT):
        tries.begin("wangfang", "10.0.0.9", 1000)
    assert tries.wait("wangfang", "10.0.0.9", 1000) == WAIT_MS
    assert tries.wait("wangfang", "10.0.0.5", 1000) == 0
    for number in range(PER_LOGIN):
        tries.begin("wangfang", f"10.0.1.{number}", 1000)
    assert tries.wait("wangfang", "10.0.0.5", 1000) == WAIT_MS  # from everywhere at once is an attack


def test_wrong_tries_are_forgotten_in_time_and_memory_is_bounded() -> None:
    tries = Tries()
    for _ in range(PER_SEAT):
        tries.begin("wangfang", "a", 1000)
    tries.begin("wangfang", "a", 1000 + PERIOD_MS + 1)
    assert tries.wait("wangfang", "a", 1000 + PERIOD_MS + 1) == 0
    for number in range(REMEMBERED * 2):
        tries.begin(f"login-{number}", f"{number}", 2000)
    assert len(tries._wrong) <= REMEMBERED


def test_a_right_try_ends_the_row() -> None:
    tries = Tries()
    for _ in range(2):
        for _ in range(PER_SEAT):
            assert tries.wait("wangfang", "a", 1000) == 0
            tries.begin("wangfang", "a", 1000)
        tries.right("wangfang", "a", 1000)


def test_the_journal_hears_of_failures_at_most_once_a_minute() -> None:
    untold_tries = UntoldTries()
    assert untold_tries.due(0) == 0
    untold_tries.add()
    assert untold_tries.due(0) == 1, "and as long as it could not be journalled"
    assert untold_tries.due(1) == 1
    untold_tries.told(1, 0)
    untold_tries.add()
    untold_tries.add()
    assert untold_tries.due(TELL_MS - 1) == 0
    assert untold_tries.due(TELL_MS) == 2
    untold_tries.told(2, TELL_MS)
    assert untold_tries.due(TELL_MS * 2) == 0


def test_wrong_tries_from_elsewhere_keep_nobody_from_the_seat_where_he_signs_in() -> None:
    tries, now = Tries(), 1_000_000_000
    tries.begin("wangfang", "10.0.0.5", now)
    tries.right("wangfang", "10.0.0.5", now)
    for hour in range(24):
        for number in range(PER_LOGIN):  # one machine with four addresses, day and night
            tries.begin("wangfang", f"10.0.1.{number % 4}", now + hour * 3_600_000)
        assert tries.wait("wangfang", "10.0.0.5", now + hour * 3_600_000) == 0
        assert tries.wait("wangfang", "10.0.0.6", now + hour * 3_600_000) == WAIT_MS  # another seat of hers waits
        assert tries.wait("zhouqiang", "10.0.0.5", now + hour * 3_600_000) == 0


def test_at_a_known_seat_too_wrong_tries_wait_and_one_is_not_known_for_ever() -> None:
    tries, now = Tries(), 1_000_000_000
    tries.right("wangfang", "10.0.0.5", now)
    for _ in range(PER_SEAT):
        tries.begin("wangfang", "10.0.0.5", now)
    assert tries.wait("wangfang", "10.0.0.5", now) == WAIT_MS
    late = now + LATELY_MS
    for number in range(PER_LOGIN):
        tries.begin("wangfang", f"10.0.1.{number}", late)
    assert tries.wait("wangfang", "10.0.0.5", late) == WAIT_MS
    for number in range(REMEMBERED + 10):
        tries.right(f"login-{number}", "a", now)
    assert len(tries._right) == REMEMBERED
