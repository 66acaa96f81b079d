"""Which relationship requests a principal sees: a partner those that it made, nobody else any."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, false, null, select
from sqlmodel import col

from models import RelationshipRequest
from models.relationship_request import RelationshipRequestKind, RelationshipRequestStatus
from policy.vocabulary import PrincipalKind
from resolvers.customer_filters import Narrowing, narrowed
from resolvers.expiry import request_expiry
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.partners import name_of_partner
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant

OPEN = frozenset({RelationshipRequestStatus.DRAFT, RelationshipRequestStatus.SENT})


class RelationshipRequestRow(NamedTuple):
    """A request, as the partner sees it that made it.

    Attributes:
        subject: What a person made of the mail's subject; None while it is the draft's.
        body: What a person made of the mail's text, a mark in the link's place.
        inviter_name: For the draft of the mail.
        provider_name: Likewise.
        accepted_by_id: The customer that accepted; None while none has.
    """

    id: UUID
    inviter_id: UUID
    provider_id: UUID | None
    kind: RelationshipRequestKind
    status: RelationshipRequestStatus
    includes_delegated_admin: bool
    target_email: str | None
    subject: str | None
    body: str | None
    created_at: datetime
    created_by: str
    created_by_id: UUID
    sent_at: datetime | None
    expires_at: datetime | None
    decided_at: datetime | None
    inviter_name: str
    provider_name: str | None
    accepted_by_id: UUID | None

    @prefixed(ObjectKind.RELATIONSHIP_REQUEST)
    def global_id(self) -> UUID:
        """The request's id."""
        return self.id


@cache
def visible_relationship_requests(kind: PrincipalKind) -> Rows:
    """The partner's own requests. One that nobody answered in time reads EXPIRED, written down or not."""
    plain = RelationshipRequestRow._fields[: RelationshipRequestRow._fields.index("inviter_name")]
    columns = {label: col(getattr(RelationshipRequest, label)) for label in plain}
    columns["status"] = request_expiry.status()  # type: ignore[assignment]
    accepted = col(RelationshipRequest.status) == RelationshipRequestStatus.ACCEPTED
    own: Rows = select(
        *(found.label(label) for label, found in columns.items()),
        name_of_partner(RelationshipRequest.cloud, RelationshipRequest.inviter_id).label("inviter_name"),
        name_of_partner(RelationshipRequest.cloud, RelationshipRequest.provider_id).label("provider_name"),
        case((accepted, col(RelationshipRequest.customer_id)), else_=null()).label("accepted_by_id"),
    ).where(col(RelationshipRequest.cloud) == viewer_cloud, col(RelationshipRequest.inviter_id) == viewer_tenant)
    return own if is_partner(kind) else own.where(false())


@dataclass(frozen=True, slots=True)
class RelationshipRequestFilter:
    """What a request must match; empty narrows nothing.

    Attributes:
        statuses: Stands in one of these now.
        kinds: Is of one of these kinds.
    """

    statuses: tuple[RelationshipRequestStatus, ...] = ()
    kinds: tuple[RelationshipRequestKind, ...] = ()


def narrow_relationship_requests(chosen: RelationshipRequestFilter) -> Narrowing:
    """A filter as conditions on the rows of `visible_relationship_requests`: one walk of an index for each pair."""
    if not chosen.statuses and not chosen.kinds:
        return Narrowing((), ())
    stands = [
        part for wanted in chosen.statuses or RelationshipRequestStatus for part in request_expiry.standing(wanted)
    ]
    kinds = [col(RelationshipRequest.kind) == wanted for wanted in chosen.kinds or RelationshipRequestKind]
    return narrowed([], [and_(*parts) for parts in product(stands, kinds)])
