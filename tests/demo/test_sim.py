"""Whose badge is held to a simulated reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.sim import sim

PEOPLE = """
[[cardholder]]
name = "张伟"
number = 1001
badge = ["0A0B0C0D01", "0A0B0C0D02"]

[[cardholder]]
name = "李娜"
number = 1002
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(PEOPLE, "utf-8")
    return tmp_path


def test_of_two_badges_the_first_is_held(site: Path) -> None:
    assert sim.badge_number(site, "张伟") == sim.badge_number(site, "1001") == "0A0B0C0D01"


def test_a_badge_is_also_named_by_its_number(site: Path) -> None:
    assert sim.badge_number(site, "0a0b0c0d02") == "0A0B0C0D02"


@pytest.mark.parametrize(
    ("whose", "says"),
    [
        ("李娜", "李娜 (1002) has no badge"),
        ("张偉", "nobody is called '张偉' (did you mean '张伟'?); there are: 1001 张伟, 1002 李娜"),
    ],
)
def test_a_name_that_nobody_has_is_told_with_the_nearest(site: Path, whose: str, says: str) -> None:
    with pytest.raises(sim.SimError) as refused:
        sim.badge_number(site, whose)
    assert str(refused.value) == says
