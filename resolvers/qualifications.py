"""What a customer is recognised as, for every partner that serves it."""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, select
from sqlmodel import col

from models import Qualification, Relationship
from models.qualification import QualificationKind, VettingStatus
from models.relationship import RelationshipStatus
from policy.vocabulary import PrincipalKind
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class QualificationRow(NamedTuple):
    """One recognition."""

    id: UUID
    customer_id: UUID
    kind: QualificationKind
    vetting_status: VettingStatus | None
    vetting_reason: str | None
    created_at: datetime


@cache
def visible_qualifications(kind: PrincipalKind) -> Rows:
    """Those of customers that the partner serves now; a qualification is the tenant's, whoever requested it."""
    recognitions: Rows = (
        select(*(col(getattr(Qualification, label)).label(label) for label in QualificationRow._fields))
        .join(
            Relationship,
            and_(
                col(Relationship.cloud) == col(Qualification.cloud),
                col(Relationship.customer_id) == col(Qualification.customer_id),
            ),
        )
        .where(
            col(Qualification.cloud) == viewer_cloud,
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
        )
    )
    return recognitions if is_partner(kind) else recognitions.where(false())
