"""Papers that do not count by the hub's clock are named, with the day and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.site_directory import validity
from hub.site_directory.hub import wall_ms
from tests.support.hub import House, make_hub
from wire import link
from wire import messages as m

YEAR = 365 * 24 * 3_600_000


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_hub(tmp_path)


@pytest.mark.parametrize(
    ("years", "why"), [(0, None), (-10, "counts from"), (10, "ended on"), (-1000, "counts from"), (10**9, "ended on")]
)
def test_a_clock_that_is_wrong_by_years_is_named_and_not_an_unspecified_error(
    house: House, years: int, why: str | None
) -> None:
    said = validity.explain(house.hub.papers("engine"), wall_ms() + years * YEAR)
    assert (said is None) == (why is None)
    if said and why:
        assert why in said
        assert "set the hub's clock" in said


def test_papers_that_cannot_be_read_are_named(house: House) -> None:
    papers = house.hub.papers("engine")
    papers.certificate.write_bytes(b"")
    assert validity.explain(papers, wall_ms()) == "the certificate engine.crt cannot be read"


def test_it_is_what_the_journal_says_of_the_lost_broker(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.engine import process as engine_process
    from tests.hub.engine.test_engine import PaperLink

    monkeypatch.setattr(link, "Link", PaperLink)
    engine = engine_process.Engine(house.written())
    monkeypatch.setattr(engine_process, "wall_ms", lambda: wall_ms() + 10 * YEAR)
    engine._disconnected("Unspecified error")
    (lost,) = engine._watch.broker.due(wall_ms(), engine_process.mono_ms() + 60_000)
    assert isinstance(lost, m.BrokerLost)
    assert "ended on" in lost.detail
