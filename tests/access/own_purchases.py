"""What may happen between a customer that buys for itself and its partner, and what must come of each step."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.access.overheard import Overheard
from tests.api.buying import AZURE, bought, customer_that_may_buy, offer_id
from tests.api.relationship_requests import accept, form, invited
from tests.api.relationships import END
from tests.api.test_purchase_permissions import BUY, DISOWN, OWN, READ, SET, people_of
from tests.clients import Api

T = TypeVar("T")
AGENT, GLOBAL_ADMIN = "admin-agent@contoso", "global-admin@contoso"
STATUS = """mutation ($input: ProductSubscriptionSetStatusInput!) {{
  done: productSubscription{verb}(input: $input) {{ subscription {{ etag }} userErrors {{ code }} }}
}}"""
SOLD = """query ($id: ID!) { customer(id: $id) { subscriptions(first: 500) { nodes { id kind status etag } } } }"""
PEOPLE = st.sampled_from(["admin", "user"])
EVERYBODY = (AGENT, GLOBAL_ADMIN, "sales-agent@contoso", "helpdesk-agent@contoso", "app@contoso")
PARTNERS = st.sampled_from(EVERYBODY)
REFUSED = {"app@contoso": "APP_ONLY_NOT_SUPPORTED"}


class OwnPurchases(RuleBasedStateMachine):
    """One customer with an Azure plan, its people and its partner's."""

    def __init__(self, api: Api, loop: AbstractEventLoop, overheard: Overheard) -> None:
        super().__init__()
        self._api, self._loop, self.overheard = api, loop, overheard
        self.enabled, self.owners, self.active = False, set[str](), True
        self.reservations = self.open_reservations = self.lines = 0
        self.was_on = False
        self.run(self._prepare())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs something on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    async def _prepare(self) -> None:
        await self.overheard.begin()
        self.customer = await customer_that_may_buy(self._api, AGENT)
        self.azure = await bought(self._api, AGENT, self.customer["id"], AZURE)
        self.offer = await offer_id(self._api, AGENT, "Reserved VM Instance, Standard_D2s_v5, 1 Year")
        admin, user, name = people_of(self.customer)
        self.people = {"admin": admin, "user": user}
        self.names = {"admin": f"admin@{self.customer['domain']}", "user": name}
        for person in self.people.values():
            await self._api.token(person)
        self.lines = await self._logged()

    async def _logged(self) -> int:
        (row,) = await self._api.rows("select count(*) from activity_record")
        return int(row[0])

    def _ask(self, person: str, document: str, form: dict[str, Any], lines: int) -> Any:
        """Sends a form; exactly so many lines more must be in the log (I8)."""
        answer = self.run(self._api.ask(person, document, input=form))
        self.lines += lines
        assert self.run(self._logged()) == self.lines, answer.body
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
        azure = next(one for one in self.sold() if one["id"] == self.azure["id"])
        form = {"subscriptionId": azure["id"], "etag": "stale" if stale else azure["etag"]}
        document = STATUS.format(verb="Suspend" if self.active else "Reactivate")
        answer = self._ask(AGENT, document, form, lines=int(not stale))
        codes = [error["code"] for error in answer.ok()["done"]["userErrors"]]
        assert codes == (["ETAG_MISMATCH"] if stale else [])
        self.active = self.active is stale

    @rule(who=st.sampled_from(["admin", "user", AGENT]))
    def a_reservation_is_cancelled(self, who: str):
        """Never by the customer, Owner or not (permissions.md 8.21)."""
        found = [one for one in self.sold() if one["kind"] == "RESERVATION" and one["status"] == "ACTIVE"]
        if not found:
            return
        form = {"subscriptionId": found[0]["id"], "etag": found[0]["etag"]}
        document = STATUS.format(verb="Cancel")
        if who != AGENT:
            assert self._ask(self.people[who], document, form, lines=0).codes == ["FORBIDDEN"]
            return
        assert self._ask(AGENT, document, form, lines=1).ok()["done"]["userErrors"] == []
        self.open_reservations -= 1

    @rule(permits=st.booleans(), tidies_up=st.booleans(), admin=st.booleans())
    def the_relationship_ends_and_comes_back(self, permits: bool, tidies_up: bool, admin: bool):
        """I11: it ends with nothing active, takes its grants along, and comes back with none of them."""
        if permits:
            self.turns_the_permission(AGENT, enabled=True, dry=False)
        while tidies_up and self.open_reservations:
            self.a_reservation_is_cancelled(AGENT)
        if tidies_up and self.active:
            self.the_plan_is_suspended_or_reactivated(stale=False)
        active = sorted(one["id"] for one in self.sold() if one["status"] == "ACTIVE")
        answer = self._ask(GLOBAL_ADMIN, END, {"customerId": self.customer["id"]}, lines=int(not active))
        ended = answer.ok()["relationshipEnd"]
        assert sorted(key for error in ended["userErrors"] for key in error["relatedIds"]) == active
        if not active:
            self.enabled = False
            assert ended["relationship"]["delegatedAdmin"] is False
            assert self.run(self._api.ask(AGENT, READ, id=self.customer["id"])).ok()["customer"] is None
            (restored,) = self.run(self._invite_again(admin))["relationships"]
            assert (restored["id"], restored["delegatedAdmin"]) == (ended["relationship"]["id"], admin)
            # Drafted, sent and accepted.
            self.lines += 3

    async def _invite_again(self, admin: bool) -> dict[str, Any]:
        _, token = await invited(self._api, AGENT, form(admin=admin))
        return await accept(self._api, self.people["admin"], token, None)

    def sold(self) -> list[dict[str, Any]]:
        """What the partner is shown of what the customer bought."""
        answer = self.run(self._api.ask(AGENT, SOLD, id=self.customer["id"]))
        found: list[dict[str, Any]] = answer.ok()["customer"]["subscriptions"]["nodes"]
        return found
