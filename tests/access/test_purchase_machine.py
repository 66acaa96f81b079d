"""Purchase permissions as a state machine: whatever anybody does in any order, a model foretells it (I8, I10)."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.api.buying import AZURE, bought, customer_that_may_buy, offer_id
from tests.api.test_purchase_permissions import BUY, DISOWN, OWN, READ, SET, people_of
from tests.clients import Api

T = TypeVar("T")
AGENT = "admin-agent@contoso"
STATUS = """mutation ($input: ProductSubscriptionSetStatusInput!) {{
  done: productSubscription{verb}(input: $input) {{ subscription {{ etag }} userErrors {{ code }} }}
}}"""
SOLD = """query ($id: ID!) { customer(id: $id) { subscriptions(first: 500) { nodes { id kind status etag } } } }"""
PEOPLE = st.sampled_from(["admin", "user"])
PARTNERS = st.sampled_from(
    [AGENT, "global-admin@contoso", "sales-agent@contoso", "helpdesk-agent@contoso", "app@contoso"]
)
REFUSED = {"app@contoso": "APP_ONLY_NOT_SUPPORTED"}


class Purchases(RuleBasedStateMachine):
    """One customer with an Azure plan, its people and its partner's."""

    def __init__(self, api: Api, loop: AbstractEventLoop) -> None:
        super().__init__()
        self._api, self._loop = api, loop
        self.enabled, self.owners, self.active = False, set[str](), True
        self.reservations = self.open_reservations = self.lines = 0
        self.was_on = False

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    @initialize()
    def a_customer(self):
        async def prepare() -> None:
            self.customer = await customer_that_may_buy(self._api, AGENT)
            self.azure = await bought(self._api, AGENT, self.customer["id"], AZURE)
            self.offer = await offer_id(self._api, AGENT, "Reserved VM Instance, Standard_D2s_v5, 1 Year")
            admin, user, name = people_of(self.customer)
            self.people = {"admin": admin, "user": user}
            self.names = {"admin": f"admin@{self.customer['domain']}", "user": name}
            for person in self.people.values():
                await self._api.token(person)
            self.lines = await self._logged()

        self._run(prepare())

    async def _logged(self) -> int:
        (row,) = await self._api.rows("select count(*) from activity_record")
        return int(row[0])

    def _ask(self, person: str, document: str, form: dict[str, Any], lines: int) -> Any:
        """Sends a form; exactly so many lines more must be in the log (I8)."""
        answer = self._run(self._api.ask(person, document, input=form))
        self.lines += lines
        assert self._run(self._logged()) == self.lines, answer.body
        return answer

    @rule(who=PARTNERS, enabled=st.booleans(), dry=st.booleans())
    def turns_the_permission(self, who: str, enabled: bool, dry: bool):
        form = {"customerId": self.customer["id"], "enabled": enabled, "dryRun": dry}
        if who != AGENT:
            answer = self._ask(who, SET, form, lines=1)
            assert answer.codes == [REFUSED.get(who, "FORBIDDEN")]
            return
        changes = enabled != self.enabled
        possible = self.active or not enabled or not changes
        answer = self._ask(who, SET, form, lines=int(changes and possible and not dry))
        payload = answer.ok()["customerSetPurchasePermission"]
        codes = [error["code"] for error in payload["userErrors"]]
        assert codes == ([] if possible else ["NO_ELIGIBLE_AZURE_SUBSCRIPTION"])
        assert payload["changed"] is (changes and possible)
        if possible and not dry:
            self.enabled, self.was_on = enabled, self.was_on or enabled

    @rule(whom=PEOPLE, assigns=st.booleans(), by=PEOPLE)
    def changes_owners(self, whom: str, assigns: bool, by: str):
        form = {"subscriptionId": self.azure["id"], "userPrincipalName": self.names[whom]}
        document = OWN if assigns else DISOWN
        if by == "user":
            assert self._ask(self.people[by], document, form, lines=0).codes == ["FORBIDDEN"]
            return
        changes = (whom in self.owners) != assigns
        assert self._ask(self.people[by], document, form, lines=int(changes)).ok()["done"]["userErrors"] == []
        (self.owners.add if assigns else self.owners.discard)(whom)

    @rule(who=PEOPLE, dry=st.booleans())
    def buys_for_its_company(self, who: str, dry: bool):
        """I10: only while the permission is on, by an Owner, under an active subscription."""
        expected = [] if self.enabled else ["PURCHASE_NOT_PERMITTED"]
        expected += [] if who in self.owners else ["OWNER_ROLE_REQUIRED"]
        expected += [] if self.active else ["INVALID_STATE"]
        form = {"subscriptionId": self.azure["id"], "offerId": self.offer, "quantity": 1, "dryRun": dry}
        done = not expected and not dry
        answer = self._ask(self.people[who], BUY, form, lines=int(done))
        assert [error["code"] for error in answer.ok()["reservationPurchase"]["userErrors"]] == expected
        self.reservations += done
        self.open_reservations += done

    @rule(who=PARTNERS)
    def a_partner_buys_in_its_place(self, who: str):
        form = {"subscriptionId": self.azure["id"], "offerId": self.offer, "quantity": 1}
        assert self._ask(who, BUY, form, lines=1).codes == ["FORBIDDEN"]

    @rule(stale=st.booleans())
    def the_plan_is_suspended_or_reactivated(self, stale: bool):
        azure = next(one for one in self._sold() if one["id"] == self.azure["id"])
        form = {"subscriptionId": azure["id"], "etag": "stale" if stale else azure["etag"]}
        document = STATUS.format(verb="Suspend" if self.active else "Reactivate")
        answer = self._ask(AGENT, document, form, lines=int(not stale))
        codes = [error["code"] for error in answer.ok()["done"]["userErrors"]]
        assert codes == (["ETAG_MISMATCH"] if stale else [])
        self.active = self.active is stale

    @rule(who=st.sampled_from(["admin", "user", AGENT]))
    def a_reservation_is_cancelled(self, who: str):
        """Never by the customer, Owner or not (permissions.md 8.21)."""
        found = [one for one in self._sold() if one["kind"] == "RESERVATION" and one["status"] == "ACTIVE"]
        if not found:
            return
        form = {"subscriptionId": found[0]["id"], "etag": found[0]["etag"]}
        document = STATUS.format(verb="Cancel")
        if who != AGENT:
            assert self._ask(self.people[who], document, form, lines=0).codes == ["FORBIDDEN"]
            return
        assert self._ask(AGENT, document, form, lines=1).ok()["done"]["userErrors"] == []
        self.open_reservations -= 1

    @invariant()
    def what_is_stored_is_what_the_model_says(self):
        if not hasattr(self, "names"):
            return
        tenant = UUID(self.customer["tenantId"])
        key = tenant.hex if self._api.database.dialect.name == "sqlite" else tenant
        stored = self._run(self._api.rows("select enabled from purchase_permission where customer_id = :key", key=key))
        assert [bool(row.enabled) for row in stored] == ([self.enabled] if self.was_on else [])
        owners = self._run(self._api.rows("select user_id from subscription_owner where customer_id = :key", key=key))
        assert len(owners) == len(self.owners)
        (shown,) = self._run(self._api.ask(AGENT, READ, id=self.customer["id"])).ok()["customer"]["purchasePermissions"]
        assert shown["enabled"] is self.enabled
        assert (shown["warnings"] == []) is (self.active and bool(self.owners))
        kinds = [one["status"] for one in self._sold() if one["kind"] == "RESERVATION"]
        assert (len(kinds), kinds.count("ACTIVE")) == (self.reservations, self.open_reservations)

    def _sold(self) -> list[dict[str, Any]]:
        answer = self._run(self._api.ask(AGENT, SOLD, id=self.customer["id"]))
        found: list[dict[str, Any]] = answer.ok()["customer"]["subscriptions"]["nodes"]
        return found


async def test_whatever_anybody_does_the_model_foretells(api: Api):
    """I8, I10; permissions.md 4, 8.16-8.21."""
    loop = asyncio.get_running_loop()
    bounds = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, lambda: Purchases(api, loop), settings=bounds)
