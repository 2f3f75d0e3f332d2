"""What the hub takes, the verifier takes, and nothing else: else one record would leave the journal unproven for ever.

test_no_hole.py plants holes on one side, and each is found by a sentence of this file that draws nothing by chance.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.both import Both, enrolment
from tests.support.journal import SITE, NodeSide, line
from tests.wire.book import edges
from wire import bounds, notes
from wire import messages as m
from wire.book import lives

RECORDS = get_args(m.RecordData)
SOUNDED = m.Sounded(on=True, reason="opened")
ARCHIVE, SAFE = "archive-1", "safe-1"
near = st.integers(-2, 4)


def body(both: Both, data: Any = SOUNDED, **changed: Any) -> dict[str, Any]:
    """The record that is due of the archive's node."""
    due = both.life()
    return {
        "v": 1, "site": SITE, "node": ARCHIVE, "life": due.life, "boot": "b", "seq": due.seq + 1, "mono": 1,
        "wall": 1_790_049_600_000, "clock": "trusted", "prev": due.hash,
        "data": data if isinstance(data, dict) else msgspec.to_builtins(data), **changed,
    }  # fmt: skip


@cache
def signed(key_of: str, text: bytes, seed: str = "") -> bytes:
    """Ed25519 gives one signature for one text."""
    return NodeSide(key_of, seed).record_key.sign(text)


def due(both: Both, data: Any = SOUNDED, **changed: Any) -> bytes:
    return signed(ARCHIVE, line(body(both, data, **changed)))


def lost(first: int, last: int, last_hash: str = "") -> m.CannotFill:
    return m.CannotFill(first=first, last=last, last_hash=last_hash)


def told(life: int, seq: int = 7) -> m.RolledBack:
    return m.RolledBack(hub_life=life, hub_seq=seq, hub_hash="", own_seq=0, own_hash="")


def spoken(records: int = 3) -> Both:
    """Both, after some records of the archive's node."""
    both = Both()
    for _ in range(records):
        assert both.compare(due(both))
    return both


# ---------------------------------------------------------------- what a record says


def test_of_a_number_that_is_due_both_take_whatever_a_node_may_say() -> None:
    for kind in RECORDS:
        both = Both()
        assert both.compare(due(both, edges.whole(kind))), kind


@pytest.mark.parametrize("kind", RECORDS)
def test_whatever_stands_in_a_field_both_take_it_or_neither(kind: type[m.Data]) -> None:
    both, verdicts = Both(), set()
    for _, said in edges.bodies(kind):
        verdicts.add(taken := both.compare(due(both, said)))
        if taken and kind is m.CannotFill:
            both = Both()  # it is due once
    assert verdicts == {True, False}


AROUND = (SOUNDED, lost(1, bounds.LARGEST_NUMBER), lost(1, bounds.LARGEST_NUMBER + 1), lost(1, 2**53), told(1))


@pytest.mark.parametrize("data", AROUND)
def test_whatever_stands_around_it_both_take_it_or_neither(data: m.Data) -> None:
    both, good = Both(), edges.whole(m.Record)
    for _, said in edges.bodies(m.Record):
        changed = {field: value for field, value in said.items() if repr(value) != repr(good.get(field))}
        made = body(both, data, **changed)
        text = line({field: made[field] for field in made if field in {*said, "data"}})
        if both.compare(signed(ARCHIVE, text)) and data is not SOUNDED:
            both = Both()


@pytest.mark.parametrize("last", [1, bounds.LARGEST_NUMBER - 1, bounds.LARGEST_NUMBER, bounds.LARGEST_NUMBER + 1])
def test_a_node_may_lose_as_much_as_can_be_counted(last: int) -> None:
    assert Both().compare(due(Both(), lost(1, last), seq=last)) == (last <= bounds.LARGEST_NUMBER)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_record_has_as_many_bytes_as_the_largest_and_no_more(more: int) -> None:
    both = Both()
    size = len(due(both, m.Overflow(since=0, until=0, lost={"": 1})))
    note = due(both, m.Overflow(since=0, until=0, lost={"x" * (bounds.LARGEST_RECORD - size + more): 1}))
    assert len(note) == bounds.LARGEST_RECORD + more
    assert both.compare(note) == (more <= 0)


# ---------------------------------------------------------------- how it is written

TEXT = line(body(Both()))


