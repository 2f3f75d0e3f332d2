"""The hub's settings: `hub/hub.toml` in the site's directory. Site, names and broker are in broker.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire import settings

Port = Annotated[int, Meta(ge=1, le=65535)]


class ConsoleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the console listens, and the language of whoever has not chosen one."""

    host: str = "127.0.0.1"
    port: Port = 8443
    language: Literal["zh", "en"] = "zh"


class SounderSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Sounder and lamp on the hub's own pins (GPIO numbers). `factory` is named, and there is no falling back."""

    factory: Literal["lgpio", "rpigpio", "mock"]
    sounder: Annotated[int, Meta(ge=0, le=27)] = 23
    lamp: Annotated[int, Meta(ge=0, le=27)] | None = None


class SmsSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A GSM modem on a serial device. `reports`: whether its network says what was delivered."""

    device: str
    baud: int = 115_200
    reports: bool = True


class EmailSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The bureau's SMTP server. `user_file`: name and password in two lines. `ca`: whose certificate it shows, if that
    is not one that the system trusts."""

    host: str
    sender: str
    port: Port = 587
    starttls: bool = True
    user_file: str = ""
    ca: str = ""


class SyslogSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A log server that takes RFC 5424 over TLS. `ca`: file of the authority that its certificate is from."""

    host: str
    ca: str
    port: Port = 6514


class HubSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """All keys of hub.toml. `database` is a URL; left out, it is an SQLite file beside this one."""

    database: str = ""
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    sounder: SounderSettings | None = None
    sms: SmsSettings | None = None
    email: EmailSettings | None = None
    syslog: SyslogSettings | None = None


def load(path: Path) -> HubSettings:
    """Read hub.toml; without the file all keys are as they are by default. Raises settings.SettingsError."""
    return settings.load(path, HubSettings) if path.exists() else HubSettings()
