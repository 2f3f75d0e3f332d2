"""Which of the hub's services may sign which kind of fact: the tables of hub/core/journal/requests.py once more.

A kind that is not here follows from other facts, in whichever service's transaction that happens. A test holds the two
tables together; a right that is taken back must stay here, with the journals that were written under it.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Mapping

_KINDS = {
    "admin": (
        "journal-opened service-key site-applied node-enrolled node-revoked account-made journal-exported hub-backed-up"
        " hub-restored rows-mended person-erased"
    ),
    "engine": (
        "checkpoint-key engine-started engine-stopped broker-lost broker-back node-silent node-back refused no-progress"
        " order-not-done progress-again beat-contradicts disk-refuses records-lost equivocation certificate-made"
        " unwitnessed witnessed-again checkpoint-disputed"
    ),
    "console": "signed-in sign-in-failed alarm-shown",
    "notify": (
        "alarm-sounded notice-delivered notify-started channel-tested answers-refused engine-silent engine-back"
    ),
    "notify console": "notice-handed",
    "notify engine": "notice-failed",
    "console admin engine": "sealing-cancelled sealing-dropped",
    "console admin": (
        "finding-written alarm-closed sealing-ordered calendar-imported calendar-approved"
        " window-planned window-cancelled sealing-checking check-ticked exception-signed seal-number"
        " seal-compared unsealing-approved emergency-opened emergency-signed sealing-released drill-started alarms-set"
        " shift-added shift-removed handover-drafted handover-taken"
    ),
    "console admin notify": "alarm-acknowledged",
}


def _by_kind() -> Dict[str, FrozenSet[str]]:
    return {kind: frozenset(who.split()) for who, kinds in _KINDS.items() for kind in kinds.split()}


PERMITTED: Mapping[str, FrozenSet[str]] = _by_kind()
"""Kind of fact -> services that may sign it."""
