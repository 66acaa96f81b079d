"""The rows of a new customer account, written in one go."""

from dataclasses import dataclass
from secrets import token_hex
from uuid import UUID

from uuid_utils.compat import uuid7

from models import BillingProfile, Customer, CustomerDomain, CustomerUser, Relationship, RelationshipDomain
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from resolvers.agreement_attestation import AgreementForm, agreement_changes
from resolvers.audit import Change, change
from resolvers.billing_profile_fields import NAMES, billing_columns, billing_values
from resolvers.call import Call
from resolvers.forms import BillingProfileForm
from resolvers.naming import fold


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A checked account that is to be written."""

    id: UUID
    domain: str
    profile: BillingProfileForm
    organization_registration_number: str | None


async def write_account(call: Call, new: NewCustomer, reseller_id: UUID | None, password_hash: str) -> bool:
    """Writes tenant, domain, relationships, billing profile and first administrator.

    Args:
        call: The call; the provider's where a reseller is named.
        new: The account.
        reseller_id: The indirect reseller that gets a managing relationship of its own (R3.15); None for none.
        password_hash: Of the first administrator.

    Returns:
        False where the domain turned out to be taken by a customer that was added meanwhile; nothing of the
        account must be kept then.
    """
    domain = CustomerDomain(name=new.domain, cloud=call.principal.cloud, customer_id=new.id, is_initial=True)
    if not await call.add_unless_taken(_customer(call, new)) or not await call.add_unless_taken(domain):
        return False
    relationships = [_relationship(call, new, call.principal.tenant_id, reseller_id)]
    if reseller_id is not None:
        relationships.append(_resellers_relationship(call, new, reseller_id))
    await call.add(*relationships)
    await call.add(
        *(
            RelationshipDomain(cloud=row.cloud, partner_id=row.partner_id, name=new.domain, customer_id=row.customer_id)
            for row in relationships
        )
    )
    await call.add(*(_billing_profile(call, new, row.partner_id) for row in relationships))
    await call.add(_administrator(call, new, password_hash))
    return True


def account_changes(new: NewCustomer, agreement: AgreementForm | None) -> list[Change]:
    """A new account as the activity log shows it: every value that was set, no secret."""
    changes = [
        change("companyName", None, new.profile.company_name),
        change("domain", None, new.domain),
        change("country", None, new.profile.address.country),
        change("companyProfile.organizationRegistrationNumber", None, new.organization_registration_number),
        *(change(field, None, value) for field, value in zip(NAMES, billing_values(new.profile), strict=True)),
        *(agreement_changes(agreement) if agreement else ()),
    ]
    return [entry for entry in changes if entry["new"] is not None]


def _customer(call: Call, new: NewCustomer) -> Customer:
    return Customer(
        cloud=call.principal.cloud,
        id=new.id,
        company_name=new.profile.company_name,
        domain=new.domain,
        country=new.profile.address.country,
        organization_registration_number=new.organization_registration_number,
        created_at=call.now,
    )


def _relationship(call: Call, new: NewCustomer, partner_id: UUID, reseller_id: UUID | None) -> Relationship:
    return Relationship(
        cloud=call.principal.cloud,
        partner_id=partner_id,
        customer_id=new.id,
        id=uuid7(),
        relationship_to_partner=RelationshipToPartner.RESELLER,
        role=RelationshipRole.TRANSACTING,
        status=RelationshipStatus.ACTIVE,
        origin=RelationshipOrigin.CREATED,
        delegated_admin=True,
        associated_reseller_id=reseller_id,
        since=call.now,
        list_name=new.profile.company_name,
        list_name_key=fold(new.profile.company_name),
        customer_country=new.profile.address.country,
        customer_created_at=call.now,
    )


def _resellers_relationship(call: Call, new: NewCustomer, reseller_id: UUID) -> Relationship:
    row = _relationship(call, new, reseller_id, None)
    row.role = RelationshipRole.MANAGING
    row.via_provider_id = call.principal.tenant_id
    return row


def _billing_profile(call: Call, new: NewCustomer, partner_id: UUID) -> BillingProfile:
    return BillingProfile(
        cloud=call.principal.cloud,
        partner_id=partner_id,
        customer_id=new.id,
        id=uuid7(),
        etag=token_hex(16),
        updated_at=call.now,
        **billing_columns(new.profile),
    )


def _administrator(call: Call, new: NewCustomer, password_hash: str) -> CustomerUser:
    return CustomerUser(
        cloud=call.principal.cloud,
        customer_id=new.id,
        id=uuid7(),
        sign_in_name=f"admin@{new.domain}",
        display_name="Administrator",
        is_global_admin=True,
        password_hash=password_hash,
        created_at=call.now,
    )
