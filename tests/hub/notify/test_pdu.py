"""Short messages in PDU mode, held against another implementation (smspdudecoder) and against known octets."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smspdudecoder.easy import read_incoming_sms
from smspdudecoder.fields import SMSSubmit

from demo.phone.octets import deliver_pdu, read_submit, report_pdu
from hub.notify.sms import pdu

NUMBER = "+8613800000003"
AT = datetime(2026, 2, 18, 3, 14, tzinfo=UTC)
KNOWN = list(csv.DictReader((Path(__file__).parent / "data" / "pdus.csv").open(encoding="utf-8")))
"""Messages as networks deliver them, with invented numbers, and what each says."""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(text=TEXTS, number=st.from_regex(r"\A\+?[0-9]{3,20}\Z"))
def test_another_implementation_reads_what_we_send(text: str, number: str) -> None:
    parts = pdu.submit(number, text, 7)
    read = [SMSSubmit.decode(StringIO(part.pdu)) for part in parts]
    assert "".join(one["user_data"]["data"] for one in read) == text
    assert {one["recipient"]["number"] for one in read} == {number.removeprefix("+")}
    assert all(part.length == len(part.pdu) // 2 - 1 for part in parts)


@given(text=TEXTS)
def test_parts_are_numbered_and_none_is_too_long(text: str) -> None:
    parts = [bytes.fromhex(part.pdu) for part in pdu.submit(NUMBER, text, 7)]
    read = [read_submit(part) for part in parts]
    assert "".join(one.text for one in read) == text
    assert [one.part[1:] for one in read] == [(len(parts), place) for place in range(1, len(parts) + 1)]
    for octets in parts:
        assert octets[0] == 0  # the centre is the card's own
        assert len(octets) <= 1 + 2 + 12 + 4 + pdu.SINGLE_OCTETS


def test_a_message_for_three_telephones_is_these_octets() -> None:
    """Worked out by hand from 3GPP TS 23.040, 9.2.2.2."""
    (part,) = pdu.submit("+8613800000003", "收到", 0)
    assert part.pdu == "0031000D91683108000000F300080B04" + "65365230"
    assert part.length == 19


@pytest.mark.parametrize("text", ["", "长" * 600])
def test_what_is_empty_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(pdu.PduError):
        pdu.submit(NUMBER, text, 0)


@pytest.mark.parametrize("number", ["", "12", "+86 138", "138a0000000", "+"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(pdu.PduError):
        pdu.submit(number, "x", 0)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_an_answer_is_read_as_the_other_implementation_reads_it(text: str) -> None:
    message = deliver_pdu(NUMBER, text, AT)
    ours = pdu.receive(message)
    assert ours[:3] == (NUMBER, text, None)
    assert read_incoming_sms(message)["content"] == text


def test_an_answer_in_seven_bits_is_read() -> None:
    """The example that is everywhere: "hellohello" from +31628870634, with a part of the centre's address."""
    message = "07911326040000F0040B911346610089F60000208062917314080AE8329BFD4697D9EC37"
    read = pdu.receive(message)
    assert isinstance(read, pdu.Incoming)
    assert (read.sender, read.text) == ("+31641600986", "hellohello")
    assert read_incoming_sms(message)["content"] == "hellohello"


@pytest.mark.parametrize(("status", "outcome"), [(0x00, "delivered"), (0x20, "trying"), (0x46, "failed")])
def test_a_report_says_what_became_of_a_part(status: int, outcome: str) -> None:
    assert pdu.receive(report_pdu(41, NUMBER, status, AT)) == pdu.Report(41, NUMBER, outcome)  # type: ignore[arg-type]


@given(st.binary(max_size=200))
def test_whatever_arrives_is_read_or_refused_and_nothing_else(octets: bytes) -> None:
    try:
        pdu.receive(octets.hex())
    except pdu.PduError:
        return


@pytest.mark.parametrize("known", KNOWN, ids=[row["name"] for row in KNOWN])
def test_a_message_says_what_its_coding_group_and_its_header_say(known: dict[str, str]) -> None:
    text, _, part = known["right"].partition(" and part ")
    read = pdu.receive(known["pdu"])
    assert isinstance(read, pdu.Incoming)
    assert read.text == text
    assert part == "" or read.part == (1, 2, 0xB001)


SEVEN_BIT, EIGHT_BIT, UCS_2 = "31", "31", "0031"


def delivered(scheme: int, length: int, content: str) -> str:
    return f"00040D91683108000000F300{scheme:02X}62119291800023{length:02X}{content}"


@pytest.mark.parametrize("scheme", range(256))
def test_every_coding_group_is_read_as_the_standard_says(scheme: int) -> None:
    """3GPP TS 23.038, 4: what is reserved counts as 7 bit; what is compressed cannot be read and is refused."""
    group, alphabet = scheme >> 4, scheme >> 2 & 3
    if group < 8 and scheme & 0x20:
        with pytest.raises(pdu.PduError):
            pdu.receive(delivered(scheme, 1, SEVEN_BIT))
        return
    ucs2 = group == 0xE or (group < 8 and alphabet == 2)
    message = delivered(scheme, 2, UCS_2) if ucs2 else delivered(scheme, 1, SEVEN_BIT)
    read = pdu.receive(message)
    assert isinstance(read, pdu.Incoming)
    assert read.text == "1"
    if group < 8 and alphabet != 1:  # the oracle looks at no other group, and takes the 8 bit one for no text
        assert read_incoming_sms(message)["content"] == "1"


@pytest.mark.parametrize(
    "cut",
    [
        delivered(0x00, 2, SEVEN_BIT),  # "12" of which the second octet is lost would be "1"
        delivered(0x08, 4, UCS_2),
        delivered(0x04, 2, EIGHT_BIT),
        delivered(0x00, 200, SEVEN_BIT),
        delivered(0x00, 2, SEVEN_BIT).replace("0004", "0044", 1),  # a header longer than what there is
    ],
)
def test_a_text_that_is_cut_short_is_refused_and_answers_nothing(cut: str) -> None:
    with pytest.raises(pdu.PduError):
        pdu.receive(cut)


@given(text=st.text(st.sampled_from("0123456789 abcxyzOK"), min_size=1, max_size=100), reference=st.integers(0, 0xFFFF))
def test_a_header_takes_nothing_from_a_text_of_seven_bits(text: str, reference: int) -> None:
    header = bytes((6, 0x08, 4, reference >> 8, reference & 0xFF, 1, 1))
    number = int.from_bytes(header, "little")
    for place, letter in enumerate(text):
        number |= ord(letter) << 7 * (8 + place)  # these letters have the same numbers in both alphabets
    septets = 8 + len(text)
    content = number.to_bytes(-(-septets * 7 // 8), "little").hex()
    message = delivered(0x00, septets, content).replace("0004", "0044", 1)
    assert pdu.receive(message)[:3] == ("+8613800000003", text, (1, 1, reference))
    if all(number >> 7 * place & 0x7F != 0x1B for place in range(8)):  # there the oracle itself takes a letter
        assert read_incoming_sms(message)["content"] == text


def test_a_number_of_stars_and_hashes_is_no_number_of_letters() -> None:
    read = pdu.receive("00040481A1CB000062119291800023" + "0131")
    assert isinstance(read, pdu.Incoming)
    assert read.sender == "1*#a"
