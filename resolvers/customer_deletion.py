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
        The deleted id, or NOT_SANDBOX (whatever the id), or NOT_FOUND.
    """
    if not call.principal.is_sandbox:
        message = "Customers are deleted in an integration sandbox only; elsewhere end the relationship instead."
        return stopped(Fault(FaultCode.NOT_SANDBOX, message, None, 900127))
    customer = await find_customer(call, customer_id)
    if customer is None:
        return stopped(customer_not_found())
    gone = delete(Customer).where(col(Customer.cloud) == call.principal.cloud, col(Customer.id) == customer.id)
    if (await call.transaction.execute(gone)).rowcount != 1:
        return stopped(customer_not_found())
    await record(call, "delete_customer", "customer", customer_id=customer.id, customer_name=customer.company_name)
    return Outcome(Deleted(customer.id))
