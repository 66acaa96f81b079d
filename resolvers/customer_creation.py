"""Adding a customer: everything checked first, then a whole account or nothing at all (customers.md 3.1)."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import CustomerDomain, Partner, Relationship
from policy.decisions import Denied, decide
from policy.principal import Principal
from policy.vocabulary import Cloud, DenialCode, PartnerKind, Permission, PrincipalKind, ProgramStatus
from resolvers.agreement_attestation import AgreementForm, check_agreement, new_agreement
from resolvers.audit import record
from resolvers.call import Call
from resolvers.countries.domains import check_domain
from resolvers.countries.profiles import check_billing_profile
from resolvers.countries.registration import check_registration_number
from resolvers.countries.rules import country_rules, home_region
from resolvers.customer_rows import NewCustomer, account_changes, write_account
from resolvers.faults import Fault, FaultCode
from resolvers.forms import BillingProfileForm
from resolvers.outcome import Outcome, stopped
from resolvers.partnership_check import check_partnership
from resolvers.passwords import generate_password, hash_password

SANDBOX_CUSTOMERS = 75
PROFILE = ("input", "billingProfile")


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """A customer to add.

    Attributes:
        domain: Prefix or whole initial domain.
        billing_profile: How it is billed; its country becomes the customer's.
        organization_registration_number: The company's registration number, where its country has one.
        associated_reseller_id: The reseller it is created for; None for none.
        names_reseller: Whether the input named a reseller, be it one that does not exist.
        agreement: An acceptance to record with it.
    """

    domain: str
    billing_profile: BillingProfileForm
    organization_registration_number: str | None
    associated_reseller_id: UUID | None
    names_reseller: bool
    agreement: AgreementForm | None


@dataclass(frozen=True, slots=True)
class Created:
    """A new customer and the one and only showing of its first administrator's password (R1)."""

    customer_id: UUID
    user_name: str
    password: str


async def create_customer(call: Call, form: CustomerForm) -> Outcome[Created]:
    """Adds a customer: tenant, domain, relationship with admin privileges, billing profile, first administrator.

    Args:
        call: The call; its principal holds CUSTOMER_CREATE.
        form: What was filled in.

    Returns:
        The customer and its credentials, or every fault of the form and of the state of the data.

    Raises:
        Denied: A part of the form needs a permission that the caller lacks.
    """
    _require_for_parts(call.principal, form)
    checked, faults = _check_form(call, form)
    # Hashing takes a while on purpose; before the first statement it holds no lock that others wait for.
    password = generate_password()
    password_hash = await asyncio.to_thread(hash_password, password) if not faults else ""
    faults += await _check_state(call, checked)
    if faults:
        return stopped(*faults)
    new = NewCustomer(uuid7(), checked.domain, checked.billing_profile, checked.organization_registration_number)
    if not await write_account(call, new, checked.associated_reseller_id, password_hash):
        return stopped(domain_taken(checked.domain))
    await _record(call, new, checked)
    if checked.agreement is not None:
        await call.add(new_agreement(call, new.id, checked.agreement))
    return Outcome(Created(new.id, f"admin@{checked.domain}", password))


def domain_taken(domain: str) -> Fault:
    """The fault of a domain that some customer has already, whoever serves it."""
    message = f"The domain {domain} is taken. Choose another; a company that has an account is invited, not created."
    return Fault(FaultCode.DOMAIN_TAKEN, message, ("input", "domain"), 3000)


def _require_for_parts(principal: Principal, form: CustomerForm) -> None:
    if form.agreement is not None and principal.cloud is Cloud.GLOBAL:
        attest = decide(principal.standing, Permission.AGREEMENT_ATTEST)
        if not attest.granted:
            raise Denied(attest)
    if form.names_reseller and principal.kind is PrincipalKind.PARTNER_APP:
        decision = decide(principal.standing, Permission.CUSTOMER_CREATE)
        message = "Creating a customer for an indirect reseller needs a signed-in user; an application alone cannot."
        raise Denied(replace(decision, granted=False, code=DenialCode.APP_ONLY_NOT_SUPPORTED, message=message))


