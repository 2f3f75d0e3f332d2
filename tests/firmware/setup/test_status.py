"""What a node tells of itself to whoever stands before it."""

from firmware.core import frozen
from firmware.core.held import Held
from firmware.setup.status import Status, lines


def test_the_hash_of_what_it_holds_can_be_compared_with_the_certificate() -> None:
    held = Held(area="archive", sealing=5, reader="archive-1", here=True)
    told = lines(Status("demo", "archive-1", "mock", True, True, sealed=(held,)))
    assert f"holds archive sealed, number 5: {frozen.record(held).hash}" in told
