"""`clientela outbox`: mail that waits or was given up, and what is to become of it."""

import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from clientela.cli.failures import NotReadyError
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.settings import Settings
from resolvers.outbox_upkeep import OutboxRow, drop_mail, outbox, retry_mail

Act = Callable[[AsyncConnection], Awaitable[int]]


async def list_outbox(settings: Settings) -> None:
    """Prints a table of the mail that was not delivered yet."""
    rows = await _read(settings)
    if not rows:
        sys.stdout.write("The outbox is empty.\n")
        return
    table = Table("id", "partner", "to", "about", "queued", "attempts", "next attempt", "last error")
    for row in rows:
        table.add_row(*_cells(row))
    # Wide enough for any terminal to fold, so that what is piped into a file or grep keeps a line a mail.
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 400).print(table)


async def retry_outbox(settings: Settings, ids: list[str]) -> None:
    """Has mail tried again at once; all dead letters where no id is named."""
    keys = [_key(text) for text in ids] or [row.id for row in await _read(settings) if row.next_attempt_at is None]
    await _act(settings, keys, lambda connection: retry_mail(connection, keys, utc_now()), "will be tried again")


async def drop_outbox(settings: Settings, ids: list[str]) -> None:
    """Deletes mail."""
    keys = [_key(text) for text in ids]
    await _act(settings, keys, lambda connection: drop_mail(connection, keys), "dropped")


async def _act(settings: Settings, keys: list[UUID], act: Act, done: str) -> None:
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            number = await act(connection)
            if number < len(set(keys)):
                # Raised within the transaction, which ends with it: all of them or none.
                raise NotReadyError("Some are not in the outbox, so nothing was done; see `clientela outbox list`.")
    finally:
        await database.dispose()
    sys.stdout.write(f"{number} {done}.\n")


async def _read(settings: Settings) -> list[OutboxRow]:
    database = make_engine(settings)
    try:
        async with database.connect() as connection:
            return await outbox(connection)
    finally:
        await database.dispose()


def _key(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise NotReadyError(f"{text!r} is no id of the outbox; `clientela outbox list` shows them.") from None


def _cells(row: OutboxRow) -> tuple[str, ...]:
    again = "dead" if row.next_attempt_at is None else f"{row.next_attempt_at:%Y-%m-%d %H:%M:%S}"
    about = row.kind.value.replace("_", " ")
    queued = f"{row.created_at:%Y-%m-%d %H:%M:%S}"
    return row.id.hex, row.partner, row.recipient, about, queued, str(row.attempts), again, row.last_error or ""
