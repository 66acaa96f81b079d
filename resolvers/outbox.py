"""Sending mail: it is put into the outbox in the transaction of what it tells about, and delivered afterwards."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import OutboxMail, Partner
from models.outbox import MailKind
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path
from resolvers.naming import check_text

LONGEST_SUBJECT = 200


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


def check_delivery(
    call: Call, recipient: str | None, subject: str, deliver_path: Path, subject_path: Path
) -> list[Fault]:
    """Checks whether a mail can be sent at all.

    Args:
        call: The call.
        recipient: Whom it is for; None where nobody said.
        subject: What is to be its subject.
        deliver_path: Path of the field that asked for the delivery.
        subject_path: Path of the subject's field.

    Returns:
        The faults: no relay, nobody to send it to, a subject that is no line of text.
    """
    faults = []
    if call.mail_domain is None:
        message = "This server sends no mail. Send the draft from a mailbox of yours and set `deliver` to false."
        faults.append(Fault(FaultCode.NOT_SUPPORTED, message, deliver_path))
    if recipient is None:
        message = "Nobody is named to send this to. Set `deliver` to false, or make one that names an e-mail address."
        faults.append(Fault(FaultCode.REQUIRED, message, deliver_path))
    faults += check_text(subject, subject_path, LONGEST_SUBJECT)[1]
    return faults


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
    principal, mail_id = call.principal, uuid7()
    sender = select(col(Partner.name)).where(
        col(Partner.cloud) == principal.cloud, col(Partner.id) == principal.tenant_id
    )
    await call.add(
        OutboxMail(
            id=mail_id,
            cloud=principal.cloud,
            partner_id=principal.tenant_id,
            kind=mail.kind,
            about_id=mail.about_id,
            message_id=f"<{mail_id.hex}@{call.mail_domain}>",
            sender_name=(await call.transaction.execute(sender)).scalar_one(),
            recipient=mail.recipient,
            subject=mail.subject,
            text=mail.text.replace(mail.link, mail_id.hex),
            correlation_id=call.correlation_id,
            created_at=call.now,
            next_attempt_at=call.now,
        )
    )
