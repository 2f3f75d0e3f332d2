"""Who is told by a rung of a ladder, and what became of each notice, channel by channel."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.alarms import life as alarm_life
from hub.core.alarms.ladders import PERSONAL, Ladder, Rung, Whom
from hub.core.calling import roster
from hub.core.countdown import Countdown, Span
from hub.core.sealing import area as area_sealing
from hub.core.site import where
from hub.core.site.document import Site
from hub.core.state import Alarm, Area, Call, ChannelRow, Entry, Notice, State
from wire import messages as m

OVERDUE_MS = 60_000
"""A notice that is still queued after this long is overdue: no worker has taken it."""
REPORT_MS = 3_600_000 + 300_000
"""The network gives a short message up after an hour; its report should be there soon after."""
UNUSED_MS = 25 * 3_600_000
"""A channel without success for this long is a trouble; each is tested every day."""

Target = tuple[m.Channel, int | None]
Facts = Iterator[m.FactData]


def place(channel: str) -> str:
    """Where a trouble of a channel is."""
    return where.of_hub(channel)


def site_sealing(state: State) -> int | None:
    """The number of a sealing that a fault of the whole hub concerns, if anything is sealed."""
    numbers = [area.sealing for area in state.all(Area) if area_sealing.guarded(area)]
    return min(numbers) if numbers else None


# ---------------------------------------------------------------- who is told


def targets(state: State, site: Site, ladder: Ladder, move: m.CallMoved, now: int) -> list[Target]:
    """The channels and people to notify when a call moves to a rung, each once."""
    used: set[m.Channel] = {"console", *(row.name for row in state.all(ChannelRow) if row.used)}
    if move.why == "more-lines":
        rungs = ladder.rungs if move.round else ladder.rungs[: move.step + 1]
    else:
        rungs = ladder.rungs if move.round else ladder.rungs[move.step : move.step + 1]
    found: dict[Target, None] = {}
    areas = _areas(state, move.call)
    for rung in rungs:
        first = rung is ladder.rungs[0]
        # Everybody's channels go on by themselves until somebody answers: they are not told again.
        if not move.round:
            found.update(((channel, None), None) for channel in rung.by if channel not in PERSONAL and channel in used)
        personal = _personal(rung, used)
        for person in _people(state, site, rung, ladder.least if first else 0, now, areas) if personal else ():
            found.update(((channel, person), None) for channel in personal)
    return list(found)


def _personal(rung: Rung, used: set[m.Channel]) -> list[m.Channel]:
    by = [channel for channel in rung.by if channel in PERSONAL and channel in used]
    return by or [channel for channel in PERSONAL if channel in used][:1]


def _areas(state: State, number: int) -> tuple[str, ...]:
    """The areas that a call is about."""
    call = state.find(Call, number)
    lines = [state.find(Alarm, alarm) for alarm in call.alarms] if call else []
    return tuple(dict.fromkeys(line.area for line in lines if line is not None and line.area is not None))


def _people(state: State, site: Site, rung: Rung, least: int, now: int, areas: tuple[str, ...]) -> list[int]:
    found = dict.fromkeys(person for whom in rung.whom for person in people(state, site, whom, now, areas))
    if rung.whom:
        spare: tuple[Whom, ...] = ("stand-in", "supervisor", "security")
        others = [one for whom in spare for one in people(state, site, whom, now)]
        for person in (*others, *roster.in_role(site, "duty")):
            if len(found) >= least:
                break
            found[person] = None
    return list(found)


def people(state: State, site: Site, whom: Whom, now: int, areas: tuple[str, ...] = ()) -> tuple[int, ...]:
    """The people whom `whom` means at the wall time `now`, about something in these areas. Where an area has no keeper
    it is the officer on duty."""
    if whom == "keeper":
        keepers = [site.areas[area].keeper for area in areas if area in site.areas]
        known = tuple(dict.fromkeys(one for one in keepers if one is not None and one in site.cardholders))
        return known or people(state, site, "duty", now)
    on_duty = roster.on_duty(state, site, now)
    if whom == "duty":
        return on_duty.people
    if whom == "stand-in":
        return on_duty.stand_ins
    if whom == "supervisor" and site.supervisor is not None and site.supervisor in site.cardholders:
        return (site.supervisor,)
    return roster.in_role(site, "administrator" if whom == "administrator" else "security")


# ---------------------------------------------------------------- what follows from what became of notices


def failed(state: State, site: Site, entry: Entry, data: m.NoticeFailed | m.NoticeOverdue | m.CalledMeanwhile) -> Facts:
    """Raise a trouble for a notice that failed, unless the notice was itself about that trouble."""
    notice = state.find(Notice, data.notice)
    if notice is None or alarm_life.find(state, "notice-not-delivered", place(notice.channel)):
        return
    about = [state.find(Alarm, number) for number in notice.alarms]
    wanted = [one for one in about if one is not None and one.unacknowledged]
    if all(one.what in ("notice-not-delivered", "channel-failed") for one in wanted):
        return  # also when somebody has answered meanwhile
    cause = alarm_life.Cause("notice-not-delivered", place(notice.channel), None, site_sealing(state), entry.time)
    yield alarm_life.raise_for(state, cause, entry)


def failed_meanwhile(state: State, site: Site, entry: Entry, data: m.CalledMeanwhile) -> Facts:
    """The same of one that could not be handed over while the engine was silent."""
    if data.failed:
        yield from failed(state, site, entry, data)


def shown(state: State, site: Site, entry: Entry, data: m.AlarmShown) -> Facts:
    """A console notice has done its work when each of its lines was on a page."""
    for notice in [one for one in state.all(Notice) if one.channel == "console" and one.state == "queued"]:
        lines = [state.find(Alarm, number) for number in notice.alarms]
        if data.alarm in notice.alarms and all(line is None or line.shown_at is not None for line in lines):
            yield m.NoticeHanded(notice=notice.number, attempt=1, repeat=False, awaits=False)


def worked(state: State, entry: Entry, channel: m.Channel) -> Facts:
    """Note the channel's success and end its trouble."""
    yield from alarm_life.return_for(state, "channel-failed", place(channel), entry)


