"""All that is stored of the market's customers and partners at one look, and whose affair a difference is."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from policy.vocabulary import Cloud
from resolvers.countries.domains import SUFFIXES
from tests.clients import TABLES, Api

ENROLLED = "fineartschool"
"""A customer whose company became a partner of the reseller program meanwhile: nobody can win it any more (I3)."""
GLOBAL_CUSTOMERS = ("wingtiptoys", "cohowinery", "alpineskihouse", ENROLLED)
FEDERAL_CUSTOMERS = ("cityoftampa",)
CUSTOMERS = (*GLOBAL_CUSTOMERS, *FEDERAL_CUSTOMERS)


def cloud_of_customer(customer: str) -> Cloud:
    """The cloud of a customer's tenant."""
    return Cloud.US_GOV if customer in FEDERAL_CUSTOMERS else Cloud.GLOBAL


def domain_of(customer: str) -> str:
    """The initial domain of a customer."""
    return f"{customer}.{SUFFIXES[cloud_of_customer(customer)]}"


OURS = f"""select id from customer where domain in ({", ".join(f"'{domain_of(name)}'" for name in CUSTOMERS)})"""
RELATIONSHIPS = f"select * from relationship where customer_id in ({OURS}) order by id"
SOLD = f"""
  select s.*, o.kind, o.is_azure, cast(p.kinds as text) as kinds, p.program_status
  from product_subscription s join partner p on p.cloud = s.cloud and p.id = s.partner_id
  join offer o on o.cloud = s.cloud and o.id = s.offer_id
  where s.customer_id in ({OURS}) order by s.id"""
PERMISSIONS = f"select * from purchase_permission where customer_id in ({OURS}) order by partner_id, customer_id"
PROFILES = f"select * from billing_profile where customer_id in ({OURS}) order by id"
REQUESTS = "select * from relationship_request order by id"
PARTNERSHIPS = "select * from partnership order by id"
COUNTS = f"select {', '.join(f'(select count(*) from {table}) as {table}' for table in TABLES)}"
STATEMENTS = [text(each) for each in (RELATIONSHIPS, SOLD, PERMISSIONS, PROFILES, REQUESTS, PARTNERSHIPS, COUNTS)]


class Sight(NamedTuple):
    """Rows in the order of their keys, and how many rows each table of the database has."""

    relationships: list[Any]
    sold: list[Any]
    permissions: list[Any]
    profiles: list[Any]
    requests: list[Any]
    partnerships: list[Any]
    counts: dict[str, int]


OWNERS = {
    "relationships": ("partner_id",),
    "sold": ("partner_id",),
    "permissions": ("partner_id",),
    "profiles": ("partner_id",),
    "requests": ("inviter_id",),
    "partnerships": ("provider_id", "reseller_id"),
}


async def look(api: Api) -> Sight:
    """What is stored now."""
    async with api.database.connect() as connection:
        found = await connection.run_sync(lambda rows: [list(rows.execute(each).all()) for each in STATEMENTS])
    *rows, (counts,) = found
    return Sight(*rows, dict(counts._mapping))


def concerned(before: Sight, after: Sight) -> set[UUID]:
    """The partners of whose data something is otherwise than before."""
    found = set[UUID]()
    for name, columns in OWNERS.items():
        for row in set(getattr(before, name)) ^ set(getattr(after, name)):
            found |= {UUID(str(key)) for column in columns if (key := getattr(row, column)) is not None}
    return found


def of_others(sight: Sight, partner: UUID) -> list[Any]:
    """What is stored of customers by all partners but one."""
    rows = (*sight.relationships, *sight.sold, *sight.permissions, *sight.profiles)
    return [row for row in rows if UUID(str(row.partner_id)) != partner]
