"""Every table, once. The rows of hub.core.state are saved in tables of the same columns."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from hub.core import state


class Listed(TypeDecorator[Any]):
    """A tuple of plain values, as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Tuple to text."""
        return None if value is None else json.dumps(list(value), separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """Text to tuple."""
        return None if value is None else tuple(json.loads(value))


metadata = MetaData()

head = Table(
    "head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="head_is_one_row"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)
"""Size of the journal and the frontier of its tree (32 bytes a root, largest subtree first): one row."""

journal = Table(
    "journal",
    metadata,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("life", BigInteger),
    Column("seq", BigInteger),
    Column("boot", Text),
    Column("kind", Text, nullable=False),
    Column("place", Text),
    Column("person", BigInteger),
    Column("said_time", BigInteger, nullable=False),
    Column("hub_time", BigInteger, nullable=False),
    UniqueConstraint("author", "life", "seq", name="journal_number"),
    Index("journal_kind", "kind", "idx"),
    Index("journal_place", "place", "idx"),
    Index("journal_person", "person", "idx"),
)
"""The log. `note` is the entry; all other columns repeat what is in it, for searching, but for `hub_time`.
`author` is the node, or the service of the hub; `said_time` is the time in the note."""

tile = Table(
    "tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    Index("tile_root", "level", "number", "root"),
)
"""The full tiles of the journal's tree (wire/tiles.py): 256 hashes each, and the root over them, written with the entry
that fills them. The index holds the roots side by side: in the table each lies pages away from the next."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("origin", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("checkpoint_size", "size"),
)
"""Checkpoints that the engine has signed, by growing size; `note` is as it was signed."""

