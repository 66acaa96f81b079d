"""Our scalars. What people type passes as text and is checked with the whole form; what programs write is parsed."""

from datetime import UTC, datetime
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError
from graphql.pyutils import inspect
from strawberry.types.scalar import ScalarDefinition

CountryCode = NewType("CountryCode", str)
CultureCode = NewType("CultureCode", str)
DomainName = NewType("DomainName", str)
EmailAddress = NewType("EmailAddress", str)
Url = NewType("Url", str)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{inspect(value)} is not a text; write it between quotes.")
    return value


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(value))
        # Far off instants overflow as soon as a zone is applied to them.
        return instant.astimezone(UTC) if instant.tzinfo else _no_zone(value)
    except (ValueError, OverflowError) as error:
        raise GraphQLError(
            f"{inspect(value)} is not an instant; write RFC 3339 with a zone, e.g. 2026-01-31T09:30:00Z."
        ) from error


def _no_zone(value: object) -> datetime:
    raise ValueError(f"{value!r} has no zone")


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _uuid(value: object) -> UUID:
    try:
        return UUID(_text(value))
    except ValueError as error:
        raise GraphQLError(
            f"{inspect(value)} is not a UUID; write 32 hex digits, e.g. 0198c1d2-e3f4-7506-8708-90a0b0c0d0e0."
        ) from error


def _text_scalar(name: str, description: str) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=str, parse_value=_text)


SCALARS: dict[Any, ScalarDefinition] = {
    CountryCode: _text_scalar("CountryCode", "ISO 3166-1 alpha-2, upper case."),
    CultureCode: _text_scalar("CultureCode", "BCP 47, e.g. it-IT."),
    DomainName: _text_scalar("DomainName", "A fully qualified domain name, lower case."),
    EmailAddress: _text_scalar("EmailAddress", "An e-mail address."),
    Url: _text_scalar("URL", "An absolute URL."),
    UUID: strawberry.scalar(name="UUID", description="A UUID.", serialize=str, parse_value=_uuid),
    datetime: strawberry.scalar(
        name="DateTime", description="An instant, RFC 3339, UTC.", serialize=_write_instant, parse_value=_instant
    ),
}
