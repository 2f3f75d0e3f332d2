"""Rules number 1: every kind of record and fact, its fields and their bounds, and who may sign it.

Written by `python -m tests.docs.book_of_rules --write` from `wire/messages` and the hub's table of facts, and compared
with them by a test. Once released it stays as it is, since journals have been written by it: what changes then begins
the next number. It is long since there are that many kinds.
"""

from typing import Mapping

from wire.book.forms import Anything, Fields, Flag, Many, Named, OneOf, OrNone, Row, Whole, pattern, text

# fmt: off
KIND = text()
NAME = pattern(r"^[a-z0-9-]{1,32}\Z")
NUMBER = Whole(0, 1_000_000_000_000)
UPTIME = Whole(0, 3_155_760_000_000)
WALL = Whole(0, 253_402_214_400_000)
CLOCK_TRUST = OneOf(("trusted", "holdover", "untrusted"))
HASH = pattern(r"^([0-9a-f]{64})?\Z")
SERVICE = OneOf(("engine", "console", "notify", "admin"))
PERSON = Whole(1, 1_000_000_000)
TEXT = text(500)
SEALED_AREA = Fields({"area": NAME, "sealing": NUMBER})
GUARD_STATE = OneOf(("unset", "set"))
GUARDED_AREA = Fields({"area": NAME, "state": GUARD_STATE, "number": NUMBER})
PLACE = pattern(r"^[a-z0-9-]{1,32}/[a-z0-9-]{1,32}\Z")
LEVEL = OneOf(("normal", "active", "open-circuit", "short"))
COUNT = Whole(0, 9_007_199_254_740_992)
CREDENTIAL = pattern(r"^[0-9a-f]{64}\Z")
DENIAL_REASON = OneOf(("unknown", "no-grant", "schedule", "ended", "list-expired", "no-list", "clock", "sealed", "set"))
PURPOSE = OneOf(("seal", "unseal", "change"))
ALARMS = Many(NUMBER, 0, 500)
LEAVE_BY = OneOf(("button", "reader", "free"))
EMPTIED_WHY = OneOf(("stay-over", "sealed", "set", "planned", "not-known"))
SECONDS = Whole(0, 86_400)
FROZEN_PERSON = Fields({"person": PERSON, "credentials": Many(CREDENTIAL, 0, 32), "seals": Flag(), "responds": Flag()})
RELEASED_BY = OneOf(("badges", "word", "arming", "emergency"))
ORDER_REFUSAL = OneOf(("old-number", "other-boot", "too-late", "unknown-area", "unknown-reader", "not-usable", "frozen",
    "no-permit", "no-word", "let-go"))
FAULT_PART = OneOf(("reader", "loops", "hub-silent", "outbox-half", "outbox-write", "clock", "camera", "mains",
    "battery", "wireless", "papers", "program"))
SIGNED_CHECKPOINT = text(4_096)
SET_BY = OneOf(("badge", "button", "console", "time", "not-entered", "not-known"))
POINTS = Many(PLACE, 0, 256)
UNSET_BY = OneOf(("badge", "two", "approval", "told", "unsealed", "begun"))
AREA_CHANGED = Fields({"area": NAME, "nodes": Many(NAME)})
WRITTEN = text(500)
REFUSAL = OneOf(("malformed", "oversized", "bad-signature", "unknown-signer", "revoked", "misplaced", "other-life",
    "retained", "unknown-key", "unknown-checkpoint", "not-journalled"))
WORD = text(16_384)
DOUBT = OneOf(("place", "unknown", "person", "badge", "quote", "not-judged"))
LEAF = OneOf(("record", "beat", "ask", "cosign"))
STORAGE_PART = OneOf(("room", "writing", "keys", "contacts", "log"))
FAILED_PART = OneOf(("fold", "follows", "rule"))
ASK_REFUSAL = OneOf(("too-many", "not-meanwhile"))
ALARM_CLASS = OneOf(("alarm", "tamper", "trouble"))
TOLD = OneOf(("", "plan", "list", "sealing", "release", "quiet", "ceremony", "foreign"))
STOOD = OneOf(("unset", "overtime", "out", "set", "set-out"))
VIA = OneOf(("console", "sms", "command-line"))
FINDING_CAUSE = OneOf(("intrusion", "forgotten", "false", "fault", "work", "test", "other"))
CHECK_ITEM = OneOf(("doors", "windows", "cabinets", "safe", "people-out"))
SEAL_TEXT = pattern(r"^[0-9A-Za-z-]{1,32}\Z")
HALF = OneOf(("sealed", "closed"))
YEAR = Whole(2_000, 2_199)
DAY = pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
DAYS = Many(DAY, 0, 366)
LINES = Many(NUMBER, 0, 1000)
CHANNEL = OneOf(("console", "sounder", "sms", "email", "syslog"))
ANSWER_REFUSAL = OneOf(("unknown-sender", "not-understood", "not-allowed", "unreadable"))
RECORD = Fields({"v": OneOf((1,)), "site": NAME, "node": NAME, "life": NUMBER, "boot": NAME, "seq": NUMBER,
    "mono": UPTIME, "wall": WALL, "clock": CLOCK_TRUST, "prev": HASH, "data": Anything()})
