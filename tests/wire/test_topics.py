"""Topics: what is built is parsed again, and nobody slips another's name or level in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import topics

names = st.from_regex(topics.NAME, fullmatch=True)


@given(names, names)
def test_every_topic_of_a_node_is_parsed_to_what_it_was_built_of(site: str, node: str) -> None:
    for leaf in ("record", "beat", "receipt", "order", "ask", "proof", "cosign"):
        assert topics.parse_node(getattr(topics, leaf)(site, node)) == (site, node, leaf)


def test_the_topics_are_those_of_the_contract() -> None:
    assert topics.record("demo", "archive-1") == "strongroom/1/demo/node/archive-1/record"
    assert topics.hub_beat("demo") == "strongroom/1/demo/hub/beat"
    assert topics.journal("demo") == "strongroom/1/demo/journal"
    assert topics.every_node("demo", "record") == "strongroom/1/demo/node/+/record"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "strongroom/1/demo/journal",
        "strongroom/1/demo/hub/beat",
        "strongroom/2/demo/node/archive-1/record",
        "strongroom/1/demo/node/archive-1",
        "strongroom/1/demo/node/archive-1/record/more",
        "strongroom/1/demo/node/archive-1/record\n",
        "strongroom/1/demo/node/archive-1\n/record",
        "strongroom/1/demo/node//record",
        "strongroom/1/demo/node/+/record",
        "strongroom/1/demo/node/#/record",
        "strongroom/1/demo/node/ar/record",
        "strongroom/1/demo/node/Archive-1/record",
        "strongroom/1/demo/node/archive_1/record",
        "strongroom/1/demo/node/archive-1/../cipher-1/record",
        "strongroom/1/demo/node/档案室一/record",
        "strongroom/1/demo/node/" + "a" * 33 + "/record",
        "/strongroom/1/demo/node/archive-1/record",
        "$SYS/strongroom/1/demo/node/archive-1/record",
        "strongroom/1/demo/node/archive-1/record\x00",
    ],
)
def test_it_is_no_topic_of_a_node(topic: str) -> None:
    assert topics.parse_node(topic) is None


@given(st.text(max_size=80))
def test_no_text_is_parsed_to_a_name_that_the_broker_would_not_give(text: str) -> None:
    parsed = topics.parse_node(f"strongroom/1/demo/node/{text}/record")
    if parsed:
        assert parsed.node == text
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize("name", ["engine", "console", "notify", "admin", "ab", "a" * 33, "x/y", "+++", "abc\n", ""])
def test_no_node_or_site_is_named_so(name: str) -> None:
    assert not topics.valid_name(name)


def test_an_ordinary_name_is_one() -> None:
    assert topics.valid_name("archive-1")
