"""Whether our own papers count today: by a clock that is wrong by years they do not, and TLS says no more than that."""

from __future__ import annotations

from wire import moments
from wire.link import TlsFiles

_SET = "set the hub's clock, or if that is right: strongroom site renew"


def explain(papers: TlsFiles, now: int) -> str | None:
    """Why no connection can come about with these papers at the hub's wall time `now` in ms; None when it can."""
    from cryptography import x509  # here alone: the engine would carry it in memory all year, to ask this once

    for path in (papers.authority, papers.certificate):
        try:
            found = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError):
            return f"the certificate {path.name} cannot be read"
        clock = moments.at(now)
        shows = f"and the hub's clock shows {clock:%Y-%m-%d}; {_SET}"
        if clock < found.not_valid_before_utc:
            return f"the certificate {path.name} counts from {found.not_valid_before_utc:%Y-%m-%d}, {shows}"
        if clock > found.not_valid_after_utc:
            return f"the certificate {path.name} ended on {found.not_valid_after_utc:%Y-%m-%d}, {shows}"
    return None
