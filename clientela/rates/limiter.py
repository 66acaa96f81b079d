"""Who may ask for how much: people, applications and addresses, in points of cost, mutations and failed sign-ins."""

import math
from collections.abc import AsyncIterator, Awaitable, Hashable
from contextlib import asynccontextmanager

from graphql import GraphQLError

from clientela.http.refusals import HttpRefusal
from clientela.rates.buckets import Buckets, Draw, Exhausted, MemoryBuckets, Quota
from clientela.settings import Settings
from policy.principal import Principal
from policy.vocabulary import PrincipalKind

POINTS, MUTATIONS, SIGN_INS = "points of cost", "mutations", "failed sign-ins"


class RateLimiter:
    """Charges each operation to the person who asks, the application that it is asked by, and the address.

    An application's bucket is that of one tenant: a front end that many partners use is not one bucket for all of them.
    """

    def __init__(self, settings: Settings, buckets: Buckets) -> None:
        self._buckets = buckets
        # A flood of guesses is stopped where it arrives; to ask Redis first would be a gift to it.
        self._sign_ins = MemoryBuckets()
        self._of_user = _quotas("USER", settings.rate_user_points, settings.rate_user_mutations)
        self._of_application = _quotas(
            "APPLICATION", settings.rate_application_points, settings.rate_application_mutations
        )
        self._of_address = _quotas("ADDRESS", settings.rate_address_points, settings.rate_address_mutations)
        self._failing = Quota("RATE_ADDRESS_SIGN_INS", SIGN_INS, settings.rate_address_sign_ins)
        self._failed: set[str] = set()

    def charge(self, principal: Principal, address: str, cost: int, mutations: int) -> int | Awaitable[int]:
        """Charges an operation before it runs.

        Args:
            principal: Who asks.
            address: From where.
            cost: Points that it may cost at most.
            mutations: How many fields of a mutation it has.

        Returns:
            How many points the caller has left.

        Raises:
            GraphQLError: `RATE_LIMITED`, with which limit, its value, and after how many seconds to try again.
        """
        owners: list[tuple[tuple[Quota, Quota], Hashable]] = []
        if principal.kind is not PrincipalKind.PARTNER_APP:
            owners.append((self._of_user, principal.actor_id.int))
        if principal.client_id is not None:
            owners.append((self._of_application, (principal.tenant_id.int, principal.client_id)))
        owners.append((self._of_address, address))
        draws: list[Draw] = []
        for (points, _), whose in owners:
            if points.a_minute:
                draws.append((points, whose, cost or 1))
        if mutations:
            for (_, writes), whose in owners:
                if writes.a_minute:
                    draws.append((writes, whose, mutations))
        try:
            left = self._buckets.take(draws)
        except Exhausted as exhausted:
            raise _refusal(exhausted) from None
        return left if isinstance(left, int) else _translated(left)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Closes what keeps the buckets when the server ends."""
        yield
        await self._buckets.close()

    def refuse_guesses(self, address: str) -> None:
        """Refuses a request from an address where too many sign-ins failed lately, before its token is looked at.

        Raises:
            HttpRefusal: 429 with `Retry-After`.
        """
        if address in self._failed:
            try:
                self._sign_ins.take([(self._failing, address, 1)])
            except Exhausted as exhausted:
                error = _refusal(exhausted)
                seconds = str(math.ceil(exhausted.seconds))
                raise HttpRefusal(429, "RATE_LIMITED", error.message, {"Retry-After": seconds}) from None
            self._failed.discard(address)

    def failed_sign_in(self, address: str) -> None:
        """Counts a token that was not accepted."""
        if not self._failing.a_minute:
            return
        try:
            self._sign_ins.take([(self._failing, address, 1)])
        except Exhausted:
            self._failed.add(address)


def _quotas(whose: str, points: int, mutations: int) -> tuple[Quota, Quota]:
    return Quota(f"RATE_{whose}_POINTS", POINTS, points), Quota(f"RATE_{whose}_MUTATIONS", MUTATIONS, mutations)


async def _translated(left: Awaitable[int]) -> int:
    try:
        return await left
    except Exhausted as exhausted:
        raise _refusal(exhausted) from None


def _refusal(exhausted: Exhausted) -> GraphQLError:
    quota, seconds = exhausted.quota, max(1, math.ceil(exhausted.seconds))
    most = f"At most {quota.a_minute} {quota.what} a minute are allowed (CLIENTELA_{quota.setting})."
    message = f"{most} Try again in {seconds} seconds."
    about = {"limit": quota.setting.lower(), "allowed": quota.a_minute, "retryAfter": seconds}
    return GraphQLError(message, extensions={"code": "RATE_LIMITED", **about})
