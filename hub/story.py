"""The story: a whole holiday at speed, played on the simulated hardware of a running demonstration, and checked.

It works as people do: hands at doors, badges at readers, a duty officer at the command line.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from hub.core.requests import Actor
from hub.core.state import Alarm, Life, State
from hub.parts import Hub, open_hub
from hub.site_names import Names
from hub.store import queries, session
from hub.store.queries import JournalRow
from wire import messages as m
from wire import simulation as sim

Ended = Callable[[], bool]
PATIENCE_S = 60.0
POLL_S = 0.05

ZHANG, LI, WANG, CHEN = 1001, 1002, 1003, 1004
"""Custodians Zhang and Li, duty officer Wang, clerk Chen: cardholders of the demonstration site."""
DUTY = Actor("admin", WANG, frozenset({"duty"}))


class Expectation(NamedTuple):
    """What was expected, whether it held, and what was seen."""

    sentence: str
    held: bool
    seen: str


class Story:
    """One telling. Every expectation is kept, and the first that fails does not end it."""

    def __init__(self, directory: Path, ended: Ended) -> None:
        self._hub: Hub = open_hub(directory)
        self._database = self._hub.database()
        self._service = self._hub.service("admin")
        self._names = Names.read(directory / "site.toml")
        self._sockets = directory / "sim"
        self._ended = ended
        self._console = Console(highlight=False)
        self._step = 0
        self.expectations: list[Expectation] = []
        self.delays: list[float] = []

    # ------------------------------------------------------------ telling

    def says(self, line: str) -> None:
        """Print a step."""
        self._step += 1
        self._console.print(f"[bold]{self._step:2}[/bold]  {line}")

    def expect(self, sentence: str, held: bool, seen: object = "") -> None:
        """Note whether something held."""
        self.expectations.append(Expectation(sentence, held, str(seen)))
        self._console.print(f"      {'[green]✓[/green]' if held else '[red]✗[/red]'} {sentence} [dim]{seen}[/dim]")

    # ------------------------------------------------------------ hands and badges

    def hand(self, question: sim.Question, node: str) -> None:
        """Do something to the hardware of a node."""
        answer = sim.send(self._sockets / f"{node}.sock", question)
        if answer.error:
            raise StoryError(f"{node}: {answer.error}")

    def opens(self, place: str) -> None:
        """Somebody opens this."""
        self.hand(sim.Open(place), self._names.places[place])

    def closes(self, place: str) -> None:
        """Somebody closes this."""
        self.hand(sim.Close(place), self._names.places[place])

    def badge(self, reader: str, person: int) -> None:
        """Somebody holds a badge to a reader."""
        self.hand(sim.Badge(reader, self._names.badges[person]), self._names.places[reader])

    def hardware(self, node: str) -> sim.NodeState:
        """What a node's hardware shows."""
        state = sim.send(self._sockets / f"{node}.sock", sim.State()).state
        if state is None:
            raise StoryError(f"{node} shows nothing")
        return state

    # ------------------------------------------------------------ the hub's side

    def state(self) -> State:
        """The hub's state as it stands."""
        return self._service.look()[0]

    def size(self) -> int:
        """How many entries the journal has."""
        with session.reading(self._database) as connection:
            return queries.size(connection)

    def entries(self, after: int = -1) -> list[JournalRow]:
        """Entries after an index, all of them."""
        found: list[JournalRow] = []
        with session.reading(self._database) as connection:
            while rows := queries.journal(connection, after, 1000):
                found += rows
                after = rows[-1].index
        return found

    def wait(self, condition: Callable[[], object]) -> bool:
        """Wait until something is so; False when it does not become so in time."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if self._ended():
                raise StoryError("stopped")
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True

    def wait_for(self, kind: str, place: str, after: int) -> JournalRow | None:
        """The first entry of that kind about that place after an index, once it is there."""
        found: list[JournalRow] = []

        def there() -> bool:
            with session.reading(self._database) as connection:
                found[:] = queries.journal(connection, after, 1, kind=kind, place=place)
            return bool(found)

        return found[0] if self.wait(there) else None

    def alarm(self, what: str, place: str) -> Alarm | None:
        """The open alarm of that kind at that place, once it is there."""

        def found() -> Alarm | None:
            return next(
                (one for one in self.state().all(Alarm) if one.open and (one.what, one.place) == (what, place)), None
            )

        return found() if self.wait(found) else None

    def asks(self, request: m.FactData) -> None:
        """The duty officer asks for something."""
        self._service.act(DUTY, request)

    def ceremony(self, area: str, purpose: str, people: tuple[int, ...]) -> None:
        """Order a ceremony and show badges, each once the reader is ready for it."""
        after = self.size() - 1
        self.asks(m.SealingOrdered(sealing=0, area=area, purpose="seal" if purpose == "seal" else "unseal"))
        node = self._names.places[f"{area}/reader"]
        self.wait(lambda: self._done(node, f"ceremony/{area}", after))
        for person in people:
            before = self.size() - 1
            self.badge(f"{area}/reader", person)
            self.wait_for("sealing-badge", area, before)

    def _done(self, node: str, what: str, after: int) -> bool:
        with session.reading(self._database) as connection:
            rows = queries.journal(connection, after, 100, kind="order-done", node=node)
        kind = what.split("/")[0]
        return any(isinstance(row.message.data, m.OrderDone) and row.message.data.what == kind for row in rows)


class StoryError(Exception):
    """The story cannot go on."""


def play(directory: Path, ended: Ended) -> int:
    """Play it. Exit code 0 when every expectation held."""
    story = Story(directory, ended)
    try:
        for chapter in CHAPTERS:
            chapter(story)
    except (StoryError, sim.NotThere) as error:
        story.expect("the story came to its end", held=False, seen=error)
    return _summary(story)


# ---------------------------------------------------------------- chapters


def _opening_hours(story: Story) -> None:
    story.says("The nodes come up, get their plan and their access list")
    ready = story.wait(lambda: all(_ready(story, life.node) for life in story.state().all(Life)))
    story.expect("every node holds its plan", ready)


def _ready(story: Story, node: str) -> bool:
    try:
        return story.hardware(node).plan > 0
    except sim.NotThere:
        return False


def _a_day_at_the_archive(story: Story) -> None:
    story.says("Zhang Wei shows his badge at the archive and goes through three doors in turn")
    after = story.size() - 1
    story.badge("archive/reader", ZHANG)
    story.expect("he is let in", story.wait_for("granted", "archive/reader", after) is not None)
    for door in ("corridor-door", "iron-gate", "security-door"):
        story.opens(f"archive/{door}")
        story.wait_for("level", f"archive/{door}", after)
    story.expect("he is in the archive", story.wait_for("entered", "archive", after) is not None)
    for door in ("security-door", "iron-gate", "corridor-door"):
        before = story.size() - 1
        story.closes(f"archive/{door}")
        story.wait_for("level", f"archive/{door}", before)
    story.says("Chen Jie, who has no right to it, tries as well")
    after = story.size() - 1
    story.badge("archive/reader", CHEN)
    denied = story.wait_for("denied", "archive/reader", after)
    story.expect("he is refused, and the reason is on record", denied is not None, _reason(denied))
    story.says("Zhang Wei leaves")
    after = story.size() - 1
    for door in ("security-door", "iron-gate", "corridor-door"):
        story.opens(f"archive/{door}")
        story.wait_for("level", f"archive/{door}", after)
    left = story.wait_for("left", "archive", after)
    story.expect("that is leaving, not a forced door", left is not None and not _alarms(story))
    for door in ("corridor-door", "iron-gate", "security-door"):
        before = story.size() - 1
        story.closes(f"archive/{door}")
        story.wait_for("level", f"archive/{door}", before)


def _reason(row: JournalRow | None) -> str:
    return getattr(row.message.data, "reason", "") if row else ""


def _alarms(story: Story) -> list[Alarm]:
    return [alarm for alarm in story.state().all(Alarm) if alarm.open and alarm.klass != "trouble"]


def _sealing(story: Story) -> None:
    for area in ("archive", "cipher-room"):
        story.says(f"Before the holiday: the {area} is sealed by two people")
        if area == "archive":
            story.ceremony(area, "seal", (ZHANG, ZHANG))
            counted = story.state().area(area)
            story.expect("one person twice does not count as two", counted.state == "seal-ceremony", counted.state)
            before = story.size() - 1
            story.badge("archive/reader", WANG)
            story.wait_for("sealing-badge", "archive", before)
        else:
            story.ceremony(area, "seal", (LI, WANG))
        sealed = story.wait(lambda area=area: story.state().area(area).state == "sealed")  # type: ignore[misc]
        story.expect("it is sealed once every node has it on its disk", sealed)


def _break_in(story: Story) -> None:
    story.says("At night somebody opens the corridor door of the sealed archive")
    started = time.monotonic()
    story.opens("archive/corridor-door")
    alarm = story.alarm("opened-while-sealed", "archive/corridor-door")
    story.delays.append(time.monotonic() - started)
    story.expect("the duty officer has the alarm", alarm is not None, f"{story.delays[-1]:.2f} s after the contact")
    story.expect("the node sounds by itself", story.wait(lambda: story.hardware("archive-1").sounder))
    story.closes("archive/corridor-door")
    if alarm is None:
        return
    story.wait(lambda: not _find(story, alarm.number).active)
    story.expect("closing the door does not clear it", _find(story, alarm.number).open, _find(story, alarm.number).life)
    story.says("Wang Fang acknowledges, goes there and shows her badge")
    after = story.size() - 1
    story.asks(m.AlarmAcknowledged(alarm=alarm.number))
    story.wait(lambda: story._done("archive-1", "respond/archive", after))
    story.badge("archive/reader", WANG)
    attended = story.wait(lambda: _find(story, alarm.number).attended_by == WANG)
    story.expect("somebody at the door is on record", attended)
    story.expect("the sounder is quiet", story.wait(lambda: not story.hardware("archive-1").sounder))
    story.says("She writes what she found")
    story.asks(m.AlarmClosed(alarm=alarm.number, finding_cause="intrusion", finding="走廊门被撬，无人，已报告"))
    story.expect("the alarm is closed by her finding", not _alarms(story), f"{len(_alarms(story))} alarms open")


def _find(story: Story, number: int) -> Alarm:
    with session.reading(story._database) as connection:
        alarm = queries.alarm(connection, number)
    if alarm is None:
        raise StoryError(f"there is no alarm {number}")
    return alarm


def _pulled_cable(story: Story) -> None:
    story.says("The cable of cipher-1 is pulled; meanwhile the seal of the safe is broken")
    story.hand(sim.Pull(), "cipher-1")
    alarm = story.alarm("node-silent-while-sealed", "cipher-1")
    story.expect("its silence is an alarm", alarm is not None)
    story.opens("cipher-room/safe-seal")
    story.says("The cable is put back")
    story.hand(sim.Push(), "cipher-1")
    broken = story.alarm("seal-broken", "cipher-room/safe-seal")
    story.expect("what it saw meanwhile is delivered", broken is not None)
    story.closes("cipher-room/safe-seal")
    for one in (alarm, broken):
        if one is not None:
            story.wait(lambda one=one: not _find(story, one.number).active)  # type: ignore[misc]
            story.asks(m.AlarmAcknowledged(alarm=one.number))
            story.asks(m.AlarmClosed(alarm=one.number, finding_cause="test", finding="拔线演练，封条已核对"))
    story.expect("both are closed with findings", not _alarms(story))


def _unsealing(story: Story) -> None:
    for area, people in (("archive", (ZHANG, WANG)), ("cipher-room", (LI, WANG))):
        story.says(f"After the holiday: the {area} is unsealed by two people")
        story.ceremony(area, "unseal", people)
        unsealed = story.wait(lambda area=area: story.state().area(area).state == "unsealed")  # type: ignore[misc]
        story.expect("it is unsealed", unsealed)


CHAPTERS: tuple[Callable[[Story], None], ...] = (
    _opening_hours,
    _a_day_at_the_archive,
    _sealing,
    _break_in,
    _pulled_cable,
    _unsealing,
)


# ---------------------------------------------------------------- summary


def _summary(story: Story) -> int:
    rows = story.entries()
    by_node: dict[str, list[JournalRow]] = {}
    for row in rows:
        if row.seq is not None:
            by_node.setdefault(row.author, []).append(row)
    newest = {node: max((row.seq or 0) for row in mine) for node, mine in by_node.items()}
    lost = sum(newest[node] - len({row.seq for row in mine}) for node, mine in by_node.items())
    duplicated = sum(len(mine) - len({row.seq for row in mine}) for node, mine in by_node.items())
    in_order = all([row.seq for row in mine] == sorted(row.seq or 0 for row in mine) for mine in by_node.values())
    story.expect("nothing was lost, nothing was doubled, all in order", not lost and not duplicated and in_order)
    raised = sum(row.kind == "alarm-raised" for row in rows)
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("records sent", sum(newest.values())),
        ("records journalled", sum(len(mine) for mine in by_node.values())),
        ("lost", lost),
        ("duplicated", duplicated),
        ("journal in order", "yes" if in_order else "no"),
        ("entries in the journal", len(rows)),
        ("alarms and troubles raised", raised),
        ("seconds from contact to alarm", f"{max(story.delays):.2f}" if story.delays else "-"),
        ("expectations held", f"{sum(one.held for one in story.expectations)} of {len(story.expectations)}"),
    ):
        table.add_row(name, str(value))
    Console().print("", table)
    return 0 if all(one.held for one in story.expectations) else 1
