"""A server under attack: what the attack costs it, read off the operating system."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import orjson
from graphql import parse

from tests.processes.server import Server

TICKS = os.sysconf("SC_CLK_TCK")
CONTROL = "{ viewer { name } }"
AGENT = "sales-agent@litware"
WORK = "{ " + " ".join(f"field{number}: __typename" for number in range(400)) + " }"
SECONDS_OF_WORK = 0.0037
"""What parsing `WORK` took on the machine for which limits of CPU are written."""


def slowness() -> float:
    """How much longer this machine computes than the one for which limits are written; 1 for a faster one."""

    def spent() -> float:
        begun = time.process_time()
        parse(WORK)
        return time.process_time() - begun

    return max(1.0, median(spent() for _ in range(9)) / SECONDS_OF_WORK)


@dataclass
class Victim:
    """A server process, and a client of it that means well.

    Attributes:
        server: The process.
        log: What it said so far.
    """

    server: Server
    log: Path

    def cpu_seconds(self) -> float:
        """What the process has spent so far: its own time, that of the kernel for it included."""
        fields = Path(f"/proc/{self.server.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self) -> int:
        """The memory that it holds."""
        pages = Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def sends_body(self, body: bytes, **headers: str) -> httpx.Response:
        """Sends bytes as an agent."""
        given = {"Authorization": f"Bearer {await self.server.token(AGENT)}", "Content-Type": "application/json"}
        return await self.server.http.post("/graphql", content=body, headers=given | headers)

    async def sends(self, query: str, **variables: Any) -> httpx.Response:
        """Sends a document as an agent."""
        return await self.sends_body(orjson.dumps({"query": query, "variables": variables}))

    async def asks(self, person: str, query: str) -> httpx.Response:
        """Sends a document as somebody of the demo world."""
        return await self.sends_body(
            orjson.dumps({"query": query}), Authorization=f"Bearer {await self.server.token(person)}"
        )

    async def serves(self) -> None:
        """The client that means well is answered; it may have to come again where its idle connection was let go of."""
        try:
            response = await self.sends(CONTROL)
        except (httpx.ReadError, httpx.RemoteProtocolError):
            response = await self.sends(CONTROL)
        answer = response.json()
        assert list(answer) == ["data"], answer

    async def settled(self) -> float:
        """The process's CPU seconds once it is idle."""
        before = self.cpu_seconds()
        while True:
            await asyncio.sleep(0.03)
            now = self.cpu_seconds()
            if now == before:
                return now
            before = now
