"""What another has signed is opened in one way: by the bounds, the key and the place that the contract has for it."""

from __future__ import annotations

import pytest

from wire import keys, opening
from wire import messages as m

KEY = keys.make("strongroom/demo/engine/record")
STRANGER = keys.make("strongroom/demo/stranger/record")
IMPOSTOR = keys.make("strongroom/demo/engine/record")
BEAT = m.HubBeat(v=1, site="demo", boot="hub-1", number=1, time=1, size=1)
RECEIPT = m.Receipt(v=1, site="demo", node="archive-1", life=1, seq=0, hash="", index=-1, missing=False)


def why(note: bytes, kind: type[m.Message], site: str = "demo", node: str | None = None) -> str:
    with pytest.raises(opening.NotOpened) as refused:
        opening.opened(note, kind, KEY.public, site, node)
    return refused.value.reason


def test_what_its_key_has_signed_is_opened_with_its_text() -> None:
    text = m.encode(BEAT)
    assert opening.opened(KEY.sign(text), m.HubBeat, KEY.public, "demo") == (BEAT, text)
    receipt = KEY.sign(m.encode(RECEIPT))
    assert opening.opened(receipt, m.Receipt, KEY.public, "demo", "archive-1")[0] == RECEIPT


def test_what_is_larger_than_its_kind_may_be_is_not_looked_at() -> None:
    assert why(b"x" * (m.RULES[m.HubBeat].largest + 1), m.HubBeat) == "oversized"


def test_a_signature_of_another_is_refused() -> None:
    assert why(STRANGER.sign(m.encode(BEAT)), m.HubBeat) == "unknown-signer"
    assert why(KEY.sign(m.encode(BEAT)).replace(b'"number":1', b'"number":2'), m.HubBeat) == "bad-signature"


def test_what_is_no_message_of_the_kind_is_malformed() -> None:
    assert why(b"nothing", m.HubBeat) == "malformed"
    assert why(KEY.sign(m.encode(RECEIPT)), m.HubBeat) == "malformed"
    assert why(KEY.sign(b"{}\n"), m.HubBeat) == "malformed"


@pytest.mark.parametrize(("site", "node"), [("other", "archive-1"), ("demo", "cipher-1"), ("demo", None)])
def test_what_is_of_another_site_or_node_is_misplaced(site: str, node: str | None) -> None:
    assert why(KEY.sign(m.encode(RECEIPT)), m.Receipt, site, node) == "misplaced"