FACT = Fields({"v": OneOf((1,)), "site": NAME, "by": SERVICE, "time": WALL, "person": OrNone(PERSON),
    "data": Anything()})

RECORDS: Mapping[str, Fields] = {
    "started": Fields({"kind": KIND, "version": TEXT, "factory": TEXT, "plan": NUMBER, "sealed": Many(SEALED_AREA),
        "guards": Many(GUARDED_AREA)}, ("guards",)),
    "level": Fields({"kind": KIND, "point": PLACE, "was": LEVEL, "now": LEVEL, "at": UPTIME, "sealing": OrNone(NUMBER),
        "found": Flag(), "guard": OrNone(NUMBER)}, ("sealing", "found", "guard")),
    "chatter": Fields({"kind": KIND, "point": PLACE, "edges": COUNT, "since": UPTIME, "until": UPTIME, "level": LEVEL,
        "sealing": OrNone(NUMBER), "guard": OrNone(NUMBER)}, ("sealing", "guard")),
    "granted": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": PERSON}),
    "denied": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": OrNone(PERSON),
        "reason": DENIAL_REASON, "sealing": OrNone(NUMBER)}, ("sealing",)),
    "presented": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": OrNone(PERSON),
        "ceremony": NUMBER, "at": UPTIME, "purpose": OrNone(PURPOSE)}, ("purpose",)),
    "attended": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": PERSON, "alarms": ALARMS,
        "opened": OrNone(NUMBER)}, ("opened",)),
    "entered": Fields({"kind": KIND, "area": NAME, "person": PERSON, "inside": COUNT}),
    "not-entered": Fields({"kind": KIND, "area": NAME, "person": PERSON}),
    "left": Fields({"kind": KIND, "area": NAME, "by": LEAVE_BY, "inside": COUNT, "person": OrNone(PERSON)},
        ("person",)),
    "emptied": Fields({"kind": KIND, "area": NAME, "why": EMPTIED_WHY}),
    "forced": Fields({"kind": KIND, "point": PLACE}),
    "held-open": Fields({"kind": KIND, "point": PLACE, "seconds": SECONDS}),
    "watch": Fields({"kind": KIND, "area": NAME, "sealing": NUMBER, "points": Many(PLACE), "since": UPTIME,
        "until": UPTIME, "gaps": Many(Row((UPTIME, UPTIME)))}),
    "seal-baseline": Fields({"kind": KIND, "area": NAME, "sealing": NUMBER, "ohms": Named(PLACE, COUNT)}),
    "frozen": Fields({"kind": KIND, "area": NAME, "sealing": NUMBER, "reader_node": OrNone(NAME),
        "people": Many(FROZEN_PERSON, 0, 64), "hash": HASH, "change": OrNone(NUMBER)}, ("change",)),
    "permitted": Fields({"kind": KIND, "area": NAME, "sealing": NUMBER, "people": Row((PERSON, PERSON)),
        "change": OrNone(NUMBER)}, ("change",)),
    "released": Fields({"kind": KIND, "area": NAME, "sealing": NUMBER, "by": RELEASED_BY, "people": OrNone(Row((PERSON,
        PERSON)))}, ("people",)),
    "sounded": Fields({"kind": KIND, "on": Flag(), "reason": OneOf(("opened", "refused", "emergency", "hub-silent",
        "journal-refused", "attended", "at-the-box", "hub-back", "unsealed", "unset"))}),
    "order-done": Fields({"kind": KIND, "order": NUMBER, "what": TEXT, "sealed": Many(SEALED_AREA)}),
    "order-refused": Fields({"kind": KIND, "order": NUMBER, "mark": NUMBER, "reason": ORDER_REFUSAL,
        "sealed": Many(SEALED_AREA)}, ("sealed",)),
    "fault": Fields({"kind": KIND, "part": FAULT_PART, "failed": Flag(), "detail": TEXT, "place": OrNone(PLACE)},
        ("place",)),
    "clock-set": Fields({"kind": KIND, "was": WALL, "now": WALL, "trust": CLOCK_TRUST}),
    "overflow": Fields({"kind": KIND, "since": UPTIME, "until": UPTIME, "lost": Named(text(), COUNT)}),
    "cannot-fill": Fields({"kind": KIND, "first": NUMBER, "last": NUMBER, "last_hash": HASH}),
    "rolled-back": Fields({"kind": KIND, "hub_life": NUMBER, "hub_seq": NUMBER, "hub_hash": HASH, "own_seq": NUMBER,
        "own_hash": HASH}),
    "journal-refused": Fields({"kind": KIND, "why": OneOf(("fork", "rollback")), "held": SIGNED_CHECKPOINT,
        "shown": SIGNED_CHECKPOINT}),
    "journal-moved": Fields({"kind": KIND, "left": SIGNED_CHECKPOINT, "origin": TEXT}),
    "setting": Fields({"kind": KIND, "area": NAME, "reader": PLACE, "credential": CREDENTIAL, "person": PERSON,
        "seconds": SECONDS}),
    "area-set": Fields({"kind": KIND, "area": NAME, "number": NUMBER, "by": SET_BY, "person": OrNone(PERSON),
        "left_open": POINTS, "inside": COUNT}, ("person", "left_open", "inside")),
    "area-unset": Fields({"kind": KIND, "area": NAME, "number": NUMBER, "by": UNSET_BY, "people": Many(PERSON),
        "until": OrNone(WALL)}, ("people", "until")),
    "first-of-two": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": PERSON}),
    "set-refused": Fields({"kind": KIND, "area": NAME, "person": OrNone(PERSON), "points": POINTS, "inside": COUNT},
        ("points", "inside")),
    "set-cancelled": Fields({"kind": KIND, "area": NAME, "person": OrNone(PERSON)}),
    "set-extended": Fields({"kind": KIND, "area": NAME, "until": WALL, "by": OneOf(("badge", "console")),
        "person": PERSON}),
    "not-set": Fields({"kind": KIND, "area": NAME, "points": POINTS, "inside": COUNT}),
    "somebody-inside": Fields({"kind": KIND, "area": NAME, "by": OneOf(("button", "reader", "door")),
        "number": NUMBER}),
    "somebody-out": Fields({"kind": KIND, "area": NAME, "person": PERSON}),
    "watch-while-set": Fields({"kind": KIND, "area": NAME, "number": NUMBER, "points": POINTS, "since": UPTIME,
        "until": UPTIME, "gaps": Many(Row((UPTIME, UPTIME)))}),
    "reader-deaf": Fields({"kind": KIND, "reader": PLACE, "credential": CREDENTIAL, "person": OrNone(PERSON),
        "seconds": SECONDS}),
}

