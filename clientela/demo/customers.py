"""A customer as rows: its tenant, and what each partner that serves it keeps of it."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from clientela.demo.batches import Batch
from clientela.demo.companies import Company
from models import BillingProfile, Customer, CustomerDomain, CustomerUser, Relationship, RelationshipDomain
from models.customer import AccountVerification
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from policy.vocabulary import Cloud
from resolvers.countries.domains import SUFFIXES
from resolvers.forms import BillingProfileForm
from resolvers.naming import fold


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer's tenant.

    Attributes:
        cloud: Its cloud.
        id: Tenant id, in time order.
        created_at: When it was created.
        company: Whose it is.
    """

    cloud: Cloud
    id: UUID
    created_at: datetime
    company: Company

    @property
    def domain(self) -> str:
        """The initial domain."""
        return f"{self.company.prefix}.{SUFFIXES[self.cloud]}"

    @property
    def domains(self) -> tuple[str, ...]:
        """All domains, the initial one first."""
        custom = self.company.custom_domain
        return (self.domain, custom) if custom else (self.domain,)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a partner serves a customer.

    Attributes:
        since: When the relationship began.
        changed_at: When the billing profile last changed; None where it never did.
        delegated_admin: Whether the partner's agents may administer the customer's tenant.
        role: Whether the partner may order.
        origin: How it came about.
        via_provider_id: The provider through whom an indirect reseller serves.
        associated_reseller_id: The indirect reseller for whom a provider created the customer.
        ended_at: When it ended; None while it lives.
        end_reason: Why it ended.
    """

    since: datetime
    changed_at: datetime | None = None
    delegated_admin: bool = True
    role: RelationshipRole = RelationshipRole.TRANSACTING
    origin: RelationshipOrigin = RelationshipOrigin.CREATED
    via_provider_id: UUID | None = None
    associated_reseller_id: UUID | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


def uuid7(at: datetime, rng: Random) -> UUID:
    """A time-ordered UUID, version 7, of that instant; what is random about it comes from `rng`."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62))


def make_tenant(cloud: Cloud, company: Company, created_at: datetime, rng: Random) -> Tenant:
    """Gives a company a tenant."""
    return Tenant(cloud, uuid7(created_at, rng), created_at, company)


def add_tenant(batch: Batch, tenant: Tenant, rng: Random) -> None:
    """Adds what a customer has whoever serves it: its tenant, its domains and its first administrator.

    Args:
        batch: Takes the rows.
        tenant: The customer.
        rng: For ids.
    """
    batch.add(
        Customer,
        cloud=tenant.cloud,
        id=tenant.id,
        company_name=tenant.company.profile.company_name,
        domain=tenant.domain,
        country=tenant.company.country,
        organization_registration_number=tenant.company.registration_number,
        account_verification=AccountVerification.APPROVED,
        created_at=tenant.created_at,
    )
    for name in tenant.domains:
        initial = name == tenant.domain
        batch.add(CustomerDomain, name=name, cloud=tenant.cloud, customer_id=tenant.id, is_initial=initial)
    add_user(batch, tenant, "admin", rng)


def add_user(batch: Batch, tenant: Tenant, local_part: str, rng: Random) -> UUID:
    """Adds one of the customer's users; says the user's id.

    Args:
        batch: Takes the row.
        tenant: The customer.
        local_part: Of the sign-in name; `admin` is the global administrator, anybody else a plain user.
        rng: For the id.
    """
    is_admin = local_part == "admin"
    user_id = uuid7(tenant.created_at, rng)
    batch.add(
        CustomerUser,
        cloud=tenant.cloud,
        customer_id=tenant.id,
        id=user_id,
        sign_in_name=f"{local_part}@{tenant.domain}",
        display_name="Administrator" if is_admin else "User",
        is_global_admin=is_admin,
        is_enabled=True,
        must_change_password=True,
        created_at=tenant.created_at,
    )
    return user_id


def add_relationship(
    batch: Batch,
    tenant: Tenant,
    partner_id: UUID,
    profile: BillingProfileForm,
    *,
    terms: Terms,
    rng: Random,
) -> None:
    """Adds a partner's link to a customer, with the billing profile and the domains as that partner files them.

    Args:
        batch: Takes the rows.
        tenant: The customer.
        partner_id: The partner.
        profile: What this partner bills the customer under; its company name is the one in the partner's list.
        terms: On what terms.
        rng: For ids and the etag.
    """
    batch.add(
        Relationship,
        cloud=tenant.cloud,
        partner_id=partner_id,
        customer_id=tenant.id,
        id=uuid7(terms.since, rng),
        relationship_to_partner=RelationshipToPartner.NONE if terms.ended_at else RelationshipToPartner.RESELLER,
        role=terms.role,
        status=RelationshipStatus.ENDED if terms.ended_at else RelationshipStatus.ACTIVE,
        origin=terms.origin,
        delegated_admin=terms.delegated_admin,
        via_provider_id=terms.via_provider_id,
        associated_reseller_id=terms.associated_reseller_id,
        since=terms.since,
        ended_at=terms.ended_at,
        end_reason=terms.end_reason,
        list_name=profile.company_name,
        list_name_key=fold(profile.company_name),
        customer_country=tenant.company.country,
        customer_created_at=tenant.created_at,
    )
    for name in tenant.domains:
        batch.add(RelationshipDomain, cloud=tenant.cloud, partner_id=partner_id, name=name, customer_id=tenant.id)
    _add_billing_profile(batch, tenant, partner_id, profile, terms=terms, rng=rng)


def _add_billing_profile(
    batch: Batch, tenant: Tenant, partner_id: UUID, profile: BillingProfileForm, *, terms: Terms, rng: Random
) -> None:
    address = profile.address
    batch.add(
        BillingProfile,
        cloud=tenant.cloud,
        partner_id=partner_id,
        customer_id=tenant.id,
        id=uuid7(terms.since, rng),
        company_name=profile.company_name,
        first_name=profile.first_name,
        last_name=profile.last_name,
        email=profile.email,
        culture=profile.culture,
        language=profile.language,
        address_line1=address.address_line1,
        address_city=address.city,
        address_state=address.state,
        address_postal_code=address.postal_code,
        address_country=address.country,
        address_first_name=address.first_name,
        address_last_name=address.last_name,
        address_phone_number=address.phone_number,
        etag=f"{rng.getrandbits(64):016x}",
        updated_at=terms.changed_at or terms.since,
    )