@pytest.mark.parametrize(
    "how",
    [
        (b'"mono":1', b'"mono":1,"mono":1'), (b'"on":true', b'"on":false,"on":true'), (b'"v":1', b'"v":1.0'),
        (b'"v":1', b'"v":1e0'), (b'"mono":1', b'"mono":1.5'), (b'"mono":1', b'"mono":-0'), (b'"mono":1', b'"mono":01'),
        (b'"mono":1', b'"mono":000000000000000000001'), (b'"mono":1', b'"mono":1E2'), (b'"mono":1', b'"mono":NaN'),
        (b'"mono":1', b'"mono":"1"'), (b'"mono":1', b'"mono":true'), (b'"mono":1', b'"mono":' + b"1" * 5000),
        (b'"boot":"b"', b'"boot":"\\u0062"'), (b'"boot":"b"', b'"boot":"b\\n"'), (b'"boot"', b'"b\\u006fot"'),
        (b'"boot":"b"', b'"boot":"\\ud800"'), (b'"on":true', b'"on":True'), (b'"on":true', b'"on" : true'),
        (b'{"v"', b'{ "v"'), (b'{"v"', b'\xef\xbb\xbf{"v"'), (b'"reason"', b'"on":true,"reason"'),
        (b'"reason":"opened"', b'"reason":"opened","more":1'), (b"}\n", b"} \n"), (b"}\n", b"}\n\n"), (b"}\n", b"}"),
        (b"}\n", b"}\r\n"), (b"}\n", b"}{}\n"), (b"}\n", b",}\n"), (b'"mono"', b'\n"mono"'), (b'"mono"', b'\t"mono"'),
        (b'"data":{', b'"data":[{'), (b'"kind":"sounded"', b'"kind":"attended","kind":"sounded"'),
        (b'"kind":"sounded"', b'"kind":null'), (b'"kind":"sounded",', b""), (b'"wall"', b'"by":"engine","wall"'),
        (b'"opened"', b'"' + b"[" * 9 + b"]" * 9 + b'"'), (b'"opened"', b"[" * 60_000), (b'"b"', b'"\xff"'),
    ],
)  # fmt: skip
def test_a_record_written_otherwise_is_read_alike_by_both(how: tuple[bytes, bytes]) -> None:
    text = TEXT.replace(*how, 1)
    assert text != TEXT
    with_newline = text if text.endswith(b"\n") else text + b"\n"
    both = Both()
    signature = both.node.record_key.signature(with_newline)
    note = notes.join(with_newline, [signature])
    both.compare(note if text == with_newline else note.replace(with_newline, text, 1))
    goes_on(both)


def test_a_name_may_stand_once_wherever_it_stands() -> None:
    both = Both()
    for field in re.findall(rb'"[a-z_]+":(?:[0-9]+|"[^"]*"|true)', TEXT):
        assert not both.compare(signed(ARCHIVE, TEXT.replace(field, field + b"," + field, 1)))


def test_fields_may_stand_in_any_order() -> None:
    both = Both()
    assert both.compare(signed(ARCHIVE, line(dict(reversed(body(both).items())))))
    goes_on(both)


@pytest.mark.parametrize("kind", ["", "later", "started", "Sounded", "node-silent", "journal-opened", "node-enrolled"])
def test_a_kind_that_is_none_of_a_record_is_not_taken_by_the_hub(kind: str) -> None:
    both = Both()
    assert not both.compare(due(both, {"kind": kind}))


# ---------------------------------------------------------------- who has signed it


def test_a_record_bears_one_signature() -> None:
    both = spoken()
    note = due(both)
    again = notes.split(note).signatures[0]
    stranger = notes.split(signed(SAFE, notes.split(note).text)).signatures[0]
    text = notes.split(note).text
    for signatures in ([again, again], [again, stranger], [stranger, again], [stranger]):
        assert not both.compare(notes.join(text, signatures))
    assert not both.compare(text)
    assert not both.compare(text + b"\n")
    assert both.compare(note)


def test_a_signature_has_one_spelling_and_its_content_counts() -> None:
    both = spoken()
    note = due(both)
    for bad in (
        note[:-2] + b"\n",
        note + b"\n",
        note[:-1] + b"=\n",
        note[:-3] + bytes([note[-3] + 1]) + note[-2:],
        note.replace(b"=\n", b"\n"),
        b" " + note,
    ):
        assert not both.compare(bad)
    for at in range(len(note) - 8, len(note)):
        for byte in (1, 2, 4, 32):
            spoilt = bytearray(note)
            spoilt[at] ^= byte
            assert not both.compare(bytes(spoilt)), at
    signature = notes.split(note).signatures[0]
    for data in (b"", signature.data[:-1], signature.data + b"x", bytes(64)):
        assert not both.compare(notes.join(notes.split(note).text, [signature._replace(data=data)]))
    assert both.compare(note)


