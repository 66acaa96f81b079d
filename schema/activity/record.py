"""The type ActivityRecord, its filter, and lists of it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from execution.links import One
from execution.windows import Listing
from models.activity import ActivityStatus
from policy.decisions import Denied, decide, effective_permissions
from policy.vocabulary import Permission, Role
from resolvers.activity import ActivityFilter as Chosen
from resolvers.activity import ActivityRow, narrow_activity, readable_changes
from resolvers.global_ids import ObjectKind, key_of
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.activity.change import ActivityChange
from schema.connections import Connection
from schema.context import Context, Info
from schema.node import Node
from schema.texts import plain, plain_all

if TYPE_CHECKING:
    from schema.customers.customer import Customer


@strawberry.type(description="One line of the activity log. Written in the transaction of the change; never altered.")
class ActivityRecord(Node):
    """One line."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a line of the log."""
        return isinstance(row, ActivityRow)

    occurred_at: datetime = field(PUBLIC, "When it happened.")
    operation: str = field(PUBLIC, "What was done, e.g. update_customer_billing_profile.")
    resource_type: str = field(PUBLIC, "What it was done to, e.g. customer.")
    status: ActivityStatus = field(PUBLIC, "How it ended.")
    actor: str = field(PUBLIC, "The sign-in name of the person, or the name of the application, that did it.")
    correlation_id: str = field(PUBLIC, "The request it came with; also in that response and in the server's log.")
    customer_name: str | None = field(Permission.CUSTOMER_READ, "The customer's name as it was then.")
    customer: Annotated["Customer", strawberry.lazy("schema.customers.customer")] | None = field(
        Permission.CUSTOMER_READ,
        "The customer it is about; null once you no longer serve it.",
        link=One(sources.customers, key="customer_id"),
    )

    @computed(PUBLIC, "The actor's roles as they were then.")
    def actor_roles(parent: strawberry.Parent[ActivityRow]) -> list[Role]:
        """Stored as texts."""
        return [Role(role) for role in parent.actor_roles]

    @computed(PUBLIC, "What changed; values that you may not read are absent.")
    def changes(parent: strawberry.Parent[ActivityRow], info: Info) -> list[ActivityChange]:
        """With the values that the viewer may read."""
        held = frozenset(effective_permissions(info.context.principal.standing))
        return readable_changes(parent.changes, held)  # type: ignore[return-value]


@strawberry.input(description="Narrows the activity log. Without `since`: the 30 days before `until` or now.")
class ActivityFilter:
    """What a line must match."""

    since: datetime | None = strawberry.field(default=None, description="Not earlier; at most 90 days back.")
    until: datetime | None = strawberry.field(default=None, description="Not later.")
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="About this customer. Needs CUSTOMER_READ."
    )
    customer_name_contains: str | None = strawberry.field(
        default=None, description="Part of the customer's name as it was then, ignoring case. Needs CUSTOMER_READ."
    )
    resource_type: list[str] | None = strawberry.field(default=None, description="Any of these, e.g. customer.")
    operation: list[str] | None = strawberry.field(default=None, description="Any of these, e.g. add_customer.")


def activity_listing(name: str) -> Callable[..., Listing[ActivityRow]]:
    """The log under a filter, newest first, as a list of this name.

    Args:
        name: Names the list in cursors.
    """

    def listing(
        context: Context,
        filter: Annotated[  # noqa: A002 - the contract's name
            ActivityFilter | None, strawberry.argument(description="The last 30 days when left out.")
        ] = None,
    ) -> Listing[ActivityRow]:
        chosen = _chosen(filter) if filter else Chosen()
        decision = decide(context.principal.standing, Permission.CUSTOMER_READ)
        if chosen.names_customer and not decision.granted:
            raise Denied(decision)
        return Listing(
            name=name,
            source=sources.activity_records,
            order=("occurred_at", "id"),
            descending=True,
            conditions=narrow_activity(chosen, context.now),
        )

    return listing


def _chosen(asked: ActivityFilter) -> Chosen:
    customer_id = key_of(ObjectKind.CUSTOMER, asked.customer_id) if asked.customer_id is not None else None
    return Chosen(
        since=asked.since,
        until=asked.until,
        customer_id=customer_id,
        nothing=asked.customer_id is not None and customer_id is None,
        customer_name_contains=plain("customerNameContains", asked.customer_name_contains),
        resource_types=plain_all("resourceType", asked.resource_type),
        operations=plain_all("operation", asked.operation),
    )


ActivityRecordConnection = Connection[ActivityRecord]
