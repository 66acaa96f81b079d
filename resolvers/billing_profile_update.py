"""Changing what a partner bills a customer under: the whole profile, or the contact in it (customers.md 1.3, 1.9)."""

from dataclasses import dataclass, replace
from functools import cache
from os import urandom
from uuid import UUID

from sqlalchemy import Update, Uuid, bindparam, update
from sqlmodel import col

from models import BillingProfile, Relationship
from policy.vocabulary import PrincipalKind
from resolvers.audit import changes_between, record
from resolvers.billing_profile_fields import (
    COLUMNS,
    NAMES,
    billing_columns,
    billing_form,
    billing_values,
    camel,
    stored_values,
)
from resolvers.billing_profiles import BillingProfileRow, visible_billing_profiles
from resolvers.call import Call
from resolvers.countries.profiles import check_billing_profile
from resolvers.customer_creation import check_region
from resolvers.customer_lookup import customer_not_found
from resolvers.faults import Fault, FaultCode, Path
from resolvers.forms import BillingProfileForm
from resolvers.naming import fold
from resolvers.outcome import Outcome, stopped
from resolvers.visibility import Rows, viewer_cloud, viewer_tenant

customer = bindparam("customer", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Updated:
    """The customer whose profile stands as asked now.

    Attributes:
        customer_id: The customer.
        profile: The profile as it is now: what was read and locked, with what was written.
    """

    customer_id: UUID
    profile: BillingProfileRow


@cache
def _profile(kind: PrincipalKind) -> Rows:
    found = visible_billing_profiles(kind).where(col(BillingProfile.customer_id) == customer)
    return found.with_for_update(of=BillingProfile)


async def find_profile(call: Call, customer_id: UUID | None) -> BillingProfileRow | None:
    """The partner's profile of a customer, locked; None for a customer that does not exist or is not the partner's."""
    if customer_id is None:
        return None
    row = (await call.transaction.execute(_profile(call.principal.kind), {"customer": customer_id})).first()
    return BillingProfileRow._make(row) if row else None


async def update_billing_profile(
    call: Call, customer_id: UUID | None, etag: str, form: BillingProfileForm
) -> Outcome[Updated]:
    """Replaces a billing profile; the list name follows its company name, the tenant's legal name does not.

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.
        etag: The profile's etag as the caller read it.
        form: The whole new profile; what is left out becomes empty.

    Returns:
        The customer, or NOT_FOUND, ETAG_REQUIRED, the form's faults, ETAG_MISMATCH. The same content again writes
        nothing and keeps the etag.
    """
    # Before the row is locked, and on SQLite before everybody else's turn to write is taken.
    checked, faults = check_billing_profile(form, ("input", "billingProfile"))
    faults += check_region(call.principal, checked.address.country)
    before = await find_profile(call, customer_id)
    if before is None:
        return stopped(customer_not_found())
    return await _write(call, before, etag, checked, faults)


async def update_contact(
    call: Call, customer_id: UUID | None, etag: str, patch: dict[str, str | None]
) -> Outcome[Updated]:
    """Changes names, e-mail or phone of the contact, which is a view on the billing profile (settled: contact).

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.
        etag: The profile's etag as the caller read it.
        patch: New values by column of the contact (`first_name`, `last_name`, `email`, `phone_number`); what is
            left out keeps its value, None clears it.

    Returns:
        As `update_billing_profile`.
    """
    before = await find_profile(call, customer_id)
    if before is None:
        return stopped(customer_not_found())
    stored = billing_form(before)
    wanted = replace(
        stored,
        first_name=patch.get("first_name", stored.first_name),
        last_name=patch.get("last_name", stored.last_name),
        email=patch.get("email", stored.email) or "",
        address=replace(stored.address, phone_number=patch.get("phone_number", stored.address.phone_number)),
    )
    checked, faults = check_billing_profile(wanted, ("input", "contact"))
    touched = {("input", "contact", camel(name)) for name in patch}
    flat = [replace(fault, field=_flat(fault.field)) for fault in faults]
    return await _write(call, before, etag, checked, [fault for fault in flat if fault.field in touched])


async def _write(
    call: Call, before: BillingProfileRow, etag: str, form: BillingProfileForm, faults: list[Fault]
) -> Outcome[Updated]:
    if not etag:
        message = "Say which version you change: quote the `etag` of `billingProfile` as you read it."
        faults.insert(0, Fault(FaultCode.ETAG_REQUIRED, message, ("input", "etag"), 2055))
    if faults:
        return stopped(*faults)
    if etag != before.etag:
        return stopped(_stale())
    changes = changes_between(NAMES, stored_values(before), billing_values(form))
    if not changes:
        return Outcome(Updated(before.customer_id, before))
    after = await _replace(call, before, form)
    if form.company_name != before.company_name:
        await _rename_in_list(call, before.customer_id, form.company_name)
    await record(
        call,
        "update_customer_billing_profile",
        "customer",
        customer_id=before.customer_id,
        customer_name=form.company_name,
        changes=changes,
    )
    return Outcome(Updated(before.customer_id, after))


async def _replace(call: Call, before: BillingProfileRow, form: BillingProfileForm) -> BillingProfileRow:
    # Of two writers with one etag the second waits for the first where it reads, and then reads another etag.
    content = {**billing_columns(form), "etag": urandom(16).hex()}
    await call.transaction.write(_replacement(), {**content, "updated_at": call.now, "customer": before.customer_id})
    return before._replace(**content)


@cache
def _replacement() -> Update:
    return (
        update(BillingProfile)
        .where(
            col(BillingProfile.cloud) == viewer_cloud,
            col(BillingProfile.partner_id) == viewer_tenant,
            col(BillingProfile.customer_id) == customer,
        )
        .values({name: bindparam(name) for name in (*COLUMNS, "etag", "updated_at")})
    )


async def _rename_in_list(call: Call, customer_id: UUID, name: str) -> None:
    values = {"customer": customer_id, "list_name": name, "list_name_key": fold(name)}
    await call.transaction.write(_renaming(), values)


@cache
def _renaming() -> Update:
    return (
        update(Relationship)
        .where(
            col(Relationship.cloud) == viewer_cloud,
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.customer_id) == customer,
        )
        .values({name: bindparam(name) for name in ("list_name", "list_name_key")})
    )


def _stale() -> Fault:
    message = (
        "Somebody changed the billing profile since you read it; read it again, apply your change, quote its new etag."
    )
    return Fault(FaultCode.ETAG_MISMATCH, message, ("input", "etag"), 2055)


def _flat(field: Path | None) -> Path | None:
    # The contact shows the address's phone number as its own.
    return (*field[:2], field[-1]) if field else field
