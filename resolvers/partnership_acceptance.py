"""A reseller authorises a provider (R3.1-R3.3): the first that accepts is bound, and nobody else can be."""

from sqlalchemy import update
from sqlmodel import col

from models import Partnership
from models.partnership import PartnershipStatus
from policy.decisions import require_kind
from policy.vocabulary import PartnerKind, Permission
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.naming import fold
from resolvers.outcome import Outcome, stopped
from resolvers.partnership_invitation import PartnershipOf
from resolvers.partnership_opening import Opened, check_sides, check_state, open_invitation, unknown_link


async def accept_partnership(call: Call, token: str, *, authorized: bool) -> Outcome[PartnershipOf]:
    """Makes a partnership of an invitation.

    Args:
        call: The call; its principal holds PARTNERSHIP_APPROVE.
        token: From the link.
        authorized: Whether the box was ticked that lets the provider in.

    Returns:
        The partnership; again where this reseller accepted it before and it lives, and nothing is written then. Else
        the first of NOT_FOUND, EXPIRED, INVALID_STATE, REGION_MISMATCH, PROGRAM_NOT_ACTIVE, and INVALID for the box.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_APPROVE, frozenset({PartnerKind.INDIRECT_RESELLER}))
    opened = await open_invitation(call, token, to_decide=True)
    if opened is not None and opened.accepted_by_caller:
        return Outcome(PartnershipOf(opened.invitation.id))
    fault = unknown_link() if opened is None else check_state(opened) or await check_sides(call, opened)
    faults = [] if fault is None else [fault]
    if not authorized:
        message = "Tick the box: the provider may order for your customers and gets admin access to your account."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "authorizeProvider"), 3000))
    if opened is None or faults:
        return stopped(*faults)
    await _activate(call, opened)
    return Outcome(PartnershipOf(opened.invitation.id))


async def _activate(call: Call, opened: Opened) -> None:
    accepted = (
        update(Partnership)
        .where(col(Partnership.id) == opened.invitation.id)
        .values(
            reseller_id=opened.reseller.id,
            reseller_name_key=fold(opened.reseller.name),
            status=PartnershipStatus.ACTIVE,
            open_key=None,
            accepted_at=call.now,
            accepted_by=call.principal.name,
        )
    )
    await call.transaction.execute(accepted)
    changes = [change("partnership.status", PartnershipStatus.REQUESTED.name, PartnershipStatus.ACTIVE.name)]
    for partner_id in (opened.reseller.id, opened.provider.id):
        await record(
            call, "create_partner_relationship", "partner_relationship", changes=changes, partner_id=partner_id
        )
