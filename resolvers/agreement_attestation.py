"""Recording that a customer accepted its agreement, on the word of the partner (customers.md 3.3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from models import Agreement
from models.agreement import AgreementMethod, AgreementType
from resolvers.agreements import TEMPLATES
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.countries.phones import check_phone
from resolvers.customer_lookup import customer_not_found, find_customer
from resolvers.customers import CustomerRow
from resolvers.faults import Fault, FaultCode, Path
from resolvers.naming import LONGEST_PERSON_NAME, check_email, check_text, fold
from resolvers.outcome import Outcome, stopped


@dataclass(frozen=True, slots=True)
class ContactForm:
    """Who accepted for the customer."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone_number: str | None


@dataclass(frozen=True, slots=True)
class AgreementForm:
    """An acceptance to record."""

    type: AgreementType
    template_id: UUID
    agreed_on: datetime
    contact: ContactForm


@dataclass(frozen=True, slots=True)
class Attested:
    """What was recorded."""

    customer_id: UUID
    agreement_id: UUID


def check_agreement(form: AgreementForm, country: str, now: datetime, path: Path) -> tuple[AgreementForm, list[Fault]]:
    """An acceptance in normal form, and its faults.

    Args:
        form: What was filled in.
        country: The customer's country, for the phone number.
        now: Acceptances in the future are refused.
        path: Path of the form in the input.
    """
    faults = []
    if TEMPLATES[form.type][0] != form.template_id:
        message = f"This is no template of {form.type.name}; take `templateId` from `agreementTemplates`."
        faults.append(Fault(FaultCode.INVALID, message, (*path, "templateId"), 3000))
    if form.agreed_on > now:
        message = "An acceptance cannot lie in the future; write when the customer agreed."
        faults.append(Fault(FaultCode.INVALID, message, (*path, "agreedOn"), 3000))
    contact, contact_faults = _check_contact(form.contact, country, (*path, "contact"))
    return AgreementForm(form.type, form.template_id, form.agreed_on, contact), faults + contact_faults


def _check_contact(form: ContactForm, country: str, path: Path) -> tuple[ContactForm, list[Fault]]:
    first, first_faults = check_text(form.first_name or "", (*path, "firstName"), LONGEST_PERSON_NAME)
    last, last_faults = check_text(form.last_name or "", (*path, "lastName"), LONGEST_PERSON_NAME)
    email, email_faults = check_email(form.email or "", (*path, "email"))
    phone, phone_faults = (
        check_phone(form.phone_number, country, (*path, "phoneNumber")) if form.phone_number else (None, [])
    )
    return ContactForm(first, last, email, phone), [*first_faults, *last_faults, *email_faults, *phone_faults]


async def attest_agreement(call: Call, customer_id: UUID | None, form: AgreementForm) -> Outcome[Attested]:
    """Records an acceptance for a customer of the caller's partner.

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.
        form: What was filled in.

    Returns:
        The agreement, or NOT_FOUND, the form's faults, AGREEMENT_EXISTS (600061) for the same contact again.
    """
    customer = await find_customer(call, customer_id)
    if customer is None:
        return stopped(customer_not_found())
    checked, faults = check_agreement(form, customer.country, call.now, ("input", "agreement"))
    if faults:
        return stopped(*faults)
    return await _record_agreement(call, customer, checked)


async def _record_agreement(call: Call, customer: CustomerRow, form: AgreementForm) -> Outcome[Attested]:
    agreement = new_agreement(call, customer.id, form)
    if not await call.add_unless_taken(agreement):
        message = (
            "This contact's acceptance is recorded already; record it again only with another name, e-mail or phone."
        )
        return stopped(Fault(FaultCode.AGREEMENT_EXISTS, message, ("input", "agreement", "contact"), 600061))
    await record(
        call,
        "create_agreement",
        "agreement",
        customer_id=customer.id,
        customer_name=customer.company_name,
        changes=agreement_changes(form),
    )
    return Outcome(Attested(customer.id, agreement.id))


def agreement_changes(form: AgreementForm) -> list[dict[str, object]]:
    """An acceptance as the activity log shows it."""
    contact = form.contact
    return [
        change("agreement.type", None, form.type.name),
        change("agreement.agreedOn", None, form.agreed_on.isoformat()),
        change("agreement.contact.firstName", None, contact.first_name),
        change("agreement.contact.lastName", None, contact.last_name),
        change("agreement.contact.email", None, contact.email),
        change("agreement.contact.phoneNumber", None, contact.phone_number),
    ]


def new_agreement(call: Call, customer_id: UUID, form: AgreementForm) -> Agreement:
    """The row of a checked acceptance, attested by the caller."""
    contact = form.contact
    return Agreement(
        id=uuid7(),
        cloud=call.principal.cloud,
        customer_id=customer_id,
        partner_id=call.principal.tenant_id,
        type=form.type,
        method=AgreementMethod.PARTNER_ATTESTATION,
        template_id=form.template_id,
        agreed_on=form.agreed_on,
        contact_first_name=contact.first_name or "",
        contact_last_name=contact.last_name or "",
        contact_email=contact.email or "",
        contact_phone_number=contact.phone_number,
        contact_key=contact_key(contact),
        recorded_by=call.principal.name,
        created_at=call.now,
    )


def contact_key(contact: ContactForm) -> str:
    """What makes two contacts the same: names, e-mail and phone, ignoring case (600061)."""
    quadruple = (contact.first_name, contact.last_name, contact.email, contact.phone_number)
    return fold("|".join(part or "" for part in quadruple))
