"""What is not there is told with what there is, and with the name that looks like it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.cli import main
from hub.core.refusal import NotPossible
from tests.support.hub import House, make_hub
from tests.support.terminal import type_in
from wire.command_line.run import Failure


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return make_hub(tmp_path_factory.mktemp("house"))


AREAS = "areas: archive, cipher-room, computer-room"
SLIPS = [
    ("drill archve --as wangfang", f"there is no area 'archve' (did you mean 'archive'?); {AREAS}"),
    ("seal archve --as wangfang", f"there is no area 'archve' (did you mean 'archive'?); {AREAS}"),
    ("unseal vault --as wangfang --cause c", f"there is no area 'vault'; {AREAS}"),
    ("emergency vault --as wangfang --reason r", f"there is no area 'vault'; {AREAS}"),
    ("certificate vault", f"there is no area 'vault'; {AREAS}"),
    ("sealing list vault", f"there is no area 'vault'; {AREAS}"),
    ("sealing status vault", f"there is no area 'vault'; {AREAS}"),
    ("sealing tick vault all --as wangfang", f"there is no area 'vault'; {AREAS}"),
    ("sealing approve vault --as liuyang --cause c", f"there is no area 'vault'; {AREAS}"),
    ("calendar plan --area vault --as liuyang", f"there is no area 'vault'; {AREAS}"),
    (
        "sealing except archive/iron-gat --as liuyang --reason r",
        "there is no point 'archive/iron-gat' (did you mean 'archive/iron-gate'?); points: archive/corridor-door, ",
    ),
    ("sealing compare archive/x 1 --as wangfang", "there is no point 'archive/x'; points: archive/corridor-door, "),
    ("sealing number cipher-room/safe-seal 1 --as wangfang --said-by 9", "there is no person 9; people: 1001 张伟, "),
    ("roster add 99 --from 2026-02-14T1 --to x --as liuyang", "'2026-02-14T1' is no time"),
    (
        "seal archive --as wangfng",
        "there is no account 'wangfng' (did you mean 'wangfang'?); accounts: liuyang, ",
    ),
    ("hub password bob", "there is no account 'bob'; accounts: liuyang, sunli, wangfang, zhaomin, zhouqiang"),
    ("hub erase 99 --as zhaomin --second liuyang --reason r", "there is no person 99; people: 1001 张伟, 1002 李娜, "),
    ("alarms acknowledge 99 --as wangfang", "there is no alarm 99; see: strongroom alarms list"),
    ("node revoke archive-9 --reason r", "there is no node 'archive-9'; there are no nodes yet"),
    ("journal --kind forcd", "there is no kind of entry 'forcd' (did you mean 'forced'?)"),
    ("journal --place archive/coridor-door", "'archive/coridor-door' (did you mean 'archive/corridor-door'?); areas: "),
    ("journal --node archive-9", "there is no node 'archive-9' (did you mean 'archive-1'?); nodes: archive-1, "),
    ("access wnag", "no name, number, place or kind of entry has 'wnag' in it"),
]


@pytest.mark.parametrize(("words", "says"), SLIPS, ids=[words for words, _ in SLIPS])
def test_a_name_that_nothing_has_is_told_with_those_that_there_are(house: House, words: str, says: str) -> None:
    refusal = type_in("--dir", house.hub.layout.root, *words.split()).exception
    assert isinstance(refusal, Failure)
    assert says in str(refusal)
    assert refusal.code in (os.EX_DATAERR, os.EX_USAGE)


def test_what_exists_and_has_nothing_to_show_is_no_slip(house: House) -> None:
    shown = type_in("--dir", house.hub.layout.root, "access", "张伟 archive")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[-1] == "none"


def test_a_refusal_is_a_sentence_and_keeps_the_word_that_programs_know() -> None:
    told = main.explain(NotPossible("not-allowed", "shift-added"))
    assert told == ("Your role does not allow this. (not-allowed: shift-added)", os.EX_DATAERR)


@pytest.mark.parametrize("folder", ["nothing", ""])
def test_where_no_site_is_it_says_so_and_how_to_name_one(tmp_path: Path, folder: str) -> None:
    refusal = type_in("--dir", tmp_path / folder, "status").exception
    assert isinstance(refusal, Failure)
    assert str(refusal).startswith(f"there is no site in {tmp_path / folder}")
    assert "--dir" in str(refusal)
