"""The door of this room: text in, response out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, execute
from graphql.pyutils import is_awaitable

from execution.document_cache import DocumentCache
from execution.documents import is_query
from execution.errors import Translate, Wording, present
from execution.executor import Executor, OperationContext
from execution.plans.planner import Planner


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    Attributes:
        document: The text of the document.
        variables: Raw values by variable name.
        operation_name: Which operation of the document; may be left out where there is only one.
        read_only: Whether mutations are refused, as over HTTP GET.
    """

    document: str
    variables: dict[str, Any]
    operation_name: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """What the client gets.

    Attributes:
        body: `data` and `errors` as the specification's response map; instants in it are in UTC, for the JSON writer.
        executed: Whether execution began; False where the request itself was at fault.
    """

    body: dict[str, Any]
    executed: bool


DOCUMENT_BYTES = 64 * 1024 * 1024
"""What documents and their plans may hold of a process's memory."""


class Engine:
    """Runs operations of one schema.

    Attributes:
        documents: The documents that are kept.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        translate: Translate,
        report: Callable[[GraphQLError, Any], Wording],
        planner: Planner | None = None,
    ) -> None:
        self._schema = schema._schema
        self.documents = DocumentCache(self._schema, bytes_held=DOCUMENT_BYTES)
        self._translate = translate
        self._report = report
        self._planner = planner

    async def run(self, request: Request, context: OperationContext) -> Response:
        """Runs one operation.

        Args:
            request: The operation.
            context: What resolvers get; its unit of work is ended here.

        Returns:
            The response; faults of any kind are in it, never raised.
        """
        document = self.documents.get(request.document)
        if document.node is None or document.errors:
            return self._refused(document.errors, context)
        try:
            operation = document.operation(request.operation_name)
        except GraphQLError as error:
            return self._refused((error,), context)
        if request.read_only and not is_query(operation):
            message = "GET runs queries only. Send mutations by POST."
            return self._refused((GraphQLError(message, nodes=operation),), context)
        if self._planner is not None:
            outcome = await self._planner.run(self.documents, document, operation, request.variables, context)
            if outcome is not None:
                return self._answered(outcome.data, outcome.errors, context)
        return await self._execute(document.node, request, context)

    async def _execute(self, node: Any, request: Request, context: OperationContext) -> Response:  # noqa: ANN401
        unit = context.begin(writes=False)
        try:
            outcome = execute(
                self._schema,
                node,
                context_value=context,
                variable_values=request.variables,
                operation_name=request.operation_name,
                executor_class=Executor,
            )
            result = await outcome if is_awaitable(outcome) else outcome
        finally:
            await unit.end()
        if not isinstance(result, ExecutionResult):
            raise TypeError("incremental delivery is not part of this schema")
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            return self._refused(tuple(result.errors), context)
        return self._answered(result.data, result.errors, context)

    def _answered(
        self, data: dict[str, Any] | None, errors: list[GraphQLError] | None, context: OperationContext
    ) -> Response:
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = self._presented(errors, context)
        return Response(body, executed=True)

    def _refused(self, errors: tuple[GraphQLError, ...], context: OperationContext) -> Response:
        return Response({"errors": self._presented(list(errors), context)}, executed=False)

    def _presented(self, errors: list[GraphQLError], context: OperationContext) -> list[dict[str, Any]]:
        return present(errors, self._translate, lambda error: self._report(error, context))
