"""What people write keeps no name that the hub knows; a page shows it for as long as it is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import pseudonyms
from tests.support.paper import WANG_FANG, ZHANG_WEI
from wire import messages as m

PEOPLE = {ZHANG_WEI: "张伟", WANG_FANG: "Wang Fang", 1009: "王芳", 1010: "王芳芳", 1011: "", 1012: "Ren\u00e9"}


def closed(finding: str) -> m.AlarmClosed:
    return m.AlarmClosed(alarm=1, finding_cause="forgotten", finding=finding)


def finding_of(data: m.FactData) -> str:
    assert isinstance(data, m.AlarmClosed)
    return data.finding


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张伟忘了关门", f"#{ZHANG_WEI}忘了关门"),
        ("called Wang Fang, who came", f"called #{WANG_FANG}, who came"),
        ("WANG  FANG came", f"#{WANG_FANG} came"),
        ("王芳芳和王芳", "#1010和#1009"),
        ("Wang Fangs Auto", "Wang Fangs Auto"),
        ("the wind", "the wind"),
        ("张\u200b伟忘了\x1b[2J关门\n\u202e好", f"#{ZHANG_WEI}忘了\ufffd[2J关门\n好"),
        ("Ｗang\u00a0Ｆａｎｇ，来了", f"#{WANG_FANG}，来了"),
        ("Rene\u0301 came", "#1012 came"),
    ],
)
def test_a_known_name_becomes_the_number_however_it_is_typed(written: str, kept: str) -> None:
    assert finding_of(pseudonyms.hide(closed(written), PEOPLE)) == kept


def test_a_page_shows_the_name_until_it_is_erased() -> None:
    kept = finding_of(pseudonyms.hide(closed("张伟 and Wang Fang"), PEOPLE))
    assert pseudonyms.show(kept, PEOPLE) == "张伟 and Wang Fang"
    assert pseudonyms.show(kept, {WANG_FANG: "Wang Fang"}) == f"#{ZHANG_WEI} and Wang Fang"
    assert pseudonyms.show("box #12 on shelf #1001x", {12: "", 1001: "张伟"}) == "box #12 on shelf 张伟x"


@given(st.lists(st.sampled_from([*PEOPLE.values(), "门", " ", "door", "#", "7"]), max_size=8).map("".join))
def test_whatever_is_written_no_chinese_name_stays(written: str) -> None:
    kept = finding_of(pseudonyms.hide(closed(written[:400]), PEOPLE))
    assert not any(name in kept for name in ("张伟", "王芳", "王芳芳"))


def test_only_what_people_write_is_touched() -> None:
    data = m.NodeEnrolled(node="archive-1", life=1, record_key="Wang Fang", witness_key="", serial="", last_seq=0)
    assert pseudonyms.hide(data, PEOPLE) is data
    assert not pseudonyms.writes(m.NodeEnrolled)


def test_whatever_a_person_may_write_freely_is_marked_as_written() -> None:
    for kind in (m.AlarmClosed, m.FindingWritten, m.HandoverDrafted, m.ExceptionSigned, m.EmergencyOpened,
                 m.UnsealingApproved, m.SealingDropped, m.SealingOrdered, m.WindowPlanned, m.WindowCancelled,
                 m.HubRestored, m.PersonErased, m.NodeRevoked):  # fmt: skip
        assert pseudonyms.writes(kind), kind
