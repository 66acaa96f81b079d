"""The schema, built when a server starts; importing this module builds nothing."""

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    Undefined,
)
from strawberry.schema.config import StrawberryConfig

from schema.checks import check_schema
from schema.customers.mutations import CustomerMutations
from schema.partners.partnership_mutations import PartnershipMutations
from schema.partners.relationship_mutations import RelationshipMutations
from schema.partners.relationship_request_mutations import RelationshipRequestMutations
from schema.product_subscriptions.mutations import ProductSubscriptionMutations
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


@strawberry.type(
    description="Everything that can be done. Fields run one after the other, each in a transaction of its own."
)
class Mutation(
    CustomerMutations,
    PartnershipMutations,
    RelationshipRequestMutations,
    RelationshipMutations,
    ProductSubscriptionMutations,
):
    """The root of writes."""


def build_schema() -> strawberry.Schema:
    """The schema that is served.

    Raises:
        UnguardedError: A field has neither a guard nor the mark of being public.
    """
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    _say_nothing_of_null(schema)
    check_schema(schema)
    return schema


def _say_nothing_of_null(schema: strawberry.Schema) -> None:
    # Python's default of None would stand in the SDL as `= null`, which promises nothing that leaving out does not.
    for kind in schema._schema.type_map.values():
        parts: list[GraphQLArgument | GraphQLInputField] = []
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            parts += [argument for field in kind.fields.values() for argument in field.args.values()]
        elif isinstance(kind, GraphQLInputObjectType):
            parts += kind.fields.values()
        for part in parts:
            if part.default_value is None:
                part.default_value = Undefined
