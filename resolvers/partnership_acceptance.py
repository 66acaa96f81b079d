"""A reseller authorises a provider (R3.1-R3.3): the first that accepts is bound, and nobody else can be."""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from models import Partner, Partnership
from models.partnership import PartnershipStatus
from policy.decisions import require_kind
from policy.vocabulary import PartnerKind, Permission, ProgramStatus
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.countries.rules import home_region
from resolvers.expiry import partnership_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.global_ids import ObjectKind, global_id
from resolvers.invitations import Invited
from resolvers.naming import fold
from resolvers.outcome import Outcome, stopped
from resolvers.partner_lookup import find_partner
from resolvers.partnership_invitation import PartnershipOf

TOKEN = ("input", "token")
MAY_LINK = frozenset({ProgramStatus.QUALIFIED, ProgramStatus.ACTIVE})


async def accept_partnership(call: Call, token: str, *, authorized: bool) -> Outcome[PartnershipOf]:
    """Makes a partnership of an invitation.

    Args:
        call: The call; its principal holds PARTNERSHIP_APPROVE.
        token: From the link.
        authorized: Whether the box was ticked that lets the provider in.

    Returns:
        The partnership; again where this reseller accepted it before, and nothing is written then. Else the first
        of NOT_FOUND, EXPIRED, INVALID_STATE, REGION_MISMATCH, PROGRAM_NOT_ACTIVE, and INVALID for the box.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_APPROVE, frozenset({PartnerKind.INDIRECT_RESELLER}))
    found = await _find(call, token)
    if found is not None and found.reseller_id == call.principal.tenant_id:
        return Outcome(PartnershipOf(found.id))
    faults = []
    # Locked, so that two links of one provider, accepted at once, make one partnership.
    reseller = await find_partner(call, call.principal.tenant_id, locked=True)
    if found is None:
        message = "This link opens no invitation of this cloud. Open the link from the mail again, unchanged."
        faults.append(Fault(FaultCode.NOT_FOUND, message, TOKEN, 1000))
    else:
        faults += await _obstacle(call, found, reseller)
    if not authorized:
        message = "Tick the box: the provider may order for your customers and gets admin access to your account."
        faults.append(Fault(FaultCode.INVALID, message, ("input", "authorizeProvider"), 3000))
    if found is None or faults:
        return stopped(*faults)
    await _activate(call, found, reseller)
    return Outcome(PartnershipOf(found.id))


async def _find(call: Call, token: str) -> Partnership | None:
    key = call.invitations.read(Invited.RESELLER, token)
    if key is None:
        return None
    # Locked, so that of two resellers with one link the second sees what the first did.
    of_token = col(Partnership.cloud) == call.principal.cloud, col(Partnership.id) == key
    return await call.find(Partnership, *of_token, locked=True)


async def _obstacle(call: Call, invitation: Partnership, reseller: Partner) -> list[Fault]:
    if invitation.status is PartnershipStatus.EXPIRED or partnership_expiry.is_overdue(invitation, call.now):
        message = "The invitation was not answered in time. Ask the provider for another one."
        return [Fault(FaultCode.EXPIRED, message, TOKEN)]
    if invitation.status is not PartnershipStatus.REQUESTED:
        message = f"The invitation is {invitation.status.name} and can be accepted no longer. Ask for another one."
        return [Fault(FaultCode.INVALID_STATE, message, TOKEN)]
    provider = await find_partner(call, invitation.provider_id)
    if home_region(provider.country) != home_region(reseller.country):
        message = f"The provider sells in {home_region(provider.country)}; partners of one selling region connect."
        return [Fault(FaultCode.REGION_MISMATCH, message, TOKEN, 2201)]
    if reseller.program_status not in MAY_LINK or provider.program_status is not ProgramStatus.ACTIVE:
        whose = "Your company's" if reseller.program_status not in MAY_LINK else "The provider's"
        message = f"{whose} reseller program is not active; accept once it is."
        return [Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, TOKEN, 800039)]
    return await _connected(call, invitation.provider_id)


async def _connected(call: Call, provider_id: UUID) -> list[Fault]:
    live = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == provider_id,
        col(Partnership.reseller_id) == call.principal.tenant_id,
        col(Partnership.status) == PartnershipStatus.ACTIVE,
    )
    row = (await call.transaction.execute(live)).first()
    if row is None:
        return []
    message = "Your company works with this provider already; there is nothing to accept."
    related = (global_id(ObjectKind.PARTNERSHIP, row.id),)
    return [Fault(FaultCode.INVALID_STATE, message, TOKEN, None, related)]


async def _activate(call: Call, invitation: Partnership, reseller: Partner) -> None:
    accepted = (
        update(Partnership)
        .where(col(Partnership.id) == invitation.id)
        .values(
            reseller_id=reseller.id,
            reseller_name_key=fold(reseller.name),
            status=PartnershipStatus.ACTIVE,
            open_key=None,
            accepted_at=call.now,
            accepted_by=call.principal.name,
        )
    )
    await call.transaction.execute(accepted)
    changes = [change("partnership.status", PartnershipStatus.REQUESTED.name, PartnershipStatus.ACTIVE.name)]
    for partner_id in (reseller.id, invitation.provider_id):
        await record(
            call, "create_partner_relationship", "partner_relationship", changes=changes, partner_id=partner_id
        )
