"""A provider's invitation, opened by its link, and what stands between a reseller and its acceptance (R3.2, R3.5)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from models import Partner, Partnership
from models.partnership import PartnershipStatus
from policy.vocabulary import ProgramStatus
from resolvers.call import Call
from resolvers.countries.rules import home_region
from resolvers.expiry import partnership_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.global_ids import ObjectKind, global_id
from resolvers.invitations import Invited
from resolvers.partner_lookup import find_partner

TOKEN = ("input", "token")
MAY_LINK = frozenset({ProgramStatus.QUALIFIED, ProgramStatus.ACTIVE})


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation and its two sides.

    Attributes:
        invitation: The invitation; an overdue one is EXPIRED.
        provider: Who invites.
        reseller: The caller's company.
    """

    invitation: Partnership
    provider: Partner
    reseller: Partner

    @property
    def accepted_by_caller(self) -> bool:
        """Whether the caller's company accepted, and the partnership lives."""
        return self.invitation.status is PartnershipStatus.ACTIVE and self.invitation.reseller_id == self.reseller.id


async def open_invitation(call: Call, token: str, *, to_decide: bool) -> Opened | None:
    """The invitation behind a link, for an indirect reseller's user.

    Args:
        call: The call.
        token: From the link.
        to_decide: Whether it is going to be decided. Then it is locked, so that of two resellers with one link the
            second sees what the first did, and so is the reseller, so that two links of one provider, accepted at
            once, make one partnership.

    Returns:
        The invitation; None for a token that is not ours or of another cloud, all alike.
    """
    key = call.invitations.read(Invited.RESELLER, token)
    if key is None:
        return None
    of_token = col(Partnership.cloud) == call.principal.cloud, col(Partnership.id) == key
    invitation = await call.find(Partnership, *of_token, locked=to_decide)
    if invitation is None:
        return None
    if partnership_expiry.is_overdue(invitation, call.now):
        invitation.status = PartnershipStatus.EXPIRED
    reseller = await find_partner(call, call.principal.tenant_id, locked=to_decide)
    return Opened(invitation, await find_partner(call, invitation.provider_id), reseller)


def unknown_link() -> Fault:
    """The fault of a token that opens nothing; never says why."""
    message = "This link opens no invitation of this cloud. Open the link from the mail again, unchanged."
    return Fault(FaultCode.NOT_FOUND, message, TOKEN, 1000)


def check_state(opened: Opened) -> Fault | None:
    """The link is good in the state REQUESTED only."""
    status = opened.invitation.status
    if status is PartnershipStatus.REQUESTED:
        return None
    if status is PartnershipStatus.EXPIRED:
        message = "The invitation was not answered in time. Ask the provider for another one."
        return Fault(FaultCode.EXPIRED, message, TOKEN)
    message = f"The invitation is {status.name} and can be answered no longer. Ask for another one."
    return Fault(FaultCode.INVALID_STATE, message, TOKEN)


async def check_sides(call: Call, opened: Opened) -> Fault | None:
    """Region, then standing, then whether they work together already; None where they may connect."""
    provider, reseller = opened.provider, opened.reseller
    if home_region(provider.country) != home_region(reseller.country):
        message = f"The provider sells in {home_region(provider.country)}; partners of one selling region connect."
        return Fault(FaultCode.REGION_MISMATCH, message, TOKEN, 2201)
    if reseller.program_status not in MAY_LINK or provider.program_status is not ProgramStatus.ACTIVE:
        whose = "Your company's" if reseller.program_status not in MAY_LINK else "The provider's"
        message = f"{whose} reseller program is not active; accept once it is."
        return Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, TOKEN, 800039)
    return await _check_connected(call, opened)


async def _check_connected(call: Call, opened: Opened) -> Fault | None:
    live = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == opened.provider.id,
        col(Partnership.reseller_id) == opened.reseller.id,
        col(Partnership.status) == PartnershipStatus.ACTIVE,
    )
    row = (await call.transaction.execute(live)).first()
    if row is None:
        return None
    message = "Your company works with this provider already; there is nothing to accept."
    related = (global_id(ObjectKind.PARTNERSHIP, row.id),)
    return Fault(FaultCode.INVALID_STATE, message, TOKEN, None, related)
