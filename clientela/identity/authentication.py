"""Who is asking: the first thing that every request is checked for (permissions.md 0, steps 1 and 3)."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from clientela.identity.tokens import TokenRefusedError, TokenVerifier
from execution.database.connection import Database
from policy.principal import Principal
from policy.vocabulary import DenialCode, PrincipalKind
from resolvers.principals import Identity, find_principal
from resolvers.visibility import Rows

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


class Authenticator:
    """Turns an Authorization header into a principal, by what the database knows at this moment."""

    def __init__(self, verifier: TokenVerifier, database: Database) -> None:
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
        try:
            return await self._look_up(identity)
        except Exception as error:
            # A connection that lay idle may be dead; a read may be tried once more, then the fault is real.
            log.info("sign-in read anew", reason=type(error).__name__)
            return await self._look_up(identity)

    async def _look_up(self, identity: Identity) -> Principal | None:
        # One statement is a snapshot by itself; most callers take one.
        async with self._database.reading(statements=1) as connection:

            async def read(statement: Rows, values: Mapping[str, Any]) -> Sequence[Any]:
                prepared = self._database.statements.prepare(statement)
                return prepared.result(await connection.fetch(*prepared.call(values))).all()

            return await find_principal(read, identity)


def _refused(reason: str) -> UnauthorizedError:
    log.info("token refused", reason=reason)
    message = "The token is not accepted: it is broken, expired, meant for another service or for nobody we know."
    return UnauthorizedError(DenialCode.UNAUTHENTICATED, message, 'Bearer error="invalid_token"')
