"""Root's command at a hub without processes: what it signs, brought to a desk as the engine has one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Engine

from hub.core.refusal import NotPossible
from hub.door import protocol
from hub.door.desk import Desk, Times
from hub.door.protocol import Asked, Bring, Done, Refused
from hub.sign_in import tokens
from hub.sign_in.checking import Checker
from hub.site_directory.layout import Signer
from hub.store import session
from tests.support.hub import House
from wire import messages as m


class Root:
    """Signs and brings. Raises NotPossible for what is refused."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._database: Engine = house.database
        key = house.hub.key("admin")
        self.desk = Desk(
            house.service(), house.database, Checker(), lambda: Times(house.clock(), 0), lambda: key.public
        )

    def signs(self, fact: m.FactData, person: int | None = None, service: Signer = "admin") -> str:
        """The note of a fact."""
        house = self._house
        body = m.Fact(v=1, site=house.hub.site, by="admin", time=house.clock(), person=person, data=fact)
        return house.hub.key(service).sign(m.encode(body)).decode()

    def signs_in(self, login: str) -> str:
        """The token of somebody who has shown the password."""
        token = tokens.new()
        with session.writing(self._database) as connection:
            tokens.keep(connection, token, "admin", login, self._house.clock())
        return token

    def brings(
        self,
        *notes: str,
        beside: protocol.Document | protocol.Password | None = None,
        people: Sequence[str] = (),
        number: str | None = None,
    ) -> Done:
        """What has been signed; `people` have signed in for it."""
        ask = Bring(notes=notes, beside=beside, tokens=tuple(map(self.signs_in, people)))
        answer = self.desk.ask("admin", Asked(v=1, id=number or secrets.token_hex(8), ask=ask))
        if isinstance(answer, Refused):
            raise NotPossible(answer.reason, answer.about)
        assert isinstance(answer, Done)
        return answer

    def erases(self, person: int, second: int, reason: str = "has left", people: Sequence[str] = ()) -> Done:
        """Whoever is behind a number. The first of the `people` is 赵敏, who is named in it."""
        fact = m.PersonErased(erased=person, reason=reason, second=second)
        signed = {"zhaomin": 1006, "liuyang": 1005, "wangfang": 1003}
        done = self.brings(self.signs(fact, signed[people[0]] if people else None), people=people)
        assert self.desk.tidy()
        return done
