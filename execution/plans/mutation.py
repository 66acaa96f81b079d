"""The one field of a mutation: its command runs in a unit of work, its payload is read in the same transaction."""

from typing import Any, Protocol

from graphql import GraphQLObjectType, get_nullable_type, is_non_null_type, is_object_type, located_error
from graphql.execution.collect_fields import FieldDetailsList

from execution.database.connection import Connection, DatabaseError
from execution.ledger import Told, told_differently
from execution.plans.denials import settle
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Result, Surprise, Unplannable
from execution.plans.roots import ObjectPart
from execution.plans.steps import Run
from execution.unit import Unit


class WritingRun(Run, Protocol):
    """A run that writes: its statements go to the connection of the unit of work."""

    connection: Connection | None


class _Ending:
    """The connection of a unit whose next statement is its last."""

    def __init__(self, unit: Unit) -> None:
        self.fetch = unit.fetch_and_end


class Command:
    """A field of the mutation type, ready to run."""

    def __init__(self, operation: Operation, key: str, kind: GraphQLObjectType, details: FieldDetailsList) -> None:
        name = details[0].node.name.value
        if name not in kind.fields:
            raise Unplannable("introspection")
        definition = kind.fields[name]
        ours = ours_of(definition)
        payload = get_nullable_type(definition.type)
        resolver = ours.base_resolver
        if is_non_null_type(definition.type) or not is_object_type(payload) or resolver is None:
            raise Unplannable(f"{name} is no command with a payload")
        self._denial = operation.denial(ours)
        self._operation, self._key, self._name, self._details = operation, key, name, details
        self._resolver: Any = resolver.wrapped_func
        self._awaits = resolver.is_async
        self._own = [None] if resolver.self_parameter else []
        self._info = resolver.info_parameter.name if resolver.info_parameter else None
        self._arguments = operation.arguments(definition, details[0].node)
        self._payload = ObjectPart(operation, payload, details)
        self._told_differently = told_differently(payload, operation.fields(payload, details))

    async def run(self, run: WritingRun) -> Result:
        """The response's data and errors, after the unit was committed or rolled back.

        Raises:
            Surprise: Nothing was kept; the executor must run the operation instead.
        """
        context = run.context
        if self._denial is not None:
            await context.after_failure(self._name, self._denial)
            return self._failed(self._denial)
        given = self._arguments(run.variables)
        if self._info is not None:
            given[self._info] = run
        unit = run.connection = context.begin(writes=True)
        try:
            if unit.ledger is not None and (told := await unit.ledger.recall(unit, self._key)) is not None:
                await unit.abandon()
                return {self._key: told.data}, told.errors
            value = self._resolver(*self._own, **given)
            value = await value if self._awaits else value
        except BaseException as error:
            await unit.abandon()
            if not isinstance(error, Exception):
                raise
            await context.after_failure(self._name, error)
            return self._failed(error)
        try:
            result = await self._read(run, value)
        except BaseException as error:
            await unit.abandon()
            # A write that nobody waited for failed, or the connection did, or what failed may have been committed: to
            # run the command again would repeat it.
            if isinstance(error, DatabaseError) or (unit.settled and isinstance(error, Exception)):
                return self._failed(error)
            raise
        try:
            if unit.ledger is not None and unit.keep:
                data, errors = result
                told = Told({**data[self._key], **self._told_differently}, errors)
                await unit.ledger.keep(unit, self._key, told)
            await unit.end()
        except Exception as error:
            # Whether it was committed or not: the executor must not run the command again.
            await unit.abandon()
            return self._failed(error)
        return result

    async def _read(self, run: WritingRun, value: object) -> Result:
        if value is None:
            raise Surprise("a mutation resolved to null")
        unit: Unit = run.context.unit
        if unit.keep and not unit.broken and unit.ledger is None and self._payload.surely_read(run, value):
            # Nothing but the statement itself can fail any more, and that takes the commit down with it.
            run.connection = _Ending(unit)
        data = {self._key: await self._payload.read(run, value)}
        if unit.broken:
            raise Surprise("a statement failed and the command went on")
        return data, settle(data) if self._operation.denials else []

    def _failed(self, error: Exception) -> Result:
        return {self._key: None}, [located_error(error, [detail.node for detail in self._details], [self._key])]
