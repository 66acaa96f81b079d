"""Requesting that a customer is recognised as something (customers.md 4.2)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Customer, Qualification, ValidationCode
from models.qualification import QualificationKind, VettingStatus
from policy.vocabulary import PartnerKind
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found, find_customer
from resolvers.customers import CustomerRow
from resolvers.faults import Fault, FaultCode, Path
from resolvers.naming import check_text, invalid, missing
from resolvers.outcome import Outcome, stopped
from resolvers.qualifications import QualificationRow, visible_qualifications

Kind = QualificationKind
EDUCATION_SEGMENTS = ("K12", "HigherEducation")
LONGEST_WEBSITE = 2000
LONGEST_CODE = 100
KIND = ("input", "kind")
SEGMENT = ("input", "educationSegment")
WEBSITE = ("input", "website")
CODE = ("input", "validationCode")
EXCLUDED_BY = {
    Kind.EDUCATION: frozenset({Kind.GOVERNMENT_COMMUNITY_CLOUD}),
    Kind.GOVERNMENT_COMMUNITY_CLOUD: frozenset({Kind.EDUCATION, Kind.NONPROFIT}),
}
"""What must not be there for a kind; a state-owned entity goes with all."""
MAY_USE_CODES = frozenset({PartnerKind.DIRECT_BILL, PartnerKind.INDIRECT_PROVIDER})


@dataclass(frozen=True, slots=True)
class QualificationForm:
    """What is requested.

    Attributes:
        kind: As what the customer shall be recognised.
        education_segment: For EDUCATION: `K12` or `HigherEducation`.
        website: For EDUCATION: where the vetting can look.
        validation_code: For GOVERNMENT_COMMUNITY_CLOUD: what the organisation was given.
    """

    kind: QualificationKind
    education_segment: str | None
    website: str | None
    validation_code: str | None


@dataclass(frozen=True, slots=True)
class Requested:
    """What stands now."""

    customer_id: UUID
    qualification_id: UUID


async def request_qualification(call: Call, customer_id: UUID | None, form: QualificationForm) -> Outcome[Requested]:
    """Requests a qualification: EDUCATION goes into review, the others are granted at once.

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.
        form: What is requested.

    Returns:
        The qualification, or NOT_FOUND, the form's faults, QUALIFICATION_CONFLICT, INVALID_STATE (it is there or in
        review already), VALIDATION_CODE_EXHAUSTED.
    """
    customer = await find_customer(call, customer_id)
    if customer is None:
        return stopped(customer_not_found())
    faults = _check_form(form) + _check_customer(call, customer, form)
    await _lock(call, customer.id)
    held = await _held(call, customer.id)
    faults += _check_held(held, form.kind)
    if faults:
        return stopped(*faults)
    if form.kind is Kind.GOVERNMENT_COMMUNITY_CLOUD:
        spent = await _spend_code(call, (form.validation_code or "").strip())
        if spent is not None:
            return stopped(spent)
    key = await _write(call, customer, form, held.get(form.kind))
    return Outcome(Requested(customer.id, key))


def _check_form(form: QualificationForm) -> list[Fault]:
    if form.kind is Kind.NONPROFIT:
        message = "A partner cannot make a customer a nonprofit; request another kind."
        return [Fault(FaultCode.NOT_SUPPORTED, message, KIND, 3000)]
    faults = []
    if form.kind is Kind.EDUCATION:
        if not form.education_segment:
            faults.append(missing(SEGMENT, ": K12 or HigherEducation"))
        elif form.education_segment not in EDUCATION_SEGMENTS:
            faults.append(invalid(SEGMENT, "The segment is K12 or HigherEducation; write one of the two."))
        faults += _check_website(form.website)
    else:
        faults += _left_out(form.education_segment, SEGMENT) + _left_out(form.website, WEBSITE)
    if form.kind is not Kind.GOVERNMENT_COMMUNITY_CLOUD:
        return faults + _left_out(form.validation_code, CODE)
    if not (form.validation_code or "").strip():
        return [*faults, missing(CODE, ": the code that the organisation was given")]
    return faults + check_text(form.validation_code, CODE, LONGEST_CODE, optional=True)[1]


def _check_website(website: str | None) -> list[Fault]:
    text, faults = check_text(website, WEBSITE, LONGEST_WEBSITE, optional=True)
    if text is None or faults:
        return faults
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.hostname:
        return []
    return [invalid(WEBSITE, "The website is no address; write one like https://www.example.edu.")]


def _left_out(value: str | None, path: Path) -> list[Fault]:
    if not value:
        return []
    message = "This kind of qualification does not ask for it; leave it out."
    return [Fault(FaultCode.NOT_SUPPORTED, message, path, 3000)]


def _check_customer(call: Call, customer: CustomerRow, form: QualificationForm) -> list[Fault]:
    if form.kind is not Kind.GOVERNMENT_COMMUNITY_CLOUD:
        return []
    if customer.country != "US":
        message = "Only US organisations belong in the government community cloud; request another kind."
        return [Fault(FaultCode.NOT_SUPPORTED, message, KIND, 3000)]
    if not call.principal.standing.partner_kinds & MAY_USE_CODES:
        message = "Only direct-bill partners and indirect providers use validation codes; ask your provider."
        return [Fault(FaultCode.NOT_SUPPORTED, message, KIND, 3000)]
    return []


def _check_held(held: dict[QualificationKind, QualificationRow], wanted: QualificationKind) -> list[Fault]:
    granted = {kind for kind, row in held.items() if row.vetting_status is not VettingStatus.DENIED}
    if wanted in granted:
        message = "The customer has this qualification, or its review runs; there is nothing to request."
        return [Fault(FaultCode.INVALID_STATE, message, KIND, 3000)]
    exclusive = granted & EXCLUDED_BY.get(wanted, frozenset())
    if exclusive:
        message = f"The customer is {', '.join(sorted(kind.name for kind in exclusive))}, which excludes {wanted.name}."
        return [Fault(FaultCode.QUALIFICATION_CONFLICT, message, KIND, 3000)]
    return []


async def _lock(call: Call, customer_id: UUID) -> None:
    # Two partners may request for one customer at once: what excludes each other is asked for one after the other.
    row = select(col(Customer.id)).where(col(Customer.cloud) == call.principal.cloud, col(Customer.id) == customer_id)
    await call.transaction.execute(row.with_for_update())


async def _held(call: Call, customer_id: UUID) -> dict[QualificationKind, QualificationRow]:
    seen = visible_qualifications(call.principal.kind).where(col(Qualification.customer_id) == customer_id)
    rows = [QualificationRow._make(row) for row in (await call.transaction.execute(seen)).all()]
    return {row.kind: row for row in rows}


async def _spend_code(call: Call, code: str) -> Fault | None:
    mine = (
        col(ValidationCode.cloud) == call.principal.cloud,
        col(ValidationCode.partner_id) == call.principal.tenant_id,
        col(ValidationCode.code) == code,
    )
    # Of two that want the last use the database lets one have it.
    use = update(ValidationCode).where(*mine, col(ValidationCode.remaining_uses) > 0)
    spent = await call.transaction.execute(use.values(remaining_uses=ValidationCode.remaining_uses - 1))
    if spent.rowcount == 1:
        return None
    if (await call.transaction.execute(select(col(ValidationCode.code)).where(*mine))).first() is None:
        message = "Your company has no such validation code; copy it as the organisation was given it."
        return Fault(FaultCode.INVALID, message, CODE, 3000)
    message = "The code was used for as many customers as it is good for; have the organisation ask for another."
    return Fault(FaultCode.VALIDATION_CODE_EXHAUSTED, message, CODE, 3000)


async def _write(call: Call, customer: CustomerRow, form: QualificationForm, before: QualificationRow | None) -> UUID:
    status = {
        Kind.EDUCATION: VettingStatus.IN_REVIEW,
        Kind.GOVERNMENT_COMMUNITY_CLOUD: VettingStatus.APPROVED,
    }.get(form.kind)
    values: dict[str, Any] = {
        "vetting_status": status,
        "vetting_reason": None,
        "education_segment": form.education_segment,
        "website": (form.website or "").strip() or None,
        "created_at": call.now,
    }
    key = before.id if before else uuid7()
    if before:
        whose = (col(Qualification.cloud) == call.principal.cloud, col(Qualification.id) == key)
        await call.transaction.execute(update(Qualification).where(*whose).values(**values))
    else:
        await call.add(
            Qualification(cloud=call.principal.cloud, customer_id=customer.id, id=key, kind=form.kind, **values)
        )
    former = before.vetting_status.name if before and before.vetting_status else None
    await record(
        call,
        "update_customer_qualification",
        "customer",
        customer_id=customer.id,
        customer_name=customer.company_name,
        changes=[
            change("qualification.kind", form.kind.name if before else None, form.kind.name),
            change("qualification.vettingStatus", former, status and status.name),
        ],
    )
    return key