FACTS: Mapping[str, Fields] = {
    "site-applied": Fields({"kind": KIND, "version": NUMBER, "sha256": HASH, "changes": Many(AREA_CHANGED)},
        ("changes",)),
    "node-enrolled": Fields({"kind": KIND, "node": NAME, "life": NUMBER, "record_key": TEXT, "witness_key": TEXT,
        "serial": TEXT, "last_seq": NUMBER}),
    "node-revoked": Fields({"kind": KIND, "node": NAME, "reason": WRITTEN}),
    "node-silent": Fields({"kind": KIND, "node": NAME, "last_heard": OrNone(WALL), "sealed": Many(SEALED_AREA)}),
    "node-back": Fields({"kind": KIND, "node": NAME, "silent_for": WALL}),
    "refused": Fields({"kind": KIND, "node": NAME, "reason": REFUSAL, "count": COUNT, "example": TEXT}),
    "equivocation": Fields({"kind": KIND, "node": NAME, "life": NUMBER, "seq": NUMBER, "kept": Whole(-1,
        9_007_199_254_740_992), "other": WORD}),
    "record-doubted": Fields({"kind": KIND, "node": NAME, "life": COUNT, "seq": COUNT, "why": DOUBT}),
    "no-progress": Fields({"kind": KIND, "node": NAME, "life": NUMBER, "expected": COUNT, "got": COUNT}),
    "node-floods": Fields({"kind": KIND, "node": NAME, "topic": LEAF}),
    "flood-over": Fields({"kind": KIND, "node": NAME}),
    "order-not-done": Fields({"kind": KIND, "node": NAME, "order": COUNT, "what": TEXT, "size": OrNone(COUNT)},
        ("size",)),
    "plan-kept-back": Fields({"kind": KIND, "node": NAME, "kept": Flag(), "since": OrNone(WALL)}),
    "progress-again": Fields({"kind": KIND, "node": NAME}),
    "beat-contradicts": Fields({"kind": KIND, "node": NAME, "point": PLACE, "level": LEVEL, "sealing": OrNone(NUMBER),
        "boot": NAME, "uptime": UPTIME}),
    "disk-refuses": Fields({"kind": KIND, "node": NAME, "boot": NAME, "since": UPTIME, "waiting": COUNT,
        "lost": COUNT}),
    "records-lost": Fields({"kind": KIND, "node": NAME, "boot": NAME, "count": COUNT}),
    "hub-clock": Fields({"kind": KIND, "found": OneOf(("step", "journal", "nodes", "rtc")), "shows": WALL,
        "expected": WALL}),
    "database-held": Fields({"kind": KIND, "since": WALL, "held_for": WALL}),
    "hub-storage": Fields({"kind": KIND, "part": STORAGE_PART, "failed": Flag(), "total": COUNT, "free": COUNT}),
    "not-judged": Fields({"kind": KIND, "place": NAME, "what": TEXT, "why": TEXT, "part": FAILED_PART}, ("part",)),
    "journal-opened": Fields({"kind": KIND, "origin": TEXT, "checkpoint_key": TEXT, "services": Named(NAME, TEXT),
        "quotes": WORD, "rules": NUMBER}, ("quotes", "rules")),
    "checkpoint-key": Fields({"kind": KIND, "key": TEXT}),
    "journal-exported": Fields({"kind": KIND, "size": COUNT}),
    "hub-backed-up": Fields({"kind": KIND, "size": COUNT}),
    "rows-differ": Fields({"kind": KIND, "count": COUNT, "example": TEXT}),
    "rows-mended": Fields({"kind": KIND, "count": COUNT}),
    "hub-restored": Fields({"kind": KIND, "size": COUNT, "reason": WRITTEN, "second": PERSON}),
    "order-issued": Fields({"kind": KIND, "node": NAME, "life": NUMBER, "order": NUMBER, "what": TEXT}),
    "person-erased": Fields({"kind": KIND, "erased": PERSON, "reason": WRITTEN, "second": PERSON}),
    "account-made": Fields({"kind": KIND, "person": PERSON, "roles": Many(NAME)}),
    "password-set": Fields({"kind": KIND, "person": PERSON}),
    "signed-in": Fields({"kind": KIND, "person": PERSON, "at": OrNone(WALL)}, ("at",)),
    "sign-in-failed": Fields({"kind": KIND, "count": COUNT}),
    "engine-started": Fields({"kind": KIND, "version": TEXT, "silent_since": OrNone(WALL), "rules": NUMBER},
        ("rules",)),
    "notify-stopped": Fields({"kind": KIND}),
    "console-started": Fields({"kind": KIND, "version": TEXT}),
    "console-stopped": Fields({"kind": KIND}),
    "engine-stopped": Fields({"kind": KIND}),
    "service-refused": Fields({"kind": KIND, "service": NAME, "reason": ASK_REFUSAL, "count": COUNT, "example": TEXT}),
    "broker-lost": Fields({"kind": KIND, "since": WALL, "detail": TEXT}),
    "broker-back": Fields({"kind": KIND, "lost_for": WALL}),
    "unwitnessed": Fields({"kind": KIND, "since": WALL, "cosigned": COUNT, "nodes": COUNT}),
    "witnessed-again": Fields({"kind": KIND, "size": COUNT}),
    "checkpoint-disputed": Fields({"kind": KIND, "node": NAME, "size": COUNT, "root": CREDENTIAL, "said": WORD}),
    "badge-awaited": Fields({"kind": KIND, "point": PLACE, "happened": WALL, "wait": WALL, "cause": COUNT}),
    "badge-wait-over": Fields({"kind": KIND, "point": PLACE, "person": OrNone(PERSON)}),
    "alarm-raised": Fields({"kind": KIND, "alarm": NUMBER, "what": NAME, "klass": ALARM_CLASS, "priority": Whole(1, 4),
        "place": TEXT, "area": OrNone(NAME), "sealing": OrNone(NUMBER), "happened": WALL, "late": Flag(),
        "cause": COUNT, "foretold": Flag(), "told": TOLD, "nodes": Many(NAME), "stood": STOOD}, ("foretold", "told",
        "nodes", "stood")),
    "alarm-repeated": Fields({"kind": KIND, "alarm": NUMBER, "happened": WALL, "cause": COUNT, "foretold": Flag(),
        "told": TOLD, "nodes": Many(NAME)}, ("foretold", "told", "nodes")),
    "alarm-recorded": Fields({"kind": KIND, "alarm": NUMBER, "happened": WALL, "cause": COUNT}),
    "alarm-returned": Fields({"kind": KIND, "alarm": NUMBER, "cause": COUNT}),
    "alarm-acknowledged": Fields({"kind": KIND, "alarm": NUMBER, "via": VIA, "at": OrNone(WALL)}, ("via", "at")),
    "alarm-attended": Fields({"kind": KIND, "alarm": NUMBER, "person": PERSON, "cause": COUNT}),
    "finding-written": Fields({"kind": KIND, "alarm": NUMBER, "finding_cause": FINDING_CAUSE, "finding": WRITTEN}),
    "alarm-closed": Fields({"kind": KIND, "alarm": NUMBER, "finding_cause": FINDING_CAUSE, "finding": WRITTEN,
        "found_by": OrNone(PERSON)}, ("found_by",)),
    "guard-requested": Fields({"kind": KIND, "area": NAME, "act": OneOf(("set", "extend"))}),
    "unsetting-allowed": Fields({"kind": KIND, "area": NAME, "person": PERSON, "since": WALL, "until": WALL,
        "cause": WRITTEN}),
    "unsetting-forbidden": Fields({"kind": KIND, "area": NAME, "person": PERSON}),
    "sealing-ordered": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "purpose": PURPOSE, "cause": WRITTEN},
        ("cause",)),
    "sealing-badge": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "person": OrNone(PERSON),
        "counted": Whole(0, 2), "refusal": OneOf(("", "unknown", "no-right", "same-person", "same-role",
        "signed-exception", "no-ceremony")), "boot": NAME, "mono": UPTIME, "cause": COUNT}),
    "sealing-arming": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "purpose": PURPOSE, "people": Row((PERSON,
        PERSON)), "nodes": Many(NAME), "exceptions": Many(PLACE)}, ("exceptions",)),
    "sealing-confirmed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "node": NAME, "cause": COUNT}),
    "sealed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME}),
    "unsealed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME}),
    "unsealing-waits": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "nodes": Many(NAME)}),
    "sealing-changing": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "version": NUMBER, "plan": Many(NAME),
        "access": Many(NAME)}),
    "sealing-changed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME}),
    "sealing-adopted": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "node": NAME}),
    "sealing-cancelled": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "reason": OneOf(("timeout",
        "not-normal", "not-ready", "by-hand", "node-refused")), "detail": TEXT}),
    "sealing-planned": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "window": NUMBER}),
    "sealing-missed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "window": NUMBER}),
    "sealing-checking": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME}),
    "sealing-dropped": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "outcome": OneOf(("cancelled",
        "postponed")), "reason": WRITTEN}),
    "check-ticked": Fields({"kind": KIND, "area": NAME, "item": CHECK_ITEM}),
    "exception-signed": Fields({"kind": KIND, "point": PLACE, "reason": WRITTEN}),
    "seal-number": Fields({"kind": KIND, "point": PLACE, "number": SEAL_TEXT, "said_by": PERSON}),
    "seal-compared": Fields({"kind": KIND, "sealing": NUMBER, "point": PLACE, "number": SEAL_TEXT, "same": Flag()}),
    "unsealing-approved": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "cause": WRITTEN}),
    "emergency-opened": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "reason": WRITTEN, "nodes": Many(NAME)},
        ("nodes",)),
    "emergency-signed": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME}),
    "sealing-released": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "nodes": Many(NAME)}, ("nodes",)),
    "certificate-made": Fields({"kind": KIND, "sealing": NUMBER, "area": NAME, "half": HALF, "size": COUNT,
        "sha256": HASH}),
    "calendar-imported": Fields({"kind": KIND, "year": YEAR, "version": NUMBER, "sha256": HASH, "off": DAYS,
        "worked": DAYS}, ("off", "worked")),
    "calendar-approved": Fields({"kind": KIND, "year": YEAR, "version": NUMBER, "sha256": HASH}),
    "calendar-unpublished": Fields({"kind": KIND, "year": YEAR}),
    "window-planned": Fields({"kind": KIND, "window": NUMBER, "title": WRITTEN, "areas": Many(NAME, 1, 500),
        "starts": WALL, "ends": WALL}),
    "window-cancelled": Fields({"kind": KIND, "window": NUMBER, "reason": WRITTEN}),
    "call-opened": Fields({"kind": KIND, "call": NUMBER, "ladder": NAME, "wait": WALL, "drill": Flag()}),
    "call-joined": Fields({"kind": KIND, "call": NUMBER, "alarm": NUMBER, "wait": WALL}),
    "call-moved": Fields({"kind": KIND, "call": NUMBER, "step": COUNT, "round": COUNT, "why": OneOf(("begun",
        "unanswered", "not-attended", "once-more", "more-lines")), "wait": OrNone(WALL)}),
    "call-answered": Fields({"kind": KIND, "call": NUMBER, "wait": OrNone(WALL)}),
    "call-ended": Fields({"kind": KIND, "call": NUMBER}),
    "notice-queued": Fields({"kind": KIND, "notice": NUMBER, "call": NUMBER, "alarms": LINES, "step": COUNT,
        "round": COUNT, "channel": CHANNEL, "person": OrNone(PERSON), "drill": Flag()}),
    "notice-handed": Fields({"kind": KIND, "notice": NUMBER, "attempt": COUNT, "repeat": Flag(), "awaits": Flag(),
        "at": OrNone(WALL)}, ("at",)),
    "notice-delivered": Fields({"kind": KIND, "notice": NUMBER, "at": OrNone(WALL)}, ("at",)),
    "notice-failed": Fields({"kind": KIND, "notice": NUMBER, "attempt": COUNT, "detail": TEXT, "at": OrNone(WALL)},
        ("at",)),
    "notice-overdue": Fields({"kind": KIND, "notice": NUMBER, "channel": CHANNEL}),
    "alarm-shown": Fields({"kind": KIND, "alarm": NUMBER}),
    "alarm-sounded": Fields({"kind": KIND, "alarm": NUMBER}),
    "notify-started": Fields({"kind": KIND, "version": TEXT, "channels": Many(CHANNEL)}),
    "channel-tested": Fields({"kind": KIND, "channel": CHANNEL, "worked": Flag(), "detail": TEXT}),
    "channel-failed": Fields({"kind": KIND, "channel": CHANNEL, "since": WALL}),
    "answers-refused": Fields({"kind": KIND, "channel": CHANNEL, "reason": ANSWER_REFUSAL, "count": COUNT}),
    "engine-silent": Fields({"kind": KIND, "since": WALL}),
    "called-meanwhile": Fields({"kind": KIND, "call": OrNone(NUMBER), "alarms": LINES, "step": COUNT, "round": COUNT,
        "channel": CHANNEL, "person": OrNone(PERSON), "at": WALL, "notice": NUMBER, "wait": OrNone(WALL),
        "failed": TEXT}, ("notice", "wait", "failed")),
    "engine-back": Fields({"kind": KIND, "silent_for": WALL}),
    "drill-started": Fields({"kind": KIND, "area": NAME}),
    "alarms-set": Fields({"kind": KIND, "version": NUMBER, "document": text(12_000)}),
    "shift-added": Fields({"kind": KIND, "shift": NUMBER, "person": PERSON, "stand_in": OrNone(PERSON), "starts": WALL,
        "ends": WALL}),
    "shift-removed": Fields({"kind": KIND, "shift": NUMBER}),
    "roster-gap": Fields({"kind": KIND, "starts": WALL, "ends": WALL}),
    "handover-drafted": Fields({"kind": KIND, "handover": NUMBER, "alarms": LINES, "sealed": Many(SEALED_AREA),
        "silent": Many(NAME), "note": WRITTEN}),
    "handover-taken": Fields({"kind": KIND, "handover": NUMBER}),
}

