"""What can be done with relationships: ending one, and taking admin privileges away."""

from typing import Annotated
from uuid import UUID

import strawberry

from execution.links import One
from policy.vocabulary import Permission
from resolvers.delegated_admin_revocation import revoke_delegated_admin
from resolvers.global_ids import ObjectKind, key_of
from resolvers.relationship_end import end_relationship
from schema import sources
from schema.access import CUSTOMER_ADMINS, PUBLIC, computed, field
from schema.context import Info
from schema.customers.inputs import DRY_RUN
from schema.partners.relationship import Relationship
from schema.user_errors import UserError, finish

INPUT = strawberry.argument(description="The form.")


@strawberry.input(description="Ending a relationship.")
class RelationshipEndInput:
    """The customer, and what goes with the relationship."""

    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    reason: str | None = strawberry.field(default=None, description="Why, for the history; up to 500 characters.")
    terminate_granular_admin: bool = strawberry.field(
        default=True, description="Ends granular admin relationships, too; there are none in this version."
    )
    revoke_delegated_admin: bool = strawberry.field(
        default=True,
        description="Gives admin privileges back, too. False is for indirect resellers, who may keep them; others "
        "never do.",
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="A relationship that ended.")
class RelationshipEndPayload:
    """Answer of relationshipEnd."""

    relationship_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, "Everything that stands in the way at once; empty where it was done.")
    relationship: Relationship | None = field(
        Permission.CUSTOMER_READ,
        "The relationship as it is now; null where there are `userErrors`.",
        link=One(sources.relationships, key="relationship_id"),
    )


@strawberry.input(description="By the customer's global admin: the partner loses its admin rights.")
class DelegatedAdminRevokeInput:
    """The partner."""

    partner_id: strawberry.ID = strawberry.field(description="The partner, from `viewer.relationships`.")


@strawberry.type(description="Admin privileges that were taken away.")
class DelegatedAdminRevokePayload:
    """Answer of delegatedAdminRevoke."""

    relationship_id: strawberry.Private[UUID | None]
    user_errors: list[UserError] = field(PUBLIC, "What stands in the way; empty where it was done.")
    relationship: Relationship | None = field(
        PUBLIC,
        "The relationship, which stays; null where there are `userErrors`, and where it had ended before.",
        link=One(sources.relationships, key="relationship_id"),
    )


@strawberry.type
class RelationshipMutations:
    """Part of the root type Mutation."""

    @computed(
        Permission.RELATIONSHIP_REMOVE,
        "Ends your relationship with a customer: it leaves your list, and you lose what it granted you. Its tenant, "
        "its users and other partners' relationships stay. A new invitation, accepted, restores it. Nobody is told by "
        "this server.",
    )
    async def relationship_end(
        self,
        info: Info,
        input: Annotated[RelationshipEndInput, INPUT],  # noqa: A002 - the contract's name
    ) -> RelationshipEndPayload | None:
        """The row stays."""
        outcome = await end_relationship(
            info.context.call(),
            key_of(ObjectKind.CUSTOMER, input.customer_id),
            input.reason,
            revoke_delegated_admin=input.revoke_delegated_admin,
        )
        done, faults = finish(info, outcome, dry_run=input.dry_run)
        return RelationshipEndPayload(
            relationship_id=done.relationship_id if done else None,
            user_errors=faults,  # type: ignore[arg-type]
        )

    @computed(
        CUSTOMER_ADMINS,
        "Takes a partner's admin privileges in your company's tenant away, at once. The reseller relationship stays.",
    )
    async def delegated_admin_revoke(
        self,
        info: Info,
        input: Annotated[DelegatedAdminRevokeInput, INPUT],  # noqa: A002
    ) -> DelegatedAdminRevokePayload | None:
        """The partner cannot refuse."""
        partner_id = key_of(ObjectKind.PARTNER, input.partner_id)
        done, faults = finish(info, await revoke_delegated_admin(info.context.call(), partner_id))
        return DelegatedAdminRevokePayload(
            relationship_id=done.relationship_id if done else None,
            user_errors=faults,  # type: ignore[arg-type]
        )
