"""The bookshop as GraphQL: its roots, and mutations that go wrong in every way."""

import asyncio
from inspect import Parameter
from uuid import UUID, uuid4

import strawberry
from sqlalchemy import insert, literal_column, select, text
from sqlmodel import col
from strawberry.schema.config import StrawberryConfig

from execution.links import Lookup, One, Pages
from execution.loading import find
from execution.windows import Listing
from tests.execution.bookshop import sources
from tests.execution.bookshop.connections import Connection, led
from tests.execution.bookshop.context import Context, Forbidden, Info
from tests.execution.bookshop.sources import AuthorRow, BookRow
from tests.execution.bookshop.tables import Author, Book, key
from tests.execution.bookshop.trials import Magazine, Poster, Trials
from tests.execution.bookshop.types import FORWARD, SCALARS, AuthorType, BookType, ForLibrarians, Node, PublisherType

BOTH_WAYS = (
    *FORWARD,
    *(
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in (("last", int | None), ("before", str | None))
    ),
)


def _authors(
    _context: Context, descending: bool = False, starting: list[str] | None = None
) -> Listing[AuthorRow] | None:
    branches = tuple(col(Author.name).startswith(part) for part in starting or ())
    return Listing("authors", sources.authors, ("name", "id"), descending=descending, branches=branches)


def _all_books(context: Context) -> Listing[BookRow] | None:
    return Listing("allBooks", sources.books, ("title", "id")) if context.kind == "librarian" else None


def _key(id: UUID | None) -> UUID | None:  # noqa: A002
    return id


@strawberry.type
class Pick:
    """A book, and others that go with it, each by a key of its own."""

    key: strawberry.Private[UUID | None]
    book: BookType | None = led(One(sources.books, key="key"))
    others: list["Pick"] = strawberry.field(default_factory=list)
    next: "Pick | None" = None

    @strawberry.field
    def again(self) -> "Pick":
        return Pick(key=self.key)


@strawberry.type
class Query(Trials):
    """Reads."""

    author: AuthorType | None = led(Lookup(sources.authors, _key))
    sure_author: AuthorType = led(Lookup(sources.authors, _key))
    book: BookType | None = led(Lookup(sources.books, _key))
    authors: Connection[AuthorType] = led(Pages(_authors, BOTH_WAYS))
    all_books: Connection[BookType] | None = led(Pages(_all_books, BOTH_WAYS))
    sure_books: Connection[BookType] = led(Pages(_all_books, BOTH_WAYS))
    vault: str = strawberry.field(resolver=lambda root: "gold", permission_classes=[ForLibrarians])
    till: str | None = strawberry.field(resolver=lambda root: "coins", permission_classes=[ForLibrarians])

    @strawberry.field
    async def node(self, info: Info, id: UUID) -> Node | None:  # noqa: A002
        for source in (sources.authors, sources.books, sources.publishers):
            found = await find(info.context.unit, source, id)
            if found is not None:
                return found  # type: ignore[return-value]
        return None

    @strawberry.field
    def pick(self) -> Pick:
        b, c, d = (Pick(key=UUID(key(letter, "0"))) for letter in "BCD")
        return Pick(key=b.key, others=[c, Pick(key=None), d, c], next=Pick(key=d.key, others=[b]))

    @strawberry.field
    def forbidden(self) -> str | None:
        raise Forbidden


@strawberry.type
class BookPayload:
    """What was added, read in the transaction that wrote it."""

    key: strawberry.Private[UUID]

    book: BookType | None = led(One(sources.books, key="key"))

    @strawberry.field
    def secret(self) -> str | None:
        raise Forbidden

    @strawberry.field
    async def broken_statement(self, info: Info) -> str | None:
        await info.context.unit.execute(select(literal_column("nothing")).select_from(text("nowhere")))
        return None


@strawberry.type
class Step:
    """What mutations noted so far."""

    steps: list[str]

    @strawberry.field
    async def now(self, info: Info) -> list[str]:
        return list(info.context.steps)


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    async def add(
        self, info: Info, author: UUID, title: str, rehearse: bool = False, fail: str | None = None
    ) -> BookPayload | None:
        key = uuid4()
        await info.context.unit.execute(insert(Book).values(Book(id=key, author_id=author, title=title).model_dump()))
        info.context.unit.keep = not rehearse
        if fail == "denied":
            raise Forbidden
        if fail == "ours":
            raise ZeroDivisionError
        return BookPayload(key=key)

    @strawberry.mutation
    async def note(self, info: Info, step: str, turns: int = 0, fail: bool = False) -> Step | None:
        """Notes a step after so many turns of the loop: run side by side, the steps would come in another order."""
        for _ in range(turns):
            await asyncio.sleep(0)
        if fail:
            raise ZeroDivisionError
        info.context.steps.append(step)
        return Step(steps=list(info.context.steps))

    @strawberry.mutation
    def sure_note(self, info: Info, step: str) -> Step:
        """Always fails."""
        info.context.steps.append(step)
        return None  # type: ignore[return-value]


def build() -> strawberry.Schema:
    """The bookshop's schema."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[PublisherType, Magazine, Poster],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
