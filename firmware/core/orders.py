"""Which orders are carried out, and why the others are not.

Signature, site, node and life were checked before. An order is carried out once: its number must be above the mark,
which is on disk. The number equal to the mark is a repeat of what was done and is passed over in silence; anything
else that cannot be done is refused, each number once for each reason, so that a repeat floods nothing. A refused
order does not move the mark: what could not be done may be sent again when it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from firmware.core.doors import area_of
from firmware.core.effects import Now
from firmware.core.everyday import Everyday
from firmware.core.guard import Guard as SealingGuard
from wire.board import Board
from wire.messages import (
    AccessList,
    Ceremony,
    Guard,
    GuardAsked,
    Name,
    Order,
    OrderRefusal,
    OrderRefused,
    Plan,
    Quiet,
    Respond,
    Seal,
    SelfTest,
    Unseal,
)

REMEMBERED = 64
"""Refusals that are remembered so as not to tell them twice."""


class OrderContext(NamedTuple):
    """What an order's content is judged by."""

    board: Board
    plan: Plan | None
    guard: SealingGuard
    everyday: Everyday
    now: Now


class Orders:
    """The rules of numbers, boot and time. `mark` is the highest number that was carried out in this life."""

    def __init__(self, mark: int, boot: Name) -> None:
        self.mark = mark
        self._boot = boot
        self._refused: dict[tuple[int, OrderRefusal], None] = {}

    def judge(self, order: Order, now: int, context: OrderContext) -> bool | OrderRefused:
        """True: carry it out. False: pass it over. Otherwise the refusal to be recorded."""
        if order.number == self.mark:
            return False
        reason = self._refusal(order, now) or CONTENT[type(order.data)](order.data, context)
        if reason is None:
            self.mark = order.number
            return True
        if (order.number, reason) in self._refused:
            return False
        self._refused[order.number, reason] = None
        if len(self._refused) > REMEMBERED:
            del self._refused[next(iter(self._refused))]
        return OrderRefused(order=order.number, mark=self.mark, reason=reason, sealed=context.guard.sealed)

    def _refusal(self, order: Order, now: int) -> OrderRefusal | None:
        if order.number < self.mark:
            return "old-number"
        if order.boot != self._boot:
            return "other-boot"
        return "too-late" if order.until < now else None


def known_areas(plan: Plan | None) -> set[Name]:
    """Every area that the plan names, also one that has only points or readers here."""
    if plan is None:
        return set()
    places = [point.place for point in plan.points] + [reader.place for reader in plan.readers]
    return {area.name for area in plan.areas} | {area_of(place) for place in places}


def _plan(plan: Plan, context: OrderContext) -> OrderRefusal | None:
    inputs = {terminal.number: terminal.input for terminal in context.board.terminal}
    ports = {reader.port for reader in context.board.reader}
    terminals = [point.terminal for point in plan.points]
    places = [point.place for point in plan.points] + [reader.place for reader in plan.readers]
    used_ports = [reader.port for reader in plan.readers]
    usable = (
        all(inputs.get(point.terminal) == point.input for point in plan.points)
        and ports.issuperset(used_ports)
        and all(len(set(names)) == len(names) for names in (terminals, places, used_ports))
        # An area may not slip out of its sealing because a plan forgets it.
        and known_areas(plan).issuperset(sealed.area for sealed in context.guard.sealed)
    )
    return context.guard.why_not_taken(plan, context.now) or (None if usable else "not-usable")


def _access(access: AccessList, context: OrderContext) -> OrderRefusal | None:
    return context.guard.why_not_taken(access, context.now)


def _seal(order: Seal, context: OrderContext) -> OrderRefusal | None:
    known = order.area in known_areas(context.plan)
    return context.guard.why_not(order, context.now.mono) if known else "unknown-area"


def _unseal(order: Unseal, context: OrderContext) -> OrderRefusal | None:
    return context.guard.why_not(order, context.now.mono)


def _quiet(order: Quiet, context: OrderContext) -> OrderRefusal | None:
    return context.guard.emergencies.why_not_quiet(order)


def _ceremony(order: Ceremony, context: OrderContext) -> OrderRefusal | None:
    readers = {reader.place for reader in context.plan.readers} if context.plan else set()
    return context.guard.why_not_ceremony(order) if order.reader in readers else "unknown-reader"


def _respond(order: Respond, context: OrderContext) -> OrderRefusal | None:
    return None if order.area in known_areas(context.plan) else "unknown-area"


def _follows(order: Guard, context: OrderContext) -> OrderRefusal | None:
    return None if context.everyday.follows(order.area) else "unknown-area"


def _asked(order: GuardAsked, context: OrderContext) -> OrderRefusal | None:
    return None if context.everyday.decides(order.area) else "unknown-area"


def _self_test(order: SelfTest, context: OrderContext) -> OrderRefusal | None:
    return None


CONTENT: dict[type, Callable[[Any, OrderContext], OrderRefusal | None]] = {
    Plan: _plan,
    AccessList: _access,
    Seal: _seal,
    Unseal: _unseal,
    Quiet: _quiet,
    Ceremony: _ceremony,
    Respond: _respond,
    Guard: _follows,
    GuardAsked: _asked,
    SelfTest: _self_test,
}
