"""A mail as it goes over the wire: plain text, and the same as HTML with a link to click."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from resolvers.outbox_delivery import DueMail


def compose(mail: DueMail, link: str, sender: str, now: datetime) -> EmailMessage:
    """The message.

    Args:
        mail: The mail; the link's place in its text is marked by its id.
        link: Where the recipient is to go.
        sender: The address that this server sends from.
        now: The instant of this attempt, which the mail is dated with.

    Raises:
        ValueError: A part of the mail cannot stand in a header.
    """
    message = EmailMessage(SMTP)
    message["From"] = Address(mail.sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    # Keeps out-of-office replies from answering a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text.replace(mail.id.hex, link))
    message.add_alternative(_html(mail, link), subtype="html")
    return message


def _html(mail: DueMail, link: str) -> str:
    """The text as HTML: a paragraph for each of its own, the link to click; nothing else is markup."""
    anchor = f'<a href="{escape(link)}">{escape(link)}</a>'
    paragraphs = re.split(r"\n\s*\n", mail.text.replace("\r\n", "\n").strip())
    lines = [escape(paragraph).replace("\n", "<br>\n").replace(mail.id.hex, anchor) for paragraph in paragraphs]
    body = "\n".join(f"<p>{line}</p>" for line in lines)
    return f'<!doctype html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n{body}\n</body>\n</html>\n'
