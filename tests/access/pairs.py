"""Pairs of partners that share a customer: a new world of two for each history that a test plays."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from clientela.demo.batches import Batch, write
from clientela.demo.companies import make_companies
from clientela.demo.customers import Terms, add_relationship, add_tenant, make_tenant
from clientela.demo.organisations import Organisation, seed_organisation
from clientela.demo.partners import add_partner
from policy.vocabulary import Cloud
from tests.clients import Api

# Only seeded organisations can be made at will; the demo world has none of these.
_numbers = count(500_000)


@dataclass(frozen=True)
class Pair:
    """Two partners.

    Attributes:
        tag: Stands in every domain and in nothing else; no two pairs have the same.
        partners: The two, by the names that a test calls them.
        shared: The customer that both serve.
    """

    tag: str
    partners: dict[str, Organisation]
    shared: UUID


async def make_pair(api: Api, now: datetime) -> Pair:
    """Two new partners and a customer that both serve, each under a billing profile of its own."""
    first, second = (seed_organisation(next(_numbers)) for _ in range(2))
    rng = Random(7)
    company = next(make_companies(["US"], rng))
    tag = f"pair{first.name.removeprefix('seed-')}"
    company = replace(company, prefix=f"{tag}-shared", custom_domain=None)
    begun = now - timedelta(days=10)
    # The tenant's id is drawn, so it differs from pair to pair by its time.
    tenant = make_tenant(Cloud.GLOBAL, company, begun + timedelta(milliseconds=int(tag[4:])), Random(tag))
    tenant = replace(tenant, created_at=begun)
    batch = Batch()
    for partner in (first, second):
        add_partner(batch, partner, begun)
    add_tenant(batch, tenant, Random(tag))
    for partner, name in ((first, "Common Ltd"), (second, "Common Goods Inc")):
        profile = replace(company.profile, company_name=name)
        add_relationship(batch, tenant, partner.id, profile, terms=Terms(begun), rng=Random(f"{tag}{name}"))
    async with api.database.execution_options(writes=True).begin() as connection:
        await write(connection, batch)
    return Pair(tag, {"left": first, "right": second}, tenant.id)
