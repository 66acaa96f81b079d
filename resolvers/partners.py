"""Which partners a principal sees: its own, those it works with, and for a customer those that serve it."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import Partner, Partnership, Relationship
from models.relationship import RelationshipStatus
from policy.vocabulary import Cloud, PrincipalKind, ProgramStatus
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class PartnerRow(NamedTuple):
    """A partner's company."""

    id: UUID
    cloud: Cloud
    name: str
    kinds: list[str]
    program_status: ProgramStatus
    country: str
    mpn_id: str | None
    is_sandbox: bool
    partner_agreement_signed: bool

    @prefixed(ObjectKind.PARTNER)
    def global_id(self) -> UUID:
        """The partner's id: its tenant id under a prefix."""
        return self.id


def row_of_partner(partner: Partner) -> PartnerRow:
    """A partner whom a command found, as those are shown that a viewer sees anyway."""
    return PartnerRow._make(getattr(partner, label) for label in PartnerRow._fields)


@cache
def visible_partners(kind: PrincipalKind) -> Rows:
    """A partner sees itself and those it has or had partnerships with; a customer those that serve or administer it."""
    everyone: Rows = select(
        col(Partner.id).label("id"),
        col(Partner.cloud).label("cloud"),
        col(Partner.name).label("name"),
        col(Partner.kinds).label("kinds"),
        col(Partner.program_status).label("program_status"),
        col(Partner.country).label("country"),
        col(Partner.mpn_id).label("mpn_id"),
        col(Partner.is_sandbox).label("is_sandbox"),
        col(Partner.partner_agreement_signed).label("partner_agreement_signed"),
    ).where(col(Partner.cloud) == viewer_cloud)
    if not is_partner(kind):
        return everyone.where(col(Partner.id).in_(_serving_the_viewer()))
    return everyone.where(
        or_(
            col(Partner.id) == viewer_tenant,
            col(Partner.id).in_(_partners_of(Partnership.reseller_id, Partnership.provider_id)),
            col(Partner.id).in_(_partners_of(Partnership.provider_id, Partnership.reseller_id)),
        )
    )


def name_of_partner(cloud: Cloud, key: UUID | None) -> ColumnElement[str]:
    """The name of the partner that a row refers to, for a column of the row's SELECT.

    A join instead would let the planner begin with the partners, and sort a whole list for one page of it.

    Args:
        cloud: The row's column of the cloud.
        key: The row's column of the partner's id.
    """
    found = aliased(Partner)
    of_key = col(found.cloud) == col(cloud), col(found.id) == col(key)
    return select(col(found.name)).where(*of_key).scalar_subquery()


def _partners_of(other: UUID | None, own: UUID | None) -> Rows:
    return select(col(other)).where(and_(col(Partnership.cloud) == viewer_cloud, col(own) == viewer_tenant))


def _serving_the_viewer() -> Rows:
    return select(col(Relationship.partner_id)).where(
        col(Relationship.cloud) == viewer_cloud,
        col(Relationship.customer_id) == viewer_tenant,
        or_(col(Relationship.status) == RelationshipStatus.ACTIVE, col(Relationship.delegated_admin)),
    )
