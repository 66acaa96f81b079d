"""Strawberry's executor with one addition: each field of a mutation is a transaction of its own."""

from typing import Any, Protocol

from graphql import GraphQLObjectType, located_error
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.database.connection import DatabaseError
from execution.unit import Unit


class OperationContext(Protocol):
    """What the executor needs of the context that resolvers get."""

    unit: Unit

    def begin(self, *, writes: bool) -> Unit:
        """A new unit of work, which is the context's from now on."""

    async def after_failure(self, field: str, error: Exception) -> None:
        """Told of the exception that ended a mutation's field, after its transaction was rolled back."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Runs mutations field by field: resolve, read the payload, then commit; anything else rolls back."""

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,  # noqa: ANN401 - graphql-core's own signature
        field_details_list: Any,  # noqa: ANN401
        path: Path,
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Runs a root field of a mutation in its unit; every other field as ever."""
        if path.prev is None and parent_type is self.schema.mutation_type:
            return self._in_unit(parent_type, source, field_details_list, path, position_context)
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    async def _in_unit(
        self,
        parent_type: GraphQLObjectType,
        source: object,
        details: Any,  # noqa: ANN401
        path: Path,
        position: Any,  # noqa: ANN401
    ) -> object:
        context: OperationContext = self.context_value
        unit = context.begin(writes=True)
        try:
            result = super().execute_field(parent_type, source, details, path, position)
            if self.is_awaitable(result):
                result = await result
        except BaseException:
            await unit.abandon()
            raise
        # A payload field that was denied is the client's affair and commits; a payload that is gone is a failure.
        failure = self._failure_below(path) if result is None else None
        unit.keep = unit.keep and failure is None
        try:
            await unit.end()
        except DatabaseError as error:
            self._add_error(error, details, path)
            return None
        if failure is not None:
            await context.after_failure(details[0].node.name.value, failure)
        elif unit.broken:
            self._add_error(RuntimeError("the payload could not be read"), details, path)
            return None
        return result

    def _failure_below(self, path: Path) -> Exception:
        for error in self.collected_errors.errors:
            if error.path and error.path[0] == path.key:
                return error.original_error or error
        return RuntimeError("a mutation resolved to null")

    def _add_error(self, error: Exception, details: Any, path: Path) -> None:  # noqa: ANN401
        nodes = [detail.node for detail in details]
        self.collected_errors.add(located_error(error, nodes, path.as_list()), path)
