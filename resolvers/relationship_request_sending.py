"""From draft to sent, or to cancelled (R2.11): whoever carries the mail, the link stays in it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import RelationshipRequest
from models.outbox import MailKind
from models.relationship_request import RelationshipRequestStatus
from policy.decisions import Denied, decide
from policy.principal import Principal
from policy.vocabulary import DenialCode, Permission
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.email_drafts import LINK, check_words, relationship_text
from resolvers.expiry import request_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.invitations import Invited
from resolvers.outbox import Mail, check_delivery, queue_mail, withdraw_mail
from resolvers.outcome import Outcome, stopped
from resolvers.partner_lookup import find_partner
from resolvers.relationship_request_creation import RequestOf, require_for_admin
from resolvers.relationship_requests import OPEN

ID = ("input", "relationshipRequestId")
OWN_ONLY = "C1"


async def send_request(
    call: Call, request_id: UUID | None, subject: str | None, body: str | None, *, deliver: bool
) -> Outcome[RequestOf]:
    """Marks a draft as sent; from then on its link is good, and its time runs.

    Args:
        call: The call; its principal holds RELATIONSHIP_REQUEST.
        request_id: The request; None where the id names none.
        subject: What a person made of the subject; None keeps the draft's.
        body: What a person made of the text; None keeps the draft's.
        deliver: Whether the server is to carry the mail, to the address that the request names.

    Returns:
        The request, or NOT_FOUND, or every fault: INVALID_STATE, LINK_MISSING, TOO_LONG, NOT_SUPPORTED
        and REQUIRED where the server has no relay, or nobody to deliver to.

    Raises:
        Denied: It asks for admin privileges, which need RELATIONSHIP_REQUEST_ADMIN.
    """
    found = await _find(call, request_id)
    if found is None:
        return stopped(_not_found())
    require_for_admin(call.principal, includes_delegated_admin=found.includes_delegated_admin)
    link = call.invitations.link(Invited.CUSTOMER, found.id)
    faults = check_words(subject, body, link)
    if found.status is not RelationshipRequestStatus.DRAFT:
        message = f"The request is {found.status.name}; only a draft is sent. Make another request."
        faults.insert(0, Fault(FaultCode.INVALID_STATE, message, ID))
    if deliver:
        faults += check_delivery(call, found.target_email, ("input", "deliver"))
    if faults:
        return stopped(*faults)
    await _mark_sent(call, found, subject, body.replace(link, LINK) if body is not None else None)
    if deliver and found.target_email is not None:
        draft_subject, draft_body = await _draft(call, found)
        words = subject or draft_subject, body or draft_body.replace(LINK, link)
        await queue_mail(call, Mail(MailKind.RELATIONSHIP_REQUEST, found.id, found.target_email, *words, link))
    return Outcome(RequestOf(found.id))


async def cancel_request(call: Call, request_id: UUID | None) -> Outcome[RequestOf]:
    """Takes a request back; its link is dead from then on.

    Args:
        call: The call; its principal holds RELATIONSHIP_REQUEST.
        request_id: The request; None where the id names none.

    Returns:
        The request, or NOT_FOUND, or INVALID_STATE for one that is over.

    Raises:
        Denied: It is not the caller's own and its role needs that (C1), or it asks for admin privileges, which need
            RELATIONSHIP_REQUEST_ADMIN.
    """
    found = await _find(call, request_id)
    if found is None:
        return stopped(_not_found())
    require_for_admin(call.principal, includes_delegated_admin=found.includes_delegated_admin)
    if not is_own_where_it_must_be(call.principal, found.created_by_id):
        decision = decide(call.principal.standing, Permission.RELATIONSHIP_REQUEST)
        message = "Your role cancels only requests that you created; ask a global admin or an admin agent."
        raise Denied(replace(decision, granted=False, code=DenialCode.FORBIDDEN, message=message))
    if found.status not in OPEN:
        message = f"The request is {found.status.name} already; there is nothing to cancel."
        return stopped(Fault(FaultCode.INVALID_STATE, message, ID))
    await _set(call, found, status=RelationshipRequestStatus.CANCELLED, open_key=None)
    await withdraw_mail(call, MailKind.RELATIONSHIP_REQUEST, found.id)
    await record(
        call,
        "cancel_relationship_request",
        "relationship_request",
        changes=[change("relationshipRequest.status", found.status.name, RelationshipRequestStatus.CANCELLED.name)],
    )
    return Outcome(RequestOf(found.id))


def is_own_where_it_must_be(principal: Principal, created_by_id: UUID) -> bool:
    """C1: whether the caller created the request, or needs not have.

    Args:
        principal: The caller; holds RELATIONSHIP_REQUEST.
        created_by_id: Who created the request.
    """
    condition = decide(principal.standing, Permission.RELATIONSHIP_REQUEST).condition
    return condition != OWN_ONLY or created_by_id == principal.actor_id


async def _find(call: Call, request_id: UUID | None) -> RelationshipRequest | None:
    if request_id is None:
        return None
    # Locked, so that an acceptance and a cancellation see each other.
    found = await call.find(
        RelationshipRequest,
        col(RelationshipRequest.cloud) == call.principal.cloud,
        col(RelationshipRequest.inviter_id) == call.principal.tenant_id,
        col(RelationshipRequest.id) == request_id,
        locked=True,
    )
    if found is not None and request_expiry.is_overdue(found, call.now):
        found.status = RelationshipRequestStatus.EXPIRED
    return found


def _not_found() -> Fault:
    message = "You have no request with this id. Take ids from `relationshipRequests`, unchanged."
    return Fault(FaultCode.NOT_FOUND, message, ID, 1000)


async def _draft(call: Call, found: RelationshipRequest) -> tuple[str, str]:
    inviter = await find_partner(call, found.inviter_id)
    provider = await find_partner(call, found.provider_id) if found.provider_id is not None else None
    admin = found.includes_delegated_admin
    return relationship_text(inviter.name, provider.name if provider else None, includes_delegated_admin=admin)


async def _mark_sent(call: Call, found: RelationshipRequest, subject: str | None, body: str | None) -> None:
    await _set(
        call,
        found,
        status=RelationshipRequestStatus.SENT,
        subject=subject,
        body=body,
        sent_at=call.now,
        expires_at=call.invitations.expires_at(call.now),
    )
    changes = [change("relationshipRequest.status", found.status.name, RelationshipRequestStatus.SENT.name)]
    await record(call, "send_relationship_request", "relationship_request", changes=changes)


async def _set(call: Call, found: RelationshipRequest, **values: Any) -> None:  # noqa: ANN401 - values of columns
    of_request = (
        col(RelationshipRequest.cloud) == found.cloud,
        col(RelationshipRequest.inviter_id) == found.inviter_id,
        col(RelationshipRequest.id) == found.id,
    )
    await call.transaction.execute(update(RelationshipRequest).where(*of_request).values(**values))
