"""The people that development mode signs in: those of the demo partners, and two for every customer there is."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col
from uuid_utils.compat import uuid7

from clientela.demo.organisations import Person, all_people, find_person
from models import Customer, CustomerUser
from policy.vocabulary import Cloud
from resolvers.countries.domains import SUFFIXES
from resolvers.customer_filters import begins_with
from resolvers.visibility import Rows

AnyRow = Row[*tuple[Any, ...]]
CUSTOMER_PERSON = re.compile(r"(?P<who>customer-admin|customer-user)@(?P<domain>[a-z0-9.-]{1,253})", re.ASCII)
TITLES = {"customer-admin": "Customer's global admin", "customer-user": "Customer's user"}
MOST_FOUND = 50
MOST_CUSTOMERS_FOUND = 5


class People:
    """Finds people by name, and lists those that a text finds."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def find(self, name: str, now: datetime) -> Person | None:
        """The person of a name.

        Args:
            name: `<role>@<organisation>`, `customer-admin@<domain>` or `customer-user@<domain>`; a prefix of a domain
                means the global cloud.
            now: When a customer's plain user is added, where it has none yet.

        Returns:
            The person; None where nobody goes by the name.
        """
        wanted = name.strip().lower()
        match = CUSTOMER_PERSON.fullmatch(wanted)
        if match is None:
            return find_person(wanted)
        domain = match["domain"] if "." in match["domain"] else f"{match['domain']}.{SUFFIXES[Cloud.GLOBAL.value]}"
        async with self._database.connect() as connection:
            customer = (await connection.execute(_customers().where(col(Customer.domain) == domain))).first()
            if customer is None:
                return None
            user = await _user(connection, customer, admin=match["who"] == "customer-admin")
        if user is None:
            user = await self._add_plain_user(customer, now)
        return _person(match["who"], match["domain"], customer, user)

    async def search(self, text: str) -> list[Person]:
        """People whose name, title or organisation holds the text, partners' people first.

        Args:
            text: Any text; empty lists partners' people.
        """
        wanted = text.strip().lower()
        found = [one for one in all_people() if wanted in f"{one.name} {one.title} {one.organisation}".lower()]
        return [*found[:MOST_FOUND], *(await self._of_customers(wanted))]

    async def _of_customers(self, wanted: str) -> list[Person]:
        prefix = wanted.partition("@")[2] if wanted.startswith("customer-") else wanted
        if not re.fullmatch(r"[a-z0-9.-]{2,253}", prefix, re.ASCII):
            return []
        starting = _customers().where(begins_with(col(Customer.domain), prefix))
        async with self._database.connect() as connection:
            rows = (await connection.execute(starting.order_by(col(Customer.domain)).limit(MOST_CUSTOMERS_FOUND))).all()
        # Nobody is looked up or added for a list: the ids matter only once a person is chosen.
        return [_person(who, _short(row.domain), row, None) for row in rows for who in TITLES]

    async def _add_plain_user(self, customer: AnyRow, now: datetime) -> AnyRow | None:
        user = CustomerUser(
            cloud=customer.cloud,
            customer_id=customer.id,
            id=uuid7(),
            sign_in_name=f"user@{customer.domain}",
            display_name="User",
            is_global_admin=False,
            created_at=now,
        )
        async with self._database.connect() as connection:
            writing = await connection.execution_options(writes=True)
            await writing.execute(CustomerUser.__table__.insert().values(user.model_dump()))  # type: ignore[attr-defined]
            await writing.commit()
            return await _user(connection, customer, admin=False)


def _customers() -> Rows:
    return select(col(Customer.cloud), col(Customer.id), col(Customer.domain), col(Customer.company_name))


async def _user(connection: AsyncConnection, customer: AnyRow, *, admin: bool) -> AnyRow | None:
    users = (
        select(col(CustomerUser.id), col(CustomerUser.sign_in_name))
        .where(
            col(CustomerUser.cloud) == customer.cloud,
            col(CustomerUser.customer_id) == customer.id,
            col(CustomerUser.is_global_admin).is_(admin),
        )
        .order_by(col(CustomerUser.created_at), col(CustomerUser.id))
        .limit(1)
    )
    return (await connection.execute(users)).first()


def _person(who: str, domain: str, customer: AnyRow, user: AnyRow | None) -> Person:
    return Person(
        name=f"{who}@{domain}",
        title=TITLES[who],
        organisation=customer.company_name,
        cloud=customer.cloud,
        tenant_id=customer.id,
        id=user.id if user else customer.id,
        sign_in_name=user.sign_in_name if user else "",
        roles=(),
    )


def _short(domain: str) -> str:
    prefix, _, suffix = domain.partition(".")
    return prefix if suffix == SUFFIXES[Cloud.GLOBAL.value] else domain
