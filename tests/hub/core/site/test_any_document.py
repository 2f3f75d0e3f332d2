"""Whatever stands in a site document, it is answered without an error."""

from __future__ import annotations

import copy
import random
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.core.site import reading as site_reading
from tests.support.draft import BOARD, DEMO, DOCUMENT, can_be_sent

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates() | st.datetimes()
    | st.times() | st.sampled_from(["archive", "archive-1", 1001, 9, "button", "auditor", "01001A2B01", "08:30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a document there is anything."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inner for found in [(*path, key), *places(one, (*path, key))]]


def with_every_key() -> dict[str, Any]:
    """The demonstration's document, with keys that it leaves out."""
    document = copy.deepcopy(DOCUMENT)
    document["area"][0].update(guard=True, opens=[1001, 1002], hours="office-hours", outside="two", close=15)
    return document


WHOLE = with_every_key()
PLACES = places(WHOLE)


@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.just(None) | st.builds(lambda value: (value,), VALUES)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_changed_or_missing_is_answered_without_an_error(
    changes: list[tuple[tuple[Any, ...], tuple[object] | None]],
) -> None:
    document = copy.deepcopy(WHOLE)
    for path, new in changes:
        holder: Any = document
        try:
            for key in path[:-1]:
                holder = holder[key]
            if new is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = new[0]
        except (LookupError, TypeError):
            continue  # an earlier change took it away
    reading = site_reading.read_document(document, BOARD)
    assert reading.site is not None or reading.mistakes
    assert all(mistake.place and mistake.sentence for mistake in reading.mistakes)
    if reading.site and not reading.mistakes:
        can_be_sent(reading.site)


@given(st.randoms(use_true_random=False), st.sampled_from(["", "7", '"x"', "[]", "{}", "2020-01-01", "true", "[[["]))
def test_whatever_line_is_spoilt_is_answered_without_an_error(chance: random.Random, value: str) -> None:
    lines = DEMO.splitlines()
    at = chance.randrange(len(lines))
    lines[at] = re.sub(r"= .*", f"= {value}", lines[at]) if chance.random() < 0.7 else ""
    site_reading.read("\n".join(lines), BOARD)


@given(st.text())
def test_any_text_at_all_is_answered_without_an_error(text: str) -> None:
    assert site_reading.read(text, BOARD).mistakes
