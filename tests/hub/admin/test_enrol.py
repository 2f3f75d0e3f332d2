"""A node's request and the hub's answer. Cast: node archive-1 of the site bureau, and one who would like to be it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hub.admin import admission
from hub.admin import enrolment as hub_enrolment
from hub.admin.authority import Authority
from hub.admin.enrolment import RequestRefused, open_request
from hub.site_directory.layout import Layout
from tests.support.broker import SITE, make_site
from wire import enrolment, keys, notes, topics
from wire import messages as m
from wire.enrolment import NodePapers, NodeRequest
from wire.messages import NodeEnrolled
from wire.sealed_box import open_box

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
CHECKPOINT_KEY = str(keys.make(f"strongroom/{SITE}/journal").public)


@dataclass
class Node:
    """What a node has made on its own disk."""

    name: str = "archive-1"

    def __post_init__(self) -> None:
        self.record = keys.make(keys.key_name(SITE, self.name, "record"))
        self.witness = keys.make(keys.key_name(SITE, self.name, "witness"))
        self.tls = ec.generate_private_key(ec.SECP256R1())
        self.box = X25519PrivateKey.generate()

    def request(self, **changes: object) -> bytes:
        """A request, with some of its fields other than they should be, signed all the same."""
        body = NodeRequest(
            v=1,
            node=self.name,
            record_key=str(self.record.public),
            witness_key=str(self.witness.public),
            csr=csr(self.tls, self.name),
            box_key=self.box.public_key().public_bytes_raw().hex(),
        )
        return self.record.sign(m.encode(msgspec.structs.replace(body, **changes)))


def csr(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, *names: str) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = x509.CertificateSigningRequestBuilder(subject).sign(key, algorithm)
    return made.public_bytes(serialization.Encoding.PEM).decode()


class Notebook:
    """A journal that only writes down, for a node whose newest life is `life`."""

    def __init__(self, life: tuple[int, int] = (0, 0)) -> None:
        self.life = life
        self.facts: list[m.FactData] = []

    def node_life(self, node: str) -> tuple[int, int]:
        return self.life

    def was_revoked(self, record_key: str) -> bool:
        return False

    def checkpoint_key(self) -> str:
        return CHECKPOINT_KEY

    def bring(self, make: Callable[[], admission.F]) -> admission.F:
        made = make()
        self.facts.append(made)
        return made


NODE = Node()
REQUEST = NODE.request()


# --- opening a request -----------------------------------------------------------------------------------------------


def test_a_nodes_request_is_opened() -> None:
    request = open_request(REQUEST, SITE)
    assert request.node == "archive-1"
    assert request.record_key == str(NODE.record.public)
    assert hub_enrolment.public_key(request) == NODE.tls.public_key()


@given(st.integers(0, len(REQUEST) - 1), st.integers(1, 255))
def test_a_request_with_any_byte_changed_is_refused(place: int, other: int) -> None:
    changed = bytearray(REQUEST)
    changed[place] ^= other
    with pytest.raises(RequestRefused):
        open_request(bytes(changed), SITE)


@given(st.binary(max_size=200))
def test_any_other_file_is_refused(content: bytes) -> None:
    with pytest.raises(RequestRefused):
        open_request(content, SITE)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["cipher-1"], "not for CN=archive-1"),
        (["engine"], "not for CN=archive-1"),
        (["archive-1", "engine"], "not for CN=archive-1"),
        (["engine", "archive-1"], "not for CN=archive-1"),
        (["archive-1/#"], "not for CN=archive-1"),
        ([], "not for CN=archive-1"),
    ],
)
def test_a_certificate_request_for_another_name_is_refused(names: list[str], why: str) -> None:
    with pytest.raises(RequestRefused, match=re.escape(why)):
        open_request(NODE.request(csr=csr(NODE.tls, *names)), SITE)


def test_a_certificate_request_that_its_key_has_not_signed_is_refused() -> None:
    der = bytearray(
        x509.load_pem_x509_csr(csr(NODE.tls, "archive-1").encode()).public_bytes(serialization.Encoding.DER)
    )
    der[-1] ^= 1
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(serialization.Encoding.PEM).decode()
    with pytest.raises(RequestRefused, match=r"not signed by the key in it|cannot be read"):
        open_request(NODE.request(csr=forged), SITE)


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()])
def test_a_tls_key_of_another_kind_is_refused(key: ec.EllipticCurvePrivateKey) -> None:
    with pytest.raises(RequestRefused, match="P-256"):
        open_request(NODE.request(csr=csr(key, "archive-1")), SITE)


@pytest.mark.parametrize("name", [*topics.RESERVED, "ab", "a/b", "+", "#", "archive-1\n", "Archive-1"])
def test_a_node_that_calls_itself_what_it_may_not_is_refused(name: str) -> None:
    with pytest.raises(RequestRefused):
        open_request(NODE.request(node=name, csr=csr(NODE.tls, name)), SITE)


def test_a_request_under_anothers_name_is_refused() -> None:
    with pytest.raises(RequestRefused, match="its record key is named"):
        open_request(NODE.request(node="cipher-1", csr=csr(NODE.tls, "cipher-1")), SITE)


def test_a_request_for_another_site_is_refused() -> None:
    with pytest.raises(RequestRefused, match="another site"):
        open_request(REQUEST, "another")


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"box_key": ""},
        {"box_key": "g" * 64},
        {"box_key": "0" * 63},
        {"csr": ""},
        {"csr": "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"},
        {"witness_key": str(NODE.record.public)},
        {"witness_key": str(NODE.record.public).replace("/record+", "/witness+")},
        {"witness_key": str(keys.make(keys.key_name(SITE, "cipher-1", "witness")).public)},
        {"witness_key": "strongroom/bureau/archive-1/witness"},
        {"record_key": str(keys.make(keys.key_name(SITE, "archive-1", "record")).public)},
    ],
)
def test_a_request_that_does_not_hold_together_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RequestRefused):
        open_request(NODE.request(**changes), SITE)


def test_one_key_under_two_names_is_refused() -> None:
    public = NODE.record.public
    again = notes.VerifierKey(keys.key_name(SITE, "archive-1", "witness"), public.kind, public.public)
    with pytest.raises(RequestRefused, match="one and the same"):
        open_request(NODE.request(witness_key=str(again)), SITE)


def test_a_witness_key_may_be_of_the_cosigning_kind() -> None:
    public = NODE.witness.public
    cosigning = notes.VerifierKey(public.name, hub_enrolment.COSIGNATURE, public.public)
    assert open_request(NODE.request(witness_key=str(cosigning)), SITE)


def test_a_request_larger_than_any_real_one_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(bytes(50_000_000))
    content = admission.read_request(tmp_path / "huge")
    assert len(content) == hub_enrolment.MAX_REQUEST + 1
    with pytest.raises(RequestRefused, match="at most"):
        open_request(content, SITE)


# --- the check words -------------------------------------------------------------------------------------------------


def test_the_words_that_the_node_shows_fit_however_they_are_typed() -> None:
    six = enrolment.check_words(REQUEST)
    assert len(six) == 6
    for typed in (" ".join(six), "-".join(six).upper(), f"  {', '.join(six)}\n"):
        assert hub_enrolment.words_fit(REQUEST, typed)


def test_wrong_words_do_not_fit() -> None:
    six = enrolment.check_words(REQUEST)
    swapped = [six[1], six[0], *six[2:]]
    for typed in ("", " ".join(six[:5]), " ".join([*six, six[0]]), " ".join(swapped), "".join(six), "lusab " * 6):
        assert not hub_enrolment.words_fit(REQUEST, typed)


def test_the_words_of_a_request_that_was_replaced_on_its_way_do_not_fit() -> None:
    assert not hub_enrolment.words_fit(Node().request(), " ".join(enrolment.check_words(REQUEST)))


# --- the answer ------------------------------------------------------------------------------------------------------


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return make_site(tmp_path / "site")


def papers_of(answer: bytes, layout: Layout) -> NodePapers:
    engine = keys.load(layout.record_key("engine")).public
    text, _ = notes.open_record(answer, [engine], keys.CHECKS)
    return msgspec.json.decode(text, type=NodePapers)


def test_a_node_gets_what_it_needs_and_only_it_can_read_the_badge_key(layout: Layout) -> None:
    made = admission.admit(layout, open_request(REQUEST, SITE), Notebook(), NOW)
    papers = papers_of(made.papers, layout)
    assert (papers.site, papers.node, papers.life, papers.host) == (SITE, "archive-1", 1, "127.0.0.1")
    assert papers.hub_key == str(keys.load(layout.record_key("engine")).public)
    assert papers.checkpoint_key == CHECKPOINT_KEY
    assert open_box(NODE.box, papers.badge_key) == layout.badge_key.read_bytes()
    assert layout.badge_key.read_bytes().hex().encode() not in made.papers
    certificate = x509.load_pem_x509_certificate(papers.certificate.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(papers.authority.encode()))
    assert certificate.public_key() == NODE.tls.public_key()
    assert f"{certificate.serial_number:x}" == made.serial


def test_the_enrolment_is_journalled_with_the_end_of_the_life_before(layout: Layout) -> None:
    journal = Notebook(life=(3, 4711))
    made = admission.admit(layout, open_request(REQUEST, SITE), journal, NOW)
    assert journal.facts == [
        NodeEnrolled(
            node="archive-1",
            life=4,
            record_key=str(NODE.record.public),
            witness_key=str(NODE.witness.public),
            serial=made.serial,
            last_seq=4711,
        )
    ]
    assert papers_of(made.papers, layout).life == 4


def test_a_new_life_voids_the_papers_of_the_one_before(layout: Layout) -> None:
    first = admission.admit(layout, open_request(REQUEST, SITE), Notebook(), NOW)
    second = admission.admit(layout, open_request(Node().request(), SITE), Notebook(life=(1, 5)), NOW)
    authority = Authority(layout.authority)
    assert [f"{one.serial:x}" for one in authority.in_force("node", "archive-1")] == [second.serial]
    assert list(authority.revoked()) == [int(first.serial, 16)]
    assert (layout.broker / "crl.pem").read_bytes() == authority.revocation_list()


def test_another_nodes_papers_stay_as_they_are(layout: Layout) -> None:
    admission.admit(layout, open_request(Node("cipher-1").request(), SITE), Notebook(), NOW)
    admission.admit(layout, open_request(REQUEST, SITE), Notebook(life=(1, 5)), NOW)
    assert Authority(layout.authority).revoked() == {}


def test_what_is_not_journalled_is_not_answered_and_voids_nothing(layout: Layout) -> None:
    class Full(Notebook):
        def bring(self, make: Callable[[], admission.F]) -> admission.F:
            raise OSError("no space left on device")

    admission.admit(layout, open_request(REQUEST, SITE), Notebook(), NOW)
    with pytest.raises(OSError, match="no space"):
        admission.admit(layout, open_request(Node().request(), SITE), Full(life=(1, 5)), NOW)
    assert Authority(layout.authority).revoked() == {}


def test_no_private_key_of_a_node_is_on_the_hub(layout: Layout) -> None:
    admission.admit(layout, open_request(REQUEST, SITE), Notebook(), NOW)
    secrets = [
        NODE.record.private.private_bytes_raw(),
        NODE.tls.private_numbers().private_value.to_bytes(32, "big"),
        NODE.box.private_bytes_raw(),
    ]
    for path in layout.root.rglob("*"):
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets), path
