"""The rate limiter that the settings ask for."""

from clientela.rates.buckets import MemoryBuckets
from clientela.rates.limiter import RateLimiter
from clientela.settings import Settings


def make_rate_limiter(settings: Settings) -> RateLimiter:
    """With buckets in Redis where there is one, else in memory.

    Raises:
        MissingExtraError: Redis is configured and its packages are not installed.
    """
    if settings.redis_url is None:
        return RateLimiter(settings, MemoryBuckets())
    from clientela.rates.shared import SharedBuckets  # noqa: PLC0415 - its packages are an extra

    return RateLimiter(settings, SharedBuckets(settings.redis_url.get_secret_value(), settings.redis_prefix))
