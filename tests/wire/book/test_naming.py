"""Whom and what an entry may bring in."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.support.journal import key
from wire import checkpoint, notes
from wire.book import naming, rules

KEY = key("a").public
SUITES = (notes.ED25519, checkpoint.COSIGNATURE, 0x09)
"""Those of a verifier, and one more that is to come."""


def of(kind: int) -> str:
    return str(KEY._replace(kind=kind))


def test_a_key_that_signs_is_of_a_suite_that_is_known_and_no_witnesss() -> None:
    assert naming.signing_key(str(KEY), SUITES) == KEY
    assert naming.signing_key(of(0x09), SUITES).kind == 0x09
    for other in (of(checkpoint.COSIGNATURE), of(0x08), "", "a+b+c"):
        with pytest.raises(ValueError, match=r"."):
            naming.signing_key(other, SUITES)


def test_a_witness_states_its_plain_key_or_the_one_that_it_makes_of_it() -> None:
    for kind in (notes.ED25519, checkpoint.COSIGNATURE):
        assert naming.witness_key(of(kind), SUITES) == checkpoint.witness_key(KEY)
    assert naming.witness_key(of(0x09), SUITES).kind == 0x09
    for other in (of(0x08), "", "a+b+c"):
        with pytest.raises(ValueError, match=r"."):
            naming.witness_key(other, SUITES)


@pytest.mark.parametrize("signing", [("engine", "admin"), ("engine", "console", "notify", "admin")])
def test_each_service_that_signs_has_a_key_and_nobody_else(signing: tuple[str, ...]) -> None:
    named = dict.fromkeys(signing, str(KEY))
    assert naming.service_keys(named, SUITES) == dict.fromkeys(signing, KEY)
    for wrong in ({**named, "more": str(KEY)}, {**named, "engine": ""}, {**named, "admin": "x"}):
        with pytest.raises(ValueError, match=r"."):
            naming.service_keys(wrong, SUITES)


def test_no_journal_names_other_services_than_those_that_sign_now_or_did_of_old() -> None:
    taken = (set(rules.SIGN), set(rules.SERVICES))
    for many in range(len(rules.SERVICES) + 1):
        for some in map(set, combinations(rules.SERVICES, many)):
            if some not in taken:
                with pytest.raises(ValueError, match=r"each service that signs"):
                    naming.service_keys(dict.fromkeys(some, str(KEY)), SUITES)


def test_a_node_is_named_like_no_service_and_is_one_of_so_many() -> None:
    naming.check_node("archive-1", 0)
    naming.check_node("archive-1", naming.MOST_NODES - 1)
    for name, others in (("engine", 0), ("admin", 0), ("archive-1", naming.MOST_NODES)):
        with pytest.raises(ValueError, match=r"no such node"):
            naming.check_node(name, others)


def test_an_origin_is_a_name_that_a_key_may_bear() -> None:
    naming.check_origin("strongroom/demo/journal", ["strongroom/demo"])
    for name in ("", "a b", "a+b", " a", "before"):
        with pytest.raises(ValueError, match=r"."):
            naming.check_origin(name, ["before"])


def test_a_key_of_checkpoints_signs_is_new_and_is_one_of_so_many() -> None:
    before = [f"another {number}" for number in range(naming.MOST_CHECKPOINT_KEYS - 1)]
    assert naming.checkpoint_key(f" {KEY}\n", SUITES, before) == KEY
    for text, named in ((str(KEY), [str(KEY)]), (f" {KEY}", [str(KEY)]), (str(KEY), [*before, "one more"]), ("", [])):
        with pytest.raises(ValueError, match=r"."):
            naming.checkpoint_key(text, SUITES, named)
