"""The root type Query."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from execution.links import Objects, Pages
from execution.refusals import BadUserInput
from execution.source import Source
from execution.windows import LARGEST_PAGE
from policy.decisions import decide
from policy.principal import Principal
from policy.vocabulary import Permission, PrincipalKind
from resolvers.global_ids import ObjectKind, parse_global_id
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.activity.record import ActivityRecordConnection, activity_listing
from schema.connections import FORWARD
from schema.context import Context, Info
from schema.countries.prechecks import PrecheckQueries
from schema.countries.rules import CountryQueries
from schema.customers.queries import CustomerQueries
from schema.node import Node
from schema.partners.queries import PartnerQueries
from schema.product_subscriptions.queries import OfferQueries
from schema.viewer.roles import RoleDefinition, role_definitions
from schema.viewer.viewer import Viewer

# What a principal must hold to get an object by its id: the same as on the way through other fields. A customer's own
# people see their company, its global admin also its relationships and its partners: for these no permission exists.
FOUND_BY_ID: dict[ObjectKind, tuple[Source[Any], tuple[Permission, ...], str]] = {
    ObjectKind.CUSTOMER: (sources.customers, (Permission.CUSTOMER_READ,), "Customer"),
    ObjectKind.RELATIONSHIP: (sources.relationships, (Permission.CUSTOMER_READ,), "Relationship"),
    ObjectKind.PARTNER: (sources.partners, (), "Partner"),
    ObjectKind.PARTNERSHIP: (sources.partnerships, (Permission.PARTNERSHIP_READ,), "Partnership"),
    ObjectKind.RELATIONSHIP_REQUEST: (
        sources.relationship_requests,
        (Permission.RELATIONSHIP_READ,),
        "RelationshipRequest",
    ),
    ObjectKind.BILLING_PROFILE: (
        sources.billing_profiles,
        (Permission.CUSTOMER_READ, Permission.CUSTOMER_BILLING_READ),
        "BillingProfile",
    ),
    ObjectKind.AGREEMENT: (sources.agreements, (Permission.CUSTOMER_READ, Permission.AGREEMENT_ATTEST), "Agreement"),
    ObjectKind.OFFER: (sources.offers, (Permission.SUBSCRIPTION_READ,), "Offer"),
    ObjectKind.PRODUCT_SUBSCRIPTION: (
        sources.product_subscriptions,
        (Permission.CUSTOMER_READ, Permission.SUBSCRIPTION_READ),
        "ProductSubscription",
    ),
    ObjectKind.ACTIVITY_RECORD: (sources.activity_records, (Permission.AUDIT_READ,), "ActivityRecord"),
}
# A plain user of a customer's finds its company and, as an Owner, what `ownedSubscriptions` and a purchase showed it.
FOUND_BY_PLAIN_USERS: dict[ObjectKind, Source[Any]] = {
    ObjectKind.CUSTOMER: sources.customers,
    ObjectKind.PRODUCT_SUBSCRIPTION: sources.owners_subscriptions,
    ObjectKind.OFFER: sources.owners_offers,
}
TYPES_BY_ID = {source: name for source, _, name in FOUND_BY_ID.values()} | {
    source: FOUND_BY_ID[kind][2] for kind, source in FOUND_BY_PLAIN_USERS.items()
}


def _source(principal: Principal, kind: ObjectKind) -> Source[Any] | None:
    source, needed, _ = FOUND_BY_ID[kind]
    if principal.is_customer_admin:
        return source
    if principal.kind is PrincipalKind.CUSTOMER_USER:
        return FOUND_BY_PLAIN_USERS.get(kind)
    return source if all(decide(principal.standing, permission).granted for permission in needed) else None


def _place(principal: Principal, id_text: str) -> tuple[Source[Any], UUID] | None:
    parsed = parse_global_id(id_text)
    if parsed is None:
        return None
    source = _source(principal, parsed[0])
    return (source, parsed[1]) if source is not None else None


def _located(
    context: Context,
    id: Annotated[strawberry.ID, strawberry.argument(description="An id of any type.")],  # noqa: A002
) -> list[tuple[Source[Any], UUID] | None]:
    return [_place(context.principal, id)]


def _all_located(
    context: Context,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"Up to {LARGEST_PAGE} ids of any types.")],
) -> list[tuple[Source[Any], UUID] | None]:
    if len(ids) > LARGEST_PAGE:
        raise BadUserInput(f"`ids` lists {len(ids)} ids; ask for {LARGEST_PAGE} at most.")
    return [_place(context.principal, text) for text in ids]


@strawberry.type(description="Everything that can be read.")
class Query(CustomerQueries, PartnerQueries, OfferQueries, CountryQueries, PrecheckQueries):
    """The root of reads."""

    activity_log: ActivityRecordConnection | None = field(
        Permission.AUDIT_READ,
        "Your company's activity log, the newest line first.",
        link=Pages(activity_listing("activityLog"), FORWARD),
    )

    @computed(PUBLIC, "Who is asking.")
    def viewer(self, info: Info) -> Viewer:
        """The principal."""
        return info.context.principal  # type: ignore[return-value]

    node: Node | None = field(
        PUBLIC,
        "Any object by its id; null for an id that is unknown, malformed or not yours to see.",
        link=Objects(TYPES_BY_ID, _located, listed=False),
    )
    nodes: list[Node | None] = field(
        PUBLIC,
        "Objects by their ids, in their order; null in the place of an id that names nothing you may see.",
        link=Objects(TYPES_BY_ID, _all_located, listed=True),
    )

    @computed(PUBLIC, "All roles and what they grant.")
    def roles(self) -> list[RoleDefinition]:
        """The same for everybody."""
        return role_definitions()
