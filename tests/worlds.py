"""Databases with the demo world in them: filled once a run, copied for whoever wants to change one."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.demo.world import fill_demo_world
from clientela.migration import migrate
from clientela.settings import Settings

POSTGRES = os.environ.get("CLIENTELA_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
WANT_OF_POSTGRESQL = "SKIPPED FOR WANT OF POSTGRESQL: nothing answers at CLIENTELA_TEST_POSTGRES"


@dataclass(frozen=True)
class World:
    """A template database with the demo world in it.

    Attributes:
        kind: `sqlite` or `postgresql`.
        folder: Holds SQLite files and development keys.
        template: Name of the template: a file or a database.
    """

    kind: str
    folder: Path
    template: str

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[Settings]:
        """Settings of a server on a copy of its own, which is gone afterwards."""
        async with self._database() as settings:
            if self.kind == "sqlite":
                shutil.copyfile(self.template, settings.sqlalchemy_url.partition("///")[2])
            yield settings

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[Settings]:
        """Settings of a server on a database without a single table, which is gone afterwards."""
        async with self._database(template="template1") as settings:
            yield settings

    @asynccontextmanager
    async def without_rows(self) -> AsyncIterator["World"]:
        """A template that is migrated and has no row, which is gone afterwards."""
        async with self.empty() as settings:
            await fill(settings, with_demo_world=False)
            yield replace(self, template=str(make_url(settings.sqlalchemy_url).database))

    @asynccontextmanager
    async def _database(self, template: str | None = None) -> AsyncIterator[Settings]:
        name = f"clientela_test_{uuid4().hex[:12]}"
        if self.kind == "sqlite":
            yield settings_for(f"sqlite:///{self.folder / name}.sqlite3", self.folder)
            for file in self.folder.glob(f"{name}.*"):
                file.unlink()
            return
        await administer(f'create database "{name}" template "{template or self.template}"')
        # The tests crash servers of ours, never PostgreSQL: waiting for its disk would only take time.
        await administer(f'alter database "{name}" set synchronous_commit = off')
        try:
            yield settings_for(f"{POSTGRES}/{name}", self.folder)
        finally:
            await administer(f'drop database "{name}" with (force)')


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a development server on a database, untouched by this machine's environment.

    One person asks more in a test than in a day's work, so how often is not limited; tests of rates set their own.
    """
    own: dict[str, Any] = {"database_url": url, "data_dir": folder, "development": True, "port": 8000}
    often = {
        f"rate_{who}_{what}": 10**9 for who in ("user", "application", "address") for what in ("points", "mutations")
    }
    return Settings(_env_file=None, **own, **often)


async def administer(command: str) -> None:
    """Runs one command that no transaction may hold, as the server's administrator."""
    connection = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        await connection.execute(command)
    finally:
        await connection.close()


async def postgresql_answers() -> bool:
    """Whether there is a PostgreSQL to test on."""
    try:
        await administer("select 1")
    except (OSError, asyncpg.PostgresError):
        return False
    return True


async def fill(settings: Settings, *, with_demo_world: bool = True) -> None:
    """Migrates a database and fills the demo world in; leaves one file where it is SQLite."""
    engine: AsyncEngine = make_engine(settings)
    try:
        await migrate(engine)
        if with_demo_world:
            await fill_demo_world(engine, utc_now())
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    finally:
        await engine.dispose()
