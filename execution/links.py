"""How a field leads from its object to rows: declared as data, so that every way of running a field reads it alike."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types import Info

from execution.loading import find, find_all
from execution.pages import Page, Parent
from execution.source import Rows, Source
from execution.windows import Listing, Window

LINK = "link"
"""Under this name a field's link stands in its metadata."""


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """The same object under another type; reads nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class One:
    """At most one row.

    Attributes:
        source: Where it is found.
        key: Attribute of the object that holds the key; None there leads to nothing.
        by: Label of the row's column that equals the key; the source's own key when left out.
        within: What the row's labels begin with in SELECTs that have its columns already, beside those of the
            object; a plan reads it there, without a statement of its own.
    """

    source: Source[Any]
    key: str
    by: str | None = None
    within: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Lookup:
    """At most one row, found by a key that the field's arguments name.

    Attributes:
        source: Where it is found.
        key: From the arguments to the key of the row; None for arguments that name nothing.
    """

    source: Source[Any]
    key: Callable[..., Any]


@dataclass(frozen=True, eq=False, slots=True)
class Objects:
    """Rows of any of several kinds, found by keys that the field's arguments name.

    Attributes:
        types: The GraphQL type of each source's rows, by its name.
        locate: From the context and the arguments to each object's source and key, None for what is not there.
        listed: Whether the field is a list of all of them; else it is the only one.
    """

    types: Mapping[Source[Any], str]
    locate: Callable[..., Sequence[tuple[Source[Any], Any] | None]]
    listed: bool


@dataclass(frozen=True, eq=False, slots=True)
class Many:
    """A short list without pages.

    Attributes:
        source: Where its rows are found.
        key: Attribute of the object that holds the key.
        by: Label of the rows' column that equals the key.
        narrow: From the source's SELECT and the arguments to the list's: conditions and an order.
        column: The label whose values are the list; the rows themselves when left out.
    """

    source: Source[Any]
    key: str
    by: str
    narrow: Callable[..., Rows]
    column: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Pages:
    """A list in pages.

    Attributes:
        listing: From the context and the arguments to the list; None for one that this viewer does not have.
        window: Parameters that choose the page, of `first`, `after`, `last` and `before`.
        key: Attribute of the object that holds the key; None at the root. None there leads to no list.
        by: Label of the rows' column that equals the key; None at the root.
    """

    listing: Callable[..., Listing[Any] | None]
    window: Sequence[inspect.Parameter]
    key: str | None = None
    by: str | None = None


Link = View | One | Lookup | Objects | Many | Pages
Resolver = Callable[..., Any]
ANY_PARENT: Any = strawberry.Parent[Any]  # type: ignore[misc] # mypy does not see the alias's parameter


def resolver_of(link: Link) -> Resolver:
    """The resolver that follows a link, with the arguments that the link's functions take."""
    match link:
        case View():
            return _signed(lambda parent: parent, [], with_info=False)
        case One():
            return _signed(_follow_one(link), [])
        case Lookup():
            return _signed(_follow_lookup(link), _parameters(link.key, skip=0))
        case Objects():
            return _signed(_follow_objects(link), _parameters(link.locate, skip=1))
        case Many():
            return _signed(_follow_many(link), _parameters(link.narrow, skip=1))
        case Pages():
            return _signed(_follow_pages(link), [*link.window, *_parameters(link.listing, skip=1)])


def _follow_one(link: One) -> Resolver:
    def follow(parent: object, info: Info[Any, Any]) -> Awaitable[Any]:
        return find(info.context.unit, link.source, getattr(parent, link.key), by=link.by)

    return follow


def _follow_lookup(link: Lookup) -> Resolver:
    def follow(parent: object, info: Info[Any, Any], **arguments: object) -> Awaitable[Any]:
        return find(info.context.unit, link.source, link.key(**arguments))

    return follow


def _follow_objects(link: Objects) -> Resolver:
    async def follow(parent: object, info: Info[Any, Any], **arguments: object) -> Any:  # noqa: ANN401 - rows of any kind
        places = link.locate(info.context, **arguments)
        wanted = [place for place in places if place is not None]
        rows = iter(await asyncio.gather(*(find(info.context.unit, source, key) for source, key in wanted)))
        found = [None if place is None else next(rows) for place in places]
        return found if link.listed else found[0]

    return follow


def _follow_many(link: Many) -> Resolver:
    async def follow(parent: object, info: Info[Any, Any], **arguments: object) -> list[Any]:
        rows = await find_all(
            info.context.unit,
            link.source,
            getattr(parent, link.key),
            by=link.by,
            narrow=lambda statement: link.narrow(statement, **arguments),
            field=field_of(info),
        )
        return rows if link.column is None else [getattr(row, link.column) for row in rows]

    return follow


def _follow_pages(link: Pages) -> Resolver:
    names = [parameter.name for parameter in link.window]

    def follow(parent: object, info: Info[Any, Any], **arguments: Any) -> Page[Any] | None:  # noqa: ANN401
        window = Window(**{name: arguments.pop(name) for name in names if name in arguments})
        listing = link.listing(info.context, **arguments)
        key = getattr(parent, link.key) if link.key is not None else None
        if listing is None or (link.by is not None and key is None):
            return None
        below = Parent(link.by, key, field_of(info)) if link.by is not None else None
        return Page(info.context.unit, listing, window, below)

    return follow


def field_of(info: Info[Any, Any]) -> tuple[str, ...]:
    """Names a field of the document: its parent type and its response path without list positions."""
    names = [part for part in info.path.as_list() if isinstance(part, str)]
    return (info.path.typename or "", *names)


def _parameters(function: Callable[..., Any], *, skip: int) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())[skip:]


def _signed(function: Resolver, arguments: Sequence[inspect.Parameter], *, with_info: bool = True) -> Resolver:
    # Strawberry reads a field's arguments off its resolver's signature.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter("parent", kind, annotation=ANY_PARENT)]
    if with_info:
        own.append(inspect.Parameter("info", kind, annotation=Info[Any, Any]))
    named = [argument.replace(kind=inspect.Parameter.KEYWORD_ONLY) for argument in arguments]
    function.__signature__ = inspect.Signature([*own, *named])  # type: ignore[attr-defined]
    return function
