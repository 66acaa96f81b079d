"""Drafts of the mails that carry an invitation's link: a person sends them, may rewrite them, and keeps the link."""

from typing import NamedTuple
from urllib.parse import quote

from resolvers.faults import Fault, FaultCode
from resolvers.naming import check_text, invalid

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
LINK = "{link}"
"""Stands in a stored body in the place of the link, which is stored nowhere."""


class EmailDraft(NamedTuple):
    """A mail that is ready to send."""

    subject: str
    body: str
    mailto: str


def filled(subject: str, body: str, link: str, to: str | None) -> EmailDraft:
    """A draft with its link in it.

    Args:
        subject: The subject.
        body: The text, `{link}` where the link belongs.
        link: The link.
        to: Whom it is for; None leaves that open.
    """
    text = body.replace(LINK, link)
    # RFC 6068: line ends are CRLF, and a blank is %20, never a plus sign.
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    address = quote(to or "", safe="@")
    return EmailDraft(subject, text, f"mailto:{address}?subject={quote(subject, safe='')}&body={quote(lines, safe='')}")


def check_words(subject: str | None, body: str | None, link: str) -> list[Fault]:
    """Checks what a person made of a draft.

    Args:
        subject: The subject; None for the draft's.
        body: The text; None for the draft's.
        link: The link, which must stay in the text.

    Returns:
        Every fault: REQUIRED, TOO_LONG, INVALID of either, and LINK_MISSING.
    """
    faults = [] if subject is None else check_text(subject, ("input", "subject"), LONGEST_SUBJECT)[1]
    if body is None:
        return faults
    if link not in body:
        message = "The link is missing in the text; put the link of the draft back, unchanged."
        faults.append(Fault(FaultCode.LINK_MISSING, message, ("input", "body")))
    if len(body) > LONGEST_BODY:
        message = f"The text has {len(body)} characters; shorten it to {LONGEST_BODY} at most."
        faults.append(Fault(FaultCode.TOO_LONG, message, ("input", "body"), 3000))
    if "\0" in body:
        faults.append(invalid(("input", "body"), "The text holds an invisible control character; remove it."))
    return faults


def partnership_text(provider: str) -> tuple[str, str]:
    """Subject and body of a provider's invitation to a reseller (R3.1, R3.3).

    Args:
        provider: The provider's name.
    """
    return f"{provider} invites you to sell through it", (
        "Hello,\n\n"
        f"{provider} would like to be your company's indirect provider. A global admin of your company can authorise "
        f"it here:\n\n{LINK}\n\n"
        f"{provider} may then order for your customers and gets admin access to your company's account. Neither side's "
        "customers become the other's.\n\n"
        f"{provider}\n"
    )


def relationship_text(inviter: str, provider: str | None, *, includes_delegated_admin: bool) -> tuple[str, str]:
    """Subject and body of an invitation to a customer (R2.2).

    Args:
        inviter: The inviting partner's name.
        provider: Name of the provider that it invites with; None for none.
        includes_delegated_admin: Whether it asks for admin privileges.
    """
    both = f"{inviter}, together with {provider}," if provider else inviter
    admin = (
        f"With it you give {inviter} delegated admin privileges: its admin agents may administer your company's "
        "account. You can take these away at any time.\n\n"
        if includes_delegated_admin
        else ""
    )
    return f"{inviter} invites you to work together", (
        "Hello,\n\n"
        f"{both} would like to be your company's reseller. A global admin of your company can accept the invitation "
        f"here:\n\n{LINK}\n\n{admin}"
        "What your company has bought elsewhere stays as it is.\n\n"
        f"{inviter}\n"
    )
