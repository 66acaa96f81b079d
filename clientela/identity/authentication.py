"""Who is asking: the first thing that every request is checked for (permissions.md 0, steps 1 and 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clientela.identity.tokens import TokenRefusedError, TokenVerifier
from policy.principal import Principal
from policy.vocabulary import DenialCode, PrincipalKind
from resolvers.principals import Identity, find_principal

log = structlog.get_logger()


class UnauthorizedError(Exception):
    """Nobody that may be let in.

    Attributes:
        code: UNAUTHENTICATED or MFA_REQUIRED.
        challenge: The `WWW-Authenticate` header.
    """

    def __init__(self, code: DenialCode, message: str, challenge: str) -> None:
        super().__init__(message)
        self.code = code
        self.challenge = challenge


@dataclass(frozen=True, slots=True)
class _Reads:
    connection: AsyncConnection

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters or {})


class Authenticator:
    """Turns an Authorization header into a principal, by what the database knows at this moment."""

    def __init__(self, verifier: TokenVerifier, database: AsyncEngine) -> None:
        self._verifier = verifier
        self._database = database

    async def principal(self, authorization: str | None) -> Principal:
        """The principal of a request.

        Args:
            authorization: The header's value; None where there is none.

        Raises:
            UnauthorizedError: No token, a broken one, an unknown or disabled caller, or a person without MFA.
            KeysUnavailableError: The issuer's keys cannot be had.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if not authorization:
            message = "Sign in: send `Authorization: Bearer …` with a token of your organisation's issuer."
            raise UnauthorizedError(DenialCode.UNAUTHENTICATED, message, "Bearer")
        if scheme.lower() != "bearer" or not token.strip():
            raise _refused("no bearer token")
        try:
            identity = await self._verifier.verify(token.strip())
        except TokenRefusedError as error:
            raise _refused(str(error)) from error
        principal = await self.lookup(identity)
        if principal is None:
            raise _refused("unknown or disabled caller")
        if principal.kind is not PrincipalKind.PARTNER_APP and not principal.mfa:
            message = "Sign in with multi-factor authentication; the token must carry `mfa` in its `amr` claim."
            challenge = 'Bearer error="insufficient_user_authentication", error_description="mfa required"'
            raise UnauthorizedError(DenialCode.MFA_REQUIRED, message, challenge)
        return principal

    async def lookup(self, identity: Identity) -> Principal | None:
        """The principal of an identity that was proven; None where it is unknown or disabled by now."""
        async with self._database.connect() as connection:
            if connection.dialect.name == "postgresql":
                # One statement is a snapshot by itself; to begin and end a transaction would cost two round trips.
                await connection.execution_options(isolation_level="AUTOCOMMIT")
            return await find_principal(_Reads(connection), identity)


def _refused(reason: str) -> UnauthorizedError:
    log.info("token refused", reason=reason)
    message = "The token is not accepted: it is broken, expired, meant for another service or for nobody we know."
    return UnauthorizedError(DenialCode.UNAUTHENTICATED, message, 'Bearer error="invalid_token"')
