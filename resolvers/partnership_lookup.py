"""Finding the partnership that a provider's command is about."""

from uuid import UUID

from sqlmodel import col

from models import Partnership
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode

ID = ("input", "partnershipId")


async def find_own_partnership(call: Call, partnership_id: UUID | None) -> Partnership | None:
    """A partnership that the caller's company started; None for any other id, all alike.

    Args:
        call: The provider's call.
        partnership_id: Its id; None finds nothing.
    """
    if partnership_id is None:
        return None
    # Locked, so that an acceptance and what the provider does to one invitation see each other.
    return await call.find(
        Partnership,
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == call.principal.tenant_id,
        col(Partnership.id) == partnership_id,
        locked=True,
    )


def partnership_not_found() -> Fault:
    """The fault of an id that names no partnership of the caller; never says whether it names somebody else's."""
    message = "You have no partnership with this id. Take ids from `partnerships`, unchanged."
    return Fault(FaultCode.NOT_FOUND, message, ID, 1000)
