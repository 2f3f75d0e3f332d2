"""An ordinary day and night of the archive: unset by those who open it, set by whoever leaves last, and what is opened
while it is set."""

from __future__ import annotations

from demo.story import before
from demo.story.answering import WANG, found_by_one, rings
from demo.story.teller import Teller
from hub.core.calendar import area_hours
from hub.core.state import Alarm, Guarded
from hub.site_directory.hub import wall_ms
from hub.store.queries import JournalRow
from wire import messages as m
from wire import moments

ZHANG, LI = 1001, 1002
"""Zhang Wei keeps the archive and Li Na the cipher room; each of them may open either."""
READER = "archive/reader"
WINDOW = "archive/security-window"


def is_set(teller: Teller, area: str) -> bool:
    """Whether it is, as its node has told."""
    known = teller.state().find(Guarded, area)
    return known is not None and known.state == "set"


# ---------------------------------------------------------------- the day


def all_is_set(teller: Teller) -> None:
    """Nobody has told the nodes otherwise. What an earlier telling has left unset is closed up."""
    areas = [area.name for area in teller.look()[1].area]
    teller.wait(lambda: all(teller.state().find(Guarded, area) for area in areas))
    unset = [area for area in areas if not is_set(teller, area)]
    if unset:
        teller.says("An earlier telling has left rooms unset: whoever keeps them closes up, which takes thirty seconds")
    closing = {area: closes_up(teller, area, teller.look()[1].areas[area].keeper or ZHANG) for area in unset}
    for area, after in closing.items():
        teller.wait_for("area-set", area, after)
    teller.expect("every room is set until somebody unsets it", all(is_set(teller, area) for area in areas))


def too_early(teller: Teller) -> None:
    """Whoever may enter a room does not therefore open it up."""
    teller.says("Morning. Wang Fang, a duty officer, is at the archive before anybody who opens it up")
    after = teller.now()
    teller.badge(READER, WANG)
    reason = getattr(_data(teller.wait_for("denied", READER, after)), "reason", "")
    teller.expect("she may enter it, and is refused while it is set", reason == "set", reason)


def opens_up(teller: Teller, area: str, person: int, second: int) -> None:
    """Somebody unsets it, and is let in; at an hour at which that takes two, the second one's badge is shown first."""
    state, site = teller.look()
    wall = wall_ms()
    within = area_hours.hour(state, site, area, wall) == "in"
    hours = "within its hours, so it takes one badge" if within else "outside its hours, so it takes the badges of two"
    teller.shows(f"no clock was moved: for this site it is {moments.at(wall, site.zone):%A %H:%M}, {hours}")
    after = teller.now()
    if not within:
        teller.badge(f"{area}/reader", second)
        teller.wait_for("first-of-two", f"{area}/reader", after)
    teller.badge(f"{area}/reader", person)
    unset = teller.wait_for("area-unset", area, after)
    granted = teller.wait_for("granted", f"{area}/reader", after)
    by = getattr(_data(unset), "by", "")
    teller.expect(f"the {area} is unset, and {teller.person(person)} is let in", unset and granted, by)


def goes_in(teller: Teller, area: str) -> None:
    """Whoever was let in goes through the doors: if nobody did, it would be set again."""
    before.opens_and_closes(teller, [f"{area}/{door}" for door in teller.look()[1].areas[area].doors])


# ---------------------------------------------------------------- the evening


def forgets_the_window(teller: Teller) -> None:
    """What is open cannot be set."""
    teller.says("Evening. Zhang Wei leaves last and shows his badge twice, but he has forgotten the window")
    after = teller.now()
    teller.opens(WINDOW)
    teller.wait_for("level", WINDOW, after)
    if teller.raised("set-refused", "archive", lambda: _twice(teller, "archive", ZHANG)):
        teller.delays.pop()
    points = getattr(_data(teller.wait_for("set-refused", "archive", after)), "points", ())
    teller.expect("it is not set, and what is open is named", points == (WINDOW,), ", ".join(points))


