"""Signed notes: what Go's own note package signed is opened, and nothing but that."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import keys, notes

# Known answer of golang.org/x/mod/sumdb/note, which is the format of C2SP signed-note.
PETER = notes.parse_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
NOTE = TEXT + b"\n" + LINE

ZHANG_WEI = keys.make("strongroom/demo/archive-1/record")
LI_NA = keys.make("strongroom/demo/cipher-1/record")


def opened(note: bytes, *known: notes.VerifierKey) -> bytes:
    return notes.open_record(note, known or (PETER,), keys.CHECKS)[0]


def test_the_note_of_the_go_package_is_opened() -> None:
    assert notes.open_record(NOTE, [PETER], keys.CHECKS) == (TEXT, PETER)


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    assert str(PETER) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_what_we_sign_opens_and_is_put_together_again_byte_for_byte() -> None:
    note = ZHANG_WEI.sign(TEXT)
    parts = notes.split(note)
    assert opened(note, ZHANG_WEI.public) == TEXT
    assert notes.join(parts.text, parts.signatures) == note


def test_whatever_byte_is_changed_the_note_is_not_opened() -> None:
    for at in range(len(NOTE)):
        for other in {NOTE[at] ^ 0x01, NOTE[at] ^ 0x20, NOTE[at] ^ 0x80, 0x00, 0x0A} - {NOTE[at]}:
            with pytest.raises(notes.NoteError):
                opened(NOTE[:at] + bytes([other]) + NOTE[at + 1 :])


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 255))
def test_no_byte_can_be_put_in_the_place_of_another(at: int, byte: int) -> None:
    changed = NOTE[:at] + bytes([byte]) + NOTE[at + 1 :]
    if changed != NOTE:
        with pytest.raises(notes.NoteError):
            opened(changed)


@given(st.integers(0, len(NOTE)), st.binary(min_size=1, max_size=4))
def test_nothing_can_be_put_in_between(at: int, more: bytes) -> None:
    with pytest.raises(notes.NoteError):
        opened(NOTE[:at] + more + NOTE[at:])


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 8))
def test_nothing_can_be_left_out(at: int, length: int) -> None:
    with pytest.raises(notes.NoteError):
        opened(NOTE[:at] + NOTE[at + length :])


@given(st.binary(max_size=300) | st.text(alphabet="ab+— =\n\x00é", max_size=60).map(str.encode))
def test_rubbish_is_malformed_and_nothing_worse(rubbish: bytes) -> None:
    with pytest.raises(notes.NoteError):
        opened(rubbish)


@given(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=0x20), max_size=200))
def test_whatever_text_is_signed_comes_back(text: str) -> None:
    body = (text + "\n").encode()
    assert opened(ZHANG_WEI.sign(body), ZHANG_WEI.public) == body


def test_a_text_with_blank_lines_and_a_signature_like_line_comes_back_whole() -> None:
    body = b"a\n\n\xe2\x80\x94 PeterNeumann AAAA\n\n"
    assert opened(ZHANG_WEI.sign(body), ZHANG_WEI.public) == body


# ---------------------------------------------------------------- a record bears exactly one signature


def twice_signed() -> bytes:
    first, second = (notes.split(key.sign(TEXT)).signatures[0] for key in (ZHANG_WEI, LI_NA))
    return notes.join(TEXT, [first, second])


def test_a_record_with_a_second_signature_is_refused_even_if_both_are_good() -> None:
    with pytest.raises(notes.MalformedNote, match="exactly one"):
        opened(twice_signed(), ZHANG_WEI.public, LI_NA.public)


def test_a_record_with_the_same_signature_twice_is_refused() -> None:
    with pytest.raises(notes.MalformedNote, match="exactly one"):
        opened(NOTE + LINE)


def test_a_note_may_bear_several_and_those_of_strangers_are_passed_over() -> None:
    note = notes.split(twice_signed())
    assert notes.signers(note, [LI_NA.public], keys.CHECKS) == [LI_NA.public]
    assert notes.signers(note, [ZHANG_WEI.public, LI_NA.public], keys.CHECKS) == [ZHANG_WEI.public, LI_NA.public]
    assert notes.signers(note, [PETER], keys.CHECKS) == []


def test_a_line_that_claims_to_be_of_a_known_key_and_is_not_spoils_the_note() -> None:
    wrong = notes.Signature(PETER.name, PETER.key_id, bytes(64))
    with pytest.raises(notes.BadSignature):
        notes.signers(notes.Note(TEXT, (wrong,)), [PETER], keys.CHECKS)


def test_a_note_with_too_many_signatures_is_malformed() -> None:
    with pytest.raises(notes.MalformedNote, match="more than"):
        notes.split(TEXT + b"\n" + LINE * (notes.MAX_SIGNATURES + 1))


# ---------------------------------------------------------------- who may sign


def test_an_unknown_signer_is_refused() -> None:
    with pytest.raises(notes.UnknownSigner, match="PeterNeumann"):
        opened(NOTE, ZHANG_WEI.public)


def test_a_key_of_the_same_name_is_another_key() -> None:
    namesake = keys.make("PeterNeumann").public
    with pytest.raises(notes.UnknownSigner):
        opened(NOTE, namesake)


def test_a_key_of_another_name_with_the_same_bytes_is_another_key() -> None:
    with pytest.raises(notes.UnknownSigner):
        opened(NOTE, PETER._replace(name="PeterNeumam"))


def test_a_suite_that_nobody_knows_checks_nothing() -> None:
    odd = PETER._replace(kind=0x7F)
    line = notes.Signature(odd.name, odd.key_id, notes.split(NOTE).signatures[0].data)
    with pytest.raises(notes.BadSignature):
        opened(notes.join(TEXT, [line]), odd)


# ---------------------------------------------------------------- what is no note


def resigned(line: bytes) -> bytes:
    return TEXT + b"\n" + line


MARK = "—".encode()


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT,
        TEXT + b"\n",
        LINE,
        TEXT + LINE,
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.replace(b"think", b"thi\x00k"),
        NOTE.replace(b"think", b"thi\tk"),
        NOTE.replace(b"think", b"thi\x1bk"),
        NOTE.replace(b"think", b"thi\xffk"),
        NOTE.replace(b"think", b"\xed\xa0\x80"),
        resigned(LINE.replace(MARK, b"-")),
        resigned(LINE.replace(b" PeterNeumann", b"PeterNeumann")),
        resigned(LINE.replace(b"PeterNeumann ", b"PeterNeumann  ")),
        resigned(LINE.replace(b"PeterNeumann", b"Peter Neumann")),
        resigned(LINE.replace(b"PeterNeumann", b"Peter+Neumann")),
        resigned(LINE.replace(b"PeterNeumann", "Peter\u2003Neumann".encode())),
        resigned(LINE.replace(b"PeterNeumann", b"")),
        resigned(LINE.replace(b"=", b"")),
        resigned(LINE.replace(b"x08go", b"x08-o")),
        resigned(MARK + b" PeterNeumann x08g\n"),
        resigned(MARK + b" PeterNeumann \n"),
        resigned(MARK + b" PeterNeumann\n"),
        resigned(b"\n"),
    ],
)
def test_it_is_malformed(note: bytes) -> None:
    with pytest.raises(notes.MalformedNote):
        notes.split(note)


def test_base64_has_one_spelling_only() -> None:
    """The last letter before the padding has two bits that say nothing: four spellings, one signature."""
    spellings = [LINE.replace(b"AM=", b"A%c=" % letter) for letter in b"MNOP"]
    values = {base64.b64decode(line.split()[-1]) for line in spellings}
    assert len(values) == 1
    assert opened(resigned(spellings[0])) == TEXT
    for other in spellings[1:]:
        with pytest.raises(notes.MalformedNote):
            opened(resigned(other))


def test_a_note_over_the_limit_is_malformed_before_it_is_read() -> None:
    with pytest.raises(notes.MalformedNote, match="larger"):
        notes.split(b"\xff" * (notes.MAX_NOTE + 1))


def test_a_text_without_its_final_newline_is_not_signed() -> None:
    with pytest.raises(notes.MalformedNote):
        ZHANG_WEI.sign(b"no end")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumam+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+****",
        "PeterNeumann+c74f20a3+",
    ],
)
def test_it_is_no_verifier_key(text: str) -> None:
    with pytest.raises(notes.MalformedNote):
        notes.parse_key(text)


def test_a_verifier_key_has_one_spelling_only() -> None:
    short = notes.VerifierKey("witness", 250, b"odd length of it")
    text = str(short)
    assert text.endswith("=")
    assert notes.parse_key(text) == short
    with pytest.raises(notes.MalformedNote):
        notes.parse_key(text[:-2] + chr(ord(text[-2]) + 1) + "=")


@given(st.text(max_size=80))
def test_whatever_stands_for_a_key_it_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(notes.MalformedNote):
        assert str(notes.parse_key(text)) == text.strip()


def test_two_records_are_the_same_when_their_signed_text_is_the_same() -> None:
    assert notes.text_hash(TEXT) == notes.text_hash(notes.split(NOTE).text)
    assert notes.text_hash(TEXT) != notes.text_hash(TEXT + b"\n")


@pytest.mark.parametrize("kind", [notes.ED25519, 4])
@pytest.mark.parametrize("length", [1, 31, 33, 64])
def test_an_ed25519_key_has_32_bytes_and_no_other_number_of_them(kind: int, length: int) -> None:
    assert notes.parse_key(str(notes.VerifierKey("witness", kind, bytes(32)))).public == bytes(32)
    with pytest.raises(notes.MalformedNote, match="has 32"):
        notes.parse_key(str(notes.VerifierKey("witness", kind, bytes(length))))
