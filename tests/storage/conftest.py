"""Migrated databases of both kinds for tests that come in by the database."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.settings import Settings
from execution.database.sqlite import SqliteDatabase
from tests.worlds import World

BUSY_SECONDS = 5


@pytest_asyncio.fixture
async def empty(world: World) -> AsyncIterator[Settings]:
    """Settings of a server on a database without a single table."""
    async with world.empty() as settings:
        yield settings


@pytest_asyncio.fixture(scope="module")
async def without_rows(world: World) -> AsyncIterator[World]:
    """A migrated database without a row, to be copied."""
    async with world.without_rows() as template:
        yield template


@pytest_asyncio.fixture
async def engine(without_rows: World) -> AsyncIterator[AsyncEngine]:
    """A migrated database without a row."""
    async with without_rows.copy() as settings:
        engine = make_engine(settings)
        yield engine
        await engine.dispose()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection to a SQLite file, which it makes."""
    with closing(sqlite3.connect(tmp_path / "shared.sqlite3", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table thing (id integer primary key)")
        connection.execute("create table line (number integer primary key, what unique, whose not null)")
        yield connection


@pytest.fixture
def database(tmp_path: Path, other: sqlite3.Connection) -> SqliteDatabase:
    """A server's door to the file of `other`."""
    assert other.in_transaction is False
    return SqliteDatabase(str(tmp_path / "shared.sqlite3"), BUSY_SECONDS)
