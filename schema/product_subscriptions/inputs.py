"""Forms of mutations of product subscriptions."""

import strawberry

from resolvers.global_ids import ObjectKind, key_of
from resolvers.product_subscription_creation import PurchaseForm


@strawberry.input(description="What to buy for a customer.")
class ProductSubscriptionCreateInput:
    """A purchase."""

    customer_id: strawberry.ID = strawberry.field(description="Who gets it.")
    offer_id: strawberry.ID = strawberry.field(description="What, from `offers`.")
    quantity: int = strawberry.field(description="How much of it, within what the offer allows.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="For an add-on: the base that it extends."
    )
    friendly_name: str | None = strawberry.field(default=None, description="What the customer calls it.")
    reseller_id: strawberry.ID | None = strawberry.field(
        default=None, description="The reseller of record: never the provider itself."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Checks everything and shows the outcome; nothing is bought."
    )

    def form(self) -> PurchaseForm:
        """What was filled in, its ids as keys."""
        return PurchaseForm(
            customer_id=key_of(ObjectKind.CUSTOMER, self.customer_id),
            offer_id=key_of(ObjectKind.OFFER, self.offer_id),
            quantity=self.quantity,
            parent_id=key_of(ObjectKind.PRODUCT_SUBSCRIPTION, self.parent_id) if self.parent_id is not None else None,
            names_parent=self.parent_id is not None,
            friendly_name=self.friendly_name,
            reseller_id=key_of(ObjectKind.PARTNER, self.reseller_id) if self.reseller_id is not None else None,
            names_reseller=self.reseller_id is not None,
        )


@strawberry.input(description="Which subscription to change, and in which version.")
class ProductSubscriptionSetStatusInput:
    """A change of status."""

    subscription_id: strawberry.ID = strawberry.field(description="The subscription.")
    etag: str = strawberry.field(description="The subscription's etag as you read it.")


@strawberry.input(description="Whose subscriptions to export.")
class SubscriptionExportInput:
    """One customer's."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")


@strawberry.input(description="Who shall, or shall no longer, own an Azure subscription.")
class SubscriptionOwnerInput:
    """An ownership."""

    subscription_id: strawberry.ID = strawberry.field(
        description="The Azure subscription, from `subscriptions` of the viewer."
    )
    user_principal_name: str = strawberry.field(description="The name that the user signs in with.")


@strawberry.input(description="A reservation to buy for one's own company.")
class ReservationPurchaseInput:
    """A purchase by the customer."""

    subscription_id: strawberry.ID = strawberry.field(
        description="The Azure subscription that the reservation is bought under, from `ownedSubscriptions`."
    )
    offer_id: strawberry.ID = strawberry.field(description="What, from `ownedSubscriptions`.")
    quantity: int = strawberry.field(description="How many, within what the offer allows.")
    dry_run: bool = strawberry.field(
        default=False, description="Checks everything and shows the outcome; nothing is bought."
    )
