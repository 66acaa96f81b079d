"""All that a server tells, writes and logs, and the secrets in it that stand where they must not (R1, I9)."""

import io
import re
from base64 import urlsafe_b64decode
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TextIO

import httpx
import orjson

from tests.access.writings import Writings

TOLD = {
    "password": re.compile(rb'"password":"([^"]+)"'),
    "link": re.compile(rb'"link":"[^"]+[?&]token=([^"&]+)'),
    "export link": re.compile(rb'"url":"[^"]+[?&]ticket=[^"&]+\.([^".&]+)'),
}
"""How answers tell secrets. A link's may be told again to the company that was told it first, a password to nobody."""
SIGN_IN = "/development/token"


class Secret(NamedTuple):
    """A secret that was told.

    Attributes:
        kind: What it is.
        number: Which answer told it first; -1 where no answer may.
        company: Who may be told it again; None for nobody.
    """

    kind: str
    number: int
    company: str | None


class Heard(NamedTuple):
    """An answer, and the company of who asked."""

    company: str | None
    content: bytes


class Tee(io.TextIOBase):
    """A stream that keeps a copy of what goes through it until somebody takes it."""

    def __init__(self, beyond: TextIO) -> None:
        self._beyond, self._kept = beyond, list[str]()

    def write(self, text: str) -> int:
        self._kept.append(text)
        return self._beyond.write(text)

    def flush(self) -> None:
        self._beyond.flush()

    def take(self) -> bytes:
        """What came since this was asked before."""
        kept, self._kept = self._kept, []
        return "".join(kept).encode()


class Overheard:
    """The answers of one server, what it wrote into its database and into its log.

    Attributes:
        log: What standard error is to be while the server is overheard.
        searched: How many bytes were searched in each place; a search in the wrong one finds nothing either.
    """

    def __init__(self, writings: Writings, log: Tee) -> None:
        self._writings, self.log = writings, log
        self.searched: Counter[str] = Counter(rows=0, log=0, answers=0)
        self._secrets: dict[bytes, Secret] = {}
        self._answers: list[Heard] = []
        self._checked = 0

    async def begin(self) -> None:
        """Forgets what was heard; a history searches for secrets of its own."""
        self._secrets, self._answers, self._checked = {}, [], 0
        await self._writings.new()
        self.log.take()

    async def hear(self, response: httpx.Response) -> None:
        """Keeps an answer, and the secrets that it tells for the first time."""
        if response.request.url.path == SIGN_IN:
            return
        await response.aread()
        bearer = response.request.headers.get("Authorization")
        company = company_of(bearer) if bearer else None
        if bearer:
            self._secrets.setdefault(bearer.rpartition(".")[2].encode(), Secret("bearer token", -1, None))
        for kind, pattern in TOLD.items():
            for secret in pattern.findall(response.content):
                owner = None if kind == "password" else company
                self._secrets.setdefault(secret, Secret(kind, len(self._answers), owner))
        self._answers.append(Heard(company, response.content))

    async def misplaced(self) -> list[str]:
        """What secrets stand where they must not, in what came since this was asked before."""
        written, logged = await self._writings.new(), self.log.take()
        heard = sum(len(answer.content) for answer in self._answers[self._checked :])
        self.searched.update(rows=len(written), log=len(logged), answers=heard)
        found = []
        for text, secret in self._secrets.items():
            found += [f"{secret.kind} in a row"] if text in written else []
            found += [f"{secret.kind} in the log"] if text in logged else []
            # A secret that is new may stand in what was told before.
            start = self._checked if secret.number < self._checked else 0
            for number, answer in enumerate(islice(self._answers, start, None), start):
                told = number == secret.number or (secret.company is not None and secret.company == answer.company)
                if not told and text in answer.content:
                    found.append(f"{secret.kind} in {answer.content[:400]!r}")
        self._checked = len(self._answers)
        return found

    def kinds(self) -> set[str]:
        """What kinds of secrets were told."""
        return {secret.kind for secret in self._secrets.values()}


@lru_cache(maxsize=1000)
def company_of(bearer: str) -> str:
    """The tenant that a bearer token names."""
    claims = bearer.split(".")[1]
    company: str = orjson.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["tid"]
    return company
