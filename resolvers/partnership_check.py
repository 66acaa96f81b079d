"""Whether a provider works with the reseller that a form names."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models import Partnership
from models.partnership import PartnershipStatus
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path


async def check_partnership(call: Call, reseller_id: UUID | None, path: Path) -> list[Fault]:
    """R3.14: what a provider does for a reseller needs their live partnership.

    Args:
        call: The provider's call.
        reseller_id: The reseller; None where the form's id names none.
        path: Path of the id in the input.
    """
    live = select(col(Partnership.id)).where(
        col(Partnership.cloud) == call.principal.cloud,
        col(Partnership.provider_id) == call.principal.tenant_id,
        col(Partnership.reseller_id) == reseller_id,
        col(Partnership.status) == PartnershipStatus.ACTIVE,
    )
    if reseller_id is not None and (await call.transaction.execute(live)).first() is not None:
        return []
    message = "You have no active partnership with this reseller; connect with it first, or leave the field out."
    return [Fault(FaultCode.PARTNERSHIP_REQUIRED, message, path, 800016)]
