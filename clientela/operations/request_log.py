"""The log's line for each request: what it was, for whom, how long it took. Never a value, a name or a secret."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from clientela.http.answers import Answer
from clientela.operations.observation import codes_of

SECONDS_HELD = 0.1
BYTES_HELD = 65_536
LONGEST_NAME = 100
FORMAT = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


class RequestLog:
    """Writes a JSON object a request, in the shape of all other lines of the log.

    The lines are collected and written ten times a second: with structlog's processors and a write for each, a line
    would cost more than a quarter of a short request. A process that is killed takes the last tenth of a
    second with it.
    """

    def __init__(self, secret: str) -> None:
        """Begins a log.

        Args:
            secret: The server's own; with it, pseudonyms are the same in all its processes and nobody else makes them.
        """
        self._key = blake2b(secret.encode(), digest_size=32, person=b"request log").digest()
        self._pseudonym = lru_cache(maxsize=10_000)(self._make_pseudonym)
        self._lines: list[bytes] = []
        self._bytes = 0

    def observe(self, answer: Answer, correlation_id: str, seconds: float) -> None:
        """Notes a request."""
        line: dict[str, Any] = {"event": "request", "level": "info", "timestamp": datetime.now(UTC)}
        if (principal := answer.principal) is not None:
            line["principal"] = self._pseudonym(principal.tenant_id.int, principal.actor_id.int)
        for response in answer.responses:
            if (operation := response.operation) is not None:
                name = operation.name
                line["operation"] = name.value[:LONGEST_NAME] if name else None
                line["type"] = operation.operation.value
                line["way"] = "plan" if response.planned else "executor"
                line["cost"] = response.cost
        if len(answer.responses) > 1:
            line["batch"] = len(answer.responses)
        if answer.events is not None:
            line["events"] = answer.events
        line["milliseconds"] = round(seconds * 1000, 3)
        line["status"] = answer.status
        if codes := codes_of(answer):
            line["errors"] = codes
        line["correlation_id"] = correlation_id
        self._add(orjson.dumps(line, option=FORMAT))

    def write(self) -> None:
        """Writes what was collected."""
        lines, self._lines, self._bytes = self._lines, [], 0
        # A log that cannot be written, on a full disk say, must cost neither requests nor memory.
        with suppress(OSError):
            sys.stderr.write(b"".join(lines).decode())
            sys.stderr.flush()

    def _add(self, line: bytes) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(SECONDS_HELD, self.write)
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes > BYTES_HELD:
            self.write()

    def _make_pseudonym(self, tenant: int, actor: int) -> str:
        # Numbers, not UUIDs: these hash their number by a call of Python's each time.
        whose = tenant.to_bytes(16) + actor.to_bytes(16)
        return blake2b(whose, key=self._key, digest_size=8).hexdigest()
