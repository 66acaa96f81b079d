"""The type ActivityChange."""

import strawberry
from strawberry.scalars import JSON

from schema import access
from schema.access import PUBLIC


@strawberry.type(description="A value that changed.")
class ActivityChange:
    """One change of a line of the log."""

    field: str = access.field(PUBLIC, "What changed, under its name in this API, e.g. billingProfile.companyName.")
    old_value: JSON | None = access.field(PUBLIC, "The value before; null where there was none, or redacted.")
    new_value: JSON | None = access.field(PUBLIC, "The value after; null where there is none, or redacted.")
    redacted: bool = access.field(PUBLIC, "Whether values are absent because you may not read them.")
