"""A hub put back from a backup unseals nothing that it has forgotten."""

from hub.core.sealing import after_restore
from hub.core.sealing import area as area_sealing
from hub.core.site.document import Site
from hub.core.site.reading import read
from hub.core.state import Area, Entry, Life, Meta, State
from tests.support.hub import DEMO_SITE
from tests.support.paper import PaperHub
from wire import board
from wire import messages as m

ARCHIVE = m.SealedArea(area="archive", sealing=7)


def the_site() -> Site:
    site = read(DEMO_SITE.read_text("utf-8"), board.load()).site
    assert site is not None
    return site


def a_restored_hub(next_sealing: int) -> State:
    state = State()
    state.load(Meta(next_sealing=next_sealing))
    state.load(Life(node="archive-1", life=1, record_key="", serial=""))
    return state


def test_what_a_node_holds_sealed_and_the_journal_does_not_know_counts_as_sealed() -> None:
    state, site = a_restored_hub(next_sealing=5), the_site()
    (fact,) = after_restore.found(state, site, "archive-1", (ARCHIVE,))
    assert fact == m.SealingAdopted(sealing=7, area="archive", node="archive-1")
    message = m.Fact(v=1, site="demo", by="engine", time=9, person=None, data=fact)
    after_restore.apply_adopted(state, Entry(0, 9, "", message), fact, None)
    assert state.area("archive").state == "sealed"
    assert area_sealing.sealed_areas(state, site, "archive-1") == (ARCHIVE,), "the next order must not open it"
    assert state.meta.next_sealing == 8, "its number is not given out again"
    assert not list(after_restore.found(state, site, "archive-1", (ARCHIVE,)))


def test_a_number_that_the_journal_has_given_out_itself_is_not_adopted() -> None:
    assert not list(after_restore.found(a_restored_hub(next_sealing=8), the_site(), "archive-1", (ARCHIVE,)))


def test_a_node_speaks_only_for_its_own_areas() -> None:
    assert not list(after_restore.found(a_restored_hub(next_sealing=5), the_site(), "cipher-1", (ARCHIVE,)))


def test_an_area_that_counts_as_sealed_is_left_as_it_is() -> None:
    state = a_restored_hub(next_sealing=5)
    state.load(Area("archive", state="sealed", sealing=4))
    assert not list(after_restore.found(state, the_site(), "archive-1", (ARCHIVE,)))


def test_a_number_that_no_backup_explains_guards_the_area_and_uses_up_no_numbers() -> None:
    house = PaperHub()
    archive = house.node("archive-1")
    for number in (m.LARGEST_NUMBER, m.LARGEST_NUMBER - 1):
        archive.holds(m.SealedArea(area="archive", sealing=number))
    assert (house.state.area("archive").state, house.state.area("archive").sealing) == ("sealed", m.LARGEST_NUMBER)
    assert house.state.meta.next_sealing == 1
    assert house.alarm("bad-messages").place == "archive-1"
