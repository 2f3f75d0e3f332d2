"""Badge numbers never travel or lie in clear: what stands for one is an HMAC under the site's badge key."""

from __future__ import annotations

import hashlib
import hmac


def credential(badge_key: bytes, number: str) -> str:
    """HMAC-SHA-256 of a badge number (its hex digits in upper case), in hex: 64 characters."""
    return hmac.new(badge_key, number.upper().encode("ascii"), hashlib.sha256).hexdigest()
