"""What the customer list can be narrowed by, each alternative so that an index over the partner's rows serves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from models import Relationship, RelationshipDomain
from models.relationship import RelationshipStatus
from policy.principal import Principal
from policy.vocabulary import PartnerKind
from resolvers.naming import fold
from resolvers.visibility import viewer_cloud, viewer_tenant

MOST_COUNTRY_BRANCHES = 8
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What a customer must match; None or blank narrows nothing.

    Attributes:
        search: Beginning of the list name or of any domain.
        company_name_starts_with: Beginning of the list name.
        domain_starts_with: Beginning of any domain.
        partner_id: An indirect reseller or provider that the customer is served together with.
        nothing: Whether the filter named an object that does not exist, so that no customer matches.
        countries: ISO codes; empty for all.
        created_after: Created later than this.
        created_before: Created earlier than this.
    """

    search: str | None = None
    company_name_starts_with: str | None = None
    domain_starts_with: str | None = None
    partner_id: UUID | None = None
    nothing: bool = False
    countries: tuple[str, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None


class Narrowing(NamedTuple):
    """Conditions that all hold, and branches of which at least one holds."""

    conditions: tuple[ColumnElement[bool], ...]
    branches: tuple[ColumnElement[bool], ...]


NOT_NARROWED = Narrowing((), ())


def narrow_customers(chosen: CustomerFilter, principal: Principal) -> Narrowing:
    """A filter as conditions on the rows of `visible_customers`.

    Args:
        chosen: The filter.
        principal: The partner's principal; decides which side of a partnership `partner_id` is.
    """
    conditions = _conditions(chosen, principal)
    alternatives: list[list[ColumnElement[bool]]] = []
    if search := (chosen.search or "").strip():
        alternatives.append([_name_starts_with(fold(search)), _has_domain(search.lower())])
    if len(chosen.countries) > MOST_COUNTRY_BRANCHES:
        conditions.append(col(Relationship.customer_country).in_(chosen.countries))
    elif chosen.countries:
        alternatives.append([col(Relationship.customer_country) == country for country in chosen.countries])
    return narrowed(conditions, [and_(*parts) for parts in product(*alternatives)] if alternatives else [])


def narrowed(conditions: Sequence[ColumnElement[bool]], branches: Sequence[ColumnElement[bool]]) -> Narrowing:
    """Conditions and branches; a branch without an alternative is a condition like the others."""
    if len(branches) == 1:
        return Narrowing((*conditions, branches[0]), ())
    return Narrowing(tuple(conditions), tuple(branches))


def _conditions(chosen: CustomerFilter, principal: Principal) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [false()] if chosen.nothing else []
    if name := fold((chosen.company_name_starts_with or "").strip()):
        conditions.append(_name_starts_with(name))
    if domain := (chosen.domain_starts_with or "").strip().lower():
        conditions.append(_has_domain(domain))
    if chosen.partner_id is not None:
        conditions.append(_served_together(chosen.partner_id, principal))
    if chosen.created_after is not None:
        conditions.append(col(Relationship.customer_created_at) > chosen.created_after)
    if chosen.created_before is not None:
        conditions.append(col(Relationship.customer_created_at) < chosen.created_before)
    return conditions


def begins_with(column: Mapped[str], beginning: str) -> ColumnElement[bool]:
    """Whether a column in code point order begins with a text, so that an index over it serves.

    Args:
        column: The column, a `KeyText`.
        beginning: Any text without U+0000.
    """
    # A range, not LIKE: nothing needs escaping. Not BETWEEN, whose bounds PostgreSQL's grammar gives no collation.
    return and_(column >= beginning, column <= beginning + LAST_CHARACTER)


def _name_starts_with(key: str) -> ColumnElement[bool]:
    return begins_with(col(Relationship.list_name_key), key)


def _has_domain(beginning: str) -> ColumnElement[bool]:
    return col(Relationship.customer_id).in_(
        select(col(RelationshipDomain.customer_id)).where(
            col(RelationshipDomain.cloud) == viewer_cloud,
            col(RelationshipDomain.partner_id) == viewer_tenant,
            begins_with(col(RelationshipDomain.name), beginning),
        )
    )


def _served_together(partner_id: UUID, principal: Principal) -> ColumnElement[bool]:
    # Only the two sides of the indirect model: any other partner of a shared customer is nobody's business.
    provider = PartnerKind.INDIRECT_PROVIDER in principal.standing.partner_kinds
    own = Relationship.associated_reseller_id if provider else Relationship.via_provider_id
    # I14: the other side may have ended its relationship, which leaves this one as it is.
    theirs = aliased(Relationship)
    live = select(col(theirs.id)).where(
        col(theirs.cloud) == col(Relationship.cloud),
        col(theirs.partner_id) == partner_id,
        col(theirs.customer_id) == col(Relationship.customer_id),
        col(theirs.status) == RelationshipStatus.ACTIVE,
    )
    return and_(col(own) == partner_id, live.exists())
