"""A reseller says no to a provider's invitation (R3.5); its link is dead then."""

from sqlalchemy import update
from sqlmodel import col

from models import Partnership
from models.partnership import PartnershipStatus
from policy.decisions import require_kind
from policy.vocabulary import PartnerKind, Permission
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.outcome import Outcome, stopped
from resolvers.partnership_opening import check_state, open_invitation, unknown_link
from resolvers.partnership_preview import PartnershipPreview, preview_of


async def decline_partnership(call: Call, token: str) -> Outcome[PartnershipPreview]:
    """Declines for the caller's company. The invitation does not remember which that was; both logs do.

    Args:
        call: The call; its principal holds PARTNERSHIP_APPROVE.
        token: From the link.

    Returns:
        The invitation, declined; or NOT_FOUND, EXPIRED or INVALID_STATE.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_APPROVE, frozenset({PartnerKind.INDIRECT_RESELLER}))
    opened = await open_invitation(call, token, to_decide=True)
    fault = unknown_link() if opened is None else check_state(opened)
    if opened is None or fault is not None:
        return stopped(*([fault] if fault else []))
    declined = PartnershipStatus.DECLINED
    gone = update(Partnership).where(col(Partnership.id) == opened.invitation.id)
    await call.transaction.execute(
        gone.values(status=declined, open_key=None, ended_at=call.now, ended_by=call.principal.name)
    )
    changes = [change("partnership.status", opened.invitation.status.name, declined.name)]
    for partner_id in (opened.reseller.id, opened.provider.id):
        await record(
            call, "decline_partner_relationship_request", "partner_relationship", changes=changes, partner_id=partner_id
        )
    return Outcome(preview_of(opened, declined))
