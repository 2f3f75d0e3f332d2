"""What people do before an area can be sealed, or unsealed, so that a test can go on from there.

ready(house, "archive")         # walked, ticked, the seals' numbers said by two
may_unseal(house, "archive")    # numbers compared, approved by the security officer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.core.sealing import before as before_sealing
from wire import messages as m
from wire.points import KINDS

if TYPE_CHECKING:
    from tests.support.hub import AnyHub

NUMBER = "SN-0001"
CAUSE = "节后开库"


def ready(house: AnyHub, area: str, first: int = 1001, second: int = 1003) -> None:
    """Walk through the area, tick its list, say the numbers on its seals. For a hub on paper as for a whole one."""
    site = house.engine.look()[1]
    for point in site.point:
        if point.area == area and KINDS[point.kind].item:
            house.node(point.node).opens(point.place)
            house.node(point.node).closes(point.place)
    for item in before_sealing.items(site, area):
        _asks(house, m.CheckTicked(area=area, item=item))
    speakers = {first: 1003, second: second if second in (1003, 1008) else 1003}
    for seal in before_sealing.seals(site, area):
        for person, account in speakers.items():
            house.fact(m.SealNumber(point=seal, number=NUMBER, said_by=person), "console", account, "duty")


def may_unseal(house: AnyHub, area: str, number: str = NUMBER) -> None:
    """Compare the numbers on the seals; the security officer approves."""
    site = house.engine.look()[1]
    for seal in before_sealing.seals(site, area):
        _asks(house, m.SealCompared(sealing=0, point=seal, number=number, same=True))
    house.fact(m.UnsealingApproved(sealing=0, area=area, cause=CAUSE), "console", 1005, "security")


def unseal_order(area: str) -> m.SealingOrdered:
    """The order of an unsealing, with its cause."""
    return m.SealingOrdered(sealing=0, area=area, purpose="unseal", cause=CAUSE)


def _asks(house: AnyHub, data: m.FactData) -> None:
    house.fact(data, "console", 1003, "duty")
