"""Every table, once. The rows of hub.core.state are saved in tables of the same columns."""

from __future__ import annotations

from sqlalchemy import Table

from hub.core import state
from hub.store.tables.base import metadata
from hub.store.tables.beside import (
    account,
    calendar_document,
    certificate,
    notice_lease,
    person,
    session,
    site_document,
    sms_part,
)
from hub.store.tables.calls import call, channel, duty, handover, notice, shift
from hub.store.tables.house import alarm, area, awaited_badge, badged, life, meta, order_out, point
from hub.store.tables.ledger import checkpoint, cosignature, head, journal, tile
from hub.store.tables.sealings import calendar, check_tick, exemption, seal_on, sealing, walk_test, window

__all__ = [
    "ROWS",
    "account",
    "alarm",
    "area",
    "awaited_badge",
    "badged",
    "calendar",
    "calendar_document",
    "call",
    "certificate",
    "channel",
    "check_tick",
    "checkpoint",
    "cosignature",
    "duty",
    "exemption",
    "handover",
    "head",
    "journal",
    "life",
    "meta",
    "metadata",
    "notice",
    "notice_lease",
    "order_out",
    "person",
    "point",
    "seal_on",
    "sealing",
    "session",
    "shift",
    "site_document",
    "sms_part",
    "tile",
    "walk_test",
    "window",
]

ROWS: dict[type[state.Row], Table] = {
    state.Meta: meta,
    state.Life: life,
    state.Point: point,
    state.Area: area,
    state.Badged: badged,
    state.AwaitedBadge: awaited_badge,
    state.Alarm: alarm,
    state.OrderOut: order_out,
    state.Calendar: calendar,
    state.Window: window,
    state.Duty: duty,
    state.Call: call,
    state.Notice: notice,
    state.ChannelRow: channel,
    state.Shift: shift,
    state.Handover: handover,
    state.Sealing: sealing,
    state.WalkTest: walk_test,
    state.CheckTick: check_tick,
    state.Exemption: exemption,
    state.SealOn: seal_on,
}
"""The table of each kind of row."""
