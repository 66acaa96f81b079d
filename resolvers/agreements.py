"""Acceptances of the customer agreement that a principal sees, and the templates there are."""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, or_, select
from sqlmodel import col

from models import Agreement, Relationship
from models.agreement import AgreementMethod, AgreementType
from models.relationship import RelationshipStatus
from policy.decisions import has_capability
from policy.vocabulary import PrincipalKind
from resolvers.call import Call
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class AgreementRow(NamedTuple):
    """One acceptance."""

    id: UUID
    customer_id: UUID
    type: AgreementType
    method: AgreementMethod
    template_id: UUID
    agreed_on: datetime
    contact_first_name: str
    contact_last_name: str
    contact_email: str
    contact_phone_number: str | None
    recorded_by: str

    @prefixed(ObjectKind.AGREEMENT)
    def global_id(self) -> UUID:
        """The acceptance's id."""
        return self.id


class AgreementTemplate(NamedTuple):
    """A text to accept, for one country; a higher rank replaces a lower one."""

    template_id: UUID
    type: AgreementType
    country: str
    url: str
    version_rank: int


@cache
def agreements_of_seen_customers(kind: PrincipalKind) -> Rows:
    """What a partner sees of the acceptances of customers whose rows it was given; for nothing else.

    Its own attestations and what the customers accepted themselves, never another partner's attestation. Whether it
    sees the customer is not asked again: that took as long as everything else.
    """
    acceptances: Rows = select(*(col(getattr(Agreement, label)).label(label) for label in AgreementRow._fields)).where(
        col(Agreement.cloud) == viewer_cloud,
        or_(col(Agreement.partner_id) == viewer_tenant, col(Agreement.partner_id).is_(None)),
    )
    return acceptances if is_partner(kind) else acceptances.where(false())


@cache
def visible_agreements(kind: PrincipalKind) -> Rows:
    """The acceptances that a partner sees, of its customers."""
    return (
        agreements_of_seen_customers(kind)
        .join(
            Relationship,
            and_(
                col(Relationship.cloud) == col(Agreement.cloud),
                col(Relationship.customer_id) == col(Agreement.customer_id),
            ),
        )
        .where(
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
        )
    )


async def agreement_is_due(call: Call, customer_id: UUID, partner_id: UUID) -> bool:
    """Whether the customer has still to accept its agreement before this partner sells to it (13605).

    Settled: an attestation counts for the partner that gave it, a direct acceptance for all. Clouds without
    attestation have the agreement in their contract (permissions.md 5.2).

    Args:
        call: The call.
        customer_id: The customer.
        partner_id: Who would sell.
    """
    if not has_capability(call.principal.cloud, "AGREEMENT_ATTESTATION"):
        return False
    counting = select(col(Agreement.id)).where(
        col(Agreement.cloud) == call.principal.cloud,
        col(Agreement.customer_id) == customer_id,
        col(Agreement.type) == AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
        or_(col(Agreement.partner_id) == partner_id, col(Agreement.partner_id).is_(None)),
    )
    return (await call.transaction.execute(counting.limit(1))).first() is None


# The vendor's template ids (customers.md 3.3); the addresses are its public pages, in the reader's language.
TEMPLATES = {
    AgreementType.MICROSOFT_CUSTOMER_AGREEMENT: (
        UUID("117a77b0-9360-443b-8795-c6dedc750cf9"),
        "https://www.microsoft.com/licensing/docs/customeragreement",
        2,
    ),
    AgreementType.MICROSOFT_CLOUD_AGREEMENT: (
        UUID("998b88de-aa99-4388-a42c-1b3517d49490"),
        "https://www.microsoft.com/licensing/docs/cloudagreement",
        1,
    ),
}


def agreement_templates(country: str, wanted: AgreementType | None) -> list[AgreementTemplate]:
    """The templates for a country, newest first.

    Args:
        country: ISO 3166-1 alpha-2.
        wanted: One type, or None for all.
    """
    return [
        AgreementTemplate(template_id, kind, country, url, rank)
        for kind, (template_id, url, rank) in TEMPLATES.items()
        if wanted in (None, kind)
    ]
