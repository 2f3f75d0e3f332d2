"""The journal for people and spreadsheets: made from the entries alone, so that a verifier can make it again.

Nothing in these files is that is not in an entry: no names of people, and no time at which the hub took an entry in.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Dict, List, Tuple

from wire import moments
from wire.audit.entries import Entry

COLUMNS = ("index", "time", "author", "life", "seq", "boot", "kind", "place", "person", "data")
UNREAD = "unreadable"
"""Stands for the kind of an entry that cannot be read. The verifier fails at such an entry before it compares lines."""
_PLACES = ("point", "reader", "place", "area", "node")


def csv_head() -> bytes:
    """First line of journal.csv, behind the mark by which spreadsheets know UTF-8."""
    return "\ufeff".encode() + _line(COLUMNS)


def csv_line(entry: Entry) -> bytes:
    """An entry in journal.csv. `time` is that of its author's clock, in UTC; `data` is JSON."""
    body, data = entry.body, entry.data
    place = next((data[field] for field in _PLACES if isinstance(data.get(field), str)), "")
    person = body.get("person") or data.get("person") or ""
    said = json.dumps({key: value for key, value in data.items() if key != "kind"}, ensure_ascii=False)
    time = moments.iso(body["wall"] if entry.of_node else body["time"])
    of_node = (body["life"], body["seq"], body["boot"]) if entry.of_node else ("", "", "")
    return _line((entry.number, time, entry.author, *of_node, entry.kind, place, person, said))


def json_line(entry: Entry) -> bytes:
    """An entry in journal.jsonl: the text that was signed, as it is, within an object."""
    signer = json.dumps(entry.parts.signatures[0].name, ensure_ascii=False)
    return b'{"index":%d,"signer":%s,"entry":%s}\n' % (entry.number, signer.encode(), entry.parts.text.rstrip(b"\n"))


def csv_unread(number: int, why: str) -> bytes:
    """In the place of an entry that is none, or that this version cannot read: that there is one, and why not."""
    return _line((number, "", "", "", "", "", UNREAD, "", "", json.dumps({"why": why}, ensure_ascii=False)))


def json_unread(number: int, why: str) -> bytes:
    """The same in journal.jsonl."""
    return json.dumps({"index": number, UNREAD: why}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def keys_json(site: str, origin: str, history: List[Dict[str, Any]]) -> bytes:
    """keys.json: every key that the journal names, with the entry that names it."""
    return json.dumps({"site": site, "origin": origin, "keys": history}, ensure_ascii=False, indent=1).encode() + b"\n"


def _line(fields: Tuple[Any, ...]) -> bytes:
    buffer = io.StringIO(newline="")
    # A field that a spreadsheet would take for a formula can only come from a forged entry; it gets an apostrophe.
    safe = ["'" + one if isinstance(one, str) and one[:1] in "=+-@\t" and one else one for one in fields]
    csv.writer(buffer, lineterminator="\r\n").writerow(safe)
    return buffer.getvalue().encode("utf-8", "surrogatepass")
