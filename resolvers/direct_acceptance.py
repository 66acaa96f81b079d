"""A customer accepts its agreement by itself: it counts for all its partners, and is always possible (settled)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Agreement, Relationship
from models.agreement import AgreementMethod, AgreementType
from models.relationship import RelationshipStatus
from resolvers.agreement_attestation import AgreementForm, ContactForm, agreement_changes, contact_key
from resolvers.agreements import TEMPLATES
from resolvers.audit import Change, record
from resolvers.call import Call
from resolvers.customer_people import name_of_caller
from resolvers.faults import Fault, FaultCode

TYPE = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT
FIELD = ("input", "agreement")


@dataclass(frozen=True, slots=True)
class AcceptanceForm:
    """What the customer said of the agreement that it was shown."""

    accepted: bool
    template_id: UUID


def check_acceptance(form: AcceptanceForm | None, *, due: bool, supported: bool) -> Fault | None:
    """What is wrong with an acceptance, or with its absence.

    Args:
        form: What the customer said; None where it said nothing.
        due: Whether the agreement must be accepted.
        supported: Whether the cloud has agreements to accept (permissions.md 5.2).
    """
    accepted = form is not None and form.accepted
    if due and not accepted:
        message = "Accept the customer agreement, too: `relationshipRequestPreview` has its text and its `templateId`."
        return Fault(FaultCode.AGREEMENT_REQUIRED, message, FIELD, 13605)
    if form is not None and not supported:
        message = "Agreements are not accepted one by one in this cloud; leave the part out."
        return Fault(FaultCode.NOT_SUPPORTED, message, FIELD, 900127)
    if form is not None and accepted and form.template_id != TEMPLATES[TYPE][0]:
        message = "This is not the agreement in force; take `templateId` from `relationshipRequestPreview`."
        return Fault(FaultCode.INVALID, message, (*FIELD, "templateId"), 3000)
    return None


async def accept_directly(call: Call, *, logged_by_caller: Collection[UUID] = ()) -> list[Change]:
    """Records that the caller, a customer's user, accepted for its company; does nothing where it has before.

    Args:
        call: The customer's call; `check_acceptance` found no fault.
        logged_by_caller: Partners in whose log the calling command writes a line of its own; every other partner
            that serves the customer gets `create_agreement`.

    Returns:
        The acceptance as the activity log shows it, for the caller's own lines; empty where nothing was written.
    """
    first, last = await name_of_caller(call)
    contact = ContactForm(first, last, call.principal.name, None)
    form = AgreementForm(TYPE, TEMPLATES[TYPE][0], call.now, contact)
    key = contact_key(form.contact)
    customer_id = call.principal.tenant_id
    before = select(col(Agreement.id)).where(
        col(Agreement.cloud) == call.principal.cloud,
        col(Agreement.customer_id) == customer_id,
        col(Agreement.partner_id).is_(None),
        col(Agreement.type) == TYPE,
        col(Agreement.contact_key) == key,
    )
    if (await call.transaction.execute(before.limit(1))).first() is not None:
        return []
    await call.add(
        Agreement(
            id=uuid7(),
            cloud=call.principal.cloud,
            customer_id=customer_id,
            type=TYPE,
            method=AgreementMethod.DIRECT_ACCEPTANCE,
            template_id=form.template_id,
            agreed_on=call.now,
            contact_first_name=form.contact.first_name or "",
            contact_last_name=form.contact.last_name or "",
            contact_email=form.contact.email or "",
            contact_key=key,
            recorded_by=call.principal.name,
            created_at=call.now,
        )
    )
    changes = agreement_changes(form)
    for partner in await _partners(call):
        if partner.partner_id not in logged_by_caller:
            await record(
                call,
                "create_agreement",
                "agreement",
                customer_id=customer_id,
                customer_name=partner.list_name,
                changes=changes,
                partner_id=partner.partner_id,
            )
    return changes


async def _partners(call: Call) -> list[Relationship]:
    serving = select(col(Relationship.partner_id), col(Relationship.list_name)).where(
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.customer_id) == call.principal.tenant_id,
        col(Relationship.status) == RelationshipStatus.ACTIVE,
    )
    return list((await call.transaction.execute(serving.order_by(col(Relationship.partner_id)))).all())
