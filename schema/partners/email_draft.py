"""The type EmailDraft."""

import strawberry

from schema.access import PUBLIC, field


@strawberry.type(description="A mail that is ready to send. The link must stay in the body.")
class EmailDraft:
    """A draft."""

    subject: str = field(PUBLIC, "The subject.")
    body: str = field(PUBLIC, "The text, the link in it.")
    mailto: str = field(PUBLIC, "Opens the draft in a mail program.")
