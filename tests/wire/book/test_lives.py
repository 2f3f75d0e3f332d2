"""The place of a record in its node's life."""

from __future__ import annotations

import pytest

from wire.book.lives import MOST_LIVES, Numbered, Standing, opens_life, why_not_enrolled, why_not_next

HERE = Standing(life=3, seq=7, hash="ab" * 32)
NEXT = Numbered("level", 3, 8, HERE.hash)
LOST = Numbered("cannot-fill", 3, 12, "", first=8, last=12)
OWN_LIFE = Numbered("rolled-back", 4, 1, "", told_of=3)


@pytest.mark.parametrize(
    "record",
    [
        NEXT,
        LOST,
        LOST._replace(first=2),
        LOST._replace(seq=8, last=8),
        OWN_LIFE,
        OWN_LIFE._replace(life=3 + MOST_LIVES),
    ],
)
def test_the_journal_goes_on_by(record: Numbered) -> None:
    assert why_not_next(HERE, record) == ""


@pytest.mark.parametrize(
    "record",
    [
        NEXT._replace(seq=7),
        NEXT._replace(seq=9),
        NEXT._replace(seq=0),
        NEXT._replace(life=2),
        NEXT._replace(life=4),
        NEXT._replace(life=4, seq=1),
        NEXT._replace(prev=""),
        NEXT._replace(prev="cd" * 32),
        LOST._replace(first=9),
        LOST._replace(last=11),
        LOST._replace(last=13),
        LOST._replace(seq=7, last=7),
        LOST._replace(life=4),
        OWN_LIFE._replace(life=3),
        OWN_LIFE._replace(life=2),
        OWN_LIFE._replace(life=4 + MOST_LIVES),
        OWN_LIFE._replace(kind="started"),
        OWN_LIFE._replace(seq=2),
        OWN_LIFE._replace(seq=8),
        OWN_LIFE._replace(told_of=2),
        OWN_LIFE._replace(told_of=4),
    ],
)
def test_the_journal_does_not_go_on_by(record: Numbered) -> None:
    assert why_not_next(HERE, record)


def test_what_was_before_is_not_asked_where_nothing_is_known_of_it() -> None:
    assert not why_not_next(Standing(1, 0, ""), Numbered("started", 1, 1, "cd" * 32))
    assert not why_not_next(Standing(1, 5, ""), Numbered("level", 1, 6, "cd" * 32)), "after a loss without its hash"


def test_only_a_life_that_the_node_opens_itself_is_one() -> None:
    assert opens_life(HERE, OWN_LIFE)
    assert not opens_life(HERE, NEXT)
    assert not opens_life(HERE, LOST)


def test_a_node_is_enrolled_for_its_next_life_and_no_other() -> None:
    assert not why_not_enrolled(Standing(), 1, 0)
    assert not why_not_enrolled(HERE, 4, 7)
    assert not why_not_enrolled(HERE, 4, 6), "records came in while its papers were made"
    assert why_not_enrolled(HERE, 4, 8)
    for life in (0, 2, 3, 5):
        assert why_not_enrolled(HERE, life, 7)
