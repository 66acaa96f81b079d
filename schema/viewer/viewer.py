"""The type Viewer: who is asking, and what the answer may hold."""

from typing import Annotated

import strawberry

from execution.links import Many, One, Pages
from execution.windows import Listing
from policy.decisions import Decision, decide, effective_permissions
from policy.principal import Principal
from policy.rules import policy
from policy.vocabulary import Cloud, Permission, PrincipalKind, Role
from resolvers.relationships import RelationshipRow
from resolvers.visibility import Rows
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.connections import FORWARD, Connection
from schema.context import Context
from schema.customers.customer import Customer
from schema.partners.partner import Partner
from schema.partners.relationship import Relationship
from schema.product_subscriptions.owned import OwnedSubscription
from schema.product_subscriptions.subscription import ProductSubscriptionConnection, own_subscription_listing


@strawberry.type(description="Why a permission is held or not.")
class PermissionExplanation:
    """A decision in words."""

    permission: Permission = field(PUBLIC, "What was asked about.")
    granted: bool = field(PUBLIC, "Whether you hold it; the condition must hold, too.")
    held_through: list[Role] = field(PUBLIC, "Your roles that grant it.")
    granted_by: list[Role] = field(PUBLIC, "All roles that would grant it.")
    message: str = field(PUBLIC, "One sentence for a person.")

    @computed(PUBLIC, "What must also hold, in words; null without a condition.")
    def condition(parent: strawberry.Parent[Decision]) -> str | None:
        """In words, not the tag."""
        return policy().conditions[parent.condition] if parent.condition else None


RelationshipConnection = Connection[Relationship]


def _of_own_company(context: Context) -> Listing[RelationshipRow] | None:
    if not context.principal.is_customer_admin:
        return None
    return Listing("Viewer.relationships", sources.relationships, ("since", "id"))


def _by_id(owned: Rows) -> Rows:
    return owned.order_by(owned.selected_columns.id)


@strawberry.type(description="Who is asking.")
class Viewer:
    """The principal."""

    kind: PrincipalKind = field(PUBLIC, "What kind of caller the token belongs to.")
    name: str = field(PUBLIC, "The sign-in name of the person, or the application's name.")
    cloud: Cloud = field(PUBLIC, "The cloud of the caller's tenant; everything it sees is in it.")

    partner: Partner | None = field(
        PUBLIC,
        "The partner that the caller belongs to. Null for a customer's user.",
        link=One(sources.partners, key="partner_id"),
    )
    customer: Customer | None = field(
        PUBLIC,
        "The viewer's own tenant, for a customer's user. Its partners' billing data and permissions stay out of sight.",
        link=One(sources.customers, key="customer_id"),
    )
    relationships: RelationshipConnection | None = field(
        PUBLIC,
        "For a customer's global admin: the partners that serve the company, and which of them hold admin privileges. "
        "Null for everybody else.",
        link=Pages(_of_own_company, FORWARD),
    )

    subscriptions: ProductSubscriptionConnection | None = field(
        PUBLIC,
        "For a customer's global admin: what the company bought, whoever sold it, the oldest first; ids for "
        "`subscriptionOwnerAssign`. Null for everybody else.",
        link=Pages(own_subscription_listing, FORWARD),
    )

    owned_subscriptions: list[OwnedSubscription] | None = field(
        PUBLIC,
        "For a customer's user: the Azure subscriptions of which it is an Owner, and what it may buy under each. "
        "Empty for everybody else.",
        link=Many(sources.owned_subscriptions, key="customer_id", by="customer_id", narrow=_by_id),
    )

    @computed(PUBLIC, "The caller's roles; empty for applications and customers' users.")
    def roles(parent: strawberry.Parent[Principal]) -> list[Role]:
        """In the order of the policy."""
        return [role for role in Role if role in parent.standing.roles]

    @computed(PUBLIC, "What the viewer's roles grant, taken together, as far as cloud and partner allow it.")
    def permissions(parent: strawberry.Parent[Principal]) -> list[Permission]:
        """In the order of the policy."""
        return list(effective_permissions(parent.standing))

    @computed(
        PUBLIC,
        "Why a permission is held or not, in words: the roles that would grant it and the condition that applies.",
    )
    def explain(
        parent: strawberry.Parent[Principal],
        permission: Annotated[Permission, strawberry.argument(description="What you would like to do.")],
    ) -> PermissionExplanation:
        """The decision that guards use."""
        return decide(parent.standing, permission)  # type: ignore[return-value]
