"""Whether the office is open: by the hours of the week. A holiday counts as such only once its areas are sealed."""

from __future__ import annotations

from datetime import datetime

from hub.core import sites
from hub.core.site_document import DAYS, Site


def is_closed(site: Site, wall: int) -> bool:
    """Whether a wall time in ms lies outside office hours. The lunch break lies within; without hours nothing does."""
    windows = next((schedule.windows for schedule in site.schedule if schedule.name == site.office), ())
    if not windows:
        return False
    local = datetime.fromtimestamp(wall / 1000, site.zone)
    today = [hours for hours in windows if DAYS[local.weekday()] in hours.days]
    if not today:
        return True
    minute = local.hour * 60 + local.minute
    opens = min(sites.minutes(hours.start) for hours in today)
    closes = max(sites.minutes(hours.end) for hours in today)
    return not opens <= minute < closes
