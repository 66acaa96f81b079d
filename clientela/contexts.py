"""The context of each operation, of what a process has one of."""

from collections.abc import Callable
from dataclasses import dataclass

from clientela.clock import Clock
from execution.database.connection import Database
from execution.ledger import Ledger
from policy.principal import Principal
from resolvers.events import EventRow
from resolvers.invitations import Invitations
from schema.context import Context, ExportLinks


@dataclass(frozen=True, slots=True)
class Contexts:
    """Makes contexts, whatever door an operation came through.

    Attributes:
        database: Where operations read and write.
        clock: What time it is.
        export_links: Makes export links.
        committed: Told which tables were changed for good.
        invitations: Makes and reads links of invitations.
        mail_domain: The domain that mail comes from; None where the server has no relay.
    """

    database: Database
    clock: Clock
    export_links: ExportLinks
    committed: Callable[[frozenset[str]], None]
    invitations: Invitations
    mail_domain: str | None

    def make(
        self,
        principal: Principal,
        address: str,
        correlation_id: str,
        ledger: Ledger | None = None,
        event: EventRow | None = None,
    ) -> Context:
        """The context of one operation, which runs now.

        Args:
            principal: Who asks.
            address: Where the request came from.
            correlation_id: Ties what is answered and logged together.
            ledger: Keeps what mutations answer; None where the client gave no key for it.
            event: What a subscription is run for; None while there is nothing yet, and for other operations.
        """
        return Context(
            principal=principal,
            database=self.database,
            now=self.clock(),
            correlation_id=correlation_id,
            export_links=self.export_links,
            committed=self.committed,
            invitations=self.invitations,
            mail_domain=self.mail_domain,
            ledger=ledger,
            address=address,
            event=event,
        )
