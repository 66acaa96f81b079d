"""A SELECT as the driver takes it: text, and its parameters in order."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Dialect
from sqlalchemy.util import LRUCache

from execution.source import Rows

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class Statement:
    """SQL text for one driver and how to bind it; compiled once, run as often as needed.

    Attributes:
        sql: The text, with the driver's own placeholders.
    """

    def __init__(self, statement: Rows, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        processors = compiled._bind_processors
        self._order: list[tuple[str, Any]] = [(name, processors.get(name)) for name in compiled.positiontup or ()]
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order.

        Args:
            values: Python values by parameter name; those that the statement brought itself may be left out.
        """
        bound = []
        for name, process in self._order:
            value = values[name] if name in values else self._defaults[name]
            bound.append(value if process is None else process(value))
        return bound


class Statements:
    """Statements that differ from call to call, as filters make them: each shape of them is compiled once."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: LRUCache[Any, Any] = LRUCache(200)

    def prepare(self, statement: Rows, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Text and parameters of one call.

        Args:
            statement: The SELECT with the call's own values in it.
            values: Values of its named parameters.
        """
        found, extracted, _, _ = statement._compile_w_cache(
            self._dialect, compiled_cache=self._compiled, column_keys=[]
        )
        compiled = cast("SQLCompiler", found)
        parameters: dict[str, Any] = dict(
            compiled.construct_params(values, extracted_parameters=extracted, escape_names=False)
        )
        sql, order = compiled.string, list(compiled.positiontup or ())
        processors: dict[str, Any] = dict(compiled._bind_processors)
        if compiled.post_compile_params:
            expanded = compiled._process_parameters_for_postcompile(parameters)
            sql, order = expanded.statement, list(expanded.positiontup or ())
            parameters.update(expanded.additional_parameters)
            processors.update(expanded.processors)
        return sql, [processors[name](parameters[name]) if name in processors else parameters[name] for name in order]
