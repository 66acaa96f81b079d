"""Mail as its recipient reads it."""

import re
from email.message import EmailMessage


def part_of(message: EmailMessage, kind: str) -> str:
    """The mail's text, `plain` or `html`, with the line ends that it was written with."""
    (found,) = [part for part in message.iter_parts() if part.get_content_subtype() == kind]
    # Over the wire, lines end as the protocol has it.
    return found.get_content().replace("\r\n", "\n")


def link_in(message: EmailMessage) -> str:
    """The link to click."""
    (link,) = re.findall(r'<a href="([^"]+)">', part_of(message, "html"))
    return link
