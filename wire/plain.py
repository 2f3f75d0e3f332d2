"""Text from anywhere, as it may be shown: on a terminal, in a log, on a page or on paper.

Whoever may send a text may put into it what moves the cursor, clears the screen, begins a new line that looks like one
of ours, or turns the order of what is read. Standard library, Python 3.8, since the offline verifier shows such text.
"""

from __future__ import annotations

import unicodedata

_GONE = "\ufffd"


def plain(text: str, keep: str = "") -> str:
    """The text on one line and in its own order: marks that cannot be seen are left out, other white space is a space,
    and what else is no character is a question mark. `keep`: characters that stay as they are, such as a newline."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in keep else _shown(one) for one in text)


def _shown(character: str) -> str:
    if character in "\u00a0\u3000":
        return character
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    # Characters that this Python does not know yet, or that a bureau's own fonts have (for rare names), are characters.
    return "" if category == "Cf" else character if category in ("Co", "Cn") else _GONE
