"""Isolation as a property: what one partner sees and stores does not depend on what another does (I5)."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from clientela.demo.offers import offer_id
from policy.vocabulary import Cloud
from tests.access.pairs import make_pair
from tests.access.planting import PROFILE, acceptance
from tests.access.worlds_of_two import BEGINNING, World
from tests.clients import Api

T = TypeVar("T")
ROW = f"""id tenantId companyName domain createdAt companyProfile {{ companyName }} contact {{ firstName email }}
  billingProfile {{ id etag {PROFILE} }} relationship {{ id since delegatedAdmin partner {{ name }} }}
  agreements {{ id contact {{ email }} }} resellers {{ totalCount }}
  subscriptions(first: 3) {{ totalCount nodes {{ id offerName quantity status createdAt }} }}
  purchasePermissions {{ enabled changedBy changedAt warnings }}"""
LINES = """totalCount nodes {
  id occurredAt operation actor customerName customer { companyName } changes { field oldValue newValue redacted }
}"""
LIST = f"""query ($filter: CustomerFilter, $order: CustomerOrder, $size: Int) {{
  customers(filter: $filter, orderBy: $order, first: $size) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {ROW} activity {{ {LINES} }} }}
  }}
}}"""
LOG = f"query ($filter: ActivityFilter) {{ activityLog(filter: $filter) {{ {LINES} }} viewer {{ name permissions }} }}"
GUESS = f"""query ($id: ID!) {{
  customer(id: $id) {{ {ROW} }} node(id: $id) {{ id }} activityLog(filter: {{customerId: $id}}) {{ {LINES} }}
}}"""
CREATE = f"""mutation ($input: CustomerCreateInput!) {{
  customerCreate(input: $input) {{ userErrors {{ code message field }} customer {{ {ROW} }} }}
}}"""
UPDATE = f"""mutation ($input: CustomerUpdateBillingProfileInput!) {{
  customerUpdateBillingProfile(input: $input) {{ userErrors {{ code message field }} customer {{ {ROW} }} }}
}}"""
ATTEST = f"""mutation ($input: CustomerAttestAgreementInput!) {{
  customerAttestAgreement(input: $input) {{ userErrors {{ code message field }} customer {{ {ROW} }} }}
}}"""
BUY = """mutation ($input: ProductSubscriptionCreateInput!) {
  productSubscriptionCreate(input: $input) { userErrors { code message field } subscription { id offerName } }
}"""
PERMIT = f"""mutation ($input: CustomerSetPurchasePermissionInput!) {{
  customerSetPurchasePermission(input: $input) {{
    changed userErrors {{ code message field }} customer {{ {ROW} }}
  }}
}}"""
ADDRESS = {"addressLine1": "1 Main St", "city": "Seattle", "state": "WA", "postalCode": "98101", "country": "US"}
SIDES = st.sampled_from(["left", "right"])
READERS = st.sampled_from(["admin-agent", "helpdesk-agent", "sales-agent"])
NAMES = st.sampled_from(["Aurora", "Common", "common ltd", "Zeta & Sons"])
SEARCHES = st.sampled_from([None, "co", "common g", "zeta", "pair"])
WHICH = st.integers(0, 3)
Play = Callable[[World], Coroutine[Any, Any, str]]


class TwoPartners(RuleBasedStateMachine):
    """Two partners that share a customer, at work in any order; and each at work in a world where the other rests.

    A partner must get the same answers in both, and no step of one may touch a row of the other.
    """

    def __init__(self, api: Api, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._api, self._loop = api, loop

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def _step(self, side: str, play: Play) -> None:
        other = "right" if side == "left" else "left"
        untouched = self._run(self.together.rows_of(other))
        assert self._run(play(self.together)) == self._run(play(self.alone[side]))
        assert self._run(self.together.rows_of(other)) == untouched

    @initialize()
    def three_worlds(self):
        worlds = [World(self._api, self._run(make_pair(self._api, BEGINNING))) for _ in range(3)]
        self.together, self.alone = worlds[0], {"left": worlds[1], "right": worlds[2]}

    @rule(side=SIDES, role=READERS, search=SEARCHES, field=st.sampled_from(["COMPANY_NAME", "CREATED_AT"]))
    def lists(self, side: str, role: str, search: str | None, field: str):
        order = {"field": field, "direction": "DESC"}
        self._step(side, lambda world: world.play(side, LIST, role, filter={"search": search}, order=order, size=2))

    @rule(side=SIDES, role=READERS, name=st.sampled_from([None, "common", "zeta"]))
    def reads_its_log(self, side: str, role: str, name: str | None):
        self._step(side, lambda world: world.play(side, LOG, role, filter={"customerNameContains": name}))

    @rule(side=SIDES, name=NAMES, number=st.integers(0, 2))
    def creates(self, side: str, name: str, number: int):
        # Domains are unique in the whole system, so each partner keeps to its own; two of one are a fault for it alone.
        self._step(
            side,
            lambda world: world.play(
                side, CREATE, input={"domain": f"{world.pair.tag}-{side}{number}", "billingProfile": _profile(name)}
            ),
        )

    @rule(side=SIDES, which=WHICH, name=NAMES, dry=st.booleans())
    def renames(self, side: str, which: int, name: str, dry: bool):
        async def play(world: World) -> str:
            customer = _pick(world.ids[side], which)
            form = {"customerId": f"customer_{customer.hex}", "etag": await world.etag(side, customer), "dryRun": dry}
            return await world.play(side, UPDATE, input=form | {"billingProfile": _profile(name)})

        self._step(side, play)

    @rule(side=SIDES, which=WHICH, email=st.sampled_from(["one@example.com", "two@example.com"]))
    def attests(self, side: str, which: int, email: str):
        async def play(world: World) -> str:
            form = {"customerId": f"customer_{_pick(world.ids[side], which).hex}", "agreement": acceptance(email)}
            return await world.play(side, ATTEST, "sales-agent", input=form)

        self._step(side, play)

    @rule(side=SIDES, which=WHICH, key=st.sampled_from(["office-e3", "azure-plan"]), dry=st.booleans())
    def buys(self, side: str, which: int, key: str, dry: bool):
        async def play(world: World) -> str:
            form = _purchase(_pick(world.ids[side], which), key)
            attested = {"customerId": form["customerId"], "agreement": acceptance("buyer@example.com")}
            told = await world.play(side, ATTEST, input=attested)
            return told + await world.play(side, BUY, "sales-agent", input=form | {"dryRun": dry})

        self._step(side, play)

    @rule(side=SIDES, which=WHICH, enabled=st.booleans())
    def permits(self, side: str, which: int, enabled: bool):
        async def play(world: World) -> str:
            form = {"customerId": f"customer_{_pick(world.ids[side], which).hex}", "enabled": enabled}
            return await world.play(side, PERMIT, input=form)

        self._step(side, play)

    @rule(side=SIDES, which=WHICH, document=st.sampled_from([GUESS, UPDATE, ATTEST, BUY, PERMIT]))
    def guesses_an_id_of_the_other(self, side: str, which: int, document: str):
        other = "right" if side == "left" else "left"
        wanted = _pick(self.together.ids[other], which)

        async def play(world: World) -> str:
            # Where the other rests, the id of its customer is one that names nothing.
            found = wanted if world is self.together else uuid4()
            customer = world.pair.shared if wanted == self.together.pair.shared else found
            form: dict[str, Any] = {"customerId": f"customer_{customer.hex}"}
            if document is GUESS:
                return await world.play(side, GUESS, id=form["customerId"])
            if document is BUY:
                return await world.play(side, BUY, input=_purchase(customer, "office-e3"))
            if document is PERMIT:
                return await world.play(side, PERMIT, input=form | {"enabled": True})
            if document is ATTEST:
                return await world.play(side, ATTEST, input=form | {"agreement": acceptance("three@example.com")})
            form |= {"etag": await world.etag(side, customer), "billingProfile": _profile("Guessed")}
            return await world.play(side, UPDATE, input=form)

        self._step(side, play)

    @rule(side=SIDES, search=SEARCHES)
    def exports(self, side: str, search: str | None):
        self._step(side, lambda world: world.export(side, search=search))


async def test_two_partners_in_any_order_see_and_store_what_they_would_alone(api: Api):
    """permissions.md 8.24, 8.26, I5; issue 2 F."""
    loop = asyncio.get_running_loop()
    bounds = settings(
        max_examples=8,
        stateful_step_count=14,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        await asyncio.to_thread(run_state_machine_as_test, lambda: TwoPartners(api, loop), settings=bounds)
    finally:
        api.clock.fixed = None


def _pick(ids: list[UUID], which: int) -> UUID:
    return ids[which % len(ids)]


def _purchase(customer: UUID, key: str) -> dict[str, Any]:
    offer = offer_id(Cloud.GLOBAL, key)
    return {"customerId": f"customer_{customer.hex}", "offerId": f"offer_{offer.hex}", "quantity": 1}


def _profile(name: str) -> dict[str, Any]:
    address = ADDRESS | {"firstName": "Ada", "lastName": name}
    return {
        "companyName": name,
        "email": "ada@example.com",
        "culture": "en-US",
        "language": "en",
        "address": address,
    }