SIGNERS: Mapping[str, str] = {
    "site-applied": "admin:admin",
    "node-enrolled": "admin:admin",
    "node-revoked": "admin:admin",
    "account-made": "admin:admin",
    "password-set": "admin:admin",
    "signed-in": "console:engine,console admin:engine,admin",
    "sign-in-failed": "console:engine,console admin:engine,admin",
    "engine-started": "engine:engine",
    "engine-stopped": "engine:engine",
    "notify-stopped": "notify:engine,notify",
    "console-started": "console:engine,console",
    "console-stopped": "console:engine,console",
    "service-refused": "engine:engine",
    "broker-lost": "engine:engine",
    "broker-back": "engine:engine",
    "node-silent": "engine:engine",
    "node-back": "engine:engine",
    "refused": "engine:engine",
    "no-progress": "engine:engine",
    "node-floods": "engine:engine",
    "flood-over": "engine:engine",
    "order-not-done": "engine:engine",
    "plan-kept-back": "engine:engine",
    "progress-again": "engine:engine",
    "beat-contradicts": "engine:engine",
    "disk-refuses": "engine:engine",
    "records-lost": "engine:engine",
    "database-held": "engine:engine",
    "unwitnessed": "engine:engine",
    "witnessed-again": "engine:engine",
    "checkpoint-disputed": "engine:engine",
    "journal-opened": "admin:admin",
    "checkpoint-key": "engine:engine",
    "journal-exported": "admin:engine,admin",
    "hub-backed-up": "admin:engine,admin",
    "rows-differ": "engine:engine",
    "rows-mended": "admin:engine,admin",
    "hub-restored": "admin:admin",
    "person-erased": "admin:admin",
    "guard-requested": "console:engine,console admin:engine,admin",
    "unsetting-allowed": "console:engine,console admin:engine,admin",
    "unsetting-forbidden": "console:engine,console admin:engine,admin",
    "alarm-acknowledged": "console:engine,console notify:engine,notify admin:engine,admin",
    "finding-written": "console:engine,console admin:engine,admin",
    "alarm-closed": "console:engine,console admin:engine,admin",
    "sealing-ordered": "console:engine,console admin:engine,admin",
    "sealing-cancelled": "engine:engine console:engine,console admin:engine,admin",
    "calendar-imported": "console:engine,console admin:engine,admin",
    "calendar-approved": "console:engine,console admin:engine,admin",
    "window-planned": "console:engine,console admin:engine,admin",
    "window-cancelled": "console:engine,console admin:engine,admin",
    "sealing-checking": "console:engine,console admin:engine,admin",
    "sealing-dropped": "engine:engine console:engine,console admin:engine,admin",
    "check-ticked": "console:engine,console admin:engine,admin",
    "exception-signed": "console:engine,console admin:engine,admin",
    "seal-number": "console:engine,console admin:engine,admin",
    "seal-compared": "console:engine,console admin:engine,admin",
    "unsealing-approved": "console:engine,console admin:engine,admin",
    "emergency-opened": "console:engine,console admin:engine,admin",
    "emergency-signed": "console:engine,console admin:engine,admin",
    "sealing-released": "console:engine,console admin:engine,admin",
    "certificate-made": "engine:engine",
    "notice-handed": "engine:engine console:console notify:engine,notify",
    "notice-delivered": "notify:engine,notify",
    "notice-failed": "engine:engine notify:engine,notify",
    "alarm-shown": "console:engine,console",
    "alarm-sounded": "notify:engine,notify",
    "notify-started": "notify:engine,notify",
    "channel-tested": "notify:engine,notify",
    "answers-refused": "notify:engine,notify",
    "engine-silent": "notify:engine,notify",
    "called-meanwhile": "notify:engine,notify",
    "engine-back": "notify:engine,notify",
    "drill-started": "console:engine,console admin:engine,admin",
    "alarms-set": "console:engine,console admin:engine,admin",
    "shift-added": "console:engine,console admin:engine,admin",
    "shift-removed": "console:engine,console admin:engine,admin",
    "handover-drafted": "console:engine,console admin:engine,admin",
    "handover-taken": "console:engine,console admin:engine,admin",
}
"""Kind of fact -> who may stand in `by`, each with the services whose keys may sign it then. One that is not here only
follows from others: the engine says it; of old each service did, in whose transaction it followed."""
