"""What can be done with relationship requests, by the partner and by the customer."""

from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import One
from execution.loading import find
from policy.vocabulary import Permission
from resolvers.global_ids import ObjectKind, key_of
from resolvers.outcome import Outcome
from resolvers.relationship_request_acceptance import Decided, accept_request
from resolvers.relationship_request_creation import RequestOf, create_request
from resolvers.relationship_request_decline import decline_request
from resolvers.relationship_request_preview import preview_of
from resolvers.relationship_request_sending import cancel_request, send_request
from schema import sources
from schema.access import CUSTOMERS, PUBLIC, computed, field
from schema.context import Info
from schema.partners.relationship import Relationship
from schema.partners.relationship_request import RelationshipRequest
from schema.partners.relationship_request_inputs import (
    RelationshipRequestAcceptInput,
    RelationshipRequestCancelInput,
    RelationshipRequestCreateInput,
    RelationshipRequestDeclineInput,
    RelationshipRequestSendInput,
)
from schema.partners.relationship_request_preview import RelationshipRequestPreview
from schema.user_errors import UserError, finish

INPUT = strawberry.argument(description="The form.")


@strawberry.type(description="A request that something was done with.")
class RelationshipRequestPayload:
    """Answer of the partner's mutations."""

    request_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, "Every fault of the input at once; empty where it was done.")
    relationship_request: RelationshipRequest | None = field(
        Permission.RELATIONSHIP_READ,
        "The request as it is now; null where there are `userErrors`.",
        link=One(sources.relationship_requests, key="request_id"),
    )


@strawberry.type(description="A request that the customer decided on.")
class RelationshipRequestDecisionPayload:
    """Answer of the customer's mutations."""

    relationship_request: RelationshipRequestPreview | None = field(
        PUBLIC, "The request as it is now; null where there are `userErrors`."
    )
    relationships: list[Relationship] = field(PUBLIC, "The relationships that came of it; empty where there are none.")
    user_errors: list[UserError] = field(PUBLIC, "What stands in the way; empty where it was done.")


def _payload(info: Info, outcome: Outcome[RequestOf]) -> RelationshipRequestPayload:
    done, faults = finish(info, outcome)
    return RelationshipRequestPayload(
        request_id=done.request_id if done else None,
        user_errors=faults,  # type: ignore[arg-type]
    )


async def _decision(info: Info, outcome: Outcome[Decided]) -> RelationshipRequestDecisionPayload:
    done, faults = finish(info, outcome)
    unit, keys = info.context.unit, done.relationship_ids if done else ()
    # One after the other: there are two at most.
    found = [await find(unit, sources.relationships, key) for key in keys]
    return RelationshipRequestDecisionPayload(
        relationship_request=preview_of(done) if done else None,  # type: ignore[arg-type]
        relationships=[row for row in found if row is not None],
        user_errors=faults,  # type: ignore[arg-type]
    )


@strawberry.type
class RelationshipRequestMutations:
    """Part of the root type Mutation."""

    @computed(
        Permission.RELATIONSHIP_REQUEST,
        "Drafts a request to a customer: a link and the draft of a mail. With admin privileges it also needs "
        "`RELATIONSHIP_REQUEST_ADMIN`. Asked again for the same target, it answers with the request that is open.",
    )
    async def relationship_request_create(
        self,
        info: Info,
        input: Annotated[RelationshipRequestCreateInput, INPUT],  # noqa: A002 - the contract's name
    ) -> RelationshipRequestPayload | None:
        """A draft."""
        return _payload(info, await create_request(info.context.call(), input.form()))

    @computed(
        Permission.RELATIONSHIP_REQUEST,
        "Sends a draft; from then on its link is good. You may rewrite the mail; the link must stay in it.",
    )
    async def relationship_request_send(
        self,
        info: Info,
        input: Annotated[RelationshipRequestSendInput, INPUT],  # noqa: A002
    ) -> RelationshipRequestPayload | None:
        """By the server, or by other means."""
        key = key_of(ObjectKind.RELATIONSHIP_REQUEST, input.relationship_request_id)
        outcome = await send_request(info.context.call(), key, input.subject, input.body, deliver=input.deliver)
        return _payload(info, outcome)

    @computed(
        Permission.RELATIONSHIP_REQUEST,
        "Takes a request back while the customer has not decided. Sales agents cancel their own only; one with admin "
        "privileges also needs `RELATIONSHIP_REQUEST_ADMIN`.",
    )
    async def relationship_request_cancel(
        self,
        info: Info,
        input: Annotated[RelationshipRequestCancelInput, INPUT],  # noqa: A002
    ) -> RelationshipRequestPayload | None:
        """Its link is dead then."""
        key = key_of(ObjectKind.RELATIONSHIP_REQUEST, input.relationship_request_id)
        return _payload(info, await cancel_request(info.context.call(), key))

    @computed(
        CUSTOMERS,
        "Accepts a request for your company, and the customer agreement with it. By its global admin. Again is a "
        "success that changes nothing.",
    )
    async def relationship_request_accept(
        self,
        info: Info,
        input: Annotated[RelationshipRequestAcceptInput, INPUT],  # noqa: A002
    ) -> RelationshipRequestDecisionPayload | None:
        """Everything or nothing."""
        agreement = input.agreement.form() if input.agreement is not None else None
        return await _decision(info, await accept_request(info.context.call(), input.token, agreement))

    @computed(CUSTOMERS, "Declines a request for your company. By its global admin.")
    async def relationship_request_decline(
        self,
        info: Info,
        input: Annotated[RelationshipRequestDeclineInput, INPUT],  # noqa: A002
    ) -> RelationshipRequestDecisionPayload | None:
        """Its link is dead then."""
        return await _decision(info, await decline_request(info.context.call(), input.token, input.reason))
