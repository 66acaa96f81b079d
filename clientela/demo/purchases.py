"""What the customers of the demo world bought, as rows."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from clientela.demo.batches import Batch
from clientela.demo.customers import Tenant, uuid7
from clientela.demo.offers import offer_id
from clientela.demo.organisations import Organisation
from models import ProductSubscription, PurchasePermission, SubscriptionOwner
from models.product_subscription import ProductSubscriptionStatus
from models.purchase_permission import PurchasableResource, PurchaseAction
from policy.vocabulary import Cloud, Role

BOUGHT_SOMETHING = 0.4  # of the customers that may buy
WITH_ADD_ON = 0.3
WITH_AZURE = 0.3
SUSPENDED = 0.15
LATELY = timedelta(days=20)
LICENCES = {
    Cloud.GLOBAL: ("business-premium", "office-e3"),
    Cloud.US_GOV: ("office-g3",),
    Cloud.GERMANY: ("office-e3",),
    Cloud.CHINA: ("office-e3",),
}


class SelfService(NamedTuple):
    """What a well-known customer may buy for itself.

    Attributes:
        enabled: Whether its partner lets it; None where the permission was never on.
        has_owner: Whether its plain user is an Owner of its Azure plan.
    """

    enabled: bool | None
    has_owner: bool


# These have an Azure plan for certain, for the tour and the documents to talk about.
WELL_KNOWN = {
    "alpineskihouse": SelfService(enabled=True, has_owner=True),
    "fourthcoffee": SelfService(enabled=False, has_owner=True),
    "wingtiptoys": SelfService(enabled=None, has_owner=False),
    "adventureworks": SelfService(enabled=True, has_owner=False),
}


def add_purchases(
    batch: Batch,
    tenant: Tenant,
    partner: Organisation,
    *,
    user_id: UUID,
    now: datetime,
    reseller_id: UUID | None,
) -> None:
    """Adds what a customer bought through a partner since it has its account, and what it may buy for itself.

    Args:
        batch: Takes the rows.
        tenant: The customer; it has accepted its agreement, where its cloud has one.
        partner: Who sold it.
        user_id: The customer's plain user.
        now: Nothing was bought later.
        reseller_id: The reseller of record; None for none.
    """
    # A generator of its own, so that purchases leave the rest of the world as it is.
    rng = Random(f"purchases of {tenant.domain}")  # noqa: S311 - not cryptography: the same world every time
    known = WELL_KNOWN.get(tenant.company.prefix)
    if known is None and rng.random() > BOUGHT_SOMETHING:
        return
    at = tenant.created_at + (now - tenant.created_at) * rng.random() / 2
    licence = rng.choice(LICENCES[tenant.cloud])
    status = ProductSubscriptionStatus.SUSPENDED if rng.random() < SUSPENDED else ProductSubscriptionStatus.ACTIVE
    terms = _Terms(batch, tenant, now, partner.id, reseller_id, rng)
    base = terms.add(licence, at, rng.randint(5, 120), status)
    if tenant.cloud is Cloud.GLOBAL and licence == "office-e3" and rng.random() < WITH_ADD_ON:
        terms.add("audio-conferencing", at, rng.randint(1, 5), status, parent_id=base)
    if known or (tenant.cloud is not Cloud.CHINA and rng.random() < WITH_AZURE):
        azure = terms.add("azure-plan", at, 1, ProductSubscriptionStatus.ACTIVE)
        if known:
            terms.serve_themselves(known, azure, user_id, partner.person(Role.ADMIN_AGENT).sign_in_name)


class _Terms:
    """What all purchases of one customer share."""

    def __init__(
        self, batch: Batch, tenant: Tenant, now: datetime, partner_id: UUID, reseller_id: UUID | None, rng: Random
    ) -> None:
        self._batch, self._tenant, self._now, self._rng = batch, tenant, now, rng
        self._partner_id, self._reseller_id = partner_id, reseller_id

    def add(
        self,
        key: str,
        at: datetime,
        quantity: int,
        status: ProductSubscriptionStatus,
        *,
        parent_id: UUID | None = None,
    ) -> UUID:
        """Adds one purchase; says its id."""
        subscription_id = uuid7(at, self._rng)
        self._batch.add(
            ProductSubscription,
            cloud=self._tenant.cloud,
            partner_id=self._partner_id,
            customer_id=self._tenant.id,
            id=subscription_id,
            offer_id=offer_id(self._tenant.cloud, key),
            friendly_name=None,
            quantity=quantity,
            status=status,
            reseller_id=self._reseller_id,
            parent_id=parent_id,
            bought_under_id=None,
            etag=f"{self._rng.getrandbits(64):016x}",
            created_at=at,
            # Lately, so that it can still be reactivated.
            status_changed_at=at if status is ProductSubscriptionStatus.ACTIVE else max(at, self._now - LATELY),
        )
        return subscription_id

    def serve_themselves(self, terms: SelfService, azure_id: UUID, user_id: UUID, granted_by: str) -> None:
        """Adds the purchase permission, where there ever was one, and the Owner of the Azure plan."""
        shared = {
            "cloud": self._tenant.cloud,
            "partner_id": self._partner_id,
            "customer_id": self._tenant.id,
        }
        if terms.enabled is not None:
            self._batch.add(
                PurchasePermission,
                **shared,
                resource=PurchasableResource.AZURE_RESERVED_INSTANCES,
                action=PurchaseAction.PURCHASE,
                enabled=terms.enabled,
                etag=f"{self._rng.getrandbits(64):016x}",
                changed_at=self._now - LATELY,
                changed_by=granted_by,
            )
        if terms.has_owner:
            since = self._now - LATELY
            self._batch.add(SubscriptionOwner, **shared, subscription_id=azure_id, user_id=user_id, created_at=since)
