"""E-mail over the bureau's SMTP server: RFC 5321, with STARTTLS (RFC 3207) unless that is switched off."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path

from hub.notify.channels import letters
from hub.notify.channels.channel import Handed, Letter, Told, Unsent
from hub.site_directory.settings import EmailSettings
from wire import messages as m

PATIENCE_S = 15.0


class Email:
    """One connection for each mail: there are few, and a kept one breaks unseen."""

    name: m.Channel = "email"
    lease_s = 120

    def __init__(self, settings: EmailSettings, folder: Path) -> None:
        """`folder`: where relative paths of the settings begin."""
        self._settings = settings
        self._folder = folder

    def send(self, letter: Letter) -> Handed:
        """Send it. Raises Unsent."""
        if not letter.contact.email:
            raise Unsent("the site document has no e-mail address of this person", final=True)
        with self._open() as server:
            try:
                server.send_message(letters.mail(letter, self._settings.sender))
            except smtplib.SMTPRecipientsRefused:
                raise Unsent("the server refuses the recipient", final=True) from None
            except (smtplib.SMTPException, OSError) as error:
                raise Unsent(_said(error)) from None
        return Handed()

    def test(self) -> str:
        """Greet the server, encrypt, sign in, and leave."""
        with self._open() as server:
            try:
                code, _ = server.noop()
            except (smtplib.SMTPException, OSError) as error:
                raise Unsent(_said(error)) from None
        if code != 250:
            raise Unsent(f"the server answers {code}")
        return "the server answers"

    def turn(self, hub: Told, help_wanted: bool) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            server = smtplib.SMTP(settings.host, settings.port, timeout=PATIENCE_S)
        except (smtplib.SMTPException, OSError) as error:
            raise Unsent(_said(error)) from None
        try:
            if settings.starttls:
                ca = str(self._folder / settings.ca) if settings.ca else None
                server.starttls(context=ssl.create_default_context(cafile=ca))
            if settings.user_file:
                user, _, password = (self._folder / settings.user_file).read_text("utf-8").strip().partition("\n")
                server.login(user.strip(), password.strip())
        except (smtplib.SMTPException, OSError, ValueError) as error:
            server.close()
            raise Unsent(_said(error)) from None
        return server


def _said(error: Exception) -> str:
    # What a server says may quote an address; the journal bears none.
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answers {error.smtp_code}"
    return f"the server cannot be used: {type(error).__name__}"
