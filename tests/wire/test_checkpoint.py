"""Checkpoints and cosignatures as C2SP has them, and every malformed form refused."""

from __future__ import annotations

import base64
import contextlib
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wire import checkpoint, notes, tlog
from wire.checkpoint import COSIGNATURE, Checkpoint, Cosignature
from wire.keys import SigningKey, check_ed25519

# The example of c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+"
    "xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
).encode()
ROOT = hashlib.sha256(b"root").digest()
MADE = Checkpoint("strongroom/demo/journal", 300, ROOT)
SUITES = checkpoint.checks(check_ed25519)


def signing(name: str) -> SigningKey:
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


HUB, ONE, TWO = signing("strongroom/demo/journal"), signing("w1"), signing("w2")


def cosigned(*witnesses: SigningKey, time: int = 1_700_000_000) -> notes.Note:
    text = MADE.text()
    lines = [notes.split(HUB.sign(text)).signatures[0]]
    for one in witnesses:
        key = checkpoint.witness_key(one.public)
        lines.append(checkpoint.cosign(key, text, time, one.private.sign))
    return notes.split(notes.join(text, lines))


def public(*witnesses: SigningKey) -> list[notes.VerifierKey]:
    return [checkpoint.witness_key(one.public) for one in witnesses]


def test_the_example_of_the_specification() -> None:
    found, parts = checkpoint.open_signed(EXAMPLE)
    assert found.origin == "example.com/behind-the-sofa"
    assert found.size == 20852163
    assert found.text() == parts.text
    assert [one.name for one in parts.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert int.from_bytes(parts.signatures[1].data[:8], "big") == 1679315147
    message = checkpoint.cosigned_message(parts.text, 1679315147)
    assert message == b"cosignature/v1\ntime 1679315147\n" + parts.text


def test_the_id_of_a_witness_key_has_the_type_in_it() -> None:
    key = checkpoint.witness_key(ONE.public)
    assert key.key_id == hashlib.sha256(b"w1\n\x04" + key.public).digest()[:4]
    assert notes.parse_key(str(key)) == key


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40),
    st.integers(1, checkpoint.MAX_SIZE),
    st.binary(min_size=32, max_size=32),
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20), max_size=3
    ),
)
def test_what_is_made_is_read_again(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    made = Checkpoint(origin, size, root, tuple(extensions))
    assert checkpoint.parse(made.text()) == made


GOOD = base64.b64encode(ROOT)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"a\n1\n",
        b"a\n1\n" + GOOD,
        b"\n1\n" + GOOD + b"\n",
        b"a\n\n" + GOOD + b"\n",
        b"a\n01\n" + GOOD + b"\n",
        b"a\n-1\n" + GOOD + b"\n",
        b"a\n+1\n" + GOOD + b"\n",
        b"a\n1 \n" + GOOD + b"\n",
        b"a\n1_0\n" + GOOD + b"\n",
        b"a\n0x1\n" + GOOD + b"\n",
        b"a\n9223372036854775808\n" + GOOD + b"\n",
        b"a\n" + b"9" * 3000 + b"\n" + GOOD + b"\n",
        "a\n١\n".encode() + GOOD + b"\n",
        b"a\n0\n" + GOOD + b"\n",
        b"a\n1\n" + GOOD[:-1] + b"\n",
        b"a\n1\n" + GOOD + b"=\n",
        b"a\n1\n" + GOOD + b" \n",
        b"a\n1\n" + base64.b64encode(ROOT[:31]) + b"\n",
        b"a\n1\n" + base64.b64encode(ROOT + b"a") + b"\n",
        b"a\n1\n" + GOOD[:-2] + bytes([GOOD[-2] + 1]) + b"=\n",
        b"a\n1\n" + GOOD + b"\n\n",
        b"a\n1\n" + GOOD + b"\n\nx\n",
        b"a\r\n1\r\n" + GOOD + b"\r\n",
        b"a\t\n1\n" + GOOD + b"\n",
        b"\xff\n1\n" + GOOD + b"\n",
        b"a\n1\n" + GOOD + b"\n" + b"x" * 5000 + b"\n",
    ],
)
def test_malformed_texts(text: bytes) -> None:
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.parse(text)


def test_the_empty_tree() -> None:
    empty = Checkpoint("a", 0, tlog.root(()))
    assert checkpoint.parse(empty.text()) == empty


