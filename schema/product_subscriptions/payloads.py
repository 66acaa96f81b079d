"""What mutations of product subscriptions answer."""

from uuid import UUID

import strawberry

from execution.links import One
from policy.vocabulary import Permission
from resolvers.outcome import Outcome
from resolvers.product_subscription_creation import Subscribed
from schema import sources
from schema.access import PUBLIC, OfPartners, field
from schema.context import Info
from schema.exports import Export
from schema.product_subscriptions.subscription import ProductSubscription
from schema.user_errors import USER_ERRORS, UserError, finish


@strawberry.type(description="A subscription that was bought or changed.")
class ProductSubscriptionPayload:
    """Answer of the mutations of product subscriptions."""

    subscription_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)
    subscription: ProductSubscription | None = field(
        OfPartners(Permission.SUBSCRIPTION_READ),
        "The subscription as it is now; null where there are `userErrors`.",
        link=One(sources.product_subscriptions, key="subscription_id"),
    )


@strawberry.type(description="An export that was prepared.")
class SubscriptionExportPayload:
    """Answer of productSubscriptionExport."""

    export: Export | None = field(PUBLIC, "The link; null where there are `userErrors`.")
    user_errors: list[UserError] = field(PUBLIC, USER_ERRORS)


def answer(info: Info, outcome: Outcome[Subscribed], *, dry_run: bool = False) -> ProductSubscriptionPayload:
    """The payload of a command's outcome.

    Args:
        info: The operation.
        outcome: What the command answered.
        dry_run: Whether the caller only wanted to see the outcome.
    """
    done, faults = finish(info, outcome, dry_run=dry_run)
    return ProductSubscriptionPayload(
        subscription_id=done.subscription_id if done else None,
        user_errors=faults,  # type: ignore[arg-type]
    )
