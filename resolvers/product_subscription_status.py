"""Suspending, reactivating and cancelling what a customer bought (customers.md 6.1)."""

from collections.abc import Callable
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from models import ProductSubscription
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from resolvers.audit import Change, change, record
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.global_ids import ObjectKind, global_id
from resolvers.outcome import Outcome, stopped
from resolvers.product_subscription_creation import Subscribed
from resolvers.product_subscriptions import (
    ProductSubscriptionRow,
    find_product_subscription,
    product_subscription_not_found,
)
from resolvers.relationship_lock import lock_relationship
from resolvers.retention import RETENTION

Status = ProductSubscriptionStatus
Check = Callable[[Call, ProductSubscriptionRow, ProductSubscriptionRow | None], Fault | None]
"""From a call, a subscription and its base to what stands in the way; None where nothing does."""

SUBSCRIPTION = ("input", "subscriptionId")
CANCELLED_ONLY = frozenset({ProductSubscriptionKind.RESERVATION, ProductSubscriptionKind.SOFTWARE})
"""Settled: these are cancelled and never suspended, the others suspended and never cancelled."""


async def suspend_product_subscription(call: Call, subscription_id: UUID | None, etag: str) -> Outcome[Subscribed]:
    """Suspends a licence or usage subscription and its active add-ons with it.

    Args:
        call: The call.
        subscription_id: The subscription; None where the id names none.
        etag: As the caller read it.

    Returns:
        The subscription, or NOT_FOUND, RELATIONSHIP_REQUIRED (somebody else sold it), ETAG_REQUIRED, ETAG_MISMATCH,
        INVALID_STATE.
    """
    return await _change(call, subscription_id, etag, Status.SUSPENDED, _may_suspend)


async def reactivate_product_subscription(call: Call, subscription_id: UUID | None, etag: str) -> Outcome[Subscribed]:
    """Makes a suspended subscription active again; its add-ons stay suspended until each is reactivated.

    Args:
        call: The call.
        subscription_id: The subscription; None where the id names none.
        etag: As the caller read it.

    Returns:
        As `suspend_product_subscription`.
    """
    return await _change(call, subscription_id, etag, Status.ACTIVE, _may_reactivate)


async def cancel_product_subscription(call: Call, subscription_id: UUID | None, etag: str) -> Outcome[Subscribed]:
    """Cancels a reservation or software, for good.

    Args:
        call: The call.
        subscription_id: The subscription; None where the id names none.
        etag: As the caller read it.

    Returns:
        As `suspend_product_subscription`.
    """
    return await _change(call, subscription_id, etag, Status.DELETED, _may_cancel)


def _may_suspend(_call: Call, row: ProductSubscriptionRow, _base: ProductSubscriptionRow | None) -> Fault | None:
    if row.kind in CANCELLED_ONLY and row.status is not Status.DELETED:
        return _impossible(row, Status.SUSPENDED, "Reservations and software are cancelled, not suspended.")
    return None if row.status is Status.ACTIVE else _impossible(row, Status.SUSPENDED)


def _may_reactivate(call: Call, row: ProductSubscriptionRow, base: ProductSubscriptionRow | None) -> Fault | None:
    if row.status is not Status.SUSPENDED:
        return _impossible(row, Status.ACTIVE)
    if base is not None and base.status is not Status.ACTIVE:
        message = "An add-on needs an active base; reactivate the base first."
        return Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 27009, (base.global_id,))
    if call.now - row.status_changed_at > RETENTION:
        message = f"It was suspended more than {RETENTION.days} days ago, and its data is gone; buy anew instead."
        return Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 2011)
    return None


def _may_cancel(_call: Call, row: ProductSubscriptionRow, _base: ProductSubscriptionRow | None) -> Fault | None:
    if row.kind not in CANCELLED_ONLY:
        message = "Licences and usage are suspended, not cancelled; use `productSubscriptionSuspend`."
        return Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 800063)
    return None if row.status is Status.ACTIVE else _impossible(row, Status.DELETED)


def _impossible(row: ProductSubscriptionRow, wanted: ProductSubscriptionStatus, why: str = "") -> Fault:
    if row.status is Status.DELETED:
        message = "The subscription is deleted, which is final; buy anew instead."
        return Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 2011)
    message = f"{row.status.name} cannot become {wanted.name}. {why or 'Read the subscription again for its status.'}"
    return Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 800040)


async def _change(
    call: Call, subscription_id: UUID | None, etag: str, wanted: ProductSubscriptionStatus, check: Check
) -> Outcome[Subscribed]:
    found = await find_product_subscription(call, subscription_id)
    if found is None:
        return stopped(product_subscription_not_found())
    if found.partner_id != call.principal.tenant_id:
        message = "Only the provider that sold the subscription changes it; ask your provider."
        return stopped(Fault(FaultCode.RELATIONSHIP_REQUIRED, message, SUBSCRIPTION, 20002))
    # One lock for all purchases of a customer: a base and its add-ons are never changed by two at once.
    serving = await lock_relationship(call, found.partner_id, found.customer_id)
    row = await find_product_subscription(call, subscription_id)
    if serving is None or row is None:
        return stopped(product_subscription_not_found())
    fault = _check_etag(row, etag) or check(call, row, await find_product_subscription(call, row.parent_id))
    if fault is not None:
        return stopped(fault)
    changes = await _set_status(call, row, wanted)
    await record(
        call,
        "update_subscription",
        "subscription",
        customer_id=row.customer_id,
        customer_name=serving.list_name,
        changes=changes,
    )
    return Outcome(Subscribed(row.id))


def _check_etag(row: ProductSubscriptionRow, etag: str) -> Fault | None:
    if not etag:
        message = "Say which version you change: quote the subscription's `etag` as you read it."
        return Fault(FaultCode.ETAG_REQUIRED, message, ("input", "etag"), 2055)
    if etag != row.etag:
        message = "Somebody changed the subscription since you read it; read it again, then decide with its new etag."
        return Fault(FaultCode.ETAG_MISMATCH, message, ("input", "etag"), 2055)
    return None


async def _set_status(call: Call, row: ProductSubscriptionRow, wanted: ProductSubscriptionStatus) -> list[Change]:
    touched = [(row.id, row.status)]
    if wanted is not Status.ACTIVE:
        # Settled: add-ons go with their base and do not come back by themselves.
        touched += [(key, Status.ACTIVE) for key in await _active_add_ons(call, row)]
    changes = []
    for key, before in touched:
        statement = (
            update(ProductSubscription)
            .where(col(ProductSubscription.cloud) == call.principal.cloud, col(ProductSubscription.id) == key)
            .values(status=wanted, etag=token_hex(16), status_changed_at=call.now)
        )
        await call.transaction.execute(statement)
        changes.append(change("subscription.id", None, global_id(ObjectKind.PRODUCT_SUBSCRIPTION, key)))
        changes.append(change("subscription.status", before.name, wanted.name))
    return changes


async def _active_add_ons(call: Call, row: ProductSubscriptionRow) -> list[UUID]:
    add_ons = select(col(ProductSubscription.id)).where(
        col(ProductSubscription.cloud) == call.principal.cloud,
        col(ProductSubscription.partner_id) == row.partner_id,
        col(ProductSubscription.customer_id) == row.customer_id,
        col(ProductSubscription.parent_id) == row.id,
        col(ProductSubscription.status) == Status.ACTIVE,
    )
    return [found.id for found in (await call.transaction.execute(add_ons.order_by(col(ProductSubscription.id)))).all()]
