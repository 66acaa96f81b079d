"""Where histories of partners and customers are played: who takes part, how they ask, and what came of it."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import text

from clientela.clock import utc_now
from clientela.demo.organisations import organisation
from policy.vocabulary import Cloud
from resolvers.global_ids import ObjectKind, global_id
from tests.access.logbook import difference
from tests.access.market_sight import CUSTOMERS, OURS, Sight, concerned, domain_of, look
from tests.access.overheard import Overheard
from tests.access.resetting import Kept, give_back
from tests.clients import Answer, Api

T = TypeVar("T")
DIRECT, PROVIDER, RESELLERS = ("adatum", "contoso", "litware"), "fabrikam", ("tailspin", "northwind")
FEDERAL = ("woodgrove", "lamna")
SELLERS = (*DIRECT, PROVIDER)
PARTNERS = (*SELLERS, *RESELLERS, *FEDERAL)
NEWEST = "select partner_id from activity_record order by id desc limit :number"
ENROL = """
  insert into partner (cloud, id, name, kinds, program_status, country, domain, is_sandbox, partner_agreement_signed,
    created_at) select p.cloud, c.id, 'Fine Art School', p.kinds, p.program_status, p.country, 'fineart', p.is_sandbox,
    p.partner_agreement_signed, p.created_at from partner p, customer c
  where p.domain like 'adatum.%' and c.domain like 'fineartschool.%'
    and not exists (select 1 from partner where domain = 'fineart')"""
STANDING = "update partner set program_status = :status, partner_agreement_signed = :signed"


def cloud_of(partner: str) -> Cloud:
    """The cloud that a partner sells in."""
    return organisation(partner).cloud


def admin_of(customer: str) -> str:
    """The global admin of a customer."""
    return f"customer-admin@{domain_of(customer)}"


# Resellers, and whom they can win, come more often: most of what may go wrong goes wrong between three.
partners = st.sampled_from((*PARTNERS, *RESELLERS))
customers = st.sampled_from((*CUSTOMERS, *CUSTOMERS[:2]))
picked = st.integers(0, 5)


class Stage(RuleBasedStateMachine):
    """The demo world as it was, everybody signed in, and the clock in our hands."""

    def __init__(self, api: Api, loop: AbstractEventLoop, kept: Kept, overheard: Overheard) -> None:
        super().__init__()
        self._api, self._loop, self._kept, self.overheard = api, loop, kept, overheard
        self.ids = {name: global_id(ObjectKind.PARTNER, organisation(name).id) for name in PARTNERS}
        self.partners = {organisation(name).id: name for name in PARTNERS}
        # Whether a partner's program is active, and whether it signed its agreement.
        self.standing = dict.fromkeys(PARTNERS, (True, True))
        self.run(self._open())

    async def _open(self) -> None:
        self._api.clock.fixed = None
        async with self._api.database.execution_options(writes=True).begin() as connection:
            await connection.execute(text(ENROL))
            await connection.execute(text(STANDING), {"status": "active", "signed": True})
            await connection.execute(text("delete from outbox_mail"))
        await give_back(self._api, CUSTOMERS, self._kept)
        roles = ("admin-agent", "global-admin", "sales-agent")
        people = [f"{role}@{name}" for name in PARTNERS for role in roles]
        for person in chain(people, map(admin_of, CUSTOMERS)):
            await self._api.token(person)
        self._api.clock.fixed = utc_now()
        found = await self._api.rows(f"select id, domain from customer where id in ({OURS})")
        self.customers = {UUID(str(row.id)): row.domain.partition(".")[0] for row in found}
        self.keys = {name: key for key, name in self.customers.items()}
        self.sight = self.first_sight = await look(self._api)
        self.changed: dict[str, int] = {}
        await self.overheard.begin()

    @property
    def now(self) -> datetime:
        """The server's time."""
        return self._api.clock()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs something on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def ask(self, person: str, document: str, **variables: Any) -> dict[str, Any]:
        """Reads something."""
        return self.run(self._api.ask(person, document, **variables)).ok()

    def do(self, person: str, document: str, **form: Any) -> dict[str, Any]:
        """I8: a fault changes nothing; a success writes one line for each partner concerned, or is a no-op."""
        (payload,) = self.run(self._api.ask(person, document, input=form)).ok().values()
        before = self.look()
        lines = self.changed.get("activity_record", 0)
        if payload["userErrors"] or lines == 0:
            assert self.sight == before
        else:
            newest = {UUID(str(row.partner_id)) for row in self.run(self._api.rows(NEWEST, number=lines))}
            assert len(newest) == lines
            assert newest >= concerned(before, self.sight)
        return payload

    def read(self, *asked: tuple[str, str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Answers to several documents that were sent at once."""

        async def send() -> list[Answer]:
            return await asyncio.gather(*(self._api.ask(who, document, **given) for who, document, given in asked))

        return [answer.ok() for answer in self.run(send())]

    def look(self) -> Sight:
        """Looks at all that is stored, and answers with what was there when this was done before."""
        before, self.sight = self.sight, self.run(look(self._api))
        self.changed = difference(before.counts, self.sight.counts)
        return before

    def pair(self, row: Any) -> tuple[str | None, str]:
        """Partner and customer of a row by name; None for a partner that does not take part."""
        return self.partners.get(UUID(str(row.partner_id))), self.customers[UUID(str(row.customer_id))]

    def relationship(self, partner: str, customer: str) -> Any:
        """The row of a pair; None where there never was one."""
        return next((row for row in self.sight.relationships if self.pair(row) == (partner, customer)), None)

    def live(self) -> set[tuple[str | None, str]]:
        """Who serves whom now."""
        return {self.pair(row) for row in self.sight.relationships if row.status == "active"}

    def key(self, partner: str | None) -> UUID | None:
        """A partner's tenant; None for no partner."""
        return organisation(partner).id if partner is not None else None

    def customer_id(self, name: str) -> str:
        """A customer's global id."""
        return global_id(ObjectKind.CUSTOMER, self.keys[name])
