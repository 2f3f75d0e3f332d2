"""The reference page of the wire contract, made from the code: `python -m tests.docs.wire_reference --write`."""

import inspect
import sys
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec

from tests.docs.lines import folded
from wire import enrolment, topics
from wire import messages as m

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "wire.md"

INTRODUCTION = """\
# The wire contract

This page is made from `wire/` and compared with it by a test. What it says in words is in
[how records travel](../explanation/how-a-record-travels.md).

Every message that somebody signs is a [signed note](https://c2sp.org/signed-note): UTF-8 text of one line of JSON, a
blank line, and one signature line. Record keys are Ed25519, key type 1. The bytes as sent are what is signed, stored
and hashed; the journal's leaf hash is SHA-256 of `0x00` and the whole note (RFC 6962).
"""


def render() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Topics\n", _topics(), "## Messages\n"]
    parts += [_struct(kind, 3) for kind in m.RULES]
    parts += ["## What a record is about (`data` of a Record)\n", *_union(m.RecordData)]
    parts += ["## What a beat says (`data` of a Beat)\n", *_union(m.Here | m.Gone)]
    parts += ["## Orders (`data` of an Order)\n", *_union(m.OrderData)]
    parts += ["## What a node asks about the journal (`data` of an Ask)\n", *_union(m.AskGrowth | m.AskInclusion)]
    parts += ["## What the engine answers (`data` of a Proven)\n", *_union(m.Growth | m.Inclusion)]
    parts += ["## Facts of the hub (`data` of a Fact)\n", *_union(m.FactData)]
    parts.append("## Parts of the above\n")
    parts += [_struct(kind, 3) for kind in PARTS]
    parts += ["## Types\n", _types()]
    parts.append("## Papers that a node and the hub exchange\n")
    parts += [_struct(kind, 3) for kind in (enrolment.NodeRequest, enrolment.NodePapers)]
    return folded("\n".join(parts).rstrip() + "\n")


PARTS: tuple[type[m.Message], ...] = (
    m.SealedArea,
    m.FrozenPerson,
    m.AreaChanged,
    m.Echo,
    m.Unwritten,
    m.PlanPoint,
    m.PlanReader,
    m.PlanArea,
    m.Window,
    m.Grant,
    m.Holder,
    m.Guarding,
    m.Approval,
    m.GuardedArea,
    m.Head,
    m.Introduction,
)

NOTES = (("checkpoint", m.CHECKPOINT), ("cosignature", m.COSIGNATURE))
"""What travels as a note whose text is no JSON."""


def _topics() -> str:
    rows = ["| message | topic | QoS | sent by | signed by | bytes at most |", "|---|---|---|---|---|---|"]
    for name, rule in [*((kind.__name__, rule) for kind, rule in m.RULES.items()), *NOTES]:
        topic = f"`strongroom/1/{{site}}/{rule.topic}`" if rule.topic else "none: it goes into the journal"
        rows.append(f"| {name} | {topic} | {rule.qos} | {rule.sender} | {rule.signer or 'nobody'} | {rule.largest} |")
    names = f"\nSites and nodes are named by `{topics.NAME}`; no node is named {', '.join(topics.RESERVED)}.\n"
    return "\n".join(rows) + "\n" + names


TYPES = (
    "Name", "Place", "Text", "Hash", "Credential", "Count", "Number", "Uptime", "Wall", "Span", "Seconds",
    "Person", "Level", "ClockTrust", "PointKind", "InputKind",
    "LeaveBy", "Nonce", "Root", "DenialReason", "OrderRefusal", "FaultPart", "Refusal", "AlarmClass", "FindingCause",
    "Service", "Day", "DayNamed",
)  # fmt: skip


def _types() -> str:
    rows = ["| type | values |", "|---|---|"]
    for name in TYPES:
        alias = getattr(m, name)
        if get_origin(alias) is Annotated:
            base, meta = get_args(alias)
            limits = {"pattern": "matches", "max_length": "at most", "ge": "from", "le": "to"}
            said = [f"{word} `{getattr(meta, key)}`" for key, word in limits.items() if getattr(meta, key) is not None]
            rows.append(f"| {name} | {base.__name__}, {', '.join(said)} |")
        else:
            rows.append(f"| {name} | {', '.join(f'`{value}`' for value in get_args(alias))} |")
    return "\n".join(rows) + "\n"


def _union(union: Any) -> list[str]:
    return [_struct(kind, 3) for kind in get_args(union)]


def _struct(kind: type[msgspec.Struct], depth: int) -> str:
    tag = kind.__struct_config__.tag
    title = f"{'#' * depth} `{tag}`" if tag else f"{'#' * depth} {kind.__name__}"
    lines = [title, "", " ".join(inspect.cleandoc(kind.__doc__ or "").split()), ""]
    fields = msgspec.structs.fields(kind)
    if fields:
        lines += ["| field | type |", "|---|---|"]
        annotations = _annotations(kind)
        lines += [f"| `{field.name}` | {annotations[field.name]} |" for field in fields]
        lines.append("")
    return "\n".join(lines)


def _annotations(kind: type[msgspec.Struct]) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= {name: str(text).replace("|", "\\|") for name, text in inspect.get_annotations(base).items()}
    return found


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(render(), "utf-8")
    else:
        print(render(), end="")
