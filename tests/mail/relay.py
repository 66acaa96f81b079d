"""An SMTP server of the tests' own, which can be told to fail in every way that relays do."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"
DROP = "drop"
"""Takes the mail and hangs up before it says so."""
HANG = "hang"
"""Takes the mail and never says so."""
SECONDS = 30


@dataclass
class Relay:
    """A relay on a port of its own.

    Attributes:
        port: Where it listens.
        recipients: What it answers to the next recipients, in turn; then it takes everybody.
        contents: What it answers to the next mails, in turn; then it takes everything.
        taken: Every mail that came through whole, those among them that it did not say yes to.
    """

    port: int = 0
    recipients: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for(self, number: int) -> list[EmailMessage]:
        """The mails that came, once there are so many."""
        async with asyncio.timeout(SECONDS), self._came:
            await self._came.wait_for(lambda: len(self.taken) >= number)
        return self.taken

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.recipients.pop(0) if self.recipients else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.contents.pop(0) if self.contents else OK
        if answer in (OK, DROP, HANG):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            async with self._came:
                self.taken.append(message)
                self._came.notify_all()
        if answer == HANG:
            await asyncio.get_running_loop().create_future()
        if answer == DROP:
            server.transport.abort()
        return answer


@dataclass(frozen=True)
class Access:
    """How one gets in.

    Attributes:
        tls: Encrypts with this; None for nobody.
        from_the_start: Whether the first byte is encrypted already, and not only after STARTTLS.
        password: What a client must know; None lets everybody in.
    """

    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    password: str | None = None

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: object):
        known = isinstance(data, LoginPassword) and data.password.decode() == self.password
        # "Handled" would mean that the refusal was sent already.
        return AuthResult(success=known, handled=known)


@asynccontextmanager
async def relay(access: Access = Access(), port: int = 0) -> AsyncIterator[Relay]:
    """A relay that listens as long as the context lasts."""
    it = Relay()

    def connected() -> SMTP:
        return SMTP(
            it,
            hostname="relay.example",
            tls_context=None if access.from_the_start else access.tls,
            require_starttls=access.tls is not None and not access.from_the_start,
            auth_required=access.password is not None,
            auth_require_tls=not access.from_the_start,
            authenticator=access.authenticate if access.password is not None else None,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(
        connected, "127.0.0.1", port, ssl=access.tls if access.from_the_start else None
    )
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        await server.wait_closed()
