"""Partners and customers at it in any order, with time passing: what must always hold (relationships.md 10)."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clientela.clock import utc_now
from resolvers.countries.rules import home_region
from tests.access.logbook import difference
from tests.access.resetting import Kept, give_back, keep
from tests.api import partnerships, relationships
from tests.api import relationship_requests as requests
from tests.api.relationship_requests import AGREED
from tests.clients import Api

T = TypeVar("T")
DIRECT, PROVIDER, RESELLERS = ("adatum", "contoso", "litware"), "fabrikam", ("tailspin", "northwind")
PARTNERS = (*DIRECT, PROVIDER, *RESELLERS)
CUSTOMERS = ("wingtiptoys", "cohowinery", "alpineskihouse")
FINAL = {"ACCEPTED", "DECLINED", "CANCELLED", "EXPIRED"}
NEXT = {"DRAFT": {"SENT", "CANCELLED"}, "SENT": FINAL}
ALIASED = (
    f'{name}: customers(filter: {{partnerId: $partner, search: "{name}"}}) {{ nodes {{ id }} }}' for name in CUSTOMERS
)
SERVED = f"query ($partner: ID) {{ {' '.join(ALIASED)} }}"
OWN = "{ viewer { partner { id } } }"
STATUSES = "{ relationshipRequests(first: 500) { nodes { id status relationships { id } } } }"
SIDES = """{ partnerships(first: 500, filter: {status: [ACTIVE]}) {
  nodes { id provider { id } reseller { id } sharedCustomers(first: 500) { nodes { id } } }
} }"""
ROWS = """
  select r.id, r.status, r.role, r.delegated_admin, r.partner_id, r.customer_id, p.country as partner_country,
    c.country as customer_country, p.cloud as partner_cloud, c.cloud as customer_cloud
  from relationship r join partner p on p.cloud = r.cloud and p.id = r.partner_id
  join customer c on c.cloud = r.cloud and c.id = r.customer_id"""
PICKED = st.integers(0, 3)


class Market(RuleBasedStateMachine):
    """Direct partners, a provider and its resellers invite customers of two regions; minds change."""

    def __init__(self, api: Api, loop: AbstractEventLoop, kept: Kept) -> None:
        super().__init__()
        self._api, self._loop, self._kept = api, loop, kept
        self.links: list[tuple[str, str, str]] = []
        self.offers: list[tuple[str, str]] = []
        self.seen: dict[str, str] = {}
        self.keys: dict[tuple[Any, Any], Any] = {}

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def _ask(self, person: str, document: str, **variables: Any) -> dict[str, Any]:
        return self._run(self._api.ask(person, document, **variables)).ok()

    def _do(self, person: str, document: str, **form: Any) -> dict[str, Any]:
        """I8: a fault changes no row; a success writes one line for each partner concerned, or is a no-op."""
        before = self._run(self._api.counts())
        answer = self._run(self._api.ask(person, document, input=form))
        (payload,) = answer.ok().values()
        left = difference(before, self._run(self._api.counts()))
        lines = left.pop("activity_record", 0)
        if payload["userErrors"] or lines == 0:
            assert left == {}
            assert lines == 0
        else:
            assert lines <= 2
        return payload

    @initialize()
    def open(self):
        self._run(self._sign_in())
        self._run(give_back(self._api, CUSTOMERS, self._kept))
        self.ids = {name: self._ask(f"admin-agent@{name}", OWN)["viewer"]["partner"]["id"] for name in PARTNERS}

    async def _sign_in(self) -> None:
        self._api.clock.fixed = None
        for name in PARTNERS:
            for role in ("admin-agent", "global-admin"):
                await self._api.token(f"{role}@{name}")
        for name in CUSTOMERS:
            await self._api.token(f"customer-admin@{name}")
        self._api.clock.fixed = utc_now()

    @rule(
        partner=st.sampled_from(PARTNERS),
        admin=st.booleans(),
        together=st.booleans(),
        sent=st.sampled_from([True, True, False]),
    )
    def invites(self, partner: str, admin: bool, together: bool, sent: bool):
        self._invite(partner, admin=admin, together=together, sent=sent)

    def _invite(self, partner: str, *, admin: bool, together: bool, sent: bool) -> None:
        kind = "PROVIDER" if partner == PROVIDER else "RESELLER_ONLY" if partner in RESELLERS else "DIRECT"
        form = requests.form(kind, admin=admin)
        if partner in RESELLERS and together:
            form |= {"kind": "RESELLER_WITH_PROVIDER", "providerId": self.ids[PROVIDER]}
        made = self._do(f"admin-agent@{partner}", requests.CREATE, **form)["relationshipRequest"]
        if made is not None:
            self.links.append((partner, made["id"], partnerships.token_of(made["link"])))
            if sent:
                self._send(0)

    @rule(
        partner=st.sampled_from(PARTNERS),
        customer=st.sampled_from(CUSTOMERS),
        admin=st.booleans(),
        together=st.booleans(),
    )
    def meets(self, partner: str, customer: str, admin: bool, together: bool):
        """An invitation that is followed at once; step by step it rarely comes to an acceptance."""
        before = len(self.links)
        self._invite(partner, admin=admin, together=together, sent=True)
        if len(self.links) > before:
            self._accept(0, customer, agrees=True)

    @precondition(lambda self: self.links)
    @rule(which=PICKED)
    def sends(self, which: int):
        self._send(which)

    def _send(self, which: int) -> None:
        partner, key, _ = self._link(which)
        self._do(f"admin-agent@{partner}", requests.SEND, relationshipRequestId=key)

    @precondition(lambda self: self.links)
    @rule(which=PICKED)
    def cancels(self, which: int):
        partner, key, _ = self._link(which)
        self._do(f"admin-agent@{partner}", requests.CANCEL, relationshipRequestId=key)

    @precondition(lambda self: self.links)
    @rule(which=PICKED, customer=st.sampled_from(CUSTOMERS), agrees=st.sampled_from([True, True, True, False]))
    def accepts(self, which: int, customer: str, agrees: bool):
        self._accept(which, customer, agrees=agrees)

    def _accept(self, which: int, customer: str, *, agrees: bool) -> None:
        _, _, token = self._link(which)
        given = {"token": token} | ({"agreement": AGREED} if agrees else {})
        payload = self._do(f"customer-admin@{customer}", requests.ACCEPT, **given)
        if not payload["userErrors"]:
            # I7: replaying changes nothing.
            before = self._run(self._api.counts())
            again = self._do(f"customer-admin@{customer}", requests.ACCEPT, token=token)
            assert again["relationships"] == payload["relationships"]
            assert self._run(self._api.counts()) == before

    @precondition(lambda self: self.links)
    @rule(which=PICKED, customer=st.sampled_from(CUSTOMERS))
    def declines(self, which: int, customer: str):
        _, _, token = self._link(which)
        self._do(f"customer-admin@{customer}", requests.DECLINE, token=token)

    @rule(partner=st.sampled_from(PARTNERS), customer=st.sampled_from(CUSTOMERS), keeps=st.booleans())
    def ends(self, partner: str, customer: str, keeps: bool):
        key, own = self._customer_id(customer), self._partner_key(partner)
        untouched = [row for row in self._rows() if row.partner_id != own]
        payload = self._do(f"global-admin@{partner}", relationships.END, customerId=key, revokeDelegatedAdmin=not keeps)
        # I9: other partners' rows stay as they are; the customer is gone from the list.
        assert [row for row in self._rows() if row.partner_id != own] == untouched
        if not payload["userErrors"]:
            assert key not in self._served(partner)
            assert keeps or not payload["relationship"]["delegatedAdmin"]

    @rule(partner=st.sampled_from(PARTNERS), customer=st.sampled_from(CUSTOMERS))
    def takes_privileges_away(self, partner: str, customer: str):
        payload = self._do(f"customer-admin@{customer}", relationships.REVOKE, partnerId=self.ids[partner])
        assert not (payload["relationship"] or {}).get("delegatedAdmin")

    @rule(reseller=st.sampled_from((*RESELLERS, None)))
    def looks_for_resellers(self, reseller: str | None):
        made = self._do(f"admin-agent@{PROVIDER}", partnerships.REQUEST)["partnership"]
        self.offers.append((made["id"], partnerships.token_of(made["link"])))
        if reseller is not None:
            self._join(0, reseller)

    @precondition(lambda self: self.offers)
    @rule(which=PICKED, reseller=st.sampled_from(RESELLERS))
    def joins(self, which: int, reseller: str):
        self._join(which, reseller)

    def _join(self, which: int, reseller: str) -> None:
        _, token = self.offers[-1 - which % len(self.offers)]
        self._do(f"global-admin@{reseller}", partnerships.ACCEPT, token=token, authorizeProvider=True)

    @rule(reseller=st.sampled_from(RESELLERS))
    def parts(self, reseller: str):
        live = self._ask(f"admin-agent@{PROVIDER}", SIDES)["partnerships"]["nodes"]
        for row in live:
            if row["reseller"]["id"] == self.ids[reseller]:
                before = self._rows()
                self._do(f"admin-agent@{PROVIDER}", partnerships.END, partnershipId=row["id"], declarationAccepted=True)
                # I12: no customer row and no privilege changes.
                assert self._rows() == before

    @rule(days=st.sampled_from([1, 30, 91]))
    def waits(self, days: int):
        self._api.clock.fixed = (self._api.clock.fixed or utc_now()) + timedelta(days=days)

    @invariant()
    def relationships_are_sound(self):
        """I1, I2, I3, I4, I11."""
        rows = self._rows()
        assert len({(row.partner_id, row.customer_id) for row in rows}) == len(rows)
        partners = {row.partner_id for row in rows}
        for row in rows:
            assert row.customer_id not in partners
            assert row.partner_cloud == row.customer_cloud
            if row.status == "active":
                assert home_region(row.partner_country) == home_region(row.customer_country)
            assert row.status == "active" or row.role == "managing" or not row.delegated_admin
            pair = (row.partner_id, row.customer_id)
            assert self.keys.setdefault(pair, row.id) == row.id

    @invariant()
    def requests_keep_to_their_states(self):
        """I6: final states are final; what was accepted led to a relationship; I21: nobody sees another's."""
        owners: dict[str, str] = {}
        for partner in PARTNERS:
            for row in self._ask(f"admin-agent@{partner}", STATUSES)["relationshipRequests"]["nodes"]:
                assert owners.setdefault(row["id"], partner) == partner
                former = self.seen.get(row["id"], row["status"])
                assert row["status"] == former or row["status"] in NEXT.get(former, set())
                assert (len(row["relationships"]) > 0) == (row["status"] == "ACCEPTED")
                self.seen[row["id"]] = row["status"]
        for partner, key, _ in self.links:
            assert owners[key] == partner

    @invariant()
    def both_sides_say_the_same(self):
        """I13, I14, R3.11."""
        resellers = {
            row["reseller"]["id"]: row for row in self._ask(f"admin-agent@{PROVIDER}", SIDES)["partnerships"]["nodes"]
        }
        mine = self._served(PROVIDER)
        for reseller in RESELLERS:
            sides = self._ask(f"admin-agent@{reseller}", SIDES)["partnerships"]["nodes"]
            assert (self.ids[reseller] in resellers) == (self.ids[PROVIDER] in {row["provider"]["id"] for row in sides})
            theirs = self._served(reseller)
            assert self._served(PROVIDER, self.ids[reseller]) <= mine & theirs
            assert self._served(reseller, self.ids[PROVIDER]) <= mine & theirs

    def _link(self, which: int) -> tuple[str, str, str]:
        return self.links[-1 - which % len(self.links)]

    def _served(self, partner: str, beside: str | None = None) -> set[str]:
        found = self._ask(f"admin-agent@{partner}", SERVED, partner=beside)
        return {row["id"] for page in found.values() for row in page["nodes"]}

    def _rows(self) -> list[Any]:
        return sorted(self._run(self._api.rows(ROWS)), key=lambda row: str(row.id))

    def _customer_id(self, name: str) -> str:
        ((key,),) = self._run(
            self._api.rows("select id from customer where domain = :domain", domain=f"{name}.onmicrosoft.com")
        )
        return f"customer_{str(key).replace('-', '')}"

    def _partner_key(self, name: str) -> Any:
        ((key,),) = self._run(self._api.rows("select id from partner where domain like :domain", domain=f"{name}.%"))
        return key


async def test_a_market_in_any_order_keeps_its_invariants(api: Api):
    """relationships.md 10: I1-I4, I6-I9, I11-I14, I21."""
    loop, kept = asyncio.get_running_loop(), await keep(api, CUSTOMERS)
    bounds = settings(
        max_examples=3,
        stateful_step_count=18,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        await asyncio.to_thread(run_state_machine_as_test, lambda: Market(api, loop, kept), settings=bounds)
    finally:
        api.clock.fixed = None
