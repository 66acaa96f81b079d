"""Fills an empty database with the demo world: partners, their customers, and what happened so far."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from clientela.database import refresh_statistics
from clientela.demo.batches import Batch, lock, write
from clientela.demo.companies import Company, former_profile, make_companies, well_known_companies
from clientela.demo.customers import Tenant, Terms, add_relationship, add_tenant, add_user, make_tenant
from clientela.demo.history import add_attestation, add_creation, add_end, add_update
from clientela.demo.invitations import add_partnerships, add_requests
from clientela.demo.offers import add_catalogue
from clientela.demo.organisations import ORGANISATIONS, Organisation, organisation
from clientela.demo.partners import add_partner
from clientela.demo.purchases import WELL_KNOWN, add_purchases
from models import Partner
from models.relationship import RelationshipOrigin, RelationshipRole
from policy.vocabulary import Cloud, Role

THREE_YEARS = timedelta(days=3 * 365)
LATELY = timedelta(days=30)
ATTESTED = 0.7  # of the customers, where the cloud has attestations
CHANGED_LATELY = 0.15

# Italy, Germany and France come more often: litware sells at home first, and to its large neighbours.
_EUROPE = "IT DE FR IT ES NL BE IT AT PT IE DE SE NO DK IT FI PL CZ FR HU RO BG IT GR CH GB"


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What customers a partner created.

    Attributes:
        partner: Its short name.
        kinds: Keys of the catalogue's countries, apart by blanks; what is repeated comes more often.
        customers: How many.
        for_reseller: How many of them were created for `RESELLER`.
        ended: The number of the one whose relationship ended; None for none.
        restored: The number of the one that came back by an invitation; None for none.
    """

    partner: str
    kinds: str
    customers: int
    for_reseller: int = 0
    ended: int | None = None
    restored: int | None = None


PORTFOLIOS = (
    Portfolio("litware", _EUROPE, 1_215),
    Portfolio("contoso", "US", 1_240, ended=100, restored=101),
    Portfolio("adatum", "US", 11),
    Portfolio("fabrikam", "US", 20, for_reseller=8),
    Portfolio("woodgrove", "US-GOV", 10),
    Portfolio("lamna", "US-GOV", 10),
    Portfolio("tailwind", "DE", 10),
    Portfolio("relecloud", "CN", 10),
    Portfolio("proseware", "US", 5),
)
RESELLER = "tailspin"

# The customer that two partners serve, each under a name of its own.
SHARED_PREFIX = "adventureworks"
SHARED_BY = "adatum"
SHARED_NAME = "Adventure Works Cycles"


async def fill_demo_world(engine: AsyncEngine, now: datetime) -> bool:
    """Fills an empty, migrated database, once and in one transaction.

    Args:
        engine: The database.
        now: The world's past ends here.

    Returns:
        Whether the world was made; False, with nothing changed, where it is there already.
    """
    async with engine.execution_options(writes=True).begin() as connection:
        await lock(connection)
        if await _is_there(connection):
            return False
        await write(connection, _make_world(now))
        await refresh_statistics(connection)
    return True


async def _is_there(connection: AsyncConnection) -> bool:
    ids = [partner.id for partner in ORGANISATIONS]
    found = await connection.execute(select(col(Partner.id)).where(col(Partner.id).in_(ids)).limit(1))
    return found.first() is not None


def _make_world(now: datetime) -> Batch:
    batch = Batch()
    founded = now - THREE_YEARS - timedelta(days=100)
    for partner in ORGANISATIONS:
        add_partner(batch, partner, founded)
    add_partnerships(batch, founded, now)
    add_catalogue(batch)
    taken: set[str] = set()
    for portfolio in PORTFOLIOS:
        _add_portfolio(batch, portfolio, taken, now)
    return batch


