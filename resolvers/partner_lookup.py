"""Finding the partners that a command concerns, its caller's own among them."""

from uuid import UUID

from sqlmodel import col

from models import Partner
from resolvers.call import Call


async def find_partner(call: Call, partner_id: UUID, *, locked: bool = False) -> Partner:
    """A partner of the caller's cloud that another row refers to, so that there is one.

    Args:
        call: The call.
        partner_id: Its tenant id.
        locked: Whether other transactions must wait with changing it.

    Raises:
        LookupError: There is none; the database's keys let no row refer to it.
    """
    of_id = col(Partner.cloud) == call.principal.cloud, col(Partner.id) == partner_id
    found = await call.find(Partner, *of_id, locked=locked)
    if found is None:
        raise LookupError(f"there is no partner {partner_id}")
    return found
