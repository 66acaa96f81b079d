"""What is written into a database, of whatever table: only what is new, so that a look after each step is cheap."""

from pathlib import Path

from sqlalchemy import make_url, text

from tests.clients import TABLES, Api

HEAD, FRAME = 32, 24 + 4096
"""Of SQLite's write-ahead log: its own header, and a page with its header."""
ROWS = " union all ".join(
    f"select cast(t as text) from {table} t"
    " where not pg_visible_in_snapshot(cast(cast(t.xmin as text) as xid8), cast(cast(:seen as text) as pg_snapshot))"
    for table in (*TABLES, "event")
)
SNAPSHOT = "select cast(pg_current_snapshot() as text)"


class Writings:
    """On SQLite whatever page was written, rows that are gone again among them; on PostgreSQL the rows, as text."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._log = b""
        self._seen = "1:1:"

    async def new(self) -> bytes:
        """What was written since this was asked before; at first everything there is, on SQLite as far as it is."""
        return self._pages() if self._api.database.dialect.name == "sqlite" else await self._rows()

    def _pages(self) -> bytes:
        file = Path(f"{make_url(self._api.settings.sqlalchemy_url).database}-wal")
        before, self._log = self._log, file.read_bytes() if file.exists() else b""
        frames = range(HEAD, len(self._log), FRAME)
        return b"".join(
            self._log[at : at + FRAME] for at in frames if self._log[at : at + FRAME] != before[at : at + FRAME]
        )

    async def _rows(self) -> bytes:
        async with self._api.database.connect() as connection:
            # Whatever ends from here on is looked at again.
            now = (await connection.execute(text(SNAPSHOT))).scalar_one()
            rows = (await connection.execute(text(ROWS), {"seen": self._seen})).scalars().all()
        self._seen = now
        return "\n".join(rows).encode()
