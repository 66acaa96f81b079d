"""A customer accepts its agreement by itself: it counts for all its partners, and is always possible (settled)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Agreement, CustomerUser, Relationship
from models.agreement import AgreementMethod, AgreementType
from models.relationship import RelationshipStatus
from resolvers.agreement_attestation import AgreementForm, ContactForm, agreement_changes, contact_key
from resolvers.agreements import TEMPLATES
from resolvers.audit import Change, record
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path

TYPE = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT


def check_acceptance(template_id: UUID, *, accepted: bool, path: Path) -> list[Fault]:
    """The faults of an acceptance: of another text, or one that says no.

    Args:
        template_id: The text that was shown.
        accepted: What the customer said.
        path: Path of the acceptance in the input.
    """
    faults = []
    if not accepted:
        message = "The agreement has to be accepted; without it nothing can be bought."
        faults.append(Fault(FaultCode.AGREEMENT_REQUIRED, message, (*path, "accepted"), 13605))
    if template_id != TEMPLATES[TYPE][0]:
        message = f"This is no template of {TYPE.name}; take the one that the preview shows."
        faults.append(Fault(FaultCode.INVALID, message, (*path, "templateId"), 3000))
    return faults


async def accept_directly(call: Call, *, logged_by_caller: Collection[UUID] = ()) -> list[Change]:
    """Records that the caller, a customer's user, accepted for its company; does nothing where it has before.

    Args:
        call: The customer's call; `check_acceptance` found no fault.
        logged_by_caller: Partners in whose log the calling command writes a line of its own; every other partner
            that serves the customer gets `create_agreement`.

    Returns:
        The acceptance as the activity log shows it, for the caller's own lines; empty where nothing was written.
    """
    form = AgreementForm(TYPE, TEMPLATES[TYPE][0], call.now, await _contact(call))
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


async def _contact(call: Call) -> ContactForm:
    user = select(col(CustomerUser.display_name)).where(
        col(CustomerUser.cloud) == call.principal.cloud,
        col(CustomerUser.customer_id) == call.principal.tenant_id,
        col(CustomerUser.id) == call.principal.actor_id,
    )
    first, _, last = str((await call.transaction.execute(user)).scalar_one()).partition(" ")
    return ContactForm(first, last, call.principal.name, None)


async def _partners(call: Call) -> list[Relationship]:
    serving = select(col(Relationship.partner_id), col(Relationship.list_name)).where(
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.customer_id) == call.principal.tenant_id,
        col(Relationship.status) == RelationshipStatus.ACTIVE,
    )
    return list((await call.transaction.execute(serving.order_by(col(Relationship.partner_id)))).all())
