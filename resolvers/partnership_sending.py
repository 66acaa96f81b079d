"""The server mails a provider's invitation (R3.1): once, and the link stays in the provider's words."""

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
from resolvers.email_drafts import LINK, check_words, partnership_text
from resolvers.expiry import partnership_expiry
from resolvers.faults import Fault, FaultCode
from resolvers.invitations import Invited
from resolvers.outbox import Mail, check_delivery, queue_mail
from resolvers.outcome import Outcome, stopped
from resolvers.partner_lookup import find_partner
from resolvers.partnership_invitation import PartnershipOf
from resolvers.partnership_lookup import ID, find_own_partnership, partnership_not_found


async def send_invitation(
    call: Call, partnership_id: UUID | None, subject: str | None, body: str | None
) -> Outcome[PartnershipOf]:
    """Mails an open invitation to the address that it names.

    Args:
        call: The call; its principal holds PARTNERSHIP_REQUEST.
        partnership_id: The partnership; None where the id names none.
        subject: What a person made of the subject; None keeps the draft's.
        body: What a person made of the text; None keeps the draft's.

    Returns:
        The partnership, or NOT_FOUND, or every fault: INVALID_STATE for one that is open no longer or was sent,
        LINK_MISSING, TOO_LONG, NOT_SUPPORTED and REQUIRED where the server has no relay, or nobody to deliver to.

    Raises:
        Denied: The caller's partner is of another kind.
    """
    require_kind(call.principal.standing, Permission.PARTNERSHIP_REQUEST, frozenset({PartnerKind.INDIRECT_PROVIDER}))
    found = await find_own_partnership(call, partnership_id)
    if found is None:
        return stopped(partnership_not_found())
    link = call.invitations.link(Invited.RESELLER, found.id)
    faults = [*_check_state(call, found), *check_words(subject, body, link)]
    faults += check_delivery(call, found.target_email, ID)
    if faults or found.target_email is None:
        return stopped(*faults)
    await _mark_sent(call, found, subject, body.replace(link, LINK) if body is not None else None)
    draft_subject, draft_body = partnership_text((await find_partner(call, found.provider_id)).name)
    words = subject or draft_subject, body or draft_body.replace(LINK, link)
    await queue_mail(call, Mail(MailKind.PARTNERSHIP, found.id, found.target_email, *words, link))
    return Outcome(PartnershipOf(found.id))


def _check_state(call: Call, found: Partnership) -> list[Fault]:
    status = PartnershipStatus.EXPIRED if partnership_expiry.is_overdue(found, call.now) else found.status
    if status is not PartnershipStatus.REQUESTED:
        message = f"The invitation is {status.name}; only an open one is sent. Make another invitation."
        return [Fault(FaultCode.INVALID_STATE, message, ID)]
    if found.sent_at is not None:
        message = "The invitation was sent before. To remind the reseller, send the draft from a mailbox of yours."
        return [Fault(FaultCode.INVALID_STATE, message, ID)]
    return []


async def _mark_sent(call: Call, found: Partnership, subject: str | None, body: str | None) -> None:
    sent = update(Partnership).where(col(Partnership.id) == found.id)
    await call.transaction.execute(sent.values(sent_at=call.now, subject=subject, body=body))
    changes = [change("partnership.sentAt", None, call.now.isoformat())]
    await record(call, "send_partner_relationship_request", "partner_relationship", changes=changes)
