"""What becomes of a request: who asks is proved here, then the one service that writes commits it or refuses.

The engine has a desk, and so has a command that works while no engine runs. Nothing of it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from hub.core.calling import answers
from hub.core.journal.bounds import MINUTE_MS, Bounds, Kind, RefusedAsks
from hub.core.journal.facts import FACTS
from hub.core.journal.requests import Actor
from hub.core.nodes.engine_away import Absences
from hub.core.refusal import NotPossible
from hub.documents import calendar as calendar_file
from hub.door import bringing, protocol
from hub.door.allowed import may_say, may_want, no_later
from hub.door.protocol import Answer, Asked, Done, Held, Refused, TryLater
from hub.service import Outcome, Service
from hub.sign_in import tokens
from hub.sign_in.checking import Checks
from hub.sign_in.tries import Tries, UntoldTries
from hub.site_directory.layout import ASKERS, Asker
from hub.store import erasing, faults, notices, queries, session
from hub.store.tables import asked as committed
from wire import messages as m

KEPT_MS = 7 * 86_400_000
"""How long it is remembered what was committed: a service that was cut off asks again within that time."""
BUSY_MS = 1_000
PLACES: Mapping[Asker, int] = {"console": 6, "notify": 0, "admin": 4}
"""Passwords of each asker that may wait. An honest console shows four at once; one that shows them on and on takes none
of root's places, and keeps root waiting for as long as these take: half a second."""
LATE_MS = 30_000
"""A short message that was heard longer ago is journalled with the time of that."""

IN_ITS_PLACE = (m.SignedIn, m.CalledMeanwhile)
"""What others do while the engine is away, and tell with its time."""

Beside = Callable[[Connection], None]
A = TypeVar("A", bound=Answer | None)


class Times(NamedTuple):
    """Now, in ms: since 1970, and of the monotonic clock."""

    wall: int
    mono: int


class _SigningIn(NamedTuple):
    key: Any
    asker: Asker
    login: str
    address: str


