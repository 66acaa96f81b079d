"""People of customers, as far as commands that they call need to know them."""

from sqlalchemy import select
from sqlmodel import col

from models import CustomerUser
from resolvers.call import Call


async def name_of_caller(call: Call) -> tuple[str, str]:
    """First and last name of the customer's user that calls; the last is empty where there is one name only."""
    user = select(col(CustomerUser.display_name)).where(
        col(CustomerUser.cloud) == call.principal.cloud,
        col(CustomerUser.customer_id) == call.principal.tenant_id,
        col(CustomerUser.id) == call.principal.actor_id,
    )
    first, _, last = str((await call.transaction.execute(user)).scalar_one()).partition(" ")
    return first, last
