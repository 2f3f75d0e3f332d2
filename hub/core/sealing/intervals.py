"""Sets of half-open intervals of whole milliseconds: sorted, apart from each other, none of them empty."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """All of them, joined where they touch."""
    joined: list[Span] = []
    for since, until in sorted(spans):
        if until <= since:
            continue
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        else:
            joined.append((since, until))
    return tuple(joined)


def without(spans: Spans, others: Spans) -> Spans:
    """What of `spans` is in none of the others."""
    left: list[Span] = []
    at = 0
    for since, until in spans:
        while at < len(others) and others[at][1] <= since:
            at += 1
        here = at
        while here < len(others) and others[here][0] < until:
            if others[here][0] > since:
                left.append((since, others[here][0]))
            since = max(since, others[here][1])
            here += 1
        if since < until:
            left.append((since, until))
    return tuple(left)


def within(spans: Spans, others: Spans) -> Spans:
    """What of `spans` is in one of the others."""
    return without(spans, without(spans, others))


def length(spans: Spans) -> int:
    """Milliseconds in all."""
    return sum(until - since for since, until in spans)
