"""Settings of the broker: for which hosts it answers, and where it listens."""

from __future__ import annotations

import ipaddress

from msgspec import Struct

from hub.site_directory.layout import Layout
from wire import settings


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`hosts`: names and addresses of the hub, the first of which is told to nodes. `bind`: address to listen on."""

    site: str
    hosts: tuple[str, ...]
    bind: str
    port: int

    @property
    def local_host(self) -> str:
        """Where the hub's own services find it."""
        address = ipaddress.ip_address(self.bind)
        return "localhost" if address.is_unspecified or address.is_loopback else self.bind


def load(layout: Layout) -> BrokerSettings:
    """Settings of a site's broker. Raises SettingsError."""
    return settings.load(layout.broker_settings, BrokerSettings)