def closes_up(teller: Teller, area: str, person: int) -> int:
    """The badge twice. The index of the entry from which on the node counts; 30 s later it is set."""
    after = teller.now()
    _twice(teller, area, person)
    row = teller.wait_for("setting", f"{area}/reader", after)
    return row.index if row else after


def shuts_the_window(teller: Teller) -> int:
    """Then it can. The index of the entry from which on the node counts."""
    teller.says("He shuts it, and shows his badge twice again: in thirty seconds it will be set")
    after = teller.now()
    teller.closes(WINDOW)
    teller.wait_for("level", WINDOW, after)
    closing = closes_up(teller, "archive", ZHANG)
    teller.shows("they are as long here as anywhere, so the story does not wait for them")
    return closing


def was_set(teller: Teller, closing: int) -> None:
    """Once the thirty seconds are over. `closing`: the entry with which they began."""
    done = teller.wait_for("area-set", "archive", closing)
    begun = teller.wait_for("setting", READER, closing - 1)
    seconds = (done.said_time - begun.said_time) / 1000 if done and begun else 0.0
    teller.expect("meanwhile the archive was set", done, f"{seconds:.1f} s after the second badge, by its node's clock")
    settled = teller.wait(lambda: not any(one.open for one in teller.state().all(Alarm) if one.what == "set-refused"))
    teller.expect("with that the window is forgotten", settled)


def _twice(teller: Teller, area: str, person: int) -> None:
    for _ in range(2):
        teller.badge(f"{area}/reader", person)


# ---------------------------------------------------------------- the night


def night(teller: Teller) -> None:
    """What is opened while it is set calls people, is attended, and unsets nothing."""
    teller.says("Night, and nobody is about. Somebody breaks the window of the archive, which is set and not sealed")
    broken = wall_ms()
    alarm = teller.raised("opened-while-set", WINDOW, lambda: teller.opens(WINDOW))
    seen = f"{teller.delays[-1]:.2f} s after the contact, priority {alarm.priority}" if alarm else ""
    teller.expect("there is an alarm", alarm, seen)
    teller.expect("the node sounds by itself", teller.wait(lambda: teller.hardware("archive-1").sounder))
    if alarm is None:
        return
    rings(teller, WANG, broken)
    teller.says("Wang Fang answers from her telephone, goes there, and shows her badge")
    teller.replies(WANG, "1")
    taken = teller.wait(lambda: teller.alarm(alarm.number).acknowledged_by == WANG)
    teller.expect("she has taken it on", taken, teller.alarm(alarm.number).acknowledged_via or "")
    teller.closes(WINDOW)
    teller.wait(lambda: not teller.alarm(alarm.number).active)
    teller.badge(READER, WANG)
    there = teller.wait(lambda: teller.alarm(alarm.number).attended_by == WANG)
    quiet = teller.wait(lambda: not teller.hardware("archive-1").sounder)
    teller.expect("somebody is on record at the door, and the sounder is quiet", there and quiet)
    found_by_one(teller, alarm, "intrusion", "防盗窗被撬，无人进入，已报告")
    teller.says("Then its node is killed")
    after = teller.now()
    teller.kills("archive-1")
    teller.wait(lambda: _told_at_start(teller, "archive-1", after))
    told = ", ".join(f"{one.area} {one.state}" for one in _told_at_start(teller, "archive-1", after))
    teller.expect("it is back by itself, and the archive is set as before", told == "archive set", told)


def _told_at_start(teller: Teller, node: str, after: int) -> tuple[m.GuardedArea, ...]:
    said = [row.data for row in teller.entries(after) if row.author == node]
    return next((one.guards for one in said if isinstance(one, m.Started)), ())


def _data(row: JournalRow | None) -> m.Data | None:
    return row.data if row else None
