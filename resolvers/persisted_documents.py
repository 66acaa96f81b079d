"""Documents that were registered for clients to name by their hash."""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models import PersistedDocument

TEXT_OF_ONE = select(col(PersistedDocument.text)).where(col(PersistedDocument.id) == bindparam("id"))


def document_id(text: str) -> str:
    """The id of a document: `sha256:` and the hash of its text in UTF-8."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


async def register_documents(connection: AsyncConnection, texts: Iterable[str], now: datetime) -> int:
    """Registers documents.

    Args:
        connection: One that may write.
        texts: Sound documents.
        now: What time it is.

    Returns:
        How many were not there before.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(PersistedDocument).on_conflict_do_nothing()
    rows = [{"id": document_id(text), "text": text, "created_at": now} for text in texts]
    before = {found.id for found in await registered_documents(connection)}
    if rows:
        await connection.execute(insert, rows)
    return len({row["id"] for row in rows} - before)


async def registered_documents(connection: AsyncConnection) -> list[PersistedDocument]:
    """All documents, the oldest first."""
    rows = select(PersistedDocument.__table__).order_by(  # type: ignore[attr-defined]
        col(PersistedDocument.created_at), col(PersistedDocument.id)
    )
    return [PersistedDocument(**row) for row in (await connection.execute(rows)).mappings()]


async def remove_documents(connection: AsyncConnection, ids: Collection[str]) -> int:
    """Removes documents.

    Returns:
        How many of the ids there were.
    """
    gone = delete(PersistedDocument).where(col(PersistedDocument.id).in_(ids))
    return (await connection.execute(gone)).rowcount
