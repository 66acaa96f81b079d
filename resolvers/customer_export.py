"""The customer list as rows of a CSV file: what is in it, and the line in the log that somebody took it."""

from typing import Any

from sqlmodel import col

from models import Relationship
from policy.principal import Principal
from policy.vocabulary import Permission
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.customer_filters import CustomerFilter, narrow_customers
from resolvers.customers import visible_customers
from resolvers.exported_list import ExportedList
from resolvers.visibility import Rows


def export_rows(chosen: CustomerFilter, principal: Principal) -> Rows:
    """The SELECT behind the file: the rows of the same query of `customers`, in its order."""
    narrowing = narrow_customers(chosen, principal)
    statement = visible_customers(principal.kind).where(*narrowing.conditions)
    if narrowing.branches:
        either, *others = narrowing.branches
        for other in others:
            either = either | other
        statement = statement.where(either)
    return statement.with_only_columns(
        col(Relationship.customer_id),
        col(Relationship.list_name),
        statement.selected_columns["domain"],
        col(Relationship.relationship_to_partner),
        maintain_column_froms=True,
    ).order_by(col(Relationship.list_name_key), col(Relationship.customer_id))


CUSTOMERS = ExportedList(
    name="customers",
    columns=("Microsoft ID", "Company name", "Primary domain name", "Relationship"),
    chosen=CustomerFilter,
    rows=export_rows,
    permissions=(Permission.CUSTOMER_EXPORT,),
    made_by="customerExport",
)


async def record_export(call: Call, chosen: dict[str, Any]) -> None:
    """Writes the line that the list was exported, with the filter it was narrowed by."""
    changes = [change("filter", None, chosen)] if chosen else []
    await record(call, "export_customers", "customer", changes=changes)
