"""Token buckets in Redis, one set for all server processes."""

import time
from collections.abc import Sequence
from typing import Any

import structlog

from clientela.operations.extras import MissingExtraError
from clientela.rates.buckets import Draw, Exhausted, MemoryBuckets, Quota

try:
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from throttled.asyncio import RedisStore, Throttled, per_min
    from throttled.exceptions import StoreUnavailableError
except ImportError as error:
    message = "CLIENTELA_REDIS_URL needs packages that are not installed; install clientela[redis]."
    raise MissingExtraError(message) from error

LONGEST_ANSWER_SECONDS = 0.25
SECONDS_WITHOUT = 5.0
"""How long Redis is left alone after it failed."""

log = structlog.get_logger()


class SharedBuckets:
    """Buckets in Redis, changed by its own atomic scripts.

    Without Redis the server goes on with buckets in memory, one set a process: a limit that is too wide for some
    minutes is better than no service.
    """

    def __init__(self, url: str, prefix: str) -> None:
        waits = {
            "socket_timeout": LONGEST_ANSWER_SECONDS,
            "socket_connect_timeout": LONGEST_ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 1),
        }
        self._store = RedisStore(server=url, options={"CONNECTION_POOL_KWARGS": waits})
        self._prefix = prefix
        self._limits: dict[Quota, Throttled] = {}
        self._memory = MemoryBuckets()
        self._without_until = 0.0

    async def take(self, draws: Sequence[Draw]) -> int:
        """Takes from one bucket after the other; what a refused request took from the first is gone."""
        if time.monotonic() < self._without_until:
            return self._memory.take(draws)
        try:
            left = [await self._take(draw) for draw in draws]
        except StoreUnavailableError as error:
            self._without_until = time.monotonic() + SECONDS_WITHOUT
            log.warning("rate limits in memory: Redis does not answer", reason=str(error.__cause__))
            return self._memory.take(draws)
        return left[0] if left else 0

    async def close(self) -> None:
        """Closes the connections to Redis."""
        # The library has no door for it.
        client: Any = self._store._backend.get_client()
        await client.connection_pool.disconnect()

    async def _take(self, draw: Draw) -> int:
        quota, whose, points = draw
        limit = self._limits.get(quota)
        if limit is None:
            limit = self._limits[quota] = Throttled(using="gcra", quota=per_min(quota.a_minute), store=self._store)
        result = await limit.limit(f"{self._prefix}{quota.setting}:{whose}", cost=min(points, quota.a_minute))
        if result.limited:
            raise Exhausted(quota, result.state.retry_after)
        return int(result.state.remaining)
