"""Opening what another has signed, by the table of the contract: bounded, signed, readable, and of whom it says."""

from __future__ import annotations

from typing import Any, TypeVar

from wire import keys, notes
from wire.messages import Message, Refusal, Unreadable, decode, fits

M = TypeVar("M", bound=Message)


class NotOpened(ValueError):
    """A message that is not taken: `reason` in the words of the contract; the text says more of it."""

    def __init__(self, reason: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.reason: Refusal = reason


def opened(note: bytes, kind: type[M], key: notes.VerifierKey, site: str, node: str | None = None) -> tuple[M, bytes]:
    """The message of this kind, with its text as it was signed by this key. It is of this site, and of or to this node;
    None: the kind names none. Raises NotOpened."""
    if not fits(kind, note):
        raise NotOpened("oversized", f"{len(note)} bytes")
    try:
        text = notes.open_record(note, [key], keys.CHECKS)[0]
        said: Any = decode(text, kind)
    except notes.UnknownSigner as error:
        raise NotOpened("unknown-signer", str(error)) from None
    except notes.BadSignature as error:
        raise NotOpened("bad-signature", str(error)) from None
    except (notes.NoteError, Unreadable) as error:
        raise NotOpened("malformed", str(error)) from None
    if said.site != site or getattr(said, "node", None) != node:
        raise NotOpened("misplaced", f"says it is of {said.site}/{getattr(said, 'node', '')}")
    return said, text
