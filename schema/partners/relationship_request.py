"""The type RelationshipRequest, and lists of it."""

from datetime import datetime
from typing import Annotated

import strawberry

from execution.links import Many, One
from execution.windows import Listing
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.decisions import decide
from policy.vocabulary import Permission
from resolvers.email_drafts import filled, relationship_text
from resolvers.invitations import Invited
from resolvers.relationship_request_sending import is_own_where_it_must_be
from resolvers.relationship_requests import OPEN, RelationshipRequestRow, narrow_relationship_requests
from resolvers.relationship_requests import RelationshipRequestFilter as Chosen
from resolvers.visibility import Rows
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.connections import Connection
from schema.context import Context, Info
from schema.node import Node
from schema.partners.email_draft import EmailDraft
from schema.partners.partner import Partner
from schema.partners.relationship import Relationship
from schema.scalars import EmailAddress, Url


def _all(relationships: Rows) -> Rows:
    return relationships.order_by(relationships.selected_columns.since, relationships.selected_columns.id)


@strawberry.type(description="An invitation to a customer to let the partner be its reseller.")
class RelationshipRequest(Node):
    """A request, for the partner that made it."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a request."""
        return isinstance(row, RelationshipRequestRow)

    kind: RelationshipRequestKind = field(PUBLIC, "Which relationships an acceptance makes.")
    status: RelationshipRequestStatus = field(PUBLIC, "Where the request stands now.")
    includes_delegated_admin: bool = field(PUBLIC, "Whether it asks for admin privileges in the customer's tenant.")
    target_email: EmailAddress | None = field(PUBLIC, "Whom the mail is for; null where you fill it in yourself.")
    created_at: datetime = field(PUBLIC, "When it was drafted.")
    created_by: str = field(PUBLIC, "Sign-in name of who drafted it.")
    sent_at: datetime | None = field(PUBLIC, "When it was sent; null for a draft.")
    expires_at: datetime | None = field(
        PUBLIC, "When the customer can decide no longer; null for a draft, and for never."
    )
    decided_at: datetime | None = field(PUBLIC, "When the customer decided; null while it has not.")

    inviter: Partner = field(PUBLIC, "Who invites.", link=One(sources.partners, key="inviter_id"))
    provider: Partner | None = field(
        PUBLIC,
        "The indirect provider that a reseller invites with.",
        link=One(sources.partners, key="provider_id"),
    )
    relationships: list[Relationship] = field(
        PUBLIC,
        "Your relationship that came of it; empty while nobody accepted.",
        link=Many(sources.relationships, key="accepted_by_id", by="customer_id", narrow=_all),
    )

    @computed(PUBLIC, "Opens the page where the customer's global admin accepts. Null once the request is over.")
    def link(parent: strawberry.Parent[RelationshipRequestRow], info: Info) -> Url | None:
        """Derived anew each time."""
        return Url(info.context.invitations.link(Invited.CUSTOMER, parent.id)) if parent.status in OPEN else None

    @computed(PUBLIC, "The mail to the customer, as it was edited. Null once the request is over.")
    def email_draft(parent: strawberry.Parent[RelationshipRequestRow], info: Info) -> EmailDraft | None:
        """Written anew each time."""
        if parent.status not in OPEN:
            return None
        subject, body = relationship_text(
            parent.inviter_name, parent.provider_name, includes_delegated_admin=parent.includes_delegated_admin
        )
        link = info.context.invitations.link(Invited.CUSTOMER, parent.id)
        return filled(parent.subject or subject, parent.body or body, link, parent.target_email)  # type: ignore[return-value]

    @computed(PUBLIC, "Whether you may cancel it now.")
    def viewer_can_cancel(parent: strawberry.Parent[RelationshipRequestRow], info: Info) -> bool:
        """C1, and the privileges that it asks for."""
        principal = info.context.principal
        needed = [Permission.RELATIONSHIP_REQUEST]
        if parent.includes_delegated_admin:
            needed.append(Permission.RELATIONSHIP_REQUEST_ADMIN)
        held = all(decide(principal.standing, permission).granted for permission in needed)
        return held and parent.status in OPEN and is_own_where_it_must_be(principal, parent.created_by_id)


@strawberry.input(description="Narrows the list of requests; everything that is given must match.")
class RelationshipRequestFilter:
    """What a request must match."""

    status: list[RelationshipRequestStatus] | None = strawberry.field(
        default=None, description="Stands in any of these now."
    )
    kind: list[RelationshipRequestKind] | None = strawberry.field(default=None, description="Any of these kinds.")


def relationship_request_listing(
    _context: Context,
    filter: Annotated[  # noqa: A002 - the contract's name
        RelationshipRequestFilter | None, strawberry.argument(description="All of them when left out.")
    ] = None,
) -> Listing[RelationshipRequestRow]:
    """The viewer's partner's requests, the newest first."""
    chosen = Chosen()
    if filter is not None:
        chosen = Chosen(tuple(dict.fromkeys(filter.status or ())), tuple(dict.fromkeys(filter.kind or ())))
    narrowing = narrow_relationship_requests(chosen)
    return Listing(
        name="relationshipRequests",
        source=sources.relationship_requests,
        order=("created_at", "id"),
        descending=True,
        conditions=narrowing.conditions,
        branches=narrowing.branches,
    )


RelationshipRequestConnection = Connection[RelationshipRequest]
