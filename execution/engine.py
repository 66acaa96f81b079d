"""The door of this room: text in, response out."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode, execute
from graphql.pyutils import is_awaitable

from execution.costs import Cost, paid
from execution.document_cache import DocumentCache
from execution.documents import Document, bound_validation, is_query, is_subscription
from execution.errors import Translate, Wording, present
from execution.executor import Executor, OperationContext
from execution.limits import Limits, check_cost
from execution.plans.planner import Planner
from execution.subscriptions import NotForSubscriber, Subscribed


class Request(NamedTuple):
    """What a client sent.

    Attributes:
        document: The text of the document.
        variables: Raw values by variable name.
        operation_name: Which operation of the document; may be left out where there is only one.
        read_only: Whether mutations are refused, as over HTTP GET.
        tells_cost: Whether the answer carries what it cost.
    """

    document: str
    variables: dict[str, Any]
    operation_name: str | None = None
    read_only: bool = False
    tells_cost: bool = False


class Response(NamedTuple):
    """What the client gets.

    Attributes:
        body: `data` and `errors` as the specification's response map; instants in it are in UTC, for the JSON writer.
        executed: Whether execution began; False where the request itself was at fault.
        cost: What it might have cost at most; 0 where it was not worked out.
        operation: The operation that ran; None where none did.
        planned: Whether it ran by plan; else by the executor.
    """

    body: dict[str, Any]
    executed: bool
    cost: int = 0
    operation: OperationDefinitionNode | None = None
    planned: bool = False


Ran = tuple[dict[str, Any] | None, list[GraphQLError] | None, bool]
"""Data, errors, and whether it ran by plan."""


class _Sound(NamedTuple):
    document: Document
    operation: OperationDefinitionNode
    costs: Cost
    cost: int


DEFAULT_LIMITS = Limits()
DOCUMENT_BYTES = 64 * 1024 * 1024
"""What documents and their plans may hold of a process's memory."""


Admit = Callable[[Any, int, int], int | Awaitable[int]]
"""Asked before an operation runs, with its context, its cost and how many fields of a mutation it has: answers with
what the caller has left, or raises the GraphQLError that refuses it."""


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
        limits: Limits = DEFAULT_LIMITS,
        admit: Admit | None = None,
    ) -> None:
        self._admit = admit
        bound_validation()
        self._schema = schema._schema
        self._limits = limits
        self.documents = DocumentCache(self._schema, limits, bytes_held=DOCUMENT_BYTES)
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
        found = self._find(request)
        if not isinstance(found, _Sound):
            return self._refused(found, context)
        document, operation, costs, cost = found
        if is_subscription(operation):
            message = "Subscriptions run over WebSocket (graphql-transport-ws) or with `Accept: text/event-stream`."
            return self._refused((GraphQLError(message, nodes=operation, extensions={"code": "BAD_REQUEST"}),), context)
        if request.read_only and not is_query(operation):
            message = "GET runs queries only. Send mutations by POST."
            by_post = GraphQLError(message, nodes=operation, extensions={"code": "METHOD_NOT_ALLOWED"})
            return self._refused((by_post,), context)
        left: int | Awaitable[int] | None = None
        if self._admit is not None:
            try:
                left = self._admit(context, cost, costs.mutations)
                if not isinstance(left, int):
                    left = await left
            except GraphQLError as error:
                return self._refused((error,), context)
        data, errors, planned = await self._outcome(document, operation, request, context)
        if data is None and errors and all(error.path is None for error in errors):
            return self._refused(tuple(errors), context)
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = self._presented(errors, context)
        if request.tells_cost:
            actual = paid(data, mutation=not is_query(operation))
            body["extensions"] = {"cost": {"requested": cost, "actual": actual, "remaining": left}}
        return Response(body, executed=True, cost=cost, operation=operation, planned=planned)

    def subscription(self, request: Request) -> Response | None:
        """The subscription that a request asks for, as a response without data; None where it asks for none.

        A request whose document is at fault asks for none.
        """
        found = self._find(request)
        if not isinstance(found, _Sound) or not is_subscription(found.operation):
            return None
        return Response({}, executed=True, cost=found.cost, operation=found.operation)

    async def subscribe(
        self, request: Request, context: OperationContext, *, again: bool = False
    ) -> Subscribed | Response:
        """Asks guard and arguments of a subscription, with a context that has no event.

        Args:
            request: The operation.
            context: As for `run`.
            again: Whether the subscription began before, and is not charged another time.

        Returns:
            What it wants to hear of, or the response that says why it will hear nothing.
        """
        found = self._find(request)
        if not isinstance(found, _Sound):
            return self._refused(found, context)
        if self._admit is not None and not again:
            try:
                left = self._admit(context, found.cost, found.costs.mutations)
                if not isinstance(left, int):
                    await left
            except GraphQLError as refusal:
                return self._refused((refusal,), context)
        _, errors, _ = await self._execute(found.document.node, request, context)
        for error in errors or ():
            if isinstance(error.original_error, Subscribed):
                return error.original_error
        if errors:
            return self._refused(tuple(errors), context)
        message = "The subscription selects nothing to wait for."
        return self._refused((GraphQLError(message, extensions={"code": "BAD_USER_INPUT"}),), context)

    async def happened(self, request: Request, context: OperationContext) -> Response | None:
        """Runs a subscription for one event.

        Args:
            request: The operation, which `subscribe` found sound.
            context: Made for this event, which its root field reads from it.

        Returns:
            The response; None where the event is none of this subscription's.
        """
        found = self._find(request)
        if not isinstance(found, _Sound):
            return self._refused(found, context)
        data, errors, _ = await self._execute(found.document.node, request, context)
        if any(isinstance(error.original_error, NotForSubscriber) for error in errors or ()):
            return None
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = self._presented(errors, context)
        return Response(body, executed=True, cost=found.cost, operation=found.operation)

    def _find(self, request: Request) -> "_Sound | tuple[GraphQLError, ...]":
        document = self.documents.get(request.document)
        if document.node is None or document.errors:
            return document.errors
        try:
            operation = document.operation(request.operation_name)
            costs = document.costs[id(operation)]
            cost = costs.asked(request.variables)
            check_cost(self._limits, cost)
        except GraphQLError as error:
            return (error,)
        return _Sound(document, operation, costs, cost)

    async def _outcome(
        self, document: Document, operation: OperationDefinitionNode, request: Request, context: OperationContext
    ) -> Ran:
        if self._planner is not None:
            outcome = await self._planner.run(self.documents, document, operation, request.variables, context)
            if outcome is not None:
                return *outcome, True
        return await self._execute(document.node, request, context)

    async def _execute(self, node: DocumentNode | None, request: Request, context: OperationContext) -> Ran:
        unit = context.begin(writes=False)
        try:
            outcome = execute(
                self._schema,
                node,  # type: ignore[arg-type] # a sound document has one
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
        return result.data, result.errors, False

    def _refused(self, errors: tuple[GraphQLError, ...], context: OperationContext) -> Response:
        return Response({"errors": self._presented(list(errors), context)}, executed=False)

    def _presented(self, errors: list[GraphQLError], context: OperationContext) -> list[dict[str, Any]]:
        return present(errors, self._translate, lambda error: self._report(error, context))
