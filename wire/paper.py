"""Checkpoints on paper: as text for a QR code, and as words that a person can read aloud and type.

The words (wire/words.py) carry, in 16 bits each: a tag of the origin (1 word), the size (2), the first 160 bits of the
root hash (10), and two check words. Why 160 bits: whoever prints the paper might be the one who cheats, and could
look beforehand for two journals with the same words; for n bits that takes 2**(n/2) attempts, and 2**80 is out of
reach, while 2**64 (with 128 bits) no longer is. Against a forger who comes later the full 160 bits count.

The check words are a Reed-Solomon code over GF(2**16): they find every mistake in one word, name the word and say what
it should have been; of other mistakes, such as two words exchanged, they miss fewer than one in four thousand million.
Standard library only, and syntax that Python 3.8 reads (see notes.py).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import List, NamedTuple, Optional, Tuple

from wire import checkpoint, notes, words

ROOT_BYTES = 20
MAX_PRINTED_SIZE = 2**32 - 1
"""Largest journal whose checkpoint goes into words: an entry a second for 136 years."""
WORDS = 15
QR_BYTES = 779
"""Bytes of the largest text for a QR code: version 22 at level M, which telephones still read from a laser print."""
MAX_TYPED = 64 * 1024
"""Characters of the longest text that is read as a paper form."""

_BETWEEN = re.compile(r"[\s,.;:/|()·、，。\u2010-\u2015-]+")
_POLYNOMIAL = 0x1100B
"""x**16 + x**12 + x**3 + x + 1, primitive over GF(2)."""


class PaperError(ValueError):
    """What was scanned or typed is no checkpoint; the message says which word is wrong where that can be known."""


class Seen(NamedTuple):
    """A checkpoint that somebody has seen. `root` may be only the beginning of the root hash."""

    size: int
    root: bytes
    tag: bytes
    """Empty where the paper, a certificate, has none."""
    origin: Optional[str] = None
    """None where the paper has only the tag of it."""
    note: Optional[bytes] = None
    """The signed note, where the paper has it."""
    certificate: Optional[bytes] = None
    """The certificate of a sealing, or the text of its code, with its signature if it has one."""

    def is_of(self, origin: str) -> bool:
        """Whether it may be a checkpoint of the journal of this origin."""
        return self.tag in (b"", origin_tag(origin)) and self.origin in (None, origin)

    def fits(self, root: bytes) -> bool:
        """Whether this may be the root hash that was seen."""
        return root[: len(self.root)] == self.root


def origin_tag(origin: str) -> bytes:
    """Two bytes by which papers of different journals are told apart. No protection, a help for people."""
    return hashlib.sha256(b"strongroom origin\n" + origin.encode()).digest()[:2]


def to_words(made: checkpoint.Checkpoint) -> List[str]:
    """The words of a checkpoint, WORDS of them. Raises PaperError for a journal that is too large."""
    if made.size > MAX_PRINTED_SIZE:
        raise PaperError(f"a journal of more than {MAX_PRINTED_SIZE} entries has no words")
    content = origin_tag(made.origin) + made.size.to_bytes(4, "big") + made.root[:ROOT_BYTES]
    symbols = [int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2)]
    return words.to_words(b"".join(one.to_bytes(2, "big") for one in symbols + _check_symbols(symbols)))


def from_words(text: str) -> Seen:
    """Read typed words; case and everything between them does not matter. Raises PaperError."""
    # Numbers beside the words are left out: a form may count its rows.
    typed = [word for word in _BETWEEN.split(text[:MAX_TYPED]) if word and not word.isdigit()]
    if len(typed) != WORDS:
        raise PaperError(f"a checkpoint has {WORDS} words, not {len(typed)}")
    symbols: List[int] = []
    unreadable: List[int] = []
    for place, word in enumerate(typed):
        try:
            symbols.append(int.from_bytes(words.from_words([word]), "big"))
        except ValueError:
            symbols.append(0)
            unreadable.append(place)
    wrong = _find_mistake(symbols)
    if len(unreadable) > 1:
        listed = ", ".join(f"{place + 1} “{typed[place][:20]}”" for place in unreadable)
        raise PaperError(f"these are none of the words, look at the paper again: {listed}")
    if unreadable and (wrong is None or wrong[0] == unreadable[0]):
        # With a single word missing the check words say what it was, whatever was typed.
        value = wrong[1] if wrong else 0
        raise PaperError(_correction(unreadable[0], typed, value))
    if unreadable:
        named = f"word {unreadable[0] + 1} “{typed[unreadable[0]][:20]}”"
        raise PaperError(f"{named} is none of the words, and another is wrong too: compare all of them")
    if wrong is not None and wrong[0] >= 0:
        raise PaperError(_correction(wrong[0], typed, wrong[1]))
    if wrong is not None:
        raise PaperError("more than one word is wrong, or two are exchanged: compare every word with the paper")
    content = b"".join(one.to_bytes(2, "big") for one in symbols[:-2])
    return Seen(int.from_bytes(content[2:6], "big"), content[6:], content[:2])


def qr_text(note: bytes, most: int = QR_BYTES) -> str:
    """A signed checkpoint as text for a QR code: its first line, the log's own, and as many more as fit.

    Raises PaperError when not even one fits, NoteError when it is no checkpoint.
    """
    _, parts = checkpoint.open_signed(note)
    for count in range(len(parts.signatures), 0, -1):
        text = notes.join(parts.text, parts.signatures[:count])
        if len(text) <= most:
            return text.decode()
    raise PaperError(f"the checkpoint does not fit into {most} bytes")


def parse(text: str) -> Seen:
    """Read what was scanned, typed or kept in a file: a signed checkpoint, its text alone, words, or a certificate of a
    sealing or the text of its code, which both say how long the journal was and what its root was then.

    Line ends of any system are taken, and a lost newline at the end. Raises PaperError.
    """
    if len(text) > MAX_TYPED:
        raise PaperError(f"a checkpoint has fewer than {MAX_TYPED} characters")
    clean = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    lines = clean.split("\n")
    if clean.startswith("{"):
        return _from_certificate(lines[0], clean.encode("utf-8", "replace"))
    if len(lines) < 4 or not re.fullmatch("[0-9]+", lines[1].strip(), re.ASCII):
        return from_words(clean)
    try:
        if "\n\n" in clean:
            note: Optional[bytes] = clean.encode()
            found, _ = checkpoint.open_signed(clean.encode())
        else:
            note, found = None, checkpoint.parse(clean.encode())
    except (notes.NoteError, UnicodeEncodeError) as error:
        raise PaperError(f"this is no checkpoint: {error}") from None
    return Seen(found.size, found.root, origin_tag(found.origin), found.origin, note)


def _from_certificate(line: str, whole: bytes) -> Seen:
    try:
        said = json.loads(line)
        size, root, origin = said["size"], bytes.fromhex(said["root"]), said.get("origin")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PaperError("this is no certificate, or not all of it") from None
    if type(size) is not int or not 0 < size <= checkpoint.MAX_SIZE or len(root) != hashlib.sha256().digest_size:
        raise PaperError("this certificate names no state of the journal")
    return Seen(size, root, b"", origin if isinstance(origin, str) else None, certificate=whole)


def _correction(place: int, typed: List[str], value: int) -> str:
    meant = words.to_words(value.to_bytes(2, "big"))[0]
    return f"word {place + 1} “{typed[place][:20]}” is wrong; by the check words the paper says “{meant}”: look again"


# ---------------------------------------------------------------- the check words


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left >> 16:
            left ^= _POLYNOMIAL
        right >>= 1
    return product


def _inverse(value: int) -> int:
    result, power = 1, 2**16 - 2
    while power:
        if power & 1:
            result = _times(result, value)
        value = _times(value, value)
        power >>= 1
    return result


def _sums(symbols: List[int]) -> Tuple[int, int]:
    """Sum of the symbols, and sum of each times 2**place: both are 0 for a whole row of words."""
    plain = weighted = 0
    for symbol in reversed(symbols):
        plain ^= symbol
        weighted = _times(weighted, 2) ^ symbol
    return plain, weighted


def _check_symbols(symbols: List[int]) -> List[int]:
    # a + b = plain and 2**n a + 2**(n+1) b = weighted, for the places n and n+1 that a and b take.
    plain, weighted = _sums(symbols)
    unit = 1
    for _ in symbols:
        unit = _times(unit, 2)
    second = _times(_times(weighted, _inverse(unit)) ^ plain, _inverse(3))
    return [plain ^ second, second]


def _find_mistake(symbols: List[int]) -> Optional[Tuple[int, int]]:
    """Place of the one wrong symbol and what it should be; place -1 when more than one is wrong, None when none is."""
    plain, weighted = _sums(symbols)
    if not plain and not weighted:
        return None
    unit = 1
    for place, symbol in enumerate(symbols):
        if plain and _times(plain, unit) == weighted:
            return place, symbol ^ plain
        unit = _times(unit, 2)
    return -1, 0