def _add_portfolio(batch: Batch, portfolio: Portfolio, taken: set[str], now: datetime) -> None:
    # A generator for each partner, so that another portfolio does not make all later ones different.
    rng = Random(portfolio.partner)  # noqa: S311 - not cryptography: the same world every time
    partner = organisation(portfolio.partner)
    companies = chain(well_known_companies(partner.name, rng), make_companies(portfolio.kinds.split(), rng))
    for number, company in enumerate(islice(_distinct(companies, taken), portfolio.customers)):
        created_at = now - rng.random() * THREE_YEARS
        tenant = make_tenant(partner.cloud, company, created_at, rng)
        reseller = organisation(RESELLER) if number < portfolio.for_reseller else None
        terms = Terms(created_at, associated_reseller_id=reseller.id if reseller else None)
        if number in (portfolio.ended, portfolio.restored):
            terms = _interrupted(batch, tenant, partner, terms, ends=number == portfolio.ended, now=now, rng=rng)
        _add_customer(batch, tenant, partner, reseller, terms=terms, now=now, rng=rng)
        if company.prefix == SHARED_PREFIX:
            _share(batch, tenant, now, rng)
            add_requests(batch, tenant.id, now)


def _distinct(companies: Iterator[Company], taken: set[str]) -> Iterator[Company]:
    # A prefix serves in one cloud only, since a domain of one's own does not tell the cloud.
    for company in companies:
        if company.prefix not in taken:
            taken.add(company.prefix)
            yield company


def _add_customer(
    batch: Batch,
    tenant: Tenant,
    partner: Organisation,
    reseller: Organisation | None,
    *,
    terms: Terms,
    now: datetime,
    rng: Random,
) -> None:
    actor = partner.person(rng.choice((Role.ADMIN_AGENT, Role.SALES_AGENT)))
    profile = tenant.company.profile
    add_tenant(batch, tenant, rng)
    user_id = add_user(batch, tenant, "user", rng)
    add_creation(batch, tenant, partner.id, actor, rng)
    attested = tenant.cloud is Cloud.GLOBAL and (rng.random() < ATTESTED or tenant.company.prefix in WELL_KNOWN)
    if attested:
        add_attestation(batch, tenant, actor, rng)
    # R5.2: nothing is left of what an ended relationship sold.
    if not terms.ended_at and (attested or tenant.cloud is not Cloud.GLOBAL):
        sold_for = reseller.id if reseller else None
        add_purchases(batch, tenant, partner, user_id=user_id, now=now, reseller_id=sold_for)
    changed_at = _changed_at(tenant, now, rng)
    if changed_at:
        add_update(batch, tenant, actor, changed_at, former=former_profile(tenant.company, rng), rng=rng)
    add_relationship(batch, tenant, partner.id, profile, terms=replace(terms, changed_at=changed_at), rng=rng)
    if reseller:
        managing = Terms(tenant.created_at, role=RelationshipRole.MANAGING, via_provider_id=partner.id)
        add_relationship(batch, tenant, reseller.id, profile, terms=managing, rng=rng)
        add_creation(batch, tenant, reseller.id, actor, rng)


def _interrupted(
    batch: Batch, tenant: Tenant, partner: Organisation, terms: Terms, *, ends: bool, now: datetime, rng: Random
) -> Terms:
    ended_at = tenant.created_at + (now - tenant.created_at) / 2
    add_end(batch, tenant, partner.person(Role.GLOBAL_ADMIN), ended_at, rng)
    if ends:
        return replace(terms, delegated_admin=False, ended_at=ended_at, end_reason="Closed its business.")
    # What an invitation without admin privileges gave back.
    return replace(terms, since=ended_at + (now - ended_at) / 2, delegated_admin=False)


def _changed_at(tenant: Tenant, now: datetime, rng: Random) -> datetime | None:
    at = now - rng.random() * LATELY
    return at if at > tenant.created_at and rng.random() < CHANGED_LATELY else None


def _share(batch: Batch, tenant: Tenant, now: datetime, rng: Random) -> None:
    profile = replace(tenant.company.profile, company_name=SHARED_NAME)
    since = tenant.created_at + (now - tenant.created_at) / 2
    terms = Terms(since, origin=RelationshipOrigin.INVITED, delegated_admin=False)
    add_relationship(batch, tenant, organisation(SHARED_BY).id, profile, terms=terms, rng=rng)
