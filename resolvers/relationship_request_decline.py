"""A customer says no to a request; its link is dead from then on."""

from sqlalchemy import update
from sqlmodel import col

from models import RelationshipRequest
from models.relationship_request import RelationshipRequestStatus
from policy.decisions import require_customer_admin
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.naming import check_text
from resolvers.outcome import Outcome, stopped
from resolvers.relationship_request_acceptance import Decided, unknown_link
from resolvers.relationship_request_checks import Opened, check_state, open_request

LONGEST_REASON = 500


async def decline_request(call: Call, token: str, reason: str | None) -> Outcome[Decided]:
    """Declines for the caller's company.

    Args:
        call: The call of a customer's user.
        token: From the link.
        reason: What the partner is told; None for nothing.

    Returns:
        The request; again where this company declined before, and nothing is written then. Else NOT_FOUND, EXPIRED,
        INVALID_STATE, or what is wrong with the reason.

    Raises:
        Denied: The caller is no global admin of its company.
    """
    opened = await open_request(call, token, to_decide=True)
    if opened is None:
        return stopped(unknown_link())
    declined = RelationshipRequestStatus.DECLINED
    replayed = opened.decided_by_caller and opened.request.status is declined
    fault = None if replayed else check_state(opened)
    if fault is not None:
        return stopped(fault)
    require_customer_admin(call.principal)
    if replayed:
        return Outcome(Decided(opened, declined))
    told, faults = check_text(reason, ("input", "reason"), LONGEST_REASON, optional=True)
    if faults:
        return stopped(*faults)
    await _decline(call, opened, told)
    return Outcome(Decided(opened, declined))


async def _decline(call: Call, opened: Opened, reason: str | None) -> None:
    declined = (
        update(RelationshipRequest)
        .where(col(RelationshipRequest.id) == opened.request.id)
        .values(
            status=RelationshipRequestStatus.DECLINED,
            open_key=None,
            customer_id=opened.customer.id,
            decided_at=call.now,
            decided_by=call.principal.name,
            decline_reason=reason,
        )
    )
    await call.transaction.execute(declined)
    changes = [
        change("relationshipRequest.status", opened.request.status.name, RelationshipRequestStatus.DECLINED.name)
    ]
    if reason is not None:
        changes.append(change("relationshipRequest.declineReason", None, reason))
    await record(
        call,
        "decline_relationship_request",
        "relationship_request",
        changes=changes,
        partner_id=opened.inviter.id,
    )
