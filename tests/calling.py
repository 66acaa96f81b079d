"""Parts of commands, run as the commands that they are part of run them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

from clientela.clock import utc_now
from policy.principal import Principal
from resolvers.call import Call
from resolvers.invitations import Invitations


@dataclass(frozen=True)
class _Transaction:
    """A connection as commands see a transaction."""

    connection: AsyncConnection

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)

    async def write(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> None:
        await self.connection.execute(statement, parameters)

    append = write


def call_by(principal: Principal, connection: AsyncConnection) -> Call:
    """A call of somebody, now, in the connection's transaction; it invites nobody."""
    nobody = Invitations(("n" * 40,), {}, None)
    return Call(
        principal, _Transaction(connection), connection.dialect.name, utc_now(), "a part of a command", nobody, None
    )  # type: ignore[arg-type]
