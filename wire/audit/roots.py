"""The root key as it stands on paper: whole, or as six words."""

from __future__ import annotations

import hashlib
import re
from typing import List

from wire import notes, words

WORDS = 6


def root_words(key: notes.VerifierKey) -> List[str]:
    """Six words that stand for a key: 96 bits of its SHA-256. The key was made before anybody could want another."""
    return words.to_words(hashlib.sha256(str(key).encode()).digest()[: 2 * WORDS])


def is_root(said: str, key: notes.VerifierKey) -> bool:
    """Whether what was typed or scanned stands for this key."""
    if "+" in said:
        return "".join(said.split()) == str(key)
    return re.findall("[a-z]+", said.lower()) == root_words(key)
