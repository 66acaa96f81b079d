"""Makes plans, keeps them with their documents, runs them."""

from collections import Counter
from typing import Any

import strawberry
from graphql import FragmentDefinitionNode, GraphQLError, OperationDefinitionNode
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.types.field import StrawberryField

from execution.database.connection import Database, OverloadedError
from execution.document_cache import DocumentCache
from execution.documents import Document
from execution.plans.inputs import Inputs
from execution.plans.operation import Operation
from execution.plans.outcomes import Result, Surprise, Unplannable
from execution.plans.plan import Plan, make_plan

WORTH_A_PLAN = 2
"""A plan is made when a document comes again: a flood of documents that come once costs no plans."""


class Planner:
    """Runs operations by plan where it can.

    Attributes:
        made: How many plans were made.
        ran: How many operations ran by plan.
        handed_over: How many operations the executor had to run, by the reason.
    """

    def __init__(self, schema: strawberry.Schema, database: Database) -> None:
        self._schema = schema
        self._database = database
        self._inputs = Inputs(schema)
        self.made = self.ran = 0
        self.handed_over: Counter[str] = Counter()

    async def run(
        self,
        documents: DocumentCache,
        document: Document,
        definition: OperationDefinitionNode,
        variables: dict[str, Any],
        context: Any,  # noqa: ANN401 - the schema's own
    ) -> Result | None:
        """The outcome of an operation; None where the executor must run it.

        Args:
            documents: Keeps the plan with its document.
            document: A sound document.
            definition: One of its operations.
            variables: Raw values of its variables.
            context: What resolvers get; its `standing` is what guards decide by.
        """
        document.uses += 1
        if document.uses < WORTH_A_PLAN:
            return None
        coerced = document.variables(self._schema._schema, definition).coerce(variables)
        if isinstance(coerced, list):
            return None
        try:
            plan = self._plan(documents, document, definition, coerced, context)
            outcome = await plan.run(self._database, context, coerced) if not isinstance(plan, str) else None
        except OverloadedError:
            # To try again by the executor would only lengthen the queue.
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, Surprise | Unplannable) else type(error).__name__
            self.handed_over[reason] += 1
            return None
        if outcome is None:
            self.handed_over[str(plan)] += 1
        else:
            self.ran += 1
        return outcome

    def _plan(
        self,
        documents: DocumentCache,
        document: Document,
        definition: OperationDefinitionNode,
        variables: VariableValues,
        context: Any,  # noqa: ANN401
    ) -> Plan | str:
        key = (id(definition), document.booleans(definition, variables), context.standing)
        plan: Plan | str | None = document.plans.get(key)
        if plan is None:
            operation = self._operation(document, definition, variables, context)
            try:
                plan = make_plan(operation)
                self.made += 1
            except Exception as reason:
                # Kept like a plan: what cannot be made now cannot be made the next time either.
                plan = str(reason) if isinstance(reason, Unplannable) else type(reason).__name__
            documents.keep_plan(document, key, plan, operation.parts)
        return plan

    def _operation(
        self,
        document: Document,
        definition: OperationDefinitionNode,
        variables: VariableValues,
        context: Any,  # noqa: ANN401
    ) -> Operation:
        fragments = {
            found.name.value: FragmentDetails(found)
            for found in (document.node.definitions if document.node else ())
            if isinstance(found, FragmentDefinitionNode)
        }
        return Operation(
            schema=self._schema,
            definition=definition,
            fragments=fragments,
            booleans=variables,
            viewer=context,
            denial=Guards(context).denial,
            statements=self._database.statements,
            inputs=self._inputs,
        )


class Guards:
    """Asks a field's guards once for all callers of one standing, which is all that guards may decide by."""

    def __init__(self, context: object) -> None:
        self.context = context

    def denial(self, field: StrawberryField) -> Exception | None:
        """Why they may not select the field; None where they may.

        Raises:
            Unplannable: It has guards that decide by more, which only running the field asks.
        """
        for extension in field.extensions:
            if not isinstance(extension, PermissionExtension) or extension.fail_silently:
                raise Unplannable(f"{field.python_name} has an extension")
            for guard in extension.permissions:
                if (denial := self._denied(guard)) is not None:
                    return denial
        return None

    def _denied(self, guard: BasePermission) -> Exception | None:
        try:
            answer = guard.has_permission(None, self)  # type: ignore[arg-type]
            if answer is True:
                return None
            if answer is not False:
                raise Unplannable("a guard that does not answer at once")
            guard.on_unauthorized()
        except Unplannable:
            raise
        except GraphQLError as error:
            raise Unplannable("a denial that is not counted") from error
        except Exception as error:
            return error
        raise Unplannable("a guard that refuses without an error")
