"""The type Partnership, and lists of it."""

from datetime import datetime
from typing import Annotated

import strawberry

from execution.links import One, Pages
from execution.windows import Listing
from models.partnership import PartnershipStatus
from policy.decisions import Denied, decide, require_kind
from policy.vocabulary import PartnerKind, Permission
from resolvers.customers import CustomerRow
from resolvers.email_drafts import filled, partnership_text
from resolvers.invitations import Invited
from resolvers.partnerships import PartnershipFilter as Chosen
from resolvers.partnerships import PartnershipRow, narrow_partnerships
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.connections import FORWARD, Connection
from schema.context import Context, Info
from schema.customers.customer import CustomerConnection
from schema.node import Node
from schema.partners.email_draft import EmailDraft
from schema.partners.partner import Partner
from schema.scalars import Url
from schema.texts import plain

EITHER_SIDE = frozenset({PartnerKind.INDIRECT_PROVIDER, PartnerKind.INDIRECT_RESELLER})


def _shared(context: Context) -> Listing[CustomerRow]:
    decision = decide(context.standing, Permission.CUSTOMER_READ)
    if not decision.granted:
        raise Denied(decision)
    return Listing("Partnership.sharedCustomers", sources.shared_customers, ("list_name_key", "id"))


@strawberry.type(description="An indirect provider and an indirect reseller who work together.")
class Partnership(Node):
    """One row an invitation and what became of it."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a partnership."""
        return isinstance(row, PartnershipRow)

    status: PartnershipStatus = field(PUBLIC, "Where the partnership stands now.")
    requested_at: datetime = field(PUBLIC, "When the provider invited.")
    sent_at: datetime | None = field(PUBLIC, "When the server was told to mail the invitation; null while it was not.")
    expires_at: datetime | None = field(PUBLIC, "When an open invitation ends; null for never.")
    accepted_at: datetime | None = field(PUBLIC, "When the reseller accepted; null while nobody has.")
    ended_at: datetime | None = field(PUBLIC, "When it ended, was cancelled or declined; null while it was not.")

    provider: Partner = field(PUBLIC, "The indirect provider.", link=One(sources.partners, key="provider_id"))
    reseller: Partner | None = field(
        PUBLIC,
        "The indirect reseller; null until one accepts.",
        link=One(sources.partners, key="reseller_id"),
    )
    shared_customers: CustomerConnection | None = field(
        PUBLIC,
        "Your customers that the other side serves, too. Null unless the partnership is active.",
        link=Pages(_shared, FORWARD, key="shared_with_id", by="partner_id"),
    )

    @computed(PUBLIC, "Opens the page where the reseller's global admin accepts. For the provider, while it is open.")
    def link(parent: strawberry.Parent[PartnershipRow], info: Info) -> Url | None:
        """Derived anew each time."""
        if parent.status is not PartnershipStatus.REQUESTED:
            return None
        return Url(info.context.invitations.link(Invited.RESELLER, parent.id))

    @computed(PUBLIC, "The mail to the reseller, as it was edited. For the provider, while the invitation is open.")
    def email_draft(parent: strawberry.Parent[PartnershipRow], info: Info) -> EmailDraft | None:
        """Written anew each time."""
        if parent.status is not PartnershipStatus.REQUESTED:
            return None
        link = info.context.invitations.link(Invited.RESELLER, parent.id)
        subject, body = partnership_text(parent.provider_name)
        return filled(parent.subject or subject, parent.body or body, link, parent.target_email)  # type: ignore[return-value]


@strawberry.input(description="Narrows the list of partnerships; everything that is given must match.")
class PartnershipFilter:
    """What a partnership must match."""

    status: list[PartnershipStatus] | None = strawberry.field(default=None, description="Stands in any of these now.")
    name_starts_with: str | None = strawberry.field(
        default=None, description="Beginning of the other side's name, ignoring case."
    )


def partnership_listing(
    context: Context,
    filter: Annotated[  # noqa: A002 - the contract's name
        PartnershipFilter | None, strawberry.argument(description="All of them when left out.")
    ] = None,
) -> Listing[PartnershipRow]:
    """A provider's resellers, a reseller's providers (R3.7, R3.8), by the other side's name."""
    require_kind(context.standing, Permission.PARTNERSHIP_READ, EITHER_SIDE)
    as_provider = PartnerKind.INDIRECT_PROVIDER in context.standing.partner_kinds
    chosen = Chosen()
    if filter is not None:
        chosen = Chosen(tuple(dict.fromkeys(filter.status or ())), plain("nameStartsWith", filter.name_starts_with))
    narrowing = narrow_partnerships(chosen, as_provider=as_provider)
    return Listing(
        name="partnerships",
        source=sources.partnerships,
        order=("reseller_name_key" if as_provider else "provider_name_key", "id"),
        conditions=narrowing.conditions,
        branches=narrowing.branches,
    )


PartnershipConnection = Connection[Partnership]
