"""Who tells the story: works the hardware, waits for what comes of it, notes what was expected and what was seen."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from demo.site.names import Names
from demo.story.duty import DutyOfficer
from hub.cli import asking, passwords
from hub.core.site.document import Site
from hub.core.state import Alarm, OrderOut, State
from hub.door import protocol
from hub.site_directory.hub import Hub, open_hub, wall_ms
from hub.store import alarm_list, queries, session
from hub.store.queries import JournalRow
from wire import messages as m
from wire.simulation import hardware as simulated
from wire.simulation import telephones

PATIENCE_S = 60.0
LESS_PATIENCE_S = 10.0
"""Once something has not come, the rest is not waited for as long."""
POLL_S = 0.03
SAME_BADGE_S = 2.5


class Officer(NamedTuple):
    """Somebody who acts at the command line of the hub: number and login."""

    person: int
    login: str


DUTY = Officer(1003, "wangfang")
"""Wang Fang."""


class StoryError(Exception):
    """The story cannot go on."""


class Stopped(Exception):
    """Somebody has ended the demonstration."""


class Expectation(NamedTuple):
    """What was expected, whether it held, and what was seen."""

    sentence: str
    held: bool
    seen: str


class Teller:
    """One telling. Every expectation is kept, and the first that fails does not end it."""

    def __init__(self, directory: Path, ended: Callable[[], bool], export: Path | None) -> None:
        """`export`: the folder in which the journal's export is to be left; None: nowhere."""
        self.export = export
        self.hub: Hub = open_hub(directory)
        self.names = Names.read(directory / "site.toml")
        self.database = self.hub.database()
        self.wang = DutyOfficer(self.hub, "wangfang")
        self.zhou = DutyOfficer(self.hub, "zhouqiang")
        self.console = Console(highlight=False, soft_wrap=True)
        self.expectations: list[Expectation] = []
        self.delays: list[float] = []
        """Seconds from each contact that was opened to its alarm."""
        self.awaited: list[tuple[str, str]] = []
        """What was to be raised, in order: kind and place."""
        self.began = 0
        """Index of the first entry of the story."""
        self._service = self.hub.on(self.database).service()  # which only looks
        self._tokens: dict[str, str] = {}
        self._ended = ended
        self._shown: dict[tuple[str, int], float] = {}
        self._patience = PATIENCE_S
        self._step = 0
        self._began = time.monotonic()

    # ------------------------------------------------------------ telling

    def says(self, line: str) -> None:
        """Print a step, and for how long the story has been going on."""
        self._step += 1
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        self.console.print(f"[bold]{self._step:2}[/bold]  [dim]{minutes}:{seconds:02}[/dim]  {line}")

    def expect(self, sentence: str, held: object, seen: object = "") -> None:
        """Note whether something held."""
        self.expectations.append(Expectation(sentence, bool(held), str(seen)))
        mark = "[green]✓[/green]" if held else "[red]✗[/red]"
        self.console.print(f"          {mark} {sentence} [dim]{escape(str(seen))}[/dim]")

    def shows(self, line: str) -> None:
        """Print something that is to be seen."""
        self.console.print(f"            [dim]{escape(line)}[/dim]")

    # ------------------------------------------------------------ hands and badges

    def hand(self, question: simulated.Question, node: str) -> None:
        """Do something to the hardware of a node."""
        answer = self._ask(question, node)
        if answer.error:
            raise StoryError(f"{node}: {answer.error}")

    def opens(self, place: str) -> None:
        """Somebody opens this."""
        self.hand(simulated.Open(place), self.names.places[place])

    def closes(self, place: str) -> None:
        """Somebody closes this."""
        self.hand(simulated.Close(place), self.names.places[place])

    def badge(self, reader: str, person: int) -> None:
        """Somebody holds a badge to a reader; so soon after the last time it would be the same presentation."""
        again = self._shown.get((reader, person), 0) + SAME_BADGE_S
        self.wait(lambda: time.monotonic() > again)
        self._shown[reader, person] = time.monotonic()
        self.hand(simulated.Badge(reader, self.names.badges[person]), self.names.places[reader])

    def hardware(self, node: str) -> simulated.NodeState:
        """What a node's hardware shows."""
        state = self._ask(simulated.State(), node).state
        if state is None:
            raise StoryError(f"{node} shows nothing")
        return state

    def telephone(self, person: int, since: int = 0) -> list[telephones.Message]:
        """What the hub has sent to somebody's telephone since a wall time in ms."""
        found = telephones.send(self.hub.layout.root / "sim", telephones.Look()).telephones
        messages = found.get(self.names.phones[person], ())
        return [one for one in messages if one.way == "in" and one.at >= since]

    def replies(self, person: int, text: str) -> None:
        """Somebody answers the hub by short message."""
        answer = telephones.send(self.hub.layout.root / "sim", telephones.Reply(self.names.phones[person], text))
        if answer.error:
            raise StoryError(answer.error)

    def kills(self, program: str) -> None:
        """End a process of the demonstration as a power cut would."""
        os.kill(int((self.hub.layout.root / "run" / f"{program}.pid").read_text()), signal.SIGKILL)

    def _ask(self, question: simulated.Question, node: str) -> simulated.Answer:
        return simulated.send(self.hub.layout.root / "sim" / f"{node}.sock", question)

    # ------------------------------------------------------------ the hub's side

    def look(self) -> tuple[State, Site]:
        """The hub's state as it stands, and the site."""
        return self._service.look()

    def state(self) -> State:
        """The hub's state as it stands."""
        return self.look()[0]

    def now(self) -> int:
        """Index of the newest entry."""
        with session.reading(self.database) as connection:
            return queries.size(connection) - 1

    def entries(self, after: int = -1) -> list[JournalRow]:
        """Entries after an index, all of them."""
        found: list[JournalRow] = []
        with session.reading(self.database) as connection:
            while rows := queries.journal(connection, after, 1000):
                found += rows
                after = rows[-1].index
        return found

    def wait(self, condition: Callable[[], object]) -> bool:
        """Wait until something is so; False when it does not become so in time. Raises Stopped."""
        deadline = time.monotonic() + self._patience
        while not condition():
            if self._ended():
                raise Stopped
            if time.monotonic() > deadline:
                self._patience = LESS_PATIENCE_S
                return False
            time.sleep(POLL_S)
        return True

    def wait_for(self, kind: str, place: str, after: int) -> JournalRow | None:
        """The first entry of that kind about that place after an index, once it is there."""
        found: list[JournalRow] = []

        def there() -> bool:
            with session.reading(self.database) as connection:
                found[:] = queries.journal(connection, after, 1, kind=kind, place=place)
            return bool(found)

        return found[0] if self.wait(there) else None

    def seconds_since(self, kind: str, place: str) -> float:
        """How long ago the newest entry of that kind about that place was made; very long if there is none."""
        with session.reading(self.database) as connection:
            found = queries.journal(connection, limit=1, kind=kind, place=place, newest_first=True)
        return (wall_ms() - found[0].hub_time) / 1000 if found else float("inf")

    def raised(self, what: str, place: str, act: Callable[[], object]) -> Alarm | None:
        """Do something, and the alarm that comes of it, with the time that it took."""
        self.awaited.append((what, place))
        began = wall_ms()
        act()
        found: list[Alarm] = []

        def there() -> bool:
            alarms = [one for one in self.state().all(Alarm) if (one.what, one.place) == (what, place) and one.open]
            found[:] = alarms
            return bool(alarms)

        if not self.wait(there):
            return None
        self.delays.append((found[0].raised_at - began) / 1000)
        return found[0]

    def person(self, number: int) -> str:
        """What somebody is called."""
        with session.reading(self.database) as connection:
            return queries.people(connection).get(number, str(number))

    def alarm(self, number: int) -> Alarm:
        """An alarm as it stands."""
        with session.reading(self.database) as connection:
            alarm = alarm_list.alarm(connection, number)
        if alarm is None:
            raise StoryError(f"there is no alarm {number}")
        return alarm

    def open_alarms(self) -> list[Alarm]:
        """Alarms and tampers that still wait for somebody."""
        return [one for one in self.state().all(Alarm) if one.open and one.klass != "trouble"]

    def asks(self, *requests: m.FactData, by: Officer = DUTY) -> None:
        """The duty officer asks for something at the command line, or somebody else, who has signed in once."""
        with asking.asking(self.hub) as engine:
            if by.login not in self._tokens:
                self._tokens[by.login] = engine.sign_in(by.login, passwords.of(self.hub.layout, by.login))
            engine.do(protocol.Act(token=self._tokens[by.login], wanted=requests))

    def orders_done(self, node: str, kind: str, after: int) -> int:
        """How many orders of that kind a node has recorded since as carried out."""
        with session.reading(self.database) as connection:
            rows = queries.journal(connection, after, 100, kind="order-done", node=node)
        return sum(isinstance(row.message.data, m.OrderDone) and row.message.data.what == kind for row in rows)

    def ordered(self, node: str) -> bool:
        """Whether an order to a node is still outstanding."""
        return any(order.node == node and order.state == "open" for order in self.state().all(OrderOut))
