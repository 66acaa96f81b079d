"""Subscriptions that a test needs at once, in any state, whoever may buy."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from clientela.clock import utc_now
from clientela.demo.organisations import organisation
from models import Offer, ProductSubscription
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from tests.clients import Api

PROVIDERS = {"tailspin": "fabrikam"}


async def offer_of(api: Api, partner: str, kind: ProductSubscriptionKind, *, azure: bool = False) -> UUID:
    """An offer that stands alone in the catalogue of the partner's cloud."""
    wanted = select(col(Offer.id)).where(
        col(Offer.cloud) == organisation(partner).cloud,
        col(Offer.kind) == kind,
        col(Offer.is_azure).is_(azure),
        col(Offer.add_on_of_id).is_(None),
    )
    async with api.database.connect() as connection:
        return UUID(str((await connection.execute(wanted.order_by(col(Offer.name)))).scalars().first()))


async def hold(
    api: Api,
    partner: str,
    customer_id: UUID,
    kind: ProductSubscriptionKind = ProductSubscriptionKind.LICENSE,
    *,
    azure: bool = False,
    **values: Any,
) -> ProductSubscription:
    """A subscription of a partner's customer; a reseller's is sold by its provider."""
    seller = organisation(PROVIDERS.get(partner, partner))
    row = ProductSubscription(
        cloud=seller.cloud,
        partner_id=seller.id,
        customer_id=customer_id,
        id=uuid7(),
        offer_id=await offer_of(api, partner, kind, azure=azure),
        reseller_id=organisation(partner).id if partner in PROVIDERS else None,
        created_at=utc_now(),
        status_changed_at=utc_now(),
        **{"quantity": 1, "status": ProductSubscriptionStatus.ACTIVE, "etag": "planted"} | values,
    )
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(ProductSubscription.__table__.insert().values(row.model_dump()))  # type: ignore[attr-defined]
    return row
