"""What can be done with partnerships."""

from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import One
from policy.vocabulary import Permission
from resolvers.global_ids import ObjectKind, key_of
from resolvers.outcome import Outcome
from resolvers.partnership_acceptance import accept_partnership
from resolvers.partnership_decline import decline_partnership
from resolvers.partnership_end import end_partnership
from resolvers.partnership_invitation import PartnershipOf, invite_reseller
from resolvers.partnership_sending import send_invitation
from schema import sources
from schema.access import PUBLIC, computed, field
from schema.context import Info
from schema.partners.partnership import Partnership
from schema.partners.partnership_preview import PartnershipPreview
from schema.scalars import EmailAddress
from schema.user_errors import UserError, finish

INPUT = strawberry.argument(description="The form.")


@strawberry.input(description="An invitation to a reseller.")
class PartnershipRequestInput:
    """Whom to invite."""

    target_email: EmailAddress | None = strawberry.field(
        default=None, description="Whom the mail is for; left out, you fill it in yourself."
    )


@strawberry.input(description="Mailing an invitation.")
class PartnershipRequestSendInput:
    """The invitation and its mail."""

    partnership_id: strawberry.ID = strawberry.field(description="The partnership, an open invitation.")
    subject: str | None = strawberry.field(default=None, description="The subject; the draft's when left out.")
    body: str | None = strawberry.field(
        default=None, description="The text, with the link of the draft in it; the draft's when left out."
    )


@strawberry.input(description="Authorising a provider.")
class PartnershipAcceptInput:
    """The link and the box."""

    token: str = strawberry.field(description="From the link.")
    authorize_provider: bool = strawberry.field(
        description="Must be true: the provider may order for your customers and gets admin access to your account."
    )


@strawberry.input(description="Declining an invitation.")
class PartnershipDeclineInput:
    """The link."""

    token: str = strawberry.field(description="From the link.")


@strawberry.input(description="Ending a partnership.")
class PartnershipEndInput:
    """The partnership and the declaration."""

    partnership_id: strawberry.ID = strawberry.field(description="The partnership.")
    declaration_accepted: bool = strawberry.field(
        description="Must be true: you act in good faith and give the notices that the law asks for."
    )


@strawberry.type(description="A partnership that something was done with.")
class PartnershipPayload:
    """Answer of the mutations here."""

    partnership_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, "Every fault of the input at once; empty where it was done.")
    partnership: Partnership | None = field(
        Permission.PARTNERSHIP_READ,
        "The partnership as it is now; null where there are `userErrors`.",
        link=One(sources.partnerships, key="partnership_id"),
    )


@strawberry.type(description="An invitation that the reseller declined.")
class PartnershipDeclinePayload:
    """Answer of partnershipDecline."""

    partnership: PartnershipPreview | None = field(
        PUBLIC, "The invitation as it is now; null where there are `userErrors`."
    )
    user_errors: list[UserError] = field(PUBLIC, "What stands in the way; empty where it was done.")


def _payload(info: Info, outcome: Outcome[PartnershipOf]) -> PartnershipPayload:
    done, faults = finish(info, outcome)
    return PartnershipPayload(
        partnership_id=done.partnership_id if done else None,
        user_errors=faults,  # type: ignore[arg-type]
    )


@strawberry.type
class PartnershipMutations:
    """Part of the root type Mutation."""

    @computed(
        Permission.PARTNERSHIP_REQUEST,
        "Invites a reseller: makes a link and the draft of a mail. Asked again for the same address, it answers with "
        "the invitation that is open.",
    )
    async def partnership_request(
        self,
        info: Info,
        input: Annotated[PartnershipRequestInput, INPUT],  # noqa: A002 - the contract's name
    ) -> PartnershipPayload | None:
        """Providers."""
        return _payload(info, await invite_reseller(info.context.call(), input.target_email))

    @computed(
        Permission.PARTNERSHIP_REQUEST,
        "Mails an invitation to the address that it names, once, by the server's mail relay. You may rewrite the mail; "
        "the link must stay in it. Its link was good before: you may send the draft yourself instead.",
    )
    async def partnership_request_send(
        self,
        info: Info,
        input: Annotated[PartnershipRequestSendInput, INPUT],  # noqa: A002
    ) -> PartnershipPayload | None:
        """Providers."""
        key = key_of(ObjectKind.PARTNERSHIP, input.partnership_id)
        return _payload(info, await send_invitation(info.context.call(), key, input.subject, input.body))

    @computed(Permission.PARTNERSHIP_APPROVE, "Accepts a provider's invitation for your company.")
    async def partnership_accept(
        self,
        info: Info,
        input: Annotated[PartnershipAcceptInput, INPUT],  # noqa: A002
    ) -> PartnershipPayload | None:
        """Resellers; again is a success that writes nothing."""
        outcome = await accept_partnership(info.context.call(), input.token, authorized=input.authorize_provider)
        return _payload(info, outcome)

    @computed(
        Permission.PARTNERSHIP_APPROVE,
        "Declines a provider's invitation for your company. Its link is good for nobody then; the provider may invite "
        "again.",
    )
    async def partnership_decline(
        self,
        info: Info,
        input: Annotated[PartnershipDeclineInput, INPUT],  # noqa: A002
    ) -> PartnershipDeclinePayload | None:
        """Resellers."""
        done, faults = finish(info, await decline_partnership(info.context.call(), input.token))
        return PartnershipDeclinePayload(
            partnership=done,  # type: ignore[arg-type]
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        Permission.PARTNERSHIP_REMOVE,
        "Ends a partnership, or takes an open invitation back. Customers, admin privileges and subscriptions stay as "
        "they are; nobody is told by this server.",
    )
    async def partnership_end(
        self,
        info: Info,
        input: Annotated[PartnershipEndInput, INPUT],  # noqa: A002
    ) -> PartnershipPayload | None:
        """Providers."""
        key = key_of(ObjectKind.PARTNERSHIP, input.partnership_id)
        outcome = await end_partnership(info.context.call(), key, declared=input.declaration_accepted)
        return _payload(info, outcome)
