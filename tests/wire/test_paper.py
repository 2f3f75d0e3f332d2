"""Checkpoints on paper: what is scanned or typed is read, and a typing mistake is found and named."""

from __future__ import annotations

import contextlib
import hashlib
import random

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.test_checkpoint import HUB, MADE, ONE, TWO, cosigned
from wire import checkpoint, notes, paper, words

WORDS = paper.to_words(MADE)
LETTERS = "bdfghjklmnprstvzaiou"
SIGNED = notes.join(*cosigned(ONE, TWO))


def test_words_carry_size_and_160_bits_of_the_root() -> None:
    seen = paper.parse(" ".join(WORDS))
    assert len(WORDS) == paper.WORDS
    assert (seen.size, seen.root) == (300, MADE.root[:20])
    assert seen.is_of(MADE.origin)
    assert not seen.is_of("strongroom/other/journal")
    assert seen.fits(MADE.root)
    assert not seen.fits(hashlib.sha256(b"other").digest())


@pytest.mark.parametrize(
    "form",
    [
        "-".join(WORDS),
        ", ".join(WORDS).upper(),
        "1. " + " ".join(WORDS[:5]) + "\r\n2. " + " ".join(WORDS[5:10]) + "\r\n3. " + " ".join(WORDS[10:]) + "\r\n",
        "\ufeff" + "\n".join(WORDS),
        "  " + "、".join(WORDS) + "。",
    ],
)
def test_it_does_not_matter_what_stands_between_words(form: str) -> None:
    assert paper.parse(form) == paper.from_words(" ".join(WORDS))


@given(st.integers(0, 2**32 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 14), st.integers(1, 65535))
def test_a_wrong_word_is_named_with_what_it_should_be(size: int, root: bytes, place: int, change: int) -> None:
    made = checkpoint.Checkpoint("a", size, root)
    right = paper.to_words(made)
    assert paper.from_words(" ".join(right)).size == size
    wrong = list(right)
    number = int.from_bytes(words.from_words([right[place]]), "big") ^ change
    wrong[place] = words.to_words(number.to_bytes(2, "big"))[0]
    with pytest.raises(paper.PaperError, match=rf"^word {place + 1} “{wrong[place]}” .* “{right[place]}”"):
        paper.from_words(" ".join(wrong))


@given(st.integers(0, 14), st.sampled_from(["lusob1x", "xxxxx", "abcde", "lusa", "中文"]))
def test_what_is_none_of_the_words_is_named_with_what_it_should_be(place: int, typed: str) -> None:
    wrong = list(WORDS)
    wrong[place] = typed
    with pytest.raises(paper.PaperError, match=rf"^word {place + 1} “{typed}” .* “{WORDS[place]}”"):
        paper.from_words(" ".join(wrong))


def test_two_mistakes_are_found_though_not_named() -> None:
    source = random.Random(4)
    named = 0
    for _ in range(20_000):
        wrong = list(WORDS)
        for place in source.sample(range(15), 2):
            wrong[place] = words.to_words(source.randbytes(2))[0]
        if wrong != WORDS:
            with pytest.raises(paper.PaperError) as caught:
                paper.from_words(" ".join(wrong))
            named += str(caught.value).startswith("word ")
    assert named < 20, "now and then two mistakes look like a third, but never like none"


@pytest.mark.parametrize("place", range(14))
def test_exchanged_words_are_found(place: int) -> None:
    wrong = list(WORDS)
    wrong[place], wrong[place + 1] = wrong[place + 1], wrong[place]
    with pytest.raises(paper.PaperError, match=r"exchanged|^word"):
        paper.from_words(" ".join(wrong))


@pytest.mark.parametrize("count", [0, 1, 14, 16])
def test_a_wrong_number_of_words(count: int) -> None:
    with pytest.raises(paper.PaperError, match=f"15 words, not {count}"):
        paper.from_words(" ".join((WORDS * 2)[:count]))


def test_two_that_are_no_words_are_both_named() -> None:
    with pytest.raises(paper.PaperError, match="3 “xxxxx”, 9 “yyyyy”"):
        paper.from_words(" ".join([*WORDS[:2], "xxxxx", *WORDS[3:8], "yyyyy", *WORDS[9:]]))


def test_a_journal_that_is_too_large_has_no_words() -> None:
    with pytest.raises(paper.PaperError):
        paper.to_words(MADE._replace(size=2**32))


def test_the_text_of_a_qr_code_is_the_note_and_fits() -> None:
    text = paper.qr_text(SIGNED)
    assert text.encode() == SIGNED
    seen = paper.parse(text)
    assert (seen.origin, seen.size, seen.root, seen.note) == (MADE.origin, 300, MADE.root, SIGNED)
    assert int(segno.make(text, error="m", micro=False).version) <= 22
    assert paper.parse(text.rstrip("\n").replace("\n", "\r\n")) == seen


def test_a_qr_code_leaves_cosignatures_out_before_it_grows_too_large() -> None:
    many = notes.join(*cosigned(*[ONE, TWO] * 10))
    text = paper.qr_text(many)
    assert len(text.encode()) <= paper.QR_BYTES
    assert notes.signers(notes.split(text.encode()), [HUB.public], checkpoint.checks(lambda *_: True))
    assert (
        int(segno.make(text + " " * (paper.QR_BYTES - len(text.encode())), error="m", encoding="utf-8").version) <= 22
    )
    with pytest.raises(paper.PaperError):
        paper.qr_text(many, 100)


def test_the_text_alone_is_read_too() -> None:
    seen = paper.parse(MADE.text().decode())
    assert (seen.origin, seen.size, seen.root, seen.note) == (MADE.origin, 300, MADE.root, None)


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 70_000, "a\n1\nb\n", "a\n01\n\n", "\ud800\n1\nx\n", "a\n1\nx\n\n— b\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(paper.PaperError):
        paper.parse(text)


@given(st.one_of(st.text(max_size=200), st.text(alphabet=LETTERS + " \n-", max_size=120)))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(paper.PaperError):
        paper.parse(text)
