"""The log's line for each request: what it was, for whom, how long it took. Never a value, a name or a secret."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from time import time
from typing import Any

import orjson
from graphql import OperationDefinitionNode

from clientela.http.answers import Answer
from clientela.operations.observation import codes_of
from policy.principal import Principal

SECONDS_HELD = 0.1
MOST_HELD = 200
"""Lines; to make and write them takes a millisecond."""
LONGEST_NAME = 100
FORMAT = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE

_Noted = tuple[
    float, Principal | None, OperationDefinitionNode | None, bool, int, int, int | None, float, int, list[str], str
]
"""When a request was answered and for whom; its operation, whether that ran by plan, its cost; how many operations and
events; how many seconds it took; status, codes of errors, correlation id."""


class RequestLog:
    """Writes a JSON object a request, in the shape of all other lines of the log.

    What a line holds is noted, and ten times a second the lines are made and written together: with structlog's
    processors and a write for each, a line would cost more than a quarter of a short request; to make each where it is
    noted took a tenth. A process that is killed takes the last tenth of a second with it.
    """

    def __init__(self, secret: str) -> None:
        """Begins a log.

        Args:
            secret: The server's own; with it, pseudonyms are the same in all its processes and nobody else makes them.
        """
        self._key = blake2b(secret.encode(), digest_size=32, person=b"request log").digest()
        self._pseudonym = lru_cache(maxsize=10_000)(self._make_pseudonym)
        self._noted: list[_Noted] = []

    def observe(self, answer: Answer, correlation_id: str, seconds: float) -> None:
        """Notes a request."""
        operation, planned, cost = None, False, 0
        for response in answer.responses:
            if response.operation is not None:
                operation, planned, cost = response.operation, response.planned, response.cost
        # Nothing of the answer itself, which may be large.
        count, status, codes = len(answer.responses), answer.status, codes_of(answer)
        ran = (operation, planned, cost, count, answer.events)
        if not self._noted:
            asyncio.get_running_loop().call_later(SECONDS_HELD, self.write)
        self._noted.append((time(), answer.principal, *ran, seconds, status, codes, correlation_id))
        if len(self._noted) >= MOST_HELD:
            self.write()

    def write(self) -> None:
        """Writes what was noted."""
        noted, self._noted = self._noted, []
        # A log that cannot be written, on a full disk say, must cost neither requests nor memory.
        with suppress(OSError):
            sys.stderr.write(b"".join([self._line(one) for one in noted]).decode())
            sys.stderr.flush()

    def _line(self, noted: _Noted) -> bytes:
        at, principal, operation, planned, cost, count, events, seconds, status, codes, correlation_id = noted
        line: dict[str, Any] = {"event": "request", "level": "info", "timestamp": datetime.fromtimestamp(at, UTC)}
        if principal is not None:
            line["principal"] = self._pseudonym(principal.tenant_id.int, principal.actor_id.int)
        if operation is not None:
            line["operation"] = operation.name.value[:LONGEST_NAME] if operation.name else None
            line["type"] = operation.operation.value
            line["way"] = "plan" if planned else "executor"
            line["cost"] = cost
        if count > 1:
            line["batch"] = count
        if events is not None:
            line["events"] = events
        line["milliseconds"] = round(seconds * 1000, 3)
        line["status"] = status
        if codes:
            line["errors"] = codes
        line["correlation_id"] = correlation_id
        return orjson.dumps(line, option=FORMAT)

    def _make_pseudonym(self, tenant: int, actor: int) -> str:
        # Numbers, not UUIDs: these hash their number by a call of Python's each time.
        whose = tenant.to_bytes(16) + actor.to_bytes(16)
        return blake2b(whose, key=self._key, digest_size=8).hexdigest()
