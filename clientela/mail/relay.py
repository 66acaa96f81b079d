"""The relay: any SMTP server that takes our mail and sees to the rest."""

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from clientela.settings import Settings, SmtpSecurity

SECONDS = 45
"""For one mail from connecting to its taking; shorter than a mail's lease, so that it is no two processes' affair."""

GOODBYE_SECONDS = 5

PERMANENT = 500


class NotTakenError(Exception):
    """The relay did not take the mail.

    Attributes:
        for_good: Whether it never will: it refused the recipient or the content. Everything else, a wrong password
            of ours too, may be mended, and the mail with it.
    """

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class SmtpRelay:
    """Hands mail to the configured SMTP server, one connection a mail."""

    def __init__(self, settings: Settings) -> None:
        self.sender = settings.mail_from or ""
        self.domain = self.sender.rpartition("@")[2]
        self._tls = ssl.create_default_context()
        password = settings.smtp_password
        self._options: dict[str, Any] = {
            "hostname": settings.smtp_host,
            "port": settings.smtp_port or settings.smtp_security.port,
            "username": settings.smtp_username,
            "password": password.get_secret_value() if password else None,
            "use_tls": settings.smtp_security is SmtpSecurity.TLS,
            "start_tls": settings.smtp_security is SmtpSecurity.STARTTLS,
            # Asking the resolver for this machine's name could block the event loop.
            "local_hostname": self.domain,
            "timeout": SECONDS,
        }

    async def send(self, message: EmailMessage) -> None:
        """Hands a mail over.

        Raises:
            NotTakenError: The relay did not take it, or nobody knows whether it did.
        """
        await self._talk(message)

    async def check(self) -> None:
        """Signs in and says goodbye.

        Raises:
            NotTakenError: The relay cannot be reached or does not let us in.
        """
        await self._talk(None)

    async def _talk(self, message: EmailMessage | None) -> None:
        client = self._client()
        try:
            async with asyncio.timeout(SECONDS):
                await client.connect()
                if message is not None:
                    await client.send_message(message)
            # The relay has the mail; whatever happens to the goodbye does not make it untaken.
            with suppress(SMTPException, OSError):
                await client.quit(timeout=GOODBYE_SECONDS)
        except (SMTPException, OSError, ValueError) as error:
            raise NotTakenError(_reason(error), for_good=_is_for_good(error)) from error
        finally:
            # At once: what ends this otherwise, be it a cancellation, must not wait for a relay that says nothing.
            client.close()

    def _client(self) -> SMTP:
        # A context is given for connections that use it only: aiosmtplib refuses one without TLS.
        encrypted = self._options["use_tls"] or self._options["start_tls"]
        return SMTP(**self._options, tls_context=self._tls if encrypted else None)


def _is_for_good(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(refusal.code >= PERMANENT for refusal in error.recipients)
    return isinstance(error, (SMTPRecipientRefused, SMTPDataError)) and error.code >= PERMANENT


def _reason(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(_reason(refusal) for refusal in error.recipients)
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.args[1]}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
