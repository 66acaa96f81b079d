"""Which billing profiles a principal sees: the ones its own partner keeps of customers it serves now."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, select
from sqlmodel import col

from models import BillingProfile, Relationship
from models.relationship import RelationshipStatus
from policy.vocabulary import PrincipalKind
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class BillingProfileRow(NamedTuple):
    """A billing profile with its address."""

    id: UUID
    customer_id: UUID
    company_name: str
    first_name: str | None
    last_name: str | None
    email: str
    culture: str
    language: str
    address_line1: str
    address_line2: str | None
    address_city: str | None
    address_state: str | None
    address_postal_code: str | None
    address_country: str
    address_region: str | None
    address_first_name: str
    address_middle_name: str | None
    address_last_name: str
    address_phone_number: str | None
    etag: str

    @prefixed(ObjectKind.BILLING_PROFILE)
    def global_id(self) -> UUID:
        """The profile's id."""
        return self.id

    @property
    def contact_first_name(self) -> str:
        """The contact's first name; the address's where the profile names nobody (customers.md 1.3 [D])."""
        return self.first_name or self.address_first_name

    @property
    def contact_last_name(self) -> str:
        """The contact's last name; the address's where the profile names nobody."""
        return self.last_name or self.address_last_name

    @property
    def contact_email(self) -> str:
        """The contact's address for mail."""
        return self.email

    @property
    def contact_phone_number(self) -> str | None:
        """The contact's phone: the one of the address."""
        return self.address_phone_number


@cache
def visible_billing_profiles(kind: PrincipalKind) -> Rows:
    """The viewer's partner's profiles; another partner's stay out of sight, the customer's own people included."""
    profiles: Rows = (
        select(*(col(getattr(BillingProfile, label)).label(label) for label in BillingProfileRow._fields))
        .join(
            Relationship,
            and_(
                col(Relationship.cloud) == col(BillingProfile.cloud),
                col(Relationship.partner_id) == col(BillingProfile.partner_id),
                col(Relationship.customer_id) == col(BillingProfile.customer_id),
            ),
        )
        .where(
            col(BillingProfile.cloud) == viewer_cloud,
            col(BillingProfile.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
        )
    )
    return profiles if is_partner(kind) else profiles.where(false())
