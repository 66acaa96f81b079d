"""Strawberry's executor: each field of a mutation is a transaction, a value of ours is never the client's fault."""

import asyncio
from collections.abc import Coroutine
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any, Protocol

from graphql import FieldNode, GraphQLError, GraphQLObjectType, get_nullable_type, is_object_type, located_error
from graphql.execution.collect_fields import collect_subfields
from graphql.pyutils import Path, is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.database.connection import DatabaseError
from execution.ledger import OURS, Told, told_differently
from execution.plans.planner import Guards
from execution.unit import Unit


class OperationContext(Protocol):
    """What the executor needs of the context that resolvers get."""

    unit: Unit

    def begin(self, *, writes: bool) -> Unit:
        """A new unit of work, which is the context's from now on."""

    async def after_failure(self, field: str, error: Exception) -> None:
        """Told of the exception that ended a mutation's field, after its transaction was rolled back."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Runs mutations field by field: resolve, read the payload, then commit; anything else rolls back.

    An operation ends when all its fields have, those too that are given up with a sibling's error.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - graphql-core's own signature
        super().__init__(*arguments, **named)
        self._met: list[Any] = []
        self.is_awaitable = self._meet  # type: ignore[assignment] # as graphql-core itself sets it

    def _meet(self, value: object) -> bool:
        found = is_awaitable(value)
        if found:
            self._met.append(value)
        return found

    def execute_operation(self, serially: bool | None = None) -> Any:  # noqa: ANN401
        """Runs the operation as ever, to the end of the last field."""
        outcome = super().execute_operation(serially)
        return self._to_the_end(outcome) if self._met else outcome

    async def _to_the_end(self, outcome: Any) -> Any:  # noqa: ANN401
        try:
            return await outcome if is_awaitable(outcome) else outcome
        finally:
            # They would wait for loaders of a unit that is over, until Python collects them and warns of it.
            while left := list(self.background_futures):
                for given_up in left:
                    given_up.cancel()
                await asyncio.gather(*left, return_exceptions=True)
            # graphql-core cancels what stands beside an error, some of it before its first step: it drops what that
            # would have awaited, and Python warns of that too.
            for met in self._met:
                if isinstance(met, Coroutine) and getcoroutinestate(met) == CORO_CREATED:
                    met.close()

    def complete_list_item_value(self, item: Any, complete_results: list[Any], *rest: Any) -> bool:  # noqa: ANN401
        """Completes an item of a list as ever; it may turn out to be awaited."""
        awaited: bool = super().complete_list_item_value(item, complete_results, *rest)
        if awaited:
            self._met.append(complete_results[-1])
        return awaited

    def complete_value(
        self,
        return_type: Any,  # noqa: ANN401 - graphql-core's own signature
        field_details_list: Any,  # noqa: ANN401
        info: Any,  # noqa: ANN401
        path: Path,
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Completes a value as ever.

        Raises:
            TypeError: Its type refuses it. graphql-core words that like a fault of the client's, who cannot help it.
        """
        try:
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        except GraphQLError as error:
            if error is result or error.path is not None or not _is_about_fields(error):
                raise
            raise TypeError(error.message) from error

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
        if unit.ledger is not None:
            try:
                told = await self._told_before(unit, parent_type, details, path)
            except Exception as error:
                await unit.abandon()
                self._add_error(error, details, path)
                return None
            if told is not None:
                await unit.abandon()
                self.collected_errors.errors.extend(told.errors)
                return told.data
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
            if unit.ledger is not None and unit.keep and not unit.broken:
                await unit.ledger.keep(unit, str(path.key), self._to_tell_again(parent_type, result, details, path))
            await unit.end()
        except DatabaseError as error:
            await unit.abandon()
            self._add_error(error, details, path)
            return None
        if failure is not None:
            await context.after_failure(details[0].node.name.value, failure)
        elif unit.broken:
            self._add_error(RuntimeError("the payload could not be read"), details, path)
            return None
        return result

    async def _told_before(self, unit: Unit, kind: GraphQLObjectType, details: Any, path: Path) -> Told | None:  # noqa: ANN401
        # Who lost the right since is denied as at the first time, by the field itself.
        definition = kind.fields[details[0].node.name.value]
        if unit.ledger is None or Guards(self.context_value).denial(definition.extensions[OURS]) is not None:
            return None
        return await unit.ledger.recall(unit, str(path.key))

    def _to_tell_again(self, kind: GraphQLObjectType, result: Any, details: Any, path: Path) -> Told:  # noqa: ANN401
        payload = get_nullable_type(kind.fields[details[0].node.name.value].type)
        if is_object_type(payload):
            fragments, variables = self.fragments, self.variable_values
            selected = collect_subfields(self.schema, fragments, variables, self.operation, payload, details)
            result = {**result, **told_differently(payload, selected.grouped_field_set)}
        return Told(result, self._errors_below(path))

    def _errors_below(self, path: Path) -> list[GraphQLError]:
        return [error for error in self.collected_errors.errors if error.path and error.path[0] == path.key]

    def _failure_below(self, path: Path) -> Exception:
        for error in self._errors_below(path):
            return error.original_error or error
        return RuntimeError("a mutation resolved to null")

    def _add_error(self, error: Exception, details: Any, path: Path) -> None:  # noqa: ANN401
        nodes = [detail.node for detail in details]
        self.collected_errors.add(located_error(error, nodes, path.as_list()), path)


def _is_about_fields(error: GraphQLError) -> bool:
    # What is wrong with a directive or an argument names that; what is wrong with a value names its fields or nothing.
    return all(isinstance(node, FieldNode) for node in error.nodes or ())
