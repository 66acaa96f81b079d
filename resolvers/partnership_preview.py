"""What an invited reseller sees of a provider's invitation before it decides."""

from dataclasses import dataclass
from datetime import datetime

from models.partnership import PartnershipStatus
from policy.decisions import decide
from policy.vocabulary import PartnerKind, Permission, PrincipalKind
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.partners import PartnerRow, row_of_partner
from resolvers.partnership_opening import Opened, check_sides, check_state, open_invitation


@dataclass(frozen=True, slots=True)
class PartnershipPreview:
    """An invitation as the reseller sees it; the provider is not yet among the partners that it sees elsewhere."""

    provider: PartnerRow
    status: PartnershipStatus
    expires_at: datetime | None
    problems: tuple[Fault, ...]


async def preview_partnership(call: Call, token: str) -> PartnershipPreview | None:
    """The invitation behind a link, with what would stop the caller from accepting it now.

    Args:
        call: The call; only an indirect reseller's user sees anything.
        token: From the link.

    Returns:
        The invitation; None for a token that opens nothing for the caller.
    """
    standing = call.principal.standing
    if standing.kind is not PrincipalKind.PARTNER_USER or PartnerKind.INDIRECT_RESELLER not in standing.partner_kinds:
        return None
    opened = await open_invitation(call, token, to_decide=False)
    if opened is None:
        return None
    return _preview(opened, opened.invitation.status, await _problems(call, opened))


def preview_of(opened: Opened, status: PartnershipStatus) -> PartnershipPreview:
    """An invitation that was just decided.

    Args:
        opened: The invitation as it was before.
        status: As it is now.
    """
    return _preview(opened, status, ())


async def _problems(call: Call, opened: Opened) -> tuple[Fault, ...]:
    if opened.accepted_by_caller:
        return ()
    fault = check_state(opened)
    if fault is not None:
        return (fault,)
    problems = []
    decision = decide(call.principal.standing, Permission.PARTNERSHIP_APPROVE)
    if not decision.granted:
        message = "Only a global admin of your company can accept or decline; pass the link on to one."
        problems.append(Fault(FaultCode.INVALID, decision.message if decision.held_through else message))
    fault = await check_sides(call, opened)
    return (*problems, *([fault] if fault is not None else ()))


def _preview(opened: Opened, status: PartnershipStatus, problems: tuple[Fault, ...]) -> PartnershipPreview:
    provider = row_of_partner(opened.provider)
    return PartnershipPreview(provider, status, opened.invitation.expires_at, problems)
