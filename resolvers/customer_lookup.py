"""Finding the customer that a command is about, under the visibility of its caller."""

from functools import cache
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col

from models import Relationship
from policy.vocabulary import PrincipalKind
from resolvers.call import Call
from resolvers.customers import CustomerRow, visible_customers
from resolvers.faults import Fault, FaultCode, Path
from resolvers.visibility import Rows


@cache
def _customer(kind: PrincipalKind) -> Rows:
    return visible_customers(kind).where(col(Relationship.customer_id) == bindparam("customer", type_=Uuid()))


async def find_customer(call: Call, customer_id: UUID | None) -> CustomerRow | None:
    """The customer; None for one that does not exist and for one that the caller may not see, all alike.

    Args:
        call: The call.
        customer_id: Its tenant id; None finds nothing.
    """
    if customer_id is None:
        return None
    row = (await call.transaction.execute(_customer(call.principal.kind), {"customer": customer_id})).first()
    return CustomerRow._make(row) if row else None


def customer_not_found(path: Path = ("input", "customerId")) -> Fault:
    """The fault of an id that names no customer of the caller; never says whether it names somebody else's."""
    return Fault(
        FaultCode.NOT_FOUND,
        "You have no customer with this id. Take ids from `customers`, unchanged.",
        path,
        vendor_code=1000,
    )
