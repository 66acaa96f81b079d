"""Connections to a file that nobody has opened before: as when several server processes start together."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from clientela.database import make_engine
from tests.worlds import settings_for

ROUNDS = 40
AT_ONCE = 8


async def journal_of(url: str, folder: Path) -> str:
    engine = make_engine(settings_for(url, folder))
    try:
        async with engine.connect() as connection:
            return str((await connection.execute(text("pragma journal_mode"))).scalar_one())
    finally:
        await engine.dispose()


async def test_connections_that_open_a_new_file_at_once_all_write_ahead(tmp_path: Path):
    for number in range(ROUNDS):
        url = f"sqlite:///{tmp_path / f'{number}.sqlite3'}"
        found = await asyncio.gather(*(journal_of(url, tmp_path) for _ in range(AT_ONCE)))
        assert found == ["wal"] * AT_ONCE
