"""Turning a purchase permission on and off (permissions.md 4)."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import PurchasePermission, Relationship
from policy.vocabulary import ProgramStatus
from resolvers.audit import Change, change, record
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found
from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome, stopped
from resolvers.purchase_gates import Deal, open_deal
from resolvers.purchase_permissions import ACTION, RESOURCE, PurchasePermissionRow, visible_purchase_permissions

CUSTOMER = ("input", "customerId")
SHOWN_AS = "purchasePermission.enabled"


@dataclass(frozen=True, slots=True)
class Set:
    """How the permission stands, and whether that is new."""

    customer_id: UUID
    changed: bool


async def set_purchase_permission(call: Call, customer_id: UUID | None, *, enabled: bool) -> Outcome[Set]:
    """Turns the permission on or off; where it stands so already, nothing is written and nothing logged.

    Args:
        call: The call of the grantor, who is billed for what the customer buys.
        customer_id: The customer; None where the id names none.
        enabled: What it shall be.

    Returns:
        What stands, or NOT_FOUND, RELATIONSHIP_REQUIRED, and to turn it on PROGRAM_NOT_ACTIVE and
        NO_ELIGIBLE_AZURE_SUBSCRIPTION.
    """
    deal = await open_deal(call, call.principal.tenant_id, customer_id)
    if deal is None:
        return stopped(customer_not_found())
    if not deal.serving.may_order:
        message = "Your company does not sell to this customer; what it buys could not be billed to you."
        return stopped(Fault(FaultCode.RELATIONSHIP_REQUIRED, message, CUSTOMER, 20002))
    before = await _present(call, deal.customer_id)
    if before.enabled == enabled:
        return Outcome(Set(deal.customer_id, changed=False))
    faults = _check_enabling(deal, before) if enabled else []
    if faults:
        return stopped(*faults)
    await _write(call, deal, before, enabled=enabled)
    await record(
        call,
        "create_self_serve_policy" if enabled else "delete_self_serve_policy",
        "self_serve_policy",
        customer_id=deal.customer_id,
        customer_name=deal.serving.list_name,
        changes=[change(SHOWN_AS, before.enabled, enabled)],
    )
    return Outcome(Set(deal.customer_id, changed=True))


async def end_purchase_permissions(call: Call, partner_id: UUID, customer_id: UUID) -> list[Change]:
    """Turns off what a partner lets a customer buy, because their relationship ends (I11).

    Lock the relationship before (`lock_relationship`): a purchase is then either before the end or refused.

    Args:
        call: The call that ends the relationship, and writes its own line in the log.
        partner_id: The partner.
        customer_id: The customer.

    Returns:
        What changed, for that line; empty where nothing was on.
    """
    off = (
        update(PurchasePermission)
        .where(
            col(PurchasePermission.cloud) == call.principal.cloud,
            col(PurchasePermission.partner_id) == partner_id,
            col(PurchasePermission.customer_id) == customer_id,
            col(PurchasePermission.enabled).is_(True),
        )
        .values(enabled=False, etag=token_hex(16), changed_at=call.now, changed_by=call.principal.name)
    )
    ended = (await call.transaction.execute(off)).rowcount > 0
    return [change(SHOWN_AS, True, False)] if ended else []


def _check_enabling(deal: Deal, before: PurchasePermissionRow) -> list[Fault]:
    faults = []
    if deal.seller.program_status is not ProgramStatus.ACTIVE:
        message = "Your company's reseller program is not active; the permission can be turned on once it is."
        faults.append(Fault(FaultCode.PROGRAM_NOT_ACTIVE, message, None, 800039))
    if not before.has_azure:
        message = "The customer has no active Azure subscription through you; sell it an Azure plan first."
        faults.append(Fault(FaultCode.NO_ELIGIBLE_AZURE_SUBSCRIPTION, message, CUSTOMER))
    return faults


async def _present(call: Call, customer_id: UUID) -> PurchasePermissionRow:
    seen = visible_purchase_permissions(call.principal.kind).where(col(Relationship.customer_id) == customer_id)
    return PurchasePermissionRow._make((await call.transaction.execute(seen)).first())


async def _write(call: Call, deal: Deal, before: PurchasePermissionRow, *, enabled: bool) -> None:
    values: dict[str, Any] = {
        "enabled": enabled,
        "etag": token_hex(16),
        "changed_at": call.now,
        "changed_by": call.principal.name,
    }
    if before.changed_at is None:
        await call.add(
            PurchasePermission(
                cloud=call.principal.cloud,
                partner_id=deal.partner_id,
                customer_id=deal.customer_id,
                resource=RESOURCE,
                action=ACTION,
                **values,
            )
        )
        return
    whose = (
        col(PurchasePermission.cloud) == call.principal.cloud,
        col(PurchasePermission.partner_id) == deal.partner_id,
        col(PurchasePermission.customer_id) == deal.customer_id,
    )
    await call.transaction.execute(update(PurchasePermission).where(*whose).values(**values))
