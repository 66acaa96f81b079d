"""A provider invites a reseller (R3.1): the link is open from the start, whoever sends it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import Partnership
from models.partnership import PartnershipStatus
from policy.decisions import require_kind
from policy.vocabulary import PartnerKind, Permission, ProgramStatus
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.expiry import partnership_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.naming import check_email, fold
from resolvers.outcome import Outcome, stopped
from resolvers.partner_lookup import find_partner


@dataclass(frozen=True, slots=True)
class PartnershipOf:
    """The partnership that a command was about."""

    partnership_id: UUID


async def invite_reseller(call: Call, target_email: str | None) -> Outcome[PartnershipOf]:
    """Opens an invitation that any indirect reseller may accept who has the link.

    Args:
        call: The call; its principal holds PARTNERSHIP_REQUEST.
        target_email: Whom the mail is for; None leaves that open.

    Returns:
        The invitation; the open one to the same address where there is one, and nothing is written then. Else
        INVALID, TOO_LONG or PROGRAM_NOT_ACTIVE.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_REQUEST, frozenset({PartnerKind.INDIRECT_PROVIDER}))
    email, faults = check_email(target_email, ("input", "targetEmail")) if target_email else (None, [])
    if call.principal.standing.program_status is not ProgramStatus.ACTIVE:
        message = "Your company's reseller program is not active yet; resellers can be invited once it is."
        faults.append(Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, None, 800039))
    if faults:
        return stopped(*faults)
    invitation = await _invitation(call, email)
    if invitation.open_key is not None:
        await _free(call, invitation.open_key)
    if not await call.add_unless_taken(invitation):
        return Outcome(PartnershipOf(await _open_one(call, invitation.open_key or "")))
    changes = [change("partnership.targetEmail", None, email)] if email else []
    await record(call, "request_partner_relationship", "partner_relationship", changes=changes)
    return Outcome(PartnershipOf(invitation.id))


async def _invitation(call: Call, email: str | None) -> Partnership:
    principal = call.principal
    return Partnership(
        id=uuid7(),
        cloud=principal.cloud,
        provider_id=principal.tenant_id,
        status=PartnershipStatus.REQUESTED,
        provider_name_key=fold((await find_partner(call, principal.tenant_id)).name),
        target_email=email,
        open_key=fold(email) if email else None,
        requested_at=call.now,
        requested_by=principal.name,
        expires_at=call.invitations.expires_at(call.now),
    )


async def _free(call: Call, open_key: str) -> None:
    # An overdue invitation holds its place until it is written down that it expired.
    principal = call.principal
    overdue = partnership_expiry.write_down(
        col(Partnership.cloud) == principal.cloud,
        col(Partnership.provider_id) == principal.tenant_id,
        col(Partnership.open_key) == open_key,
        now=call.now,
    )
    await call.transaction.execute(overdue)


async def _open_one(call: Call, open_key: str) -> UUID:
    same = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == call.principal.tenant_id,
        col(Partnership.open_key) == open_key,
    )
    found: UUID = (await call.transaction.execute(same)).scalar_one()
    return found
