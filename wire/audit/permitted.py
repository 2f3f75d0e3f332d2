"""Which of the hub's services may sign which kind of fact: the hub's own table (hub/core/requests.py), once more.

A kind that is not here follows from other facts, in whichever service's transaction that happens. A test holds the two
tables together; a right that is taken back must stay here, with the journals that were written under it.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Mapping

_KINDS = {
    "admin": (
        "journal-opened service-key site-applied node-enrolled node-revoked account-made journal-exported hub-backed-up"
        " hub-restored rows-mended"
    ),
    "engine": (
        "checkpoint-key engine-started broker-lost broker-back node-silent node-back refused no-progress"
        " beat-contradicts equivocation certificate-made"
    ),
    "console": "signed-in sign-in-failed alarm-shown",
    "notify": (
        "alarm-sounded notice-handed notice-delivered notice-failed notify-started channel-tested answers-refused"
        " engine-silent engine-back"
    ),
    "console admin": (
        "alarm-closed sealing-ordered sealing-cancelled calendar-imported calendar-approved window-planned"
        " window-cancelled sealing-checking sealing-dropped check-ticked exception-signed seal-number seal-compared"
        " unsealing-approved emergency-opened emergency-signed drill-started alarms-set shift-added shift-removed"
        " handover-drafted handover-taken"
    ),
    "console admin notify": "alarm-acknowledged",
}


def _by_kind() -> Dict[str, FrozenSet[str]]:
    return {kind: frozenset(who.split()) for who, kinds in _KINDS.items() for kind in kinds.split()}


PERMITTED: Mapping[str, FrozenSet[str]] = _by_kind()
"""Kind of fact -> services that may sign it."""
