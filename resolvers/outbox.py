"""Sending mail: it is put into the outbox in the transaction of what it tells about, and delivered afterwards."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import OutboxMail
from models.outbox import MailKind
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path
from resolvers.partner_lookup import find_partner


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to send.

    Attributes:
        kind: What it is about.
        about_id: The object that its link leads to.
        recipient: A checked e-mail address.
        subject: One line of plain text.
        text: Plain text in any number of lines; holds the link.
        link: Where the recipient is to go.
    """

    kind: MailKind
    about_id: UUID
    recipient: str
    subject: str
    text: str
    link: str


def check_delivery(call: Call, recipient: str | None, path: Path) -> list[Fault]:
    """Checks whether a mail can be sent at all.

    Args:
        call: The call.
        recipient: Whom it is for; None where nobody said.
        path: Path of the field that asked for the delivery.

    Returns:
        The fault, if there is one: no relay, or nobody to send it to.
    """
    if call.mail_domain is None:
        message = "This server sends no mail. Send the draft from a mailbox of yours."
        return [Fault(FaultCode.NOT_SUPPORTED, message, path)]
    if recipient is None:
        message = "Nobody is named to send this to. Send the draft yourself, or make one that names an e-mail address."
        return [Fault(FaultCode.REQUIRED, message, path)]
    return []


async def queue_mail(call: Call, mail: Mail) -> None:
    """Puts a mail into the outbox; it leaves once the call's transaction was committed, and only then.

    It is handed to the relay at least once, however often that takes, always under the same Message-ID.

    Args:
        call: The call; the mail goes out under its partner's name.
        mail: The mail, for which `check_delivery` found no fault.

    Raises:
        ValueError: The server has no relay, or the text lacks the link.
    """
    if call.mail_domain is None or mail.link not in mail.text:
        raise ValueError("mail needs a relay and the link in its text")
    mail_id = uuid7()
    await call.add(
        OutboxMail(
            id=mail_id,
            cloud=call.principal.cloud,
            partner_id=call.principal.tenant_id,
            kind=mail.kind,
            about_id=mail.about_id,
            message_id=f"<{mail_id.hex}@{call.mail_domain}>",
            sender_name=(await find_partner(call, call.principal.tenant_id)).name,
            recipient=mail.recipient,
            subject=mail.subject,
            text=mail.text.replace(mail.link, mail_id.hex),
            correlation_id=call.correlation_id,
            created_at=call.now,
            next_attempt_at=call.now,
        )
    )


async def withdraw_mail(call: Call, kind: MailKind, about_id: UUID) -> None:
    """Takes mail about an object back that the relay does not have yet.

    Args:
        call: The call; only mail of its partner's.
        kind: What the mail is about.
        about_id: The object.
    """
    await call.transaction.execute(
        delete(OutboxMail).where(
            col(OutboxMail.cloud) == call.principal.cloud,
            col(OutboxMail.partner_id) == call.principal.tenant_id,
            col(OutboxMail.kind) == kind,
            col(OutboxMail.about_id) == about_id,
        )
    )