@pytest.mark.parametrize("topic", [ARCHIVE, SAFE, "cipher-1"])
@pytest.mark.parametrize("signer", [ARCHIVE, SAFE, "cipher-1"])
@pytest.mark.parametrize("named", [ARCHIVE, SAFE, "cipher-1", "engine", "admin"])
def test_a_node_speaks_for_itself(topic: str, signer: str, named: str) -> None:
    both = Both()
    note = signed(signer, line(body(both, node=named)))
    if named == signer != topic:
        # By its own key, under another's topic: the journal does not show which way it came.
        assert not both.arrive(both.open(note, topic))
    else:
        assert both.compare(note, topic) == (topic == signer == named != "cipher-1")


def test_a_record_is_of_this_site() -> None:
    both = Both()
    assert not both.compare(due(both, site="demo-2"))
    assert not both.compare(signed(ARCHIVE, line(body(both)), "another key"))


# ---------------------------------------------------------------- where in its node's life


def goes_on(both: Both) -> None:
    """Both stand where the other stands: at the same life, number and hash."""
    life = both.life()
    for changed in (
        {"seq": life.seq}, {"seq": life.seq + 2}, {"seq": 0}, {"life": life.life + 1}, {"life": life.life - 1},
        {"life": life.life + 1, "seq": 1}, {"seq": 1}, {"prev": "cd" * 32}, {"prev": ""}, {},
    ):  # fmt: skip
        if all(value >= 0 for value in changed.values() if isinstance(value, int)):
            both.compare(due(both, **changed))
    for data in (lost(1, both.life().seq), lost(both.life().seq + 2, both.life().seq + 3), told(both.life().life)):
        both.compare(due(both, data, seq=getattr(data, "last", 9)))
    assert both.compare(due(both))


@pytest.mark.parametrize("life", [0, 1, 2, 3, 100, 101, 102, 103])
@pytest.mark.parametrize("seq", [0, 1, 3, 4, 5, 9])
def test_wherever_a_record_stands_both_take_it_or_neither(life: int, seq: int) -> None:
    kinds = [SOUNDED, *(told(number, other) for number in (0, 1, 2, life) for other in (life, 1))]
    kinds += [lost(first, last) for first in (0, 1, 3, 4, 5, seq) for last in (0, seq - 1, seq, seq + 1) if last >= 0]
    both = spoken()
    for data in dict.fromkeys(kinds):
        for prev in ("cd" * 32, "", both.life().hash):
            if both.compare(due(both, data, life=life, seq=seq, prev=prev)):
                both = spoken()


@pytest.mark.parametrize("hash_of_last", ["", "ab" * 32])
@pytest.mark.parametrize("first", [1, 3, 4])
@pytest.mark.parametrize("last", [4, 9])
def test_after_a_loss_both_go_on_from_the_same_record(hash_of_last: str, first: int, last: int) -> None:
    both = spoken()
    assert both.compare(due(both, lost(first, last, hash_of_last), seq=last))
    goes_on(both)


@pytest.mark.parametrize("ahead", [1, 2, lives.MOST_LIVES])
def test_after_a_life_that_a_node_has_opened_both_go_on_in_it(ahead: int) -> None:
    both = spoken()
    life = both.life().life
    assert both.compare(due(both, told(life, 3), life=life + ahead, seq=1, prev=""))
    goes_on(both)


# ---------------------------------------------------------------- enrolled anew, and revoked


def test_enrolled_anew_a_node_speaks_under_its_new_key_alone() -> None:
    both = spoken()
    anew = NodeSide(ARCHIVE, "anew")
    late = both.open(old := due(both))
    assert both.compare_asked(enrolment(anew, 2, 3))
    assert not both.compare_arrival(late, old)
    for note in (old, due(both), due(both, seq=1, prev=""), due(both, life=1), due(both, seq=4)):
        assert not both.compare(note)
    for changed in ({"seq": 4}, {"life": 1}, {"life": 1, "seq": 4}, {"seq": 2}):
        assert not both.compare(signed(ARCHIVE, line(body(both, **changed)), "anew"))
    assert both.compare(signed(ARCHIVE, line(body(both, prev="cd" * 32)), "anew")), "nothing is known of one before"
    assert not both.compare(due(both))


def test_a_key_that_was_replaced_meanwhile_counts_no_more() -> None:
    """Also where everything else of the record would fit."""
    both = Both()
    note = due(both, life=2)
    assert both.compare_asked(enrolment(both.node, 2))
    late = both.open(note)
    assert both.compare_asked(enrolment(NodeSide(ARCHIVE, "anew"), 3))
    three = due(both, life=3)
    assert not both.compare_arrival(
        late._replace(note=three, record=m.decode(notes.split(three).text, m.Record)), three
    )