cosignature = Table(
    "cosignature",
    metadata,
    Column("checkpoint", BigInteger, primary_key=True, autoincrement=False),
    Column("node", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What nodes have countersigned: `line` is the witness's line of the note, `key_id` that of its key, in hex."""

meta = Table(
    "meta",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_version", BigInteger, nullable=False),
    Column("next_alarm", BigInteger, nullable=False),
    Column("next_sealing", BigInteger, nullable=False),
    Column("newest_time", BigInteger, nullable=False),
    Column("engine_time", BigInteger, nullable=False),
)

life = Table(
    "life",
    metadata,
    Column("node", Text, primary_key=True),
    Column("life", BigInteger, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("boot", Text, nullable=False),
    Column("next_order", BigInteger, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("equivocated_at", BigInteger, nullable=False),
    Column("access_at", BigInteger, nullable=False),
    Column("witness_key", Text, nullable=False),
)

point = Table(
    "point",
    metadata,
    Column("place", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)

area = Table(
    "area",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("sealing", BigInteger, nullable=False),
    Column("ordered_by", BigInteger),
    Column("first_person", BigInteger),
    Column("first_mono", BigInteger, nullable=False),
    Column("first_boot", Text, nullable=False),
    Column("people", Listed, nullable=False),
    Column("waiting", Listed, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("inside", BigInteger, nullable=False),
    Column("denied", BigInteger, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("klass", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("area", Text),
    Column("sealing", BigInteger),
    Column("life", Text, nullable=False),
    Column("happened", BigInteger, nullable=False),
    Column("last_happened", BigInteger, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("cause", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("acknowledged_by", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("attended_by", BigInteger),
    Column("attended_at", BigInteger),
    Column("closed_by", BigInteger),
    Column("closed_at", BigInteger),
    Column("finding_cause", Text),
    Column("finding", Text),
    Column("acknowledged_via", Text),
    Column("shown_at", BigInteger),
    Column("sounded_at", BigInteger),
    Column("found_by", BigInteger),
    Column("found_at", BigInteger),
    Column("foretold", Boolean, nullable=False),
    Index("alarm_life", "life"),
)

order_out = Table(
    "order_out",
    metadata,
    Column("node", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("life", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Index("order_out_state", "state"),
)

calendar = Table(
    "calendar",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("imported_by", BigInteger),
    Column("imported_at", BigInteger, nullable=False),
    Column("approved", BigInteger, nullable=False),
    Column("approved_sha256", Text, nullable=False),
    Column("approved_by", BigInteger),
    Column("approved_at", BigInteger),
    Column("off", Listed, nullable=False),
    Column("worked", Listed, nullable=False),
    Column("approved_off", Listed, nullable=False),
    Column("approved_worked", Listed, nullable=False),
)

window = Table(
    "window",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("areas", Listed, nullable=False),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("planned_by", BigInteger),
    Column("planned_at", BigInteger, nullable=False),
    Column("cancelled_by", BigInteger),
    Column("cancelled_at", BigInteger),
    Column("reason", Text, nullable=False),
)

calendar_document = Table(
    "calendar_document",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""Calendar documents as they were imported, to the byte: `sha256` is what the journal has."""

duty = Table(
    "duty",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("next_notice", BigInteger, nullable=False),
    Column("alarms_version", BigInteger, nullable=False),
    Column("alarms_document", Text, nullable=False),
)

call = Table(
    "call",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("ladder", Text, nullable=False),
    Column("life", Text, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("drill", Boolean, nullable=False),
    Column("untold", Listed, nullable=False),
    Column("untold_since", BigInteger, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Column("sounded", Boolean, nullable=False),
    Index("call_life", "life"),
)

notice = Table(
    "notice",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("call", BigInteger, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("person", BigInteger),
    Column("state", Text, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("handed_at", BigInteger),
    Column("delivered_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("attempt", BigInteger, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("awaits", Boolean, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    Index("notice_call", "call"),
    Index("notice_state", "state", "channel"),
)

notice_lease = Table(
    "notice_lease",
    metadata,
    Column("notice", BigInteger, primary_key=True, autoincrement=False),
    Column("worker", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("attempt", BigInteger, nullable=False),
    Column("sending", Boolean, nullable=False),
)
"""Who sends a notice just now. Nothing of the journal: it is taken by a conditional update, and given back. `sending`
stays set when the worker dies in the middle, so that the next attempt is known for a repeat."""

sms_part = Table(
    "sms_part",
    metadata,
    Column("reference", Integer, primary_key=True, autoincrement=False),
    Column("recipient", Text, primary_key=True),
    Column("notice", BigInteger, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("delivered", Boolean, nullable=False),
    Index("sms_part_notice", "notice"),
)
"""Parts of short messages under way, by the modem's reference, for its delivery reports. Nothing of the journal."""

channel = Table(
    "channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("used", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("worked_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("detail", Text, nullable=False),
)

shift = Table(
    "shift",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("person", BigInteger, nullable=False),
    Column("stand_in", BigInteger),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("added_by", BigInteger),
    Column("removed_by", BigInteger),
    Column("removed", Boolean, nullable=False),
)

handover = Table(
    "handover",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("given_by", BigInteger),
    Column("given_at", BigInteger, nullable=False),
    Column("alarms", Listed, nullable=False),
    Column("sealed", Listed, nullable=False),
    Column("silent", Listed, nullable=False),
    Column("note", Text, nullable=False),
    Column("taken_by", BigInteger),
    Column("taken_at", BigInteger),
)

sealing = Table(
    "sealing",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("area", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("window", BigInteger),
    Column("adhoc", Boolean, nullable=False),
    Column("tried", Boolean, nullable=False),
    Column("checked_at", BigInteger),
    Column("ordered_by", BigInteger),
    Column("people", Listed, nullable=False),
    Column("exceptions", Listed, nullable=False),
    Column("sealed_at", BigInteger),
    Column("sealed_index", BigInteger),
    Column("openings", BigInteger, nullable=False),
    Column("alarms", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("approved_by", BigInteger),
    Column("approved_at", BigInteger),
    Column("emergency_by", BigInteger),
    Column("signed", Listed, nullable=False),
    Column("unsealed_by", Listed, nullable=False),
    Column("ended_at", BigInteger),
    Column("unsealed_at", BigInteger),
    Column("certificate", Text, nullable=False),
    Column("closing", Text, nullable=False),
    Column("unconfirmed", Listed, nullable=False),
    Index("sealing_area", "area", "number"),
)

walk_test = Table(
    "walk_test",
    metadata,
    Column("place", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("opened_at", BigInteger),
    Column("closed_at", BigInteger),
)

check_tick = Table(
    "check_tick",
    metadata,
    Column("area", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("ticked_by", BigInteger),
    Column("ticked_at", BigInteger, nullable=False),
)

exemption = Table(
    "exemption",
    metadata,
    Column("place", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("signed_by", BigInteger),
    Column("signed_at", BigInteger, nullable=False),
)

seal_on = Table(
    "seal_on",
    metadata,
    Column("place", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("said_by", BigInteger, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("repeated_by", BigInteger),
    Column("repeated_at", BigInteger),
    Column("read", Text, nullable=False),
    Column("read_for", BigInteger),
    Column("read_by", BigInteger),
    Column("read_at", BigInteger),
    Column("ohms", BigInteger),
)

certificate = Table(
    "certificate",
    metadata,
    Column("sealing", BigInteger, primary_key=True, autoincrement=False),
    Column("half", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("slip", LargeBinary, nullable=False),
)
"""Signed certificates, beside the journal, which has the hash of each one's text (`sha256`)."""

site_document = Table(
    "site_document",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""Site documents as JSON, without names and with credentials instead of badge numbers."""

person = Table(
    "person",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
)
"""Who is behind a number of the journal, and how they are called. The only place of it, so that it can be erased."""

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("person", BigInteger, nullable=False),
    Column("roles", Listed, nullable=False),
    Column("password", Text, nullable=False),
)
"""Who may sign in to the console. `password` is an argon2id hash."""

session = Table(
    "session",
    metadata,
    Column("token", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
"""Signed-in sessions. `token` is the SHA-256 of the cookie's value."""

ROWS: dict[type[state.Row], Table] = {
    state.Meta: meta,
    state.Life: life,
    state.Point: point,
    state.Area: area,
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
