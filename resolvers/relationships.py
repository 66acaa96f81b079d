"""Which relationships a principal sees: a partner its own, a customer those of the partners that serve it."""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import Partner, Relationship
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from policy.vocabulary import PrincipalKind
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.partners import PartnerRow
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class RelationshipRow(NamedTuple):
    """A partner's link to a customer."""

    id: UUID
    partner_id: UUID
    customer_id: UUID
    relationship_to_partner: RelationshipToPartner
    role: RelationshipRole
    status: RelationshipStatus
    delegated_admin: bool
    via_provider_id: UUID | None
    origin: RelationshipOrigin
    since: datetime
    ended_at: datetime | None
    end_reason: str | None

    @prefixed(ObjectKind.RELATIONSHIP)
    def global_id(self) -> UUID:
        """The relationship's id."""
        return self.id


@cache
def visible_relationships(kind: PrincipalKind) -> Rows:
    """A partner's relationships, ended ones too; a customer's with those that serve or administer it."""
    of_partner = is_partner(kind)
    own = Relationship.partner_id if of_partner else Relationship.customer_id
    seen: Rows = select(
        col(Relationship.id).label("id"),
        col(Relationship.partner_id).label("partner_id"),
        col(Relationship.customer_id).label("customer_id"),
        col(Relationship.relationship_to_partner).label("relationship_to_partner"),
        col(Relationship.role).label("role"),
        col(Relationship.status).label("status"),
        col(Relationship.delegated_admin).label("delegated_admin"),
        col(Relationship.via_provider_id).label("via_provider_id"),
        col(Relationship.origin).label("origin"),
        col(Relationship.since).label("since"),
        col(Relationship.ended_at).label("ended_at"),
        col(Relationship.end_reason).label("end_reason"),
    ).where(
        col(Relationship.cloud) == viewer_cloud,
        col(own) == viewer_tenant,
    )
    return seen if of_partner else seen.where(concerns_customer())


def concerns_customer() -> ColumnElement[bool]:
    """Whether a relationship is the customer's concern now: it lives, or left admin privileges behind (R5.6)."""
    live = col(Relationship.status) == RelationshipStatus.ACTIVE
    return or_(live, col(Relationship.delegated_admin))


@cache
def own_relationships(kind: PrincipalKind) -> Rows:
    """The relationship of the viewer's partner; a customer's user has no partner of its own."""
    own = visible_relationships(kind)
    return own if is_partner(kind) else own.where(false())


@cache
def visible_resellers(kind: PrincipalKind) -> Rows:
    """The resellers that serve a provider's customers through that provider (R3.10); for customers' users none.

    A partner's columns, and `customer_id` of the customer that it serves.
    """
    theirs = aliased(Relationship)
    reseller: Rows = (
        select(
            *(col(getattr(Partner, label)).label(label) for label in PartnerRow._fields),
            col(theirs.customer_id).label("customer_id"),
        )
        .select_from(theirs)
        .join(Partner, and_(col(Partner.cloud) == col(theirs.cloud), col(Partner.id) == col(theirs.partner_id)))
        .where(
            col(theirs.cloud) == viewer_cloud,
            col(theirs.via_provider_id) == viewer_tenant,
            col(theirs.status) == RelationshipStatus.ACTIVE,
        )
    )
    return reseller if is_partner(kind) else reseller.where(col(theirs.partner_id) == viewer_tenant)
