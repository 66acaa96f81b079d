"""What happened to a customer, as rows: lines of the activity log, and the agreement that was attested."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from clientela.demo.batches import Batch
from clientela.demo.customers import Tenant, uuid7
from clientela.demo.organisations import Person
from models import ActivityRecord, Agreement
from models.activity import ActivityStatus
from models.agreement import AgreementMethod, AgreementType
from policy.vocabulary import PrincipalKind
from resolvers.audit import Change, change, changes_between
from resolvers.billing_profile_fields import NAMES, billing_values
from resolvers.forms import BillingProfileForm
from resolvers.naming import fold

CUSTOMER_AGREEMENT_TEMPLATE = UUID("117a77b0-9360-443b-8795-c6dedc750cf9")


def add_creation(batch: Batch, tenant: Tenant, partner_id: UUID, actor: Person, rng: Random) -> None:
    """Adds the line of the customer's creation to a partner's log.

    Args:
        batch: Takes the row.
        tenant: The customer.
        partner_id: Whose log; an indirect reseller sees there what its provider created for it.
        actor: Who created the customer.
        rng: For ids.
    """
    company = tenant.company
    filled = (
        ("companyName", company.profile.company_name),
        ("domain", tenant.domain),
        ("country", company.country),
        ("companyProfile.organizationRegistrationNumber", company.registration_number),
        *zip(NAMES, billing_values(company.profile), strict=True),
    )
    changes = [change(field, None, value) for field, value in filled if value is not None]
    _add_activity(
        batch,
        tenant,
        partner_id,
        actor,
        operation="add_customer",
        at=tenant.created_at,
        changes=changes,
        rng=rng,
    )


def add_update(
    batch: Batch, tenant: Tenant, actor: Person, at: datetime, *, former: BillingProfileForm, rng: Random
) -> None:
    """Adds the line of a change of the customer's billing profile to the log of the actor's partner.

    Args:
        batch: Takes the row.
        tenant: The customer.
        actor: Who changed it.
        at: When.
        former: What the profile was before.
        rng: For ids.
    """
    changes = changes_between(NAMES, billing_values(former), billing_values(tenant.company.profile))
    _add_activity(
        batch,
        tenant,
        actor.tenant_id,
        actor,
        operation="update_customer_billing_profile",
        at=at,
        changes=changes,
        rng=rng,
    )


def add_end(batch: Batch, tenant: Tenant, actor: Person, at: datetime, rng: Random) -> None:
    """Adds the line of the end of the relationship to the log of the actor's partner.

    Args:
        batch: Takes the row.
        tenant: The customer.
        actor: Who ended it.
        at: When.
        rng: For ids.
    """
    _add_activity(
        batch,
        tenant,
        actor.tenant_id,
        actor,
        operation="remove_partner_customer_relationship",
        at=at,
        changes=[change("relationship.status", "ACTIVE", "ENDED")],
        rng=rng,
    )


def add_attestation(batch: Batch, tenant: Tenant, actor: Person, rng: Random) -> None:
    """Adds the customer agreement that the partner confirmed when it created the customer.

    Args:
        batch: Takes the row.
        tenant: The customer, of the global cloud, which alone has attestations.
        actor: The partner's person who confirmed it.
        rng: For ids.
    """
    profile = tenant.company.profile
    first, last = profile.address.first_name, profile.address.last_name
    phone = profile.address.phone_number
    batch.add(
        Agreement,
        id=uuid7(tenant.created_at, rng),
        cloud=tenant.cloud,
        customer_id=tenant.id,
        partner_id=actor.tenant_id,
        type=AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
        method=AgreementMethod.PARTNER_ATTESTATION,
        template_id=CUSTOMER_AGREEMENT_TEMPLATE,
        agreed_on=tenant.created_at,
        contact_first_name=first,
        contact_last_name=last,
        contact_email=profile.email,
        contact_phone_number=phone,
        contact_key=fold("|".join((first, last, profile.email, phone or ""))),
        recorded_by=actor.sign_in_name,
        created_at=tenant.created_at,
    )


def _add_activity(
    batch: Batch,
    tenant: Tenant,
    partner_id: UUID,
    actor: Person,
    *,
    operation: str,
    at: datetime,
    changes: Sequence[Change],
    rng: Random,
) -> None:
    name = tenant.company.profile.company_name
    batch.add(
        ActivityRecord,
        id=uuid7(at, rng),
        cloud=tenant.cloud,
        partner_id=partner_id,
        occurred_at=at,
        operation=operation,
        resource_type="customer",
        status=ActivityStatus.SUCCEEDED,
        actor=actor.sign_in_name,
        actor_id=actor.id,
        actor_kind=PrincipalKind.PARTNER_USER,
        actor_roles=sorted(role.value for role in actor.roles),
        actor_mfa=actor.mfa,
        customer_id=tenant.id,
        customer_name=name,
        customer_name_key=fold(name),
        correlation_id=f"{rng.getrandbits(128):032x}",
        changes=changes,
    )