class Desk:
    """Answers requests. `note` hears of everything that was committed."""

    def __init__(
        self,
        service: Service,
        database: Engine,
        checker: Checks,
        times: Callable[[], Times],
        root_key: bringing.RootKey,
        note: Callable[[Outcome], None] = lambda _: None,
        absences: Absences | None = None,
    ) -> None:
        """`absences` of the engine; without them it was always there."""
        self._service = service
        self._database = database
        self._checker = checker
        self._times = times
        self._root_key = root_key
        self._note = note
        self._absences = absences or Absences()
        self._bounds = Bounds()
        self._refused = RefusedAsks()
        self._to_overwrite = False
        self._tries: dict[Asker, Tries] = {asker: Tries() for asker in ASKERS}
        self._untold: dict[Asker, UntoldTries] = {asker: UntoldTries() for asker in ASKERS}
        self._signing_in: dict[int, _SigningIn] = {}

    def ask(self, asker: Asker, asked: Asked, key: Any = None) -> Answer | None:
        """The answer; None for one that `later` brings, together with `key`. Raises SQLAlchemyError, DatabaseLost."""
        if not isinstance(asked.ask, protocol.ASKS[asker]):
            return Refused("not-allowed")
        return _answer(lambda: self._ask(asker, asked, key))

    def _ask(self, asker: Asker, asked: Asked, key: Any) -> Answer | None:
        match asked.ask:
            case protocol.SignIn() as shown:
                return self._sign_in(asker, shown, key)
            case protocol.SignOut(token=token):
                return self._sign_out(token)
            case protocol.Act(token=token, wanted=wanted):
                may_want(wanted)
                actor = self._actor(asker, token)
                return self._once(actor, asked.id, [*map(type, wanted)], partial(self._act, actor, wanted))
            case protocol.Say(said=said):
                return self._once(Actor(asker), asked.id, [*map(type, said)], partial(self._say, asker, said))
            case protocol.Answered() as message:
                return self._answered(asker, asked.id, message)
            case protocol.ImportCalendar(token=token, document=document):
                actor = self._actor(asker, token)
                work = partial(self._import_calendar, actor, document)
                return self._once(actor, asked.id, (m.CalendarImported,), work)
            case protocol.Bring(tokens=shown_tokens) as bring:
                people = [self._actor(asker, token) for token in shown_tokens]
                return self._once(Actor(asker), asked.id, (), partial(self._bring, bring, people))
        raise AssertionError(asked.ask)

    def later(self) -> list[tuple[Any, Answer]]:
        """Answers whose time has come, each with the key of its request."""
        answers: list[tuple[Any, Answer]] = []
        for done in self._checker.checked(self._times().mono):
            signing_in = self._signing_in.pop(done.job, None)
            if signing_in is None:  # of a desk before us
                continue
            answers.append((signing_in.key, _answer(partial(self._checked, signing_in, done.fits))))
        return answers

    def give_up(self) -> list[Any]:
        """The keys of all whose password is being checked: nothing comes of it any more."""
        signing_in, self._signing_in = self._signing_in, {}
        return [one.key for one in signing_in.values()]

    def tell(self, at_once: bool = False) -> None:
        """Journal the wrong sign-ins, and what else was refused, that are due to be told."""
        for asker, untold in self._untold.items():
            if count := untold.due(self._times().wall, at_once):
                self._note(self._service.act(Actor(asker), m.SignInFailed(count=count)))
                untold.told(count, self._times().wall)
        for refused in self._refused.due(self._times().mono, at_once):
            self._note(self._service.note(refused))
            self._refused.told(refused, self._times().mono)

    def tidy(self) -> bool:
        """Overwrite what the disk has kept of whoever was erased; False while it has to be tried again."""
        if self._to_overwrite:
            self._to_overwrite = not erasing.from_disk(self._database)
        return not self._to_overwrite

    # ------------------------------------------------------------ who asks

    def _actor(self, asker: Asker, token: str) -> Actor:
        with session.reading(self._database) as connection:
            signed = tokens.find(connection, token, asker, self._times().wall)
        if signed is None:
            raise NotPossible("signed-out")
        return Actor(asker, signed.person, signed.roles)

    def _sign_in(self, asker: Asker, shown: protocol.SignIn, key: Any) -> Answer | None:
        times, login, tries = self._times(), shown.login.strip().lower(), self._tries[asker]
        if wait := tries.wait(login, shown.address, times.wall):
            return TryLater(wait)
        if sum(one.asker == asker for one in self._signing_in.values()) >= PLACES[asker]:
            return TryLater(BUSY_MS)
        with session.reading(self._database) as connection:
            account = queries.account(connection, login)
        kept = account.password if account and account.roles else None
        job = self._checker.check(shown.password, kept, times.mono)
        if job is None:
            return TryLater(BUSY_MS)
        tries.begin(login, shown.address, times.wall)
        self._signing_in[job] = _SigningIn(key, asker, login, shown.address)
        return None

    def _checked(self, who: _SigningIn, fits: bool | None) -> Answer:
        now = self._times().wall
        if fits is None:
            return TryLater(BUSY_MS)
        if not fits:
            self._untold[who.asker].add()
            self.tell()
            return Refused("wrong-password")
        with session.reading(self._database) as connection:
            account = queries.account(connection, who.login)
        if account is None or not account.roles:  # taken away while the password was looked at
            return Refused("wrong-password")
        actor = Actor(who.asker, account.person, frozenset(account.roles))
        if not self._admits(actor, (m.SignedIn,)):
            return TryLater(MINUTE_MS)
        self._tries[who.asker].right(who.login, who.address, now)
        token = tokens.new()
        # In one transaction: nobody is signed in without an entry that says so.
        self._note(
            self._service.act(
                actor,
                m.SignedIn(person=account.person),
                beside=lambda connection: tokens.keep(connection, token, who.asker, who.login, now),
            )
        )
        return protocol.SignedIn(token, account.person, tuple(sorted(account.roles)))

    def _sign_out(self, token: str) -> Answer:
        with session.writing(self._database) as connection:
            tokens.end(connection, token)
            return Done(queries.size(connection))

    # ------------------------------------------------------------ what is asked for

    def _once(self, actor: Actor, number: str, kinds: Sequence[Kind], work: Callable[[Beside], Outcome]) -> Answer:
        """Do it unless it was committed under this number: the number is committed with it. `kinds`: of the facts
        that it comes to. Raises NotPossible."""
        with session.reading(self._database) as connection:
            known = select(committed.c.at).where(committed.c.asker == actor.by, committed.c.id == number)
            if connection.execute(known).first():
                return Done(queries.size(connection), again=True)
        if not self._admits(actor, kinds):
            raise NotPossible("too-many")
        now = self._times().wall

        def remember(connection: Connection) -> None:
            connection.execute(delete(committed).where(committed.c.at < now - KEPT_MS))
            connection.execute(insert(committed).values(asker=actor.by, id=number, at=now))

        outcome = work(remember)
        self._note(outcome)
        return Done(outcome.size, tuple(outcome.facts))

    def _admits(self, actor: Actor, kinds: Sequence[Kind]) -> bool:
        admitted = self._bounds.admit(actor.by, kinds, self._times().mono, actor.person)
        if not admitted:
            self._refused.add(actor.by, "too-many", str(kinds[0].__struct_config__.tag))
        return admitted

    def _act(self, actor: Actor, wanted: Sequence[m.FactData], beside: Beside) -> Outcome:
        return self._service.act(actor, *wanted, beside=beside)

    def _say(self, asker: Asker, said: tuple[m.FactData, ...], beside: Beside) -> Outcome:
        """What a service itself has seen; what no rule can judge is said to be so."""
        if not all(may_say(asker, fact) for fact in said):
            raise NotPossible("not-allowed", m.kind_of(said[0]))
        for fact in said:
            if isinstance(fact, IN_ITS_PLACE) and not self._absences.had(fact.at or 0):
                self._refused.add(asker, "not-meanwhile", m.kind_of(fact))
                raise NotPossible("not-meanwhile", m.kind_of(fact))
        now = self._times().wall
        said = tuple(no_later(fact, now) for fact in said)
        if all(asker in FACTS[type(fact)].by for fact in said):
            return self._service.act(Actor(asker), *said, beside=beside)
        if any(FACTS[type(fact)].by for fact in said):  # a note is not held against what its kind is checked for
            raise NotPossible("not-allowed", m.kind_of(said[0]))
        return self._service.note(*said)  # of a failure: twice is better than not at all

    def _answered(self, asker: Asker, number: str, message: protocol.Answered) -> Answer:
        """Whose telephone that is, and what they mean: each alarm that still waits is acknowledged by that person."""
        now = self._times().wall
        late_at = message.at if now - message.at > LATE_MS else None
        state, site = self._service.look()
        with session.reading(self._database) as connection:
            taken = answers.taken(
                state,
                site,
                queries.phones(connection),
                notices.messages(connection, now - answers.ANSWER_MS),
                answers.Message(message.sender, message.text, late_at),
            )
            if not taken.alarms:  # somebody else was first
                return Done(queries.size(connection))
        actor = Actor(asker, taken.person, taken.roles)
        wanted = [m.AlarmAcknowledged(alarm=alarm, at=late_at) for alarm in taken.alarms]
        return self._once(actor, number, [*map(type, wanted)], partial(self._act, actor, wanted))

    def _import_calendar(self, actor: Actor, document: str, beside: Beside) -> Outcome:
        try:
            return calendar_file.bring_in(self._service, actor, document.encode(), beside).outcome
        except calendar_file.NotUsable as error:
            raise NotPossible("calendar-mistakes", str(error)) from error

    def _bring(self, asked: protocol.Bring, people: list[Actor], beside: Beside) -> Outcome:
        outcome = bringing.bring(self._service, self._root_key, asked, people, beside)
        self._to_overwrite |= any(isinstance(fact, m.PersonErased) for fact in outcome.facts)
        return outcome


def _answer(work: Callable[[], A]) -> A | Refused | Held:
    """What comes of it, be it that it is refused or that another process holds the database."""
    try:
        return work()
    except NotPossible as refusal:
        return Refused(refusal.reason, refusal.about)
    except SQLAlchemyError as error:
        if not faults.is_held(error):
            raise
        return Held()
