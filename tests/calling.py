"""Parts of commands, run as the commands that they are part of run them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from clientela.clock import utc_now
from policy.principal import Principal
from resolvers.call import Call
from resolvers.invitations import Invitations


def call_by(principal: Principal, connection: AsyncConnection) -> Call:
    """A call of somebody, now, in the connection's transaction; it invites nobody."""
    nobody = Invitations(("n" * 40,), {}, None)
    return Call(principal, connection, connection.dialect.name, utc_now(), "a part of a command", nobody, None)  # type: ignore[arg-type]
