"""Making a customer's user Owner of an Azure subscription, and taking it back (permissions.md 3)."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from models import CustomerUser, SubscriptionOwner
from models.offer import ProductSubscriptionKind
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome, stopped
from resolvers.product_subscription_creation import Subscribed
from resolvers.product_subscriptions import (
    ProductSubscriptionRow,
    find_product_subscription,
    product_subscription_not_found,
)
from resolvers.relationship_lock import Serving, lock_relationship

SUBSCRIPTION = ("input", "subscriptionId")
USER = ("input", "userPrincipalName")


class _Asked(NamedTuple):
    """What a form names: the subscription, its partner's relationship, the user."""

    row: ProductSubscriptionRow
    serving: Serving
    user_id: UUID
    user_name: str


async def assign_owner(call: Call, subscription_id: UUID | None, user_principal_name: str) -> Outcome[Subscribed]:
    """Makes a user of the caller's company Owner of one of its Azure subscriptions; again changes nothing.

    Args:
        call: The call of the customer's global admin.
        subscription_id: The subscription; None where the id names none.
        user_principal_name: The user's sign-in name, in any case.

    Returns:
        The subscription, or NOT_FOUND for either, INVALID for a subscription that is no Azure subscription.
    """
    asked = await _find(call, subscription_id, user_principal_name)
    if isinstance(asked, Outcome):
        return asked
    row = SubscriptionOwner(
        cloud=call.principal.cloud,
        partner_id=asked.row.partner_id,
        customer_id=asked.row.customer_id,
        subscription_id=asked.row.id,
        user_id=asked.user_id,
        created_at=call.now,
    )
    if await call.add_unless_taken(row):
        await _record(call, asked, None, asked.user_name)
    return Outcome(Subscribed(asked.row.id))


async def remove_owner(call: Call, subscription_id: UUID | None, user_principal_name: str) -> Outcome[Subscribed]:
    """Takes Owner from a user; from one that is none changes nothing.

    Args:
        call: The call of the customer's global admin.
        subscription_id: The subscription; None where the id names none.
        user_principal_name: The user's sign-in name, in any case.

    Returns:
        As `assign_owner`.
    """
    asked = await _find(call, subscription_id, user_principal_name)
    if isinstance(asked, Outcome):
        return asked
    gone = delete(SubscriptionOwner).where(
        col(SubscriptionOwner.cloud) == call.principal.cloud,
        col(SubscriptionOwner.customer_id) == asked.row.customer_id,
        col(SubscriptionOwner.user_id) == asked.user_id,
        col(SubscriptionOwner.subscription_id) == asked.row.id,
    )
    if (await call.transaction.execute(gone)).rowcount == 1:
        await _record(call, asked, asked.user_name, None)
    return Outcome(Subscribed(asked.row.id))


async def is_owner(call: Call, row: ProductSubscriptionRow) -> bool:
    """Whether the caller is an Owner of a subscription of its company."""
    owner = select(col(SubscriptionOwner.user_id)).where(
        col(SubscriptionOwner.cloud) == call.principal.cloud,
        col(SubscriptionOwner.customer_id) == call.principal.tenant_id,
        col(SubscriptionOwner.user_id) == call.principal.actor_id,
        col(SubscriptionOwner.subscription_id) == row.id,
    )
    return (await call.transaction.execute(owner)).first() is not None


async def _find(call: Call, subscription_id: UUID | None, user_principal_name: str) -> _Asked | Outcome[Subscribed]:
    row = await find_product_subscription(call, subscription_id)
    faults = [product_subscription_not_found()] if row is None else []
    if row is not None and not (row.is_azure and row.kind is ProductSubscriptionKind.USAGE):
        faults.append(Fault(FaultCode.INVALID, "Only an Azure subscription has Owners; name one.", SUBSCRIPTION, 3000))
    user = select(col(CustomerUser.id), col(CustomerUser.sign_in_name)).where(
        col(CustomerUser.cloud) == call.principal.cloud,
        col(CustomerUser.customer_id) == call.principal.tenant_id,
        col(CustomerUser.sign_in_name) == user_principal_name.strip().lower(),
    )
    # PostgreSQL cannot be asked for U+0000, which no name holds.
    known = None if "\0" in user_principal_name else (await call.transaction.execute(user)).first()
    if known is None:
        message = "Your company has no user of this name; write the name that the user signs in with."
        faults.append(Fault(FaultCode.NOT_FOUND, message, USER, 60002))
    if row is None or known is None or faults:
        return stopped(*faults)
    # As purchases do: an Owner that is removed has bought before, or buys no more.
    serving = await lock_relationship(call, row.partner_id, row.customer_id)
    if serving is None:
        return stopped(product_subscription_not_found())
    return _Asked(row, serving, known.id, known.sign_in_name)


async def _record(call: Call, asked: _Asked, old: str | None, new: str | None) -> None:
    await record(
        call,
        "update_subscription",
        "subscription",
        customer_id=asked.row.customer_id,
        customer_name=asked.serving.list_name,
        changes=[change("subscription.id", None, asked.row.global_id), change("subscription.owner", old, new)],
        partner_id=asked.row.partner_id,
    )
