"""Exporting the customer list."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers.billing_profile_fields import camel
from resolvers.customer_export import CUSTOMERS, record_export
from resolvers.customer_filters import CustomerFilter as Chosen
from schema.access import PUBLIC, field
from schema.context import Info
from schema.customers.filters import CustomerFilter, choose
from schema.exports import Export, make_export
from schema.user_errors import USER_ERRORS, UserError


@strawberry.input(description="What to export.")
class CustomerExportInput:
    """The whole list, or a part."""

    filter: CustomerFilter | None = strawberry.field(
        default=None, description="Only these; the whole list when left out."
    )


@strawberry.type(description="An export that was prepared.")
class CustomerExportPayload:
    """Answer of customerExport."""

    export: Export | None = field(PUBLIC, "The link; null where there are `userErrors`.")
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)


async def export_customers(info: Info, asked: CustomerExportInput) -> CustomerExportPayload:
    """Makes the link and writes the line in the log; the rows are read when the link is followed."""
    context = info.context
    chosen = choose(asked.filter)
    await record_export(context.call(), _as_logged(asked.filter, chosen))
    return CustomerExportPayload(export=make_export(context, CUSTOMERS, chosen), user_errors=[])


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
