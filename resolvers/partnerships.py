"""Which partnerships a principal sees: a provider those that it started, a reseller those that it accepted."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import Partnership, Relationship
from models.partnership import PartnershipStatus
from models.relationship import RelationshipStatus
from policy.vocabulary import PrincipalKind
from resolvers.customer_filters import Narrowing, begins_with, narrowed
from resolvers.customers import visible_customers
from resolvers.expiry import partnership_expiry
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.naming import fold
from resolvers.partners import name_of_partner
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class PartnershipRow(NamedTuple):
    """A provider and a reseller, as one of them sees it.

    Attributes:
        target_email: Whom the provider invited.
        subject: What a person made of the mail's subject; None while it is the draft's.
        body: What a person made of the mail's text, a mark in the link's place.
        provider_name: For the draft of the mail.
        by_viewer: Whether the viewer is the provider.
        shared_with_id: The other side, while the partnership is active; None otherwise.
    """

    id: UUID
    provider_id: UUID
    reseller_id: UUID | None
    status: PartnershipStatus
    provider_name_key: str
    reseller_name_key: str
    target_email: str | None
    subject: str | None
    body: str | None
    requested_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    provider_name: str
    by_viewer: bool
    shared_with_id: UUID | None

    @prefixed(ObjectKind.PARTNERSHIP)
    def global_id(self) -> UUID:
        """The partnership's id."""
        return self.id


@cache
def visible_partnerships(kind: PrincipalKind) -> Rows:
    """Both sides of what was accepted, the provider alone of what was not; customers' users see none.

    An invitation that nobody answered in time reads EXPIRED from then on, whether or not a sweep wrote it down.
    """
    own, active = col(Partnership.provider_id) == viewer_tenant, col(Partnership.status) == PartnershipStatus.ACTIVE
    other = case((own, col(Partnership.reseller_id)), else_=col(Partnership.provider_id))
    seen: Rows = select(
        col(Partnership.id).label("id"),
        col(Partnership.provider_id).label("provider_id"),
        col(Partnership.reseller_id).label("reseller_id"),
        partnership_expiry.status().label("status"),
        col(Partnership.provider_name_key).label("provider_name_key"),
        col(Partnership.reseller_name_key).label("reseller_name_key"),
        col(Partnership.target_email).label("target_email"),
        col(Partnership.subject).label("subject"),
        col(Partnership.body).label("body"),
        col(Partnership.requested_at).label("requested_at"),
        col(Partnership.sent_at).label("sent_at"),
        col(Partnership.expires_at).label("expires_at"),
        col(Partnership.accepted_at).label("accepted_at"),
        col(Partnership.ended_at).label("ended_at"),
        name_of_partner(Partnership.cloud, Partnership.provider_id).label("provider_name"),
        own.label("by_viewer"),
        case((active, other), else_=null()).label("shared_with_id"),
    ).where(
        col(Partnership.cloud) == viewer_cloud,
        or_(own, col(Partnership.reseller_id) == viewer_tenant),
    )
    return seen if is_partner(kind) else seen.where(false())


@dataclass(frozen=True, slots=True)
class PartnershipFilter:
    """What a partnership must match; None or empty narrows nothing.

    Attributes:
        statuses: Stands in one of these now.
        name_starts_with: Beginning of the other side's name.
    """

    statuses: tuple[PartnershipStatus, ...] = ()
    name_starts_with: str | None = None


def narrow_partnerships(chosen: PartnershipFilter, *, as_provider: bool) -> Narrowing:
    """A filter as conditions on the rows of `visible_partnerships`, of one side of them.

    Args:
        chosen: The filter.
        as_provider: Whether the viewer is the provider and lists resellers; else it is a reseller and lists providers.
    """
    own = Partnership.provider_id if as_provider else Partnership.reseller_id
    name = Partnership.reseller_name_key if as_provider else Partnership.provider_name_key
    conditions: list[ColumnElement[bool]] = [col(own) == viewer_tenant]
    if beginning := fold((chosen.name_starts_with or "").strip()):
        conditions.append(begins_with(col(name), beginning))
    return narrowed(conditions, [part for status in chosen.statuses for part in partnership_expiry.standing(status)])


@cache
def visible_shared_customers(kind: PrincipalKind) -> Rows:
    """The viewer's customers that another partner serves, too (R3.11): a customer's columns and that `partner_id`.

    Asked for the other side of an active partnership only; whoever else serves a customer is nobody's business.
    """
    theirs = aliased(Relationship)
    partners = or_(
        and_(col(Partnership.provider_id) == viewer_tenant, col(Partnership.reseller_id) == col(theirs.partner_id)),
        and_(col(Partnership.reseller_id) == viewer_tenant, col(Partnership.provider_id) == col(theirs.partner_id)),
    )
    together = select(col(Partnership.id)).where(
        col(Partnership.cloud) == viewer_cloud, col(Partnership.status) == PartnershipStatus.ACTIVE, partners
    )
    if not is_partner(kind):
        return visible_customers(kind).add_columns(null().label("partner_id")).where(false())
    return (
        visible_customers(kind)
        .join(
            theirs,
            and_(
                col(theirs.cloud) == col(Relationship.cloud),
                col(theirs.customer_id) == col(Relationship.customer_id),
                col(theirs.status) == RelationshipStatus.ACTIVE,
            ),
        )
        .add_columns(col(theirs.partner_id).label("partner_id"))
        .where(together.exists())
    )
