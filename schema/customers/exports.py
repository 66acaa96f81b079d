"""Exporting the customer list."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers.billing_profile_fields import camel
from resolvers.customer_export import COLUMNS, record_export
from resolvers.customer_filters import CustomerFilter as Chosen
from schema.access import PUBLIC, field
from schema.context import Info
from schema.customers.filters import CustomerFilter, choose
from schema.customers.payloads import USER_ERRORS
from schema.scalars import Url
from schema.user_errors import UserError


@strawberry.input(description="What to export.")
class CustomerExportInput:
    """The whole list, or a part."""

    filter: CustomerFilter | None = strawberry.field(
        default=None, description="Only these; the whole list when left out."
    )


@strawberry.type(description="A link that serves the rows as CSV, to the one who asked for it, for a few minutes.")
class Export:
    """A file to fetch."""

    url: Url = field(PUBLIC, "Where to fetch it. Needs no token: it is good for you only, so do not pass it on.")
    expires_at: datetime = field(PUBLIC, "When the link stops working; a download that began goes on.")
    columns: list[str] = field(PUBLIC, "The header row.")


@strawberry.type(description="An export that was prepared.")
class CustomerExportPayload:
    """Answer of customerExport."""

    export: Export | None = field(PUBLIC, "The link; null where there are `userErrors`.")
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)


async def export_customers(info: Info, asked: CustomerExportInput) -> CustomerExportPayload:
    """Makes the link and writes the line in the log; the rows are read when the link is followed."""
    context = info.context
    chosen = choose(asked.filter)
    link = context.export_links.sign(context.principal, chosen, context.now)
    await record_export(context.call(), _as_logged(asked.filter, chosen))
    export = Export(url=Url(link.url), expires_at=link.expires_at, columns=list(COLUMNS))
    return CustomerExportPayload(export=export, user_errors=[])


def _as_logged(asked: CustomerFilter | None, chosen: Chosen) -> dict[str, Any]:
    given = dict(vars(asked)) if asked else {}
    if chosen.nothing:
        # Any text passes for an id; one that names nothing may be endless, or hold what no database stores.
        given["partner_id"] = "unknown"
    return {
        camel(name): value.isoformat() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value
    }
