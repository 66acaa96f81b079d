"""Token buckets in this process's memory, by the generic cell rate algorithm: one number a bucket."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

MINUTE = 60.0
MOST_BUCKETS = 100_000
"""Kept of a kind; those that are full again are nothing to remember."""


@dataclass(frozen=True, eq=False, slots=True)
class Quota:
    """The size of a bucket, which is full again after a minute.

    Attributes:
        setting: The setting that says so.
        what: What is counted, for people.
        a_minute: How much of it; 0 sets no limit.
        seconds: How long one of it takes to come back.
    """

    setting: str
    what: str
    a_minute: int
    seconds: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", MINUTE / self.a_minute if self.a_minute else 0.0)


Draw = tuple[Quota, Hashable, int]
"""What one request takes from one bucket: of which kind, whose, how much. More than a whole bucket takes all of it."""


class Exhausted(Exception):  # noqa: N818 - the caller's affair, not an error of ours
    """A bucket has not enough left.

    Attributes:
        quota: Of which bucket.
        seconds: After how many seconds it has.
    """

    def __init__(self, quota: Quota, seconds: float) -> None:
        super().__init__(quota.setting)
        self.quota = quota
        self.seconds = seconds


class Buckets(Protocol):
    """Where buckets are kept."""

    def take(self, draws: Sequence[Draw]) -> int | Awaitable[int]:
        """Takes what a request needs from each of its buckets.

        Returns:
            What the first of them has left.

        Raises:
            Exhausted: One of them has not enough.
        """

    async def close(self) -> None:
        """Lets go of what keeps them."""


class MemoryBuckets:
    """Buckets of this process alone. Asked at every request, so written for speed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # When each bucket is full again, by kind and by whose it is; a full one need not be there.
        self._full: defaultdict[Quota, dict[Hashable, float]] = defaultdict(dict)

    def take(self, draws: Sequence[Draw]) -> int:
        """Takes from all of the buckets, or from none."""
        now = self._clock()
        latest = now + MINUTE
        after = []
        for quota, whose, points in draws:
            full = self._full[quota]
            at = full.get(whose, now)
            if at < now:  # noqa: PLR1730 - a call of max() would cost as much as all the rest
                at = now
            at += points * quota.seconds if points < quota.a_minute else MINUTE
            if at > latest:
                raise Exhausted(quota, at - latest)
            after.append((full, whose, at))
        for full, whose, at in after:
            full[whose] = at
            if len(full) > MOST_BUCKETS:
                self._forget(full, now)
        return int(draws[0][0].a_minute * (latest - after[0][2]) / MINUTE) if after else 0

    async def close(self) -> None:
        """Nothing is to be let go of."""

    def _forget(self, full: dict[Hashable, float], now: float) -> None:
        kept = {whose: at for whose, at in full.items() if at > now}
        if len(kept) > MOST_BUCKETS // 2:
            # A flood of callers, each with a bucket begun: the older half starts anew.
            kept = dict(list(kept.items())[len(kept) // 2 :])
        full.clear()
        full.update(kept)
