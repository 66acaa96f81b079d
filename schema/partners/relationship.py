"""The type Relationship."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from execution.links import One
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from resolvers.relationships import RelationshipRow
from schema import sources
from schema.access import PUBLIC, field
from schema.node import Node
from schema.partners.partner import Partner

if TYPE_CHECKING:
    from schema.customers.customer import Customer


@strawberry.type(description="A partner's link to a customer.")
class Relationship(Node):
    """One row a partner and customer."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a relationship."""
        return isinstance(row, RelationshipRow)

    relationship_to_partner: RelationshipToPartner = field(PUBLIC, "What the partner is to the customer.")
    role: RelationshipRole = field(PUBLIC, "Whether the partner may order for the customer.")
    status: RelationshipStatus = field(PUBLIC, "Whether the relationship lives.")
    delegated_admin: bool = field(
        PUBLIC, "Whether the partner holds delegated admin privileges in the customer's tenant."
    )
    origin: RelationshipOrigin = field(PUBLIC, "How the relationship came about.")
    since: datetime = field(PUBLIC, "When it began, or began anew.")
    ended_at: datetime | None = field(PUBLIC, "When it ended; null while it lives.")
    end_reason: str | None = field(PUBLIC, "Why it ended, where the partner said so.")

    partner: Partner = field(PUBLIC, "The partner's side.", link=One(sources.partners, key="partner_id"))
    customer: Annotated["Customer", strawberry.lazy("schema.customers.customer")] | None = field(
        PUBLIC,
        "The customer's side; null where you may not see it.",
        link=One(sources.customers, key="customer_id"),
    )
    via_provider: Partner | None = field(
        PUBLIC,
        "The indirect provider that the reseller serves this customer through.",
        link=One(sources.partners, key="via_provider_id"),
    )
