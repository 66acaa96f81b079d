"""Deleting a customer, which only a sandbox can (customers.md 4.1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from models import Customer
from resolvers.audit import record
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found, find_customer
from resolvers.faults import Fault, FaultCode
from resolvers.outcome import Outcome, stopped
from resolvers.purchase_obstacles import ORDERS, purchase_obstacles
from resolvers.relationship_lock import lock_relationship


@dataclass(frozen=True, slots=True)
class Deleted:
    """The customer that is no more."""

    customer_id: UUID


async def delete_customer(call: Call, customer_id: UUID | None) -> Outcome[Deleted]:
    """Purges a sandbox customer with all that belongs to it; its domains are free again, its log lines stay.

    Args:
        call: The call.
        customer_id: The customer; None where the id names none.

    Returns:
        The deleted id, or NOT_SANDBOX (whatever the id), or NOT_FOUND, or ACTIVE_RESERVATIONS and ACTIVE_SOFTWARE
        (800061): these are cancelled first.
    """
    if not call.principal.is_sandbox:
        message = "Customers are deleted in an integration sandbox only; elsewhere end the relationship instead."
        return stopped(Fault(FaultCode.NOT_SANDBOX, message, None, 900127))
    customer = await find_customer(call, customer_id)
    if customer is None:
        return stopped(customer_not_found())
    await lock_relationship(call, call.principal.tenant_id, customer.id)
    obstacles = await purchase_obstacles(
        call, call.principal.tenant_id, customer.id, ("input", "customerId"), codes=ORDERS, vendor_code=800061
    )
    if obstacles:
        return stopped(*obstacles)
    gone = delete(Customer).where(col(Customer.cloud) == call.principal.cloud, col(Customer.id) == customer.id)
    if (await call.transaction.execute(gone)).rowcount != 1:
        return stopped(customer_not_found())
    await record(call, "delete_customer", "customer", customer_id=customer.id, customer_name=customer.company_name)
    return Outcome(Deleted(customer.id))
