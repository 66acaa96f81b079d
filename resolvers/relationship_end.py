"""A partner ends its relationship with a customer (R5.1-R5.8): the row stays, for a new invitation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import Relationship
from models.relationship import RelationshipRole, RelationshipStatus, RelationshipToPartner
from resolvers.audit import Change, change, record
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found
from resolvers.faults import Fault, FaultCode
from resolvers.naming import check_text
from resolvers.outcome import Outcome, stopped
from resolvers.purchase_obstacles import purchase_obstacles
from resolvers.purchase_permission_change import end_purchase_permissions
from resolvers.relationship_grant import told_changes

LONGEST_REASON = 500
CUSTOMER = ("input", "customerId")


@dataclass(frozen=True, slots=True)
class RelationshipOf:
    """The relationship that a command was about."""

    relationship_id: UUID


async def end_relationship(
    call: Call, customer_id: UUID | None, reason: str | None, *, revoke_delegated_admin: bool
) -> Outcome[RelationshipOf]:
    """Takes a customer out of the partner's list, with the grants that the partner had.

    Args:
        call: The call; its principal holds RELATIONSHIP_REMOVE.
        customer_id: The customer; None where the id names none.
        reason: Why, for the history; None for nothing.
        revoke_delegated_admin: Whether admin privileges go, too. A partner that may order never keeps them (I4); a
            reseller that only manages may (R5.6).

    Returns:
        The relationship, or NOT_FOUND; RELATIONSHIP_REQUIRED for one that ended before (settled); or every fault,
        everything that is still active by its id among them (R5.2).
    """
    found = await find_own_relationship(call, customer_id)
    if found is None:
        return stopped(customer_not_found())
    if found.status is RelationshipStatus.ENDED:
        message = "Your relationship with this customer ended already; there is nothing to end."
        return stopped(Fault(FaultCode.RELATIONSHIP_REQUIRED, message, CUSTOMER, 20002))
    told, faults = check_text(reason, ("input", "reason"), LONGEST_REASON, optional=True)
    faults += await purchase_obstacles(call, found.partner_id, found.customer_id, CUSTOMER)
    if faults:
        return stopped(*faults)
    keeps_admin = found.role is RelationshipRole.MANAGING and not revoke_delegated_admin
    after = {
        "status": RelationshipStatus.ENDED,
        "relationship_to_partner": RelationshipToPartner.NONE,
        "delegated_admin": found.delegated_admin and keeps_admin,
        "ended_at": call.now,
        "end_reason": told,
    }
    changes = told_changes(found, after)
    changes += await end_purchase_permissions(call, found.partner_id, found.customer_id)
    if told is not None:
        changes.append(change("relationship.endReason", None, told))
    await _end(call, found, after, changes)
    return Outcome(RelationshipOf(found.id))


async def find_own_relationship(call: Call, customer_id: UUID | None) -> Relationship | None:
    """The caller's relationship with a customer, live or ended, locked; None where there never was one.

    Args:
        call: A partner's call.
        customer_id: The customer; None finds nothing.
    """
    if customer_id is None:
        return None
    # Locked, so that of two ends one counts, and nothing is bought while it ends.
    return await call.find(
        Relationship,
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.partner_id) == call.principal.tenant_id,
        col(Relationship.customer_id) == customer_id,
        locked=True,
    )


async def _end(call: Call, found: Relationship, after: dict[str, Any], changes: list[Change]) -> None:
    await call.transaction.execute(update(Relationship).where(col(Relationship.id) == found.id).values(**after))
    await record(
        call,
        "remove_partner_customer_relationship",
        "partner_customer_relationship",
        customer_id=found.customer_id,
        customer_name=found.list_name,
        changes=changes,
    )
