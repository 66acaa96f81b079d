"""One customer's subscriptions as rows of a CSV file (customers.md 2.6)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col

from models import Offer, ProductSubscription
from policy.decisions import Denied, decide
from policy.principal import Principal
from policy.vocabulary import Permission
from resolvers.audit import record
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found, find_customer
from resolvers.exported_list import ExportedList
from resolvers.outcome import Outcome, stopped
from resolvers.product_subscriptions import visible_product_subscriptions
from resolvers.visibility import Rows


@dataclass(frozen=True, slots=True)
class SubscriptionsOf:
    """Whose subscriptions."""

    customer_id: UUID


def export_rows(chosen: SubscriptionsOf, principal: Principal) -> Rows:
    """The SELECT behind the file: the rows of `Customer.subscriptions`, in its order."""
    seen = visible_product_subscriptions(principal.kind).where(
        col(ProductSubscription.customer_id) == chosen.customer_id
    )
    return seen.with_only_columns(
        col(ProductSubscription.id),
        col(Offer.name),
        col(ProductSubscription.quantity),
        col(ProductSubscription.status),
        func.coalesce(col(ProductSubscription.reseller_id), col(ProductSubscription.partner_id)),
        maintain_column_froms=True,
    ).order_by(col(ProductSubscription.created_at), col(ProductSubscription.id))


SUBSCRIPTIONS = ExportedList(
    name="subscriptions",
    columns=("Subscription ID", "Subscription", "Quantity", "Status", "Reseller"),
    chosen=SubscriptionsOf,
    rows=export_rows,
    # permissions.md 0: what is exported needs the permission to read it, too.
    permissions=(Permission.CUSTOMER_EXPORT, Permission.SUBSCRIPTION_READ),
    made_by="productSubscriptionExport",
)


async def choose_subscriptions(call: Call, customer_id: UUID | None) -> Outcome[SubscriptionsOf]:
    """Allows an export and writes the line that somebody took it.

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.

    Returns:
        What to export, or NOT_FOUND.

    Raises:
        Denied: The caller may export and not read subscriptions.
    """
    reading = decide(call.principal.standing, Permission.SUBSCRIPTION_READ)
    if not reading.granted:
        raise Denied(reading)
    customer = await find_customer(call, customer_id)
    if customer is None:
        return stopped(customer_not_found())
    await record(
        call,
        "export_subscriptions",
        "subscription",
        customer_id=customer.id,
        customer_name=customer.company_name,
    )
    return Outcome(SubscriptionsOf(customer.id))