@pytest.mark.parametrize(
    "made",
    [
        Checkpoint("", 1, ROOT),
        Checkpoint("a\nb", 1, ROOT),
        Checkpoint("a", -1, ROOT),
        Checkpoint("a", 1, ROOT[:-1]),
        Checkpoint("a", 0, ROOT),
        Checkpoint("a", 1, ROOT, ("",)),
        Checkpoint("a", checkpoint.MAX_SIZE + 1, ROOT),
    ],
)
def test_what_cannot_be_said_is_not_made(made: Checkpoint) -> None:
    with pytest.raises(checkpoint.MalformedCheckpoint):
        made.text()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_checkpoint_in_one_spelling_or_none(text: bytes) -> None:
    try:
        found = checkpoint.parse(text)
    except checkpoint.MalformedCheckpoint:
        return
    assert found.text() == text


@given(st.integers(0, len(MADE.text()) * 8 - 1))
def test_a_flipped_bit_is_refused_or_says_something_else(bit: int) -> None:
    text = bytearray(MADE.text())
    text[bit // 8] ^= 1 << bit % 8
    with contextlib.suppress(checkpoint.MalformedCheckpoint):
        assert checkpoint.parse(bytes(text)) != MADE


def test_cosignatures_are_found_and_counted_once() -> None:
    parts = cosigned(ONE, TWO, ONE)
    found = checkpoint.cosignatures(parts, public(ONE, TWO), SUITES)
    assert found == [Cosignature(key, 1_700_000_000) for key in public(ONE, TWO)]
    assert checkpoint.cosignatures(parts, public(TWO), SUITES) == [Cosignature(public(TWO)[0], 1_700_000_000)]
    assert checkpoint.cosignatures(parts, [], SUITES) == []
    assert notes.signers(parts, [HUB.public, *public(ONE, TWO)], SUITES) == [HUB.public, *public(ONE, TWO)]


def test_one_key_under_two_names_counts_once() -> None:
    """The signed message does not commit to the name of the witness."""
    other = SigningKey("w3", ONE.private)
    assert len(checkpoint.cosignatures(cosigned(ONE, other), public(ONE, other), SUITES)) == 1


def test_a_record_signature_is_no_cosignature_and_the_other_way_round() -> None:
    text = MADE.text()
    plain = notes.split(ONE.sign(text)).signatures[0]
    posing = notes.Signature("w1", public(ONE)[0].key_id, plain.data)
    with pytest.raises(notes.BadSignature):
        checkpoint.cosignatures(notes.split(notes.join(text, [posing])), public(ONE), SUITES)
    assert checkpoint.cosignatures(notes.split(ONE.sign(text)), [ONE.public], SUITES) == []


@given(st.integers(0, 72 * 8 - 1))
def test_a_changed_cosignature_is_refused(bit: int) -> None:
    parts = cosigned(ONE)
    line = parts.signatures[1]
    data = (int.from_bytes(line.data, "big") ^ 1 << bit).to_bytes(72, "big")
    bad = notes.Note(parts.text, (line._replace(data=data),))
    with pytest.raises(notes.BadSignature):
        checkpoint.cosignatures(bad, public(ONE), SUITES)


@given(st.binary(max_size=80))
def test_any_bytes_are_no_cosignature(data: bytes) -> None:
    assert not SUITES[COSIGNATURE](ONE.public.public, MADE.text(), data)


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_times_that_no_cosignature_may_bear(time: int) -> None:
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.cosign(public(ONE)[0], MADE.text(), time, ONE.private.sign)


def test_only_a_witness_cosigns_and_only_checkpoints() -> None:
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.cosign(ONE.public, MADE.text(), 1, ONE.private.sign)
    with pytest.raises(checkpoint.MalformedCheckpoint):
        checkpoint.cosign(public(ONE)[0], b"anything\n", 1, ONE.private.sign)


def test_a_toy_suite_is_one_line_in_the_table() -> None:
    """The seam for another suite, such as SM2 with SM3: a type of its own that exists only here."""
    toy = notes.VerifierKey("toy", 0xFA, b"secret")
    text = MADE.text()
    note = notes.split(
        notes.join(text, [notes.Signature("toy", toy.key_id, hashlib.sha3_256(b"secret" + text).digest())])
    )
    table = {**SUITES, 0xFA: lambda key, message, data: hashlib.sha3_256(key + message).digest() == data}
    assert notes.signers(note, [toy], table) == [toy]
    with pytest.raises(notes.BadSignature):
        notes.signers(note, [toy], SUITES)


def test_a_majority() -> None:
    assert [checkpoint.majority(count) for count in range(7)] == [0, 1, 2, 2, 3, 3, 4]
    assert checkpoint.has_quorum(0, 0)
    assert checkpoint.has_quorum(2, 3)
    assert not checkpoint.has_quorum(2, 4)
