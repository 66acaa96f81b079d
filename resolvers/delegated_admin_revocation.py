"""A customer takes a partner's admin privileges away (R4.3): at once, for good, and nothing else."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models import Relationship
from models.relationship import RelationshipStatus
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome, stopped
from resolvers.relationship_end import RelationshipOf


async def revoke_delegated_admin(call: Call, partner_id: UUID | None) -> Outcome[RelationshipOf]:
    """Ends the privileges; the reseller relationship stays.

    Args:
        call: The call of a customer's global admin.
        partner_id: The partner; None where the id names none.

    Returns:
        The relationship; where the partner held none, nothing is written. NOT_FOUND for a partner that neither
        serves the company nor holds privileges there.
    """
    found = await _find(call, partner_id)
    if found is None or (found.status is RelationshipStatus.ENDED and not found.delegated_admin):
        message = "No partner with this id serves your company. Take ids from `viewer.relationships`, unchanged."
        return stopped(Fault(FaultCode.NOT_FOUND, message, ("input", "partnerId"), 1000))
    if found.delegated_admin:
        await _revoke(call, found)
    return Outcome(RelationshipOf(found.id))


async def _find(call: Call, partner_id: UUID | None) -> Relationship | None:
    if partner_id is None:
        return None
    return await call.find(
        Relationship,
        col(Relationship.cloud) == call.principal.cloud,
        col(Relationship.partner_id) == partner_id,
        col(Relationship.customer_id) == call.principal.tenant_id,
        locked=True,
    )


async def _revoke(call: Call, found: Relationship) -> None:
    revoked = update(Relationship).where(col(Relationship.id) == found.id).values(delegated_admin=False)
    await call.transaction.execute(revoked)
    await record(
        call,
        "dap_admin_relationship_terminated",
        "partner_customer_dap",
        customer_id=found.customer_id,
        customer_name=found.list_name,
        changes=[change("relationship.delegatedAdmin", old=True, new=False)],
        partner_id=found.partner_id,
    )
