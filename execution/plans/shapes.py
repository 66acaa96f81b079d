"""What a page of a list looks like in a response: the generated function that builds it, and the columns it reads."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from graphql import GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

from execution.cursors import SEPARATOR, seal
from execution.links import LINK, Pages
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Unplannable
from execution.plans.readers import RowReader
from execution.plans.steps import Build, below_rows
from execution.plans.together import Together
from execution.plans.writer import Writer, generate, object_type
from execution.source import column
from execution.windows import Listing


class PageShape:
    """The generated function for pages of rows in one order, and what it needs.

    Attributes:
        visible: The rows that the viewer may see.
        reader: Knows which of their columns are needed.
        reads_rows: Whether anything of the rows is selected.
        counts: Whether their number is.
        led: The steps below the rows.
        statements: How many statements all of it takes.
    """

    def __init__(
        self,
        operation: Operation,
        definition: GraphQLField,
        details: FieldDetailsList,
        listing: Listing[Any],
    ) -> None:
        self._operation = operation
        self._writer = Writer(operation)
        self.visible = listing.source.select(operation.viewer)
        self.reader = RowReader(listing.source, self.visible, operation.dialect, self._writer.names)
        self._order = listing.order
        self.reads_rows = self.counts = False
        expression = self._connection(object_type(definition.type), details)
        # Rows are counted even where nothing of them is shown: a SELECT needs a column.
        self.reader.variable(listing.source.key)
        # Below rows, the owner's key comes last.
        link: Pages = ours_of(definition).metadata[LINK]
        self._variables = [f"c_{label}" for label in self.reader.labels] + (["owner"] if link.by is not None else [])
        self._expression = expression
        self.led = below_rows(operation, self._writer, self.reader)
        self.statements = int(self.reads_rows) + int(self.counts) + sum(led.step.statements for led in self.led)

    @cached_property
    def build(self) -> Build:
        """From rows to the page as the response holds it."""
        return self._builder(self._variables)

    @cached_property
    def together(self) -> Together | None:
        """The page with rows below it in one statement; None where nothing would be saved."""
        if self._operation.dialect.name != "postgresql" or not self.reads_rows:
            return None
        labels = self.reader.labels
        kinds = [column(self.visible, label).type for label in labels]
        found = Together(self._operation, labels, kinds, self.led, self._builder)
        return found if found.saved else None

    def _builder(self, variables: Sequence[str]) -> Build:
        row = ", ".join(variables)
        return generate(
            self._writer,
            ["rows", "previous", "following", "total", "origin"],
            [*self._cursor(row), f" return {self._expression.replace('§', f'({row},)' if row else '_')}"],
        )

    def _connection(self, kind: GraphQLObjectType, details: FieldDetailsList) -> str:
        parts = []
        for key, found in self._operation.fields(kind, details).items():
            parts.append(f"{key!r}: {self._part(kind, key, found)}")
        return f"{{{', '.join(parts)}}}"

    def _part(self, kind: GraphQLObjectType, key: str, details: FieldDetailsList) -> str:
        name = details[0].node.name.value
        if name == "__typename":
            return repr(kind.name)
        self._open(kind, name)
        if name == "totalCount":
            self.counts = True
            return "total"
        self.reads_rows = True
        inner = object_type(kind.fields[name].type)
        if name == "pageInfo":
            return self._page_info(inner, details)
        if name == "nodes":
            item = self._writer.selected(inner, details, self.reader)
            return f"[{item} for § in rows]"
        if name == "edges":
            return self._edges(inner, key, details)
        raise Unplannable(f"{kind.name}.{name}")

    def _edges(self, kind: GraphQLObjectType, key: str, details: FieldDetailsList) -> str:
        parts = []
        for inner_key, found in self._operation.fields(kind, details).items():
            name = found[0].node.name.value
            self._open(kind, name)
            if name == "__typename":
                value = repr(kind.name)
            elif name == "cursor":
                value = self._cursor_of()
            elif name == "node":
                value = self._writer.selected(object_type(kind.fields[name].type), found, self.reader)
            else:
                raise Unplannable(f"{kind.name}.{name}")
            parts.append(f"{inner_key!r}: {value}")
        return f"[{{{', '.join(parts)}}} for § in rows]"

    def _page_info(self, kind: GraphQLObjectType, details: FieldDetailsList) -> str:
        values = {"hasNextPage": "following", "hasPreviousPage": "previous", "__typename": repr(kind.name)}
        values["startCursor"] = "(cursor(rows[0]) if rows else None)"
        values["endCursor"] = "(cursor(rows[-1]) if rows else None)"
        parts = []
        for key, found in self._operation.fields(kind, details).items():
            name = found[0].node.name.value
            self._open(kind, name)
            if name.endswith("Cursor"):
                self._cursor_of()
            parts.append(f"{key!r}: {values[name]}")
        return f"{{{', '.join(parts)}}}"

    def _open(self, kind: GraphQLObjectType, name: str) -> None:
        if name in kind.fields and self._operation.denial(ours_of(kind.fields[name])) is not None:
            raise Unplannable(f"{kind.name}.{name} is denied")

    def _cursor_of(self) -> str:
        self._writer.names["seal"] = seal
        values = SEPARATOR.join(f"{{{self.reader.in_cursor(label)}}}" for label in self._order)
        return f"seal(f{f'{{origin}}{SEPARATOR}{values}'!r})"

    def _cursor(self, row: str) -> list[str]:
        if "seal" not in self._writer.names:
            return []
        return [" def cursor(row):", f"  ({row},) = row", f"  return {self._cursor_of()}"]
