"""Finding the customer that a command is about, under the visibility of its caller."""

from uuid import UUID

from sqlmodel import col

from models import Relationship
from resolvers.call import Call
from resolvers.customers import CustomerRow, visible_customers
from resolvers.faults import Fault, FaultCode, Path


async def find_customer(call: Call, customer_id: UUID | None) -> CustomerRow | None:
    """The customer; None for one that does not exist and for one that the caller may not see, all alike.

    Args:
        call: The call.
        customer_id: Its tenant id; None finds nothing.
    """
    if customer_id is None:
        return None
    seen = visible_customers(call.principal.kind).where(col(Relationship.customer_id) == customer_id)
    row = (await call.transaction.execute(seen)).first()
    return CustomerRow._make(row) if row else None


def customer_not_found(path: Path = ("input", "customerId")) -> Fault:
    """The fault of an id that names no customer of the caller; never says whether it names somebody else's."""
    return Fault(
        FaultCode.NOT_FOUND,
        "You have no customer with this id. Take ids from `customers`, unchanged.",
        path,
        vendor_code=1000,
    )
