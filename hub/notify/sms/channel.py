"""Short messages through a serial modem. What comes in is heard here, and judged by whoever has the state."""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.notify.channels import letters
from hub.notify.channels.channel import Answered, Handed, Heard, Letter, Part, Reported, Told, Unreadable, Unsent
from hub.notify.sms import pdu
from hub.notify.sms.line import ModemError
from hub.notify.sms.modem import Modem
from hub.site_directory.settings import SmsSettings
from wire import messages as m

HEAR_S = 3.0
"""How often a modem is asked what has come in."""


class Sms:
    """One modem, opened when it is needed and again after it has failed."""

    name: m.Channel = "sms"
    lease_s = 180
    """Eight parts, and a network that takes its time."""

    def __init__(self, settings: SmsSettings, open_modem: Callable[[str, int], Modem] = Modem.open) -> None:
        self._settings = settings
        self._open_modem = open_modem
        self._modem: Modem | None = None
        self._heard_at = 0.0

    def send(self, letter: Letter) -> Handed:
        """Hand it to the network. Raises Unsent."""
        phone = letter.contact.phone
        if not phone:
            raise Unsent("the site document has no telephone number of this person", final=True)
        try:
            modem = self._ready()
            references = modem.send(phone, letters.short(letter), letter.notice.number & 0xFF)
        except pdu.PduError:
            raise Unsent("this cannot be sent as a short message", final=True) from None
        except ModemError as error:
            self.close()
            raise Unsent(str(error)) from None
        awaits = self._settings.reports and modem.reports != "none"
        return Handed(tuple(Part(one, phone) for one in references) if awaits else ())

    def test(self) -> str:
        """Ask the modem how it stands in the network. Raises Unsent."""
        try:
            modem = self._ready()
            health = modem.health()
        except ModemError as error:
            self.close()
            raise Unsent(str(error)) from None
        if not health.registered:
            raise Unsent("the modem is in no network" + (f": it {health.why}" if health.why else ""))
        full = f"; its memory is full, nothing comes in: {modem.full}" if modem.full else ""
        return f"in the network, signal {health.signal}{full}"

    def turn(self, hub: Told, help_wanted: bool) -> None:
        """Hear what has come in. Raises Unsent."""
        if time.monotonic() - self._heard_at >= HEAR_S:
            self._heard_at = time.monotonic()
            self.hear(hub.hear)
            hub.tell_refused(self.name)

    def hear(self, take: Callable[[Heard], bool]) -> None:
        """Everything that has come in, one by one; each is discarded when `take` says that it is kept elsewhere.
        Raises Unsent."""
        try:
            modem = self._ready()
            for place, message in modem.fetch():
                heard = _heard(message)
                if heard is None or take(heard):
                    modem.discard(place)
        except ModemError as error:
            self.close()
            raise Unsent(str(error)) from None

    def close(self) -> None:
        """Let go of the port."""
        modem, self._modem = self._modem, None
        if modem is not None:
            modem.close()

    def _ready(self) -> Modem:
        if self._modem is None:
            self._modem = self._open_modem(self._settings.device, self._settings.baud)
        return self._modem


def _heard(message: pdu.Incoming | pdu.Report | Unreadable) -> Heard | None:
    if isinstance(message, Unreadable):
        return message
    if isinstance(message, pdu.Incoming):
        # A part of a longer text is not what somebody answered, even if it looks like it.
        whole = message.part is None or message.part[1] <= 1
        return Answered(message.sender, message.text if whole else "", message.sent_at)
    if message.outcome == "trying":
        return None
    return Reported(Part(message.reference, message.recipient), message.outcome == "delivered")