def _check_form(call: Call, form: CustomerForm) -> tuple[CustomerForm, list[Fault]]:
    principal = call.principal
    domain, faults = check_domain(form.domain, principal.cloud.value, principal.is_sandbox, ("input", "domain"))
    profile, profile_faults = check_billing_profile(form.billing_profile, PROFILE)
    country = profile.address.country
    number, number_faults = check_registration_number(
        form.organization_registration_number, country, ("input", "organizationRegistrationNumber")
    )
    faults += [*profile_faults, *number_faults, *check_region(principal, country)]
    agreement = form.agreement
    if agreement is not None and principal.cloud is not Cloud.GLOBAL:
        message = "Agreements are not attested in this cloud; leave the part out."
        faults.append(Fault(FaultCode.NOT_SUPPORTED, message, ("input", "agreement"), 900127))
    elif agreement is not None:
        agreement, agreement_faults = check_agreement(agreement, country, call.now, ("input", "agreement"))
        faults += agreement_faults
    if form.names_reseller and PartnerKind.INDIRECT_PROVIDER not in principal.standing.partner_kinds:
        message = "Only an indirect provider creates customers for a reseller; leave the field out."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "associatedResellerId"), 3000))
    if principal.standing.program_status is not ProgramStatus.ACTIVE:
        message = "Your company's reseller program is not active yet; customers can be added once it is."
        faults.append(Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, None, 800039))
    checked = replace(
        form,
        domain=domain,
        billing_profile=profile,
        organization_registration_number=number,
        agreement=agreement,
    )
    return checked, faults


def check_region(principal: Principal, country: str) -> list[Fault]:
    """R1.9: partner and customer are of one selling region.

    Args:
        principal: The partner's principal.
        country: The customer's country, known or not; an unknown one is another check's fault.
    """
    if country == principal.country:
        return []
    own, theirs = home_region(principal.country or ""), home_region(country)
    if own == theirs or country_rules(country) is None:
        return []
    message = f"{country} is not in your selling region {own}; choose a country of it or sell through another account."
    return [Fault(FaultCode.REGION_MISMATCH, message, (*PROFILE, "address", "country"), 2030)]


async def _check_state(call: Call, form: CustomerForm) -> list[Fault]:
    faults = []
    taken = select(col(CustomerDomain.name)).where(col(CustomerDomain.name) == form.domain)
    # PostgreSQL cannot be asked for U+0000, which the form's check has refused.
    if "\0" not in form.domain and (await call.transaction.execute(taken)).first() is not None:
        faults.append(domain_taken(form.domain))
    if form.names_reseller and PartnerKind.INDIRECT_PROVIDER in call.principal.standing.partner_kinds:
        faults += await check_partnership(call, form.associated_reseller_id, ("input", "associatedResellerId"))
    if call.principal.is_sandbox:
        faults += await _check_sandbox(call)
    return faults


async def _check_sandbox(call: Call) -> list[Fault]:
    principal = call.principal
    # The row lock makes two creations count one after the other; SQLite writers wait for each other anyway.
    partner = select(col(Partner.id)).where(
        col(Partner.cloud) == principal.cloud, col(Partner.id) == principal.tenant_id
    )
    await call.transaction.execute(partner.with_for_update())
    held = select(func.count()).where(
        col(Relationship.cloud) == principal.cloud, col(Relationship.partner_id) == principal.tenant_id
    )
    if (await call.transaction.execute(held)).scalar_one() < SANDBOX_CUSTOMERS:
        return []
    message = f"A sandbox holds {SANDBOX_CUSTOMERS} customers; delete one with `customerDelete` first."
    return [Fault(FaultCode.LIMIT_REACHED, message, None, 800018)]


async def _record(call: Call, new: NewCustomer, form: CustomerForm) -> None:
    name = new.profile.company_name
    changes = account_changes(new, form.agreement)
    await record(call, "add_customer", "customer", customer_id=new.id, customer_name=name, changes=changes)
    if form.associated_reseller_id is not None:
        # The reseller's list changed, too; its log gets what it sees of the customer, nothing of the provider's.
        shared = [entry for entry in changes if entry["field"] in ("companyName", "domain", "country")]
        await record(
            call,
            "add_customer",
            "customer",
            customer_id=new.id,
            customer_name=name,
            changes=shared,
            partner_id=form.associated_reseller_id,
        )
