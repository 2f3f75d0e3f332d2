"""The demonstration's site: right, and to be spoilt."""

from __future__ import annotations

import pytest

from hub.core.site.document import Site
from tests.support.draft import Draft


@pytest.fixture
def draft() -> Draft:
    return Draft()


@pytest.fixture(name="demo")
def demonstration() -> Site:
    return Draft().site()