def test_a_node_that_is_revoked_says_nothing_until_it_is_enrolled_anew() -> None:
    both = spoken()
    late = both.open(note := due(both))
    assert both.compare_asked(m.NodeRevoked(node=ARCHIVE, reason="stolen"))
    assert not both.compare_arrival(late, note)
    assert not both.compare(note)
    assert not both.compare(due(both, told(1), life=2, seq=1, prev=""))
    assert both.compare_asked(m.NodeRevoked(node="cipher-1", reason="papers, and never enrolled"))
    assert both.compare(signed(SAFE, line({**body(both), "node": SAFE, "seq": 1, "prev": ""})), SAFE)
    assert both.compare_asked(enrolment(both.node, 2, 3))
    assert not both.compare(note)
    assert both.compare(due(both))
    goes_on(both)


# ---------------------------------------------------------------- drawn by chance


@st.composite
def bodies(draw: st.DrawFn, life: int, seq: int, newest: str) -> dict[str, Any]:
    """A record as a node could sign it: mostly the next, or near it, in this life or one near it."""
    own_life = life + draw(st.sampled_from([0, 0, 0, -1, 1, 2, 100, 101]))
    own_seq = draw(st.sampled_from([1, seq + 1])) if draw(st.booleans()) else max(0, seq + draw(near))
    data: m.RecordData = draw(
        st.one_of(
            st.just(SOUNDED),
            st.builds(
                m.CannotFill,
                first=st.integers(0, seq + 3),
                last=st.sampled_from([own_seq, own_seq, seq, seq + 9]),
                last_hash=st.sampled_from(["", "ab" * 32]),
            ),
            st.builds(
                m.RolledBack,
                hub_life=near.map(lambda by: max(0, life + by)) | st.just(life),
                hub_seq=st.just(seq),
                hub_hash=st.just(""),
                own_seq=st.just(0),
                own_hash=st.just(""),
            ),
        )
    )
    return {
        "v": 1, "site": SITE, "node": "archive-1", "life": own_life, "boot": "b", "seq": own_seq,
        "mono": draw(st.sampled_from([0, 1, 2**53])), "wall": 1_790_049_600_000, "clock": "trusted",
        "prev": draw(st.sampled_from([newest, newest, "", "cd" * 32])), "data": msgspec.to_builtins(data),
    }  # fmt: skip


@given(st.data())
def test_whatever_number_and_life_a_record_is_of_both_take_it_or_neither(data: st.DataObject) -> None:
    both = Both()
    for _ in range(data.draw(st.integers(1, 8))):
        life = both.life()
        drawn = data.draw(bodies(life.life, life.seq, life.hash))
        both.compare(both.node.record_key.sign(line(drawn)))


WRITTEN_OTHERWISE = ("1.0", "1e0", "-1", "true", "null", '"1"', "9007199254740993", "1" * 5000, "[]", "{}", "NaN")


@st.composite
def spoilt(draw: st.DrawFn, text: bytes) -> bytes:
    """The same body with a name twice, a number written otherwise, a byte changed, or something put in between."""
    said = text.decode()
    how = draw(st.sampled_from(["twice", "number", "byte", "between", "not"]))
    if how == "twice":
        field = draw(st.sampled_from(re.findall(r'"[a-z_]+":(?:[0-9]+|"[^"]*"|true)', said)))
        return said.replace(field, f"{field},{field}", 1).encode()
    if how == "number":
        numbers = list(re.finditer(r"(?<=:)[0-9]+", said))
        one = numbers[draw(st.integers(0, len(numbers) - 1))]
        return (said[: one.start()] + draw(st.sampled_from(WRITTEN_OTHERWISE)) + said[one.end() :]).encode()
    at = draw(st.integers(0, len(said) - 2))
    if how == "byte":
        return (said[:at] + draw(st.characters(exclude_categories=["Cs"], min_codepoint=32)) + said[at + 1 :]).encode()
    if how == "between":
        more = draw(st.sampled_from([" ", ",", '"x":1,', "\\", "\\ud800", "\\u0000", "\u2028", "\x7f", "\x85"]))
        return (said[:at] + more + said[at:]).encode()
    return text


@given(st.data())
def test_however_a_record_is_written_both_take_it_or_neither(data: st.DataObject) -> None:
    both = Both()
    both.compare(both.node.record(SOUNDED, 1))
    life = both.life()
    drawn = data.draw(bodies(life.life, life.seq, life.hash))
    both.compare(both.node.record_key.sign(data.draw(spoilt(line(drawn)))))


@given(at=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_record_with_any_byte_changed_is_taken_by_neither(at: int, byte: int) -> None:
    both = Both()
    note = bytearray(both.node.record(SOUNDED, 1))
    note[at % len(note)] ^= byte
    assert not both.compare(bytes(note))
