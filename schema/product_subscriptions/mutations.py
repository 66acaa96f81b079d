"""Buying for customers, and changing what they have: thin over the commands in `resolvers`."""

from typing import Annotated

import strawberry

from policy.vocabulary import Permission
from resolvers.global_ids import ObjectKind, key_of
from resolvers.product_subscription_creation import create_product_subscription
from resolvers.product_subscription_export import SUBSCRIPTIONS, choose_subscriptions
from resolvers.product_subscription_status import (
    cancel_product_subscription,
    reactivate_product_subscription,
    suspend_product_subscription,
)
from resolvers.reservation_purchase import purchase_reservation
from resolvers.subscription_owners import assign_owner, remove_owner
from schema.access import CUSTOMER_ADMINS, CUSTOMERS, computed
from schema.context import Info
from schema.exports import make_export
from schema.product_subscriptions.inputs import (
    ProductSubscriptionCreateInput,
    ProductSubscriptionSetStatusInput,
    ReservationPurchaseInput,
    SubscriptionExportInput,
    SubscriptionOwnerInput,
)
from schema.product_subscriptions.payloads import ProductSubscriptionPayload, SubscriptionExportPayload, answer
from schema.user_errors import finish

INPUT = strawberry.argument(description="The form.")
Change = Annotated[ProductSubscriptionSetStatusInput, INPUT]
Ownership = Annotated[SubscriptionOwnerInput, INPUT]


@strawberry.type
class ProductSubscriptionMutations:
    """Part of the root type Mutation."""

    @computed(
        Permission.SUBSCRIPTION_COMMIT,
        "Buys an offer for a customer; your company is billed. Needs the customer's agreement and an approved account.",
        capability="NEW_SERVICES",
    )
    async def product_subscription_create(
        self,
        info: Info,
        input: Annotated[ProductSubscriptionCreateInput, INPUT],  # noqa: A002 - the contract's name
    ) -> ProductSubscriptionPayload | None:
        """Direct-bill partners and indirect providers, by their relationship."""
        outcome = await create_product_subscription(info.context.call(), input.form())
        return answer(info, outcome, dry_run=input.dry_run)

    @computed(
        Permission.SUBSCRIPTION_WRITE,
        "Suspends a licence or usage subscription, and its add-ons with it: users lose access at once.",
    )
    async def product_subscription_suspend(
        self,
        info: Info,
        input: Change,  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """The etag must be current."""
        key = key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id)
        return answer(info, await suspend_product_subscription(info.context.call(), key, input.etag))

    @computed(
        Permission.SUBSCRIPTION_WRITE,
        "Makes a suspended subscription active again. Add-ons do not come back with their base; each needs a call.",
    )
    async def product_subscription_reactivate(
        self,
        info: Info,
        input: Change,  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """The etag must be current."""
        key = key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id)
        return answer(info, await reactivate_product_subscription(info.context.call(), key, input.etag))

    @computed(
        Permission.SUBSCRIPTION_COMMIT,
        "Cancels a reservation or software, for good. Licences and usage are suspended instead.",
    )
    async def product_subscription_cancel(
        self,
        info: Info,
        input: Change,  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """The etag must be current."""
        key = key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id)
        return answer(info, await cancel_product_subscription(info.context.call(), key, input.etag))

    @computed(Permission.CUSTOMER_EXPORT, "Makes a link that serves one customer's subscriptions as CSV.")
    async def product_subscription_export(
        self,
        info: Info,
        input: Annotated[SubscriptionExportInput, INPUT],  # noqa: A002
    ) -> SubscriptionExportPayload | None:
        """The link is the asker's own."""
        customer_id = key_of(ObjectKind.CUSTOMER, input.customer_id)
        chosen, faults = finish(info, await choose_subscriptions(info.context.call(), customer_id))
        return SubscriptionExportPayload(
            export=make_export(info.context, SUBSCRIPTIONS, chosen) if chosen else None,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        CUSTOMER_ADMINS,
        "Makes a user of your company Owner of an Azure subscription. A new subscription has none.",
    )
    async def subscription_owner_assign(
        self,
        info: Info,
        input: Ownership,  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """Again changes nothing."""
        key = key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id)
        return answer(info, await assign_owner(info.context.call(), key, input.user_principal_name))

    @computed(CUSTOMER_ADMINS, "Takes Owner of an Azure subscription from a user of your company.")
    async def subscription_owner_remove(
        self,
        info: Info,
        input: Ownership,  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """From one that is none changes nothing."""
        key = key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id)
        return answer(info, await remove_owner(info.context.call(), key, input.user_principal_name))

    @computed(
        CUSTOMERS,
        "Buys a reservation under an Azure subscription that you own, while your partner permits it. The partner is "
        "billed, and alone can cancel it.",
        capability="CUSTOMER_PURCHASES",
    )
    async def reservation_purchase(
        self,
        info: Info,
        input: Annotated[ReservationPurchaseInput, INPUT],  # noqa: A002
    ) -> ProductSubscriptionPayload | None:
        """By an Owner."""
        outcome = await purchase_reservation(
            info.context.call(),
            key_of(ObjectKind.PRODUCT_SUBSCRIPTION, input.subscription_id),
            key_of(ObjectKind.OFFER, input.offer_id),
            input.quantity,
        )
        return answer(info, outcome, dry_run=input.dry_run)
