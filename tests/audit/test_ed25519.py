"""The plain Python check gives the verdicts of OpenSSL, on good signatures and on every kind of bad one."""

from __future__ import annotations

import random
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wire.audit import ed25519
from wire.keys import check_ed25519

# RFC 8032, 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
P, ORDER = ed25519.P, ed25519.ORDER


def number(value: int) -> bytes:
    return value.to_bytes(32, "little")


# Encodings of points of order 1, 2, 4 and 8, also with y of p or above and with a negative zero.
EDGES = [
    number(1),
    number(1 | 1 << 255),
    number(P - 1),
    number(P - 1 | 1 << 255),
    number(0),
    number(1 << 255),
    number(P),
    number(P | 1 << 255),
    number(P + 1),
    number(P + 1 | 1 << 255),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    number(2),
    number(P + 2),
    number(2**255 - 1),
    b"\xff" * 32,
]


def both(public: bytes, message: bytes, signature: bytes) -> bool:
    """The verdict on which the two agree."""
    found = ed25519.check(public, message, signature)
    assert found == check_ed25519(public, message, signature), (public.hex(), message.hex(), signature.hex())
    return found


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    assert both(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.randoms(use_true_random=False))
def test_a_signature_is_good_and_no_change_of_it_is(seed: bytes, message: bytes, random_source: random.Random) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert both(public, message, signature)
    place = random_source.randrange(64 * 8)
    flipped = (int.from_bytes(signature, "little") ^ 1 << place).to_bytes(64, "little")
    assert not both(public, message, flipped)
    assert not both(public, message + b"\x00", signature)
    other = (int.from_bytes(public, "little") ^ 1 << place % 256).to_bytes(32, "little")
    assert not both(other, message, signature)
    s = int.from_bytes(signature[32:], "little")
    assert not both(public, message, signature[:32] + number(s + ORDER))


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_wrong_lengths_are_refused(length: int) -> None:
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
    assert not both(public, message, (signature * 2)[:length])
    assert not both((public * 3)[:length], message, signature)


def test_edge_encodings_get_the_verdict_of_openssl() -> None:
    """With A and R of small order and S = 0 the equation may hold by chance: among some hundred messages it does."""
    source = random.Random(8032)
    good = 0
    for public in EDGES:
        for r in EDGES:
            for s in (0, 1, ORDER - 1, ORDER, ORDER + 1, 8 * ORDER, 2**255 - 1, 2**256 - 1):
                for message in (b"", source.randbytes(5)):
                    good += both(public, message, r + number(s))
            for _ in range(16):
                good += both(public, source.randbytes(4), r + number(0))
    assert good > 100, "the edges were not reached"


def test_random_bytes_are_no_signature() -> None:
    source = random.Random(1)
    for _ in range(100):
        assert not both(source.randbytes(32), source.randbytes(9), source.randbytes(63) + b"\x05")


def measure() -> None:
    """Checks a second. Run by hand: python -m tests.audit.test_ed25519"""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    signed = [(message, key.sign(message)) for message in (random.randbytes(300) for _ in range(1000))]
    for name, check in (("plain Python", ed25519.check), ("cryptography", check_ed25519)):
        check(public, *signed[0])
        begun = time.perf_counter()
        assert all(check(public, *one) for one in signed)
        print(f"{name}: {len(signed) / (time.perf_counter() - begun):.0f} checks a second")


if __name__ == "__main__":
    measure()
