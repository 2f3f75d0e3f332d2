"""A node's request and the hub's answer. Pure: bytes come in, bytes go out. No private key of a node is ever here."""

from __future__ import annotations

import hashlib
import hmac
import re

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.admin.authority import PapersError
from wire import decoding, enrolment, keys, notes, topics, words
from wire import messages as m
from wire.enrolment import NodePapers, NodeRequest
from wire.sealed_box import seal_for

MAX_REQUEST = 16 * 1024
"""Bytes of the largest request that is opened; a real one has about 1,500."""
COSIGNATURE = 0x04
"""Key type of a witness's cosignatures in C2SP signed-note and tlog-cosignature."""

_HEX_KEY = re.compile(r"[0-9a-f]{64}")


class RequestRefused(PapersError):
    """A request is not what a node of this site would send; the message says why, in one line."""


def open_request(note: bytes, site: str) -> NodeRequest:
    """Read a request for `site` and check all that can be checked without a person. Raises RequestRefused."""
    if len(note) > MAX_REQUEST:
        raise RequestRefused(f"a request has at most {MAX_REQUEST} bytes, this has more")
    try:
        parts = notes.split(note)
        if parts.text.count(b"\n") != 1:
            raise RequestRefused("the body of a request is one line")
        request = decoding.decode(parts.text, NodeRequest)
        record_key = notes.parse_key(request.record_key)
        witness_key = notes.parse_key(request.witness_key)
        notes.open_record(note, [record_key], keys.CHECKS)
    except (notes.NoteError, msgspec.MsgspecError) as error:
        raise RequestRefused(f"not a node's request: {error}") from None
    if request.v != m.PROTOCOL:
        raise RequestRefused(f"the node speaks protocol {request.v}, this hub {m.PROTOCOL}")
    if not topics.valid_name(request.node):
        raise RequestRefused(f"a node may not be named {request.node!r}")
    for key, use, kinds in (
        (record_key, "record", (notes.ED25519,)),
        (witness_key, "witness", (notes.ED25519, COSIGNATURE)),
    ):
        name = keys.key_name(site, request.node, use)
        if key.name != name:
            raise RequestRefused(f"its {use} key is named {key.name[:100]!r}, not {name!r}; is it for another site?")
        if key.kind not in kinds or len(key.public) != 32:
            raise RequestRefused(f"its {use} key is not of a kind that this hub knows")
    if record_key.public == witness_key.public:
        raise RequestRefused("record key and witness key are one and the same")
    if not _HEX_KEY.fullmatch(request.box_key):
        raise RequestRefused("its box key is not an X25519 key in hex")
    public_key(request)
    return request


def public_key(request: NodeRequest) -> ec.EllipticCurvePublicKey:
    """The TLS key that the request asks a certificate for. Raises RequestRefused unless it asks for just its node."""
    try:
        wanted = x509.load_pem_x509_csr(request.csr.encode())
        good = wanted.is_signature_valid
        subject = [(one.oid, one.value) for one in wanted.subject]
        key = wanted.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestRefused(f"its certificate request cannot be read: {error}") from None
    if not good:
        raise RequestRefused("its certificate request is not signed by the key in it")
    if subject != [(NameOID.COMMON_NAME, request.node)]:
        named = wanted.subject.rfc4514_string()[:100]
        raise RequestRefused(f"its certificate request is for {named!r}, not for CN={request.node}")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestRefused("its TLS key is not an EC P-256 key")
    return key


def words_fit(note: bytes, typed: str) -> bool:
    """Whether a person typed the six check words of these very bytes; case, commas and hyphens do not matter."""
    said = " ".join(re.split(r"[^a-z]+", typed.lower())).strip()
    return hmac.compare_digest(said.encode(), " ".join(enrolment.check_words(note)).encode())


def hub_words(hub_key: str) -> list[str]:
    """Six words that stand for the hub's key; the node shows the same when it has accepted its papers."""
    return words.to_words(hashlib.sha256(hub_key.encode()).digest()[:12])


def make_papers(
    request: NodeRequest,
    *,
    site: str,
    life: int,
    certificate: bytes,
    authority: bytes,
    engine: keys.SigningKey,
    checkpoint_key: str,
    badge_key: bytes,
    host: str,
    port: int,
) -> bytes:
    """The hub's answer: a note signed by the engine's record key. Certificates in PEM; the badge key is sealed."""
    papers = NodePapers(
        v=m.PROTOCOL,
        site=site,
        node=request.node,
        life=life,
        certificate=certificate.decode(),
        authority=authority.decode(),
        hub_key=str(engine.public),
        checkpoint_key=checkpoint_key,
        badge_key=seal_for(request.box_key, badge_key),
        host=host,
        port=port,
    )
    return engine.sign(m.encode(papers))