def channel_failed(state: State, site: Site, entry: Entry, data: m.ChannelFailed) -> Facts:
    """Raise the trouble of a channel without success for 25 hours."""
    cause = alarm_life.Cause("channel-failed", place(data.channel), None, site_sealing(state), data.since)
    yield alarm_life.raise_for(state, cause, entry)


def engine_silent(state: State, site: Site, entry: Entry, data: m.EngineSilent) -> Facts:
    """That the engine was silent: whoever was to be called for it was called before the engine could say so."""
    cause = alarm_life.Cause("engine-silent", "hub", None, site_sealing(state), data.since)
    yield alarm_life.raise_for(state, cause, entry)


def engine_back(state: State, site: Site, entry: Entry, data: m.EngineBack) -> Facts:
    """The engine is there again."""
    yield from alarm_life.return_for(state, "engine-silent", "hub", entry)


def drill(state: State, site: Site, entry: Entry, data: m.DrillStarted) -> Facts:
    """Raise a drill alarm, which walks the real ladder."""
    yield alarm_life.raise_for(state, alarm_life.Cause("drill", data.area, data.area, None, entry.time), entry)


# ---------------------------------------------------------------- what falls due


class NoticeTimeouts:
    """Notices that nobody sends, reports that do not come, channels that have not worked for long."""

    def __init__(self) -> None:
        self._running: Countdown[tuple[str, int | str]] = Countdown()

    def due(self, state: State, now: int, mono: int) -> Facts:
        """What is to be said at the hub's wall time `now`, which is `mono` on the monotonic clock, both in ms."""
        running: dict[tuple[str, int | str], Span] = {}
        for notice in state.all(Notice):
            if notice.state == "queued" and notice.channel != "console" and not notice.overdue:
                running["queued", notice.number] = Span(notice.queued_at, notice.queued_at + OVERDUE_MS)
            elif notice.state == "handed" and notice.awaits and notice.handed_at is not None:
                running["handed", notice.number] = Span(notice.handed_at, notice.handed_at + REPORT_MS)
        # But not the console, which works only while somebody looks at it.
        for channel in state.all(ChannelRow):
            if channel.used and channel.name != "console":
                since = max(channel.since, channel.worked_at or 0)
                running["unused", channel.name] = Span(since, since + UNUSED_MS)
        for what, which in self._running.over(running, now, mono):
            if what == "unused":
                row = state.find(ChannelRow, which)
                if row is not None and not alarm_life.find(state, "channel-failed", place(row.name)):
                    yield m.ChannelFailed(channel=row.name, since=max(row.since, row.worked_at or 0))
                continue
            late = state.find(Notice, which)
            if late is not None and what == "queued":
                yield m.NoticeOverdue(notice=late.number, channel=late.channel)
            elif late is not None:
                yield m.NoticeFailed(notice=late.number, attempt=late.attempt, detail="no report of its delivery")
