"""Server processes with limits of a test's own, and tokens that end when a test needs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from clientela.clock import utc_now
from clientela.demo.organisations import find_person
from clientela.identity.development import TOKEN_LIFE, DevelopmentIssuer
from clientela.settings import Settings
from tests.processes.server import Server, settings_of, started


@asynccontextmanager
async def serving(settings: Settings, folder: Path, port: int = 0, **own: object) -> AsyncIterator[Server]:
    """A `demo` process on a database, with settings given by their name; its log is `log` in the folder."""
    env = {**settings_of(settings), **{f"CLIENTELA_{name.upper()}": str(value) for name, value in own.items()}}
    log = folder / "log"
    with started(env, log, "demo", "--port", str(port)) as (process, url):
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield Server(process, url, http)


def short_token(settings: Settings, name: str, seconds: float) -> str:
    """A development token that holds for so long; the server must be given no leeway."""
    person = find_person(name)
    assert person is not None
    token, _ = DevelopmentIssuer(settings.data_dir).issue(person, utc_now() - TOKEN_LIFE + timedelta(seconds=seconds))
    return token
