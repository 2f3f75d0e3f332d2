"""Body of a note: one line of JSON, made and read here and nowhere else."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from wire import decoding
from wire.messages.base import Data, Message

M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder()


class Unreadable(ValueError):
    """The text is not a message of the kind that was expected here."""


def encode(message: Message) -> bytes:
    """Body of a note: one line of JSON and its newline."""
    return _encoder.encode(message) + b"\n"


def decode(text: bytes, kind: type[M]) -> M:
    """Read the body of a note. Raises Unreadable, with the place of the mistake."""
    if text.count(b"\n") != 1 or not text.endswith(b"\n"):
        raise Unreadable("the body of a note is one line")
    try:
        return decoding.decode(text, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None


def kind_of(data: Data) -> str:
    """The `kind` that tells this data apart in JSON, such as ``alarm-raised``."""
    return str(type(data).__struct_config__.tag)
