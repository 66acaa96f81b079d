"""What every resolver can reach: who asks, the unit of work, the clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import strawberry

from execution.database.connection import Database
from execution.ledger import Ledger
from execution.unit import Unit
from policy.decisions import Denied
from policy.principal import Principal, Standing
from policy.vocabulary import PrincipalKind
from resolvers.audit import record_denial
from resolvers.call import Call
from resolvers.events import EventRow
from resolvers.exported_list import ChosenT, ExportedList
from resolvers.invitations import Invitations


@dataclass(frozen=True, slots=True)
class ExportLink:
    """Where a file can be fetched, and until when."""

    url: str
    expires_at: datetime


class ExportLinks(Protocol):
    """Makes links that serve an export to the one who asked for it."""

    def sign(self, principal: Principal, exported: ExportedList[ChosenT], chosen: ChosenT, now: datetime) -> ExportLink:
        """A link to the chosen rows of a list for the principal, good for a few minutes."""


@dataclass(slots=True)
class Context:
    """One operation's surroundings. Made anew for each operation, on a long-lived connection too.

    Attributes:
        principal: Who asks.
        database: Where units of work run.
        now: The instant of the operation; one for all its fields.
        correlation_id: Ties response, log lines and activity records together.
        export_links: Makes export links.
        committed: Told which tables a unit of work changed for good.
        invitations: Makes and reads links of invitations.
        mail_domain: The domain that mail comes from; None where the server has no relay.
        ledger: Keeps what mutations answer; None where the client gave no key for it.
        address: Where the request came from; empty where nobody needs to know.
        event: What a subscription is run for; None while there is nothing yet, and for other operations.
        unit: The unit of work that fields read and write in now.
        binds: What visibility SELECTs ask for: the viewer, its tenant in its cloud, and what time it is.
    """

    principal: Principal
    database: Database
    now: datetime
    correlation_id: str
    export_links: ExportLinks
    committed: Callable[[frozenset[str]], None]
    invitations: Invitations
    mail_domain: str | None
    ledger: Ledger | None = None
    address: str = ""
    event: EventRow | None = None
    unit: Unit = field(init=False)
    binds: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Puts together what goes with every statement."""
        principal = self.principal
        self.binds = {
            "viewer_cloud": principal.cloud,
            "viewer_tenant": principal.tenant_id,
            "viewer_actor": principal.actor_id,
            "viewer_now": self.now,
        }

    @property
    def standing(self) -> Standing:
        """What decides the answers of guards, the same for all callers who share it."""
        return self.principal.standing

    @property
    def kind(self) -> PrincipalKind:
        """What decides the shape of visibility SELECTs."""
        return self.principal.kind

    def begin(self, *, writes: bool) -> Unit:
        """A new unit of work, which fields read and write in from now on."""
        self.unit = Unit(self.database, self, writes=writes, committed=self.committed, ledger=self.ledger)
        return self.unit

    def call(self) -> Call:
        """The call that a command is given, in the present unit of work."""
        return Call(
            principal=self.principal,
            transaction=self.unit,
            dialect=self.database.dialect.name,
            now=self.now,
            correlation_id=self.correlation_id,
            invitations=self.invitations,
            mail_domain=self.mail_domain,
        )

    async def after_failure(self, _field: str, error: Exception) -> None:
        """Writes the line of a mutation that was denied to a partner's principal (settled: audit rows)."""
        if isinstance(error, Denied) and self.principal.kind is not PrincipalKind.CUSTOMER_USER:
            unit = self.begin(writes=True)
            try:
                await record_denial(self.call())
            finally:
                await unit.end()


Info = strawberry.Info[Context, None]
Clock = Callable[[], datetime]
