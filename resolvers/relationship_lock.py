"""One after the other: commands that depend on a partner still serving a customer."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models import Relationship
from models.relationship import RelationshipRole, RelationshipStatus, RelationshipToPartner
from resolvers.call import Call


class Serving(NamedTuple):
    """What a partner is to a customer.

    Attributes:
        status: Whether the relationship lives.
        relationship_to_partner: What the partner is.
        role: Whether it may order.
        list_name: The customer's name in this partner's list.
    """

    status: RelationshipStatus
    relationship_to_partner: RelationshipToPartner
    role: RelationshipRole
    list_name: str

    @property
    def may_order(self) -> bool:
        """Whether the partner may order for the customer (R1.15, R5.12)."""
        is_reseller = self.relationship_to_partner is RelationshipToPartner.RESELLER
        return self.is_live and is_reseller and self.role is RelationshipRole.TRANSACTING

    @property
    def is_live(self) -> bool:
        """Whether the partner serves the customer now."""
        return self.status is RelationshipStatus.ACTIVE


async def lock_relationship(call: Call, partner_id: UUID, customer_id: UUID) -> Serving | None:
    """Locks a relationship until the transaction ends: it cannot end under a purchase, nor two purchases count alike.

    SQLite's writers wait for each other anyway.

    Args:
        call: The call.
        partner_id: The partner.
        customer_id: The customer.

    Returns:
        What the partner is to the customer; None where there never was a relationship.
    """
    wanted = select(*(col(getattr(Relationship, label)) for label in Serving._fields)).where(
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.partner_id) == partner_id,
        col(Relationship.customer_id) == customer_id,
    )
    row = (await call.transaction.execute(wanted.with_for_update())).first()
    return Serving._make(row) if row else None
