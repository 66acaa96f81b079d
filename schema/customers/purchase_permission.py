"""The type PurchasePermission."""

from datetime import datetime

import strawberry

from models.purchase_permission import PurchasableResource, PurchaseAction
from schema.access import PUBLIC, field


@strawberry.type(description="What your company lets a customer buy for itself, billed to your company.")
class PurchasePermission:
    """A switch, off by default."""

    resource: PurchasableResource = field(PUBLIC, "What may be bought.")
    action: PurchaseAction = field(PUBLIC, "What may be done.")
    enabled: bool = field(PUBLIC, "Whether it is on. Off by default.")
    changed_at: datetime | None = field(PUBLIC, "When it was last turned on or off; null while it was never on.")
    changed_by: str | None = field(PUBLIC, "Who turned it; null while it was never on.")
    etag: str | None = field(PUBLIC, "Changes whenever it is turned; null while it was never on.")
    warnings: list[str] = field(
        PUBLIC, "What would make the permission useless, e.g. no user of the customer owns the subscription."
    )
