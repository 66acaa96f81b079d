"""Who is asking: the first thing that every request is checked for (permissions.md 0, steps 1 and 3)."""

import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from clientela.identity.tokens import TokenRefusedError, TokenVerifier
from execution.database.connection import Database, DatabaseError
from policy.principal import Principal
from policy.vocabulary import DenialCode, PrincipalKind
from resolvers.principals import Identity, find_principal
from resolvers.visibility import Rows

SECONDS_REMEMBERED = 0.8
"""The longest that a revoked role lives on where the database's notification is lost."""
MOST_REMEMBERED = 10_000
CHANNEL = "clientela_principals"
"""Where the database tells of changes to these tables (revision 0005 of the migrations)."""
WHO_IS_WHO = frozenset({"partner", "partner_user", "partner_app", "role_assignment", "customer_user", "customer"})

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
class _Known:
    principal: Principal
    stamp: Hashable
    until: float


class Authenticator:
    """Turns an Authorization header into a principal, by what the database knows.

    Who was looked up is remembered for less than a second. A change of roles is heard of sooner: at once where this
    process made it or the database has a stamp, else by the database's notification.
    """

    def __init__(self, verifier: TokenVerifier, database: Database) -> None:
        self._verifier = verifier
        self._database = database
        self._known: OrderedDict[Identity, _Known] = OrderedDict()
        self._generation = 0

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
        principal = await self._remembered(identity)
        if principal is None:
            raise _refused("unknown or disabled caller")
        if principal.kind is not PrincipalKind.PARTNER_APP and not principal.mfa:
            message = "Sign in with multi-factor authentication; the token must carry `mfa` in its `amr` claim."
            challenge = 'Bearer error="insufficient_user_authentication", error_description="mfa required"'
            raise UnauthorizedError(DenialCode.MFA_REQUIRED, message, challenge)
        return principal

    async def lookup(self, identity: Identity) -> Principal | None:
        """The principal of an identity that was proven, read now; None where it is unknown or disabled by now."""
        try:
            return await self._look_up(identity)
        except DatabaseError as error:
            # A connection that lay idle may be dead; a read may be tried once more, then the fault is real.
            log.info("sign-in read anew", reason=type(error).__name__)
            return await self._look_up(identity)

    async def _remembered(self, identity: Identity) -> Principal | None:
        known = self._known.get(identity)
        # The database's stamp before the rows: a change in between must not pass for known.
        stamp = self._database.stamp()
        if known is not None and known.stamp == stamp and time.monotonic() < known.until:
            return known.principal
        generation = self._generation
        principal = await self.lookup(identity)
        if known is not None and principal == known.principal:
            # The same object is found faster in what is kept by it.
            principal = known.principal
        if principal is not None and generation == self._generation:
            self._remember(identity, _Known(principal, stamp, time.monotonic() + SECONDS_REMEMBERED))
        return principal

    def after_commit(self, tables: frozenset[str]) -> None:
        """Forgets everybody where this process changed who may do what."""
        if tables & WHO_IS_WHO:
            self.forget()

    def forget(self) -> None:
        """Looks everybody up anew, at their next request."""
        self._generation += 1
        self._known.clear()

    def _remember(self, identity: Identity, known: "_Known") -> None:
        self._known[identity] = known
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

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
