"""A customer accepts its agreement itself (R2.20): counts for all of its partners."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Agreement
from models.agreement import AgreementMethod, AgreementType
from resolvers.agreements import TEMPLATES
from resolvers.call import Call
from resolvers.customer_people import name_of_caller
from resolvers.faults import Fault, FaultCode
from resolvers.naming import fold

FIELD = ("input", "agreement")
TYPE = AgreementType.MICROSOFT_CUSTOMER_AGREEMENT


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


async def accept_agreement(call: Call, form: AcceptanceForm) -> None:
    """Records the acceptance by the caller's company, unless it is on record.

    Args:
        call: The call of the customer's global admin; the customer's row is locked.
        form: A checked acceptance.
    """
    own = select(col(Agreement.id)).where(
        col(Agreement.cloud) == call.principal.cloud,
        col(Agreement.customer_id) == call.principal.tenant_id,
        col(Agreement.type) == TYPE,
        col(Agreement.partner_id).is_(None),
    )
    if (await call.transaction.execute(own.limit(1))).first() is not None:
        return
    first, last = await name_of_caller(call)
    await call.add(
        Agreement(
            id=uuid7(),
            cloud=call.principal.cloud,
            customer_id=call.principal.tenant_id,
            type=TYPE,
            method=AgreementMethod.DIRECT_ACCEPTANCE,
            template_id=form.template_id,
            agreed_on=call.now,
            contact_first_name=first,
            contact_last_name=last,
            contact_email=call.principal.name,
            contact_key=fold(f"{first}|{last}|{call.principal.name}|"),
            recorded_by=call.principal.name,
            created_at=call.now,
        )
    )
