"""A provider ends a partnership, or takes an invitation back (R3.6): customers, privileges, subscriptions stay."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import Partnership
from models.outbox import MailKind
from models.partnership import PartnershipStatus
from policy.decisions import require_kind
from policy.vocabulary import PartnerKind, Permission
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.expiry import partnership_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.outbox import withdraw_mail
from resolvers.outcome import Outcome, stopped
from resolvers.partnership_invitation import PartnershipOf
from resolvers.partnership_lookup import ID, find_own_partnership, partnership_not_found

AFTER = {
    PartnershipStatus.ACTIVE: PartnershipStatus.ENDED,
    PartnershipStatus.REQUESTED: PartnershipStatus.CANCELLED,
}


async def end_partnership(call: Call, partnership_id: UUID | None, *, declared: bool) -> Outcome[PartnershipOf]:
    """Ends what is active, cancels what is requested.

    Args:
        call: The call; its principal holds PARTNERSHIP_REMOVE.
        partnership_id: The partnership; None where the id names none.
        declared: Whether the provider declared that it acts in good faith and gives notice.

    Returns:
        The partnership, or NOT_FOUND, or INVALID_STATE for one that is over and INVALID without the declaration.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_REMOVE, frozenset({PartnerKind.INDIRECT_PROVIDER}))
    found = await find_own_partnership(call, partnership_id)
    if found is None:
        return stopped(partnership_not_found())
    faults = []
    overdue = partnership_expiry.is_overdue(found, call.now)
    if found.status not in AFTER or overdue:
        status = PartnershipStatus.EXPIRED if overdue else found.status
        faults.append(Fault(FaultCode.INVALID_STATE, f"It is {status.name} already; there is nothing to end.", ID))
    if not declared:
        message = "Declare that you act in good faith and give the notices that the law asks for."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "declarationAccepted"), 3000))
    if faults:
        return stopped(*faults)
    await _end(call, found)
    return Outcome(PartnershipOf(found.id))


async def _end(call: Call, found: Partnership) -> None:
    status = AFTER[found.status]
    ended = (
        update(Partnership)
        .where(col(Partnership.id) == found.id)
        .values(status=status, open_key=None, ended_at=call.now, ended_by=call.principal.name)
    )
    await call.transaction.execute(ended)
    await withdraw_mail(call, MailKind.PARTNERSHIP, found.id)
    changes = [change("partnership.status", found.status.name, status.name)]
    for partner_id in filter(None, (found.provider_id, found.reseller_id)):
        await record(
            call, "remove_partner_relationship", "partner_relationship", changes=changes, partner_id=partner_id
        )
