"""How large a number may be that somebody says: for whoever reads messages, and for the offline verifier.

Standard library, Python 3.8.
"""

LARGEST_COUNT = 2**53
"""Up to here every reader of JSON holds a whole number exactly (RFC 8259, 6)."""

LARGEST_NUMBER = 10**12
"""Largest serial number: one a millisecond for thirty years. Sums of a few of them stay below LARGEST_COUNT."""

LONGEST_UPTIME = 3_155_760_000_000
"""Milliseconds of a hundred years, which no board has ever run without a boot."""

LATEST_WALL = 253_402_214_400_000
"""Milliseconds from 1970 to 9999-12-31 (UTC), the last day that Python, SQL and ISO 8601 can write: a day before the
end, so that every wall time has a date in every time zone."""

MOST_SECONDS = 86_400
"""Longest waiting time: a day."""

LARGEST_RECORD = 16 * 1024
"""Bytes of the largest record that the hub opens, its signature included."""

LARGEST_FACT = 60_000
"""Bytes of the text of the largest fact. A bundle of entries holds notes of up to 65,535 bytes (c2sp.org/tlog-tiles),
and the signature takes its part."""

LONGEST_BRINGING = 60_000
"""Milliseconds within which a fact that root's command has signed is journalled. So far its time may lie behind that of
the entry before it, and the hub's clock has not gone back."""
