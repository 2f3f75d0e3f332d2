"""What is looked up in a site."""

from __future__ import annotations

from hub.core.site import lookups
from hub.core.site.document import Site, Title, in_language
from tests.support.draft import Draft


def test_areas_know_their_nodes_and_nodes_their_areas(demo: Site) -> None:
    assert lookups.areas_of(demo, "archive-1") == ("archive",)
    assert lookups.nodes_of(demo, "archive") == ("archive-1",)


def test_what_is_no_longer_in_the_document_is_looked_up_without_an_error(demo: Site) -> None:
    assert lookups.areas_of(demo, "old-1") == ()
    for node in demo.nodes:
        assert lookups.areas_of(demo, node) == tuple(
            area.name for area in demo.area if node in lookups.nodes_of(demo, area.name)
        )
    assert lookups.nodes_of(demo, "attic") == ()
    assert lookups.kind_of(demo, "attic/hatch") == "door"
    assert not lookups.guards(demo, "attic/hatch")
    assert not lookups.may_seal(demo, 1001, "attic")
    assert not lookups.responds(demo, 1001, "attic")
    assert lookups.ceremony_reader(demo, "attic") == lookups.ceremony_node(demo, "attic") == ""
    assert (lookups.point(demo, "a/b"), lookups.reader(demo, "a/b"), lookups.area(demo, "a")) == (None, None, None)
    assert lookups.cardholder(demo, 1) is None


def test_rights_over_an_area_are_those_it_names(demo: Site) -> None:
    assert lookups.may_seal(demo, 1001, "archive")
    assert not lookups.may_seal(demo, 1004, "archive")
    assert lookups.responds(demo, 1008, "computer-room")
    assert not lookups.responds(demo, 1001, "computer-room")


def test_a_room_can_be_sealed_with_its_exit_button_pressed_but_not_with_its_safe_open(demo: Site) -> None:
    assert not lookups.guards(demo, "cipher-room/exit-button")
    assert lookups.guards(demo, "cipher-room/safe-door")


def test_sealing_is_done_at_the_reader_outside(draft: Draft) -> None:
    draft.document["reader"].insert(
        0, {"area": "archive", "name": "exit", "title": "", "node": "archive-1", "port": "r2", "inside": True}
    )
    site = draft.site()
    assert lookups.ceremony_reader(site, "archive") == "archive/reader"
    assert lookups.ceremony_node(site, "archive") == "archive-1"


def test_titles_are_chinese_and_english() -> None:
    title = Title(zh="档案室", en="Archive")
    assert [in_language(title, language) for language in ("zh", "zh_CN", "en")] == ["档案室", "档案室", "Archive"]
