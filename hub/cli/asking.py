"""Asking for a change: the engine does it, and where none runs this process does, by the same desk and the same proofs.

Who acts shows the password, and is signed out again when the command ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TypeVar

from hub.cli import passwords
from hub.core.refusal import NotPossible
from hub.door import protocol
from hub.door.caller import AGAIN_S, PATIENCE_S, Caller, DatabaseHeld, NoAnswer
from hub.door.protocol import Answer, AnyRequest, Done
from hub.site_directory.hub import Hub
from hub.store.alone import EngineRuns
from wire import local_socket
from wire import messages as m
from wire.command_line.run import Failure

CONNECT_S = 2.0
BUSY = 5
"""How often it is asked again of one who has too much to do just now."""

F = TypeVar("F", bound=m.Data)


class Asking:
    """One who does what is asked for, be it the engine or this process."""

    def __init__(self, ask: Callable[[AnyRequest], Answer]) -> None:
        self._ask = ask

    def do(self, request: AnyRequest) -> Done:
        """Have it committed. Raises NotPossible for what the rules do not allow, Failure."""
        match self._answer(request):
            case Done() as done:
                return done
            case protocol.Refused(reason=reason, about=about):
                raise NotPossible(reason, about)
            case answer:
                raise _foreign(f"an answer of another kind: {answer}")

    def sign_in(self, login: str, password: str) -> str:
        """The token of somebody who has shown a password. Raises Failure."""
        match self._answer(protocol.SignIn(login=login, password=password)):
            case protocol.SignedIn(token=token):
                return token
            case protocol.Refused(reason="wrong-password"):
                raise Failure(f"this is not the password of {login}; nothing was changed", os.EX_NOPERM)
            case protocol.Refused(reason=reason, about=about):
                raise NotPossible(reason, about)
            case answer:
                raise _foreign(f"an answer of another kind: {answer}")

    @contextmanager
    def signed_in(self, login: str, password: str) -> Iterator[str]:
        """The same until the end of what is done with the token."""
        token = self.sign_in(login, password)
        try:
            yield token
        finally:
            self.sign_out(token)

    def sign_out(self, token: str) -> None:
        """Nobody acts by it any more. Of an engine that is gone it is over within half a day anyway."""
        with suppress(Failure):
            self._answer(protocol.SignOut(token=token))

    def _answer(self, request: AnyRequest) -> Answer:
        for _ in range(BUSY):
            try:
                answer = self._ask(request)
            except NoAnswer as error:
                unsure = "; look whether it was done before you ask for it again" if error.asked else ""
                raise Failure(f"{error}{unsure}", os.EX_TEMPFAIL) from None
            except protocol.Foreign as error:
                raise _foreign(str(error)) from None
            match answer:
                case protocol.NotUnderstood(why=why):
                    raise _foreign(why)
                case protocol.Held():
                    raise Failure(str(DatabaseHeld(asked=False)), os.EX_TEMPFAIL)
                case protocol.TryLater(ms=ms) if ms > 1000:
                    raise Failure(f"too many wrong passwords; try again in {-(-ms // 1000)} s", os.EX_TEMPFAIL)
                case protocol.TryLater(ms=ms):
                    time.sleep(ms / 1000)
                case _:
                    return answer
        raise Failure("the engine has too much to do; try again", os.EX_TEMPFAIL)


@contextmanager
def asking(hub: Hub) -> Iterator[Asking]:
    """Whoever does what is asked for. Raises Failure, and what a database raises."""
    until = time.monotonic() + PATIENCE_S
    with ExitStack() as held:
        while True:
            if _listens(hub):
                caller = Caller(hub.layout.door("admin"))
                held.callback(caller.close)
                ask: Callable[[AnyRequest], Answer] = caller.ask
                break
            from hub.door.local import desk_of  # with every rule there is: who asks an engine needs none

            try:
                ask = held.enter_context(desk_of(hub))
                break
            except EngineRuns:  # it begins, or it ends
                if time.monotonic() > until:
                    raise Failure("an engine runs on the database, and nobody answers here", os.EX_TEMPFAIL) from None
            time.sleep(AGAIN_S)
        yield Asking(ask)


@contextmanager
def signed_in(hub: Hub, login: str) -> Iterator[Callable[[m.FactData], Done]]:
    """For a command that takes its time: who acts is proved before it begins. Raises NotPossible, Failure."""
    password = passwords.of(hub.layout, login)
    with asking(hub) as engine:
        token = engine.sign_in(login, password)

    def act_then(wanted: m.FactData) -> Done:
        with asking(hub) as engine:
            return engine.do(protocol.Act(token=token, wanted=(wanted,)))

    try:
        yield act_then
    finally:
        with asking(hub) as engine:
            engine.sign_out(token)


def act(hub: Hub, login: str, *wanted: m.FactData) -> Done:
    """Have it committed in the name of whoever has the login, by the password. Raises NotPossible, Failure."""
    return _by(hub, login, lambda token: protocol.Act(token=token, wanted=wanted))


def say(hub: Hub, *said: m.FactData) -> Done:
    """Have it committed that this command has done something. Raises NotPossible, Failure."""
    with asking(hub) as engine:
        return engine.do(protocol.Say(said=said))


def import_calendar(hub: Hub, login: str, document: str) -> Done:
    """Have a calendar brought in. Raises NotPossible, Failure."""
    return _by(hub, login, lambda token: protocol.ImportCalendar(token=token, document=document))


def first(done: Done, kind: type[F]) -> F:
    """The fact of that kind that was asked for, or that followed. Raises Failure where nobody can say it."""
    for fact in done.facts:
        if isinstance(fact, kind):
            return fact
    raise Failure("it is done; the engine was started anew meanwhile, so look what came of it", os.EX_TEMPFAIL)


def _by(hub: Hub, login: str, request: Callable[[str], AnyRequest]) -> Done:
    password = passwords.of(hub.layout, login)  # before anything waits for us
    with asking(hub) as engine, engine.signed_in(login, password) as token:
        return engine.do(request(token))


def _listens(hub: Hub) -> bool:
    """Whether an engine takes calls here. Raises PermissionError."""
    try:
        local_socket.call(hub.layout.door("admin"), CONNECT_S).close()
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except PermissionError:
        raise
    except OSError:  # it does not get to it: whoever asks is told so
        return True
    return True


def _foreign(why: str) -> Failure:
    return Failure(f"the engine is of another version ({why}); restart it", os.EX_PROTOCOL)
