"""Numbers as words that two people can read to each other, whatever their language: proquints.

Source: D. S. Wilkerson, “A Proposal for Proquints: Identifiers that are Readable, Spellable, and Pronounceable”,
arXiv:0901.4016. Each word of five letters, consonants and vowels in turn, stands for 16 bits.
Standard library only, and syntax that Python 3.8 reads (see notes.py).
"""

from __future__ import annotations

from typing import List

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def to_words(data: bytes) -> List[str]:
    """Words for `data`, two bytes each. Raises ValueError for an odd number of bytes."""
    if len(data) % 2:
        raise ValueError("words stand for two bytes each")
    return [_word(data[at] << 8 | data[at + 1]) for at in range(0, len(data), 2)]


def from_words(words: List[str]) -> bytes:
    """Bytes that the words stand for. Raises ValueError, which names the first word that is none."""
    return b"".join(_number(word).to_bytes(2, "big") for word in words)


def _word(number: int) -> str:
    return "".join(
        (_CONSONANTS[number >> shift & 15] if bits == 4 else _VOWELS[number >> shift & 3])
        for shift, bits in ((12, 4), (10, 2), (6, 4), (4, 2), (0, 4))
    )


def _number(word: str) -> int:
    if len(word) != 5 or any(
        letter not in (_VOWELS if place % 2 else _CONSONANTS) for place, letter in enumerate(word.lower())
    ):
        raise ValueError(f"{word!r} is not one of the words: five letters such as “lusab”")
    number = 0
    for place, letter in enumerate(word.lower()):
        number = number << 2 | _VOWELS.index(letter) if place % 2 else number << 4 | _CONSONANTS.index(letter)
    return number
