"""Ending, narrowing, ordering and stopping what was ordered, in any order and by two at once."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from clientela.demo.offers import offer_id
from clientela.demo.organisations import organisation
from policy.vocabulary import Cloud
from resolvers.global_ids import ObjectKind, global_id
from tests.access.market import PARTNERS, RESELLERS, SELLERS, Stage, admin_of, cloud_of, customers, partners
from tests.access.market_sight import GLOBAL_CUSTOMERS, of_others
from tests.api import relationships
from tests.api.buying import BUY
from tests.api.customers import UPDATE_CONTACT
from tests.api.partnerships import USER_ERRORS, codes
from tests.api.test_purchase_permissions import SET

OBSTACLES = {"ACTIVE_SUBSCRIPTIONS", "ACTIVE_RESERVATIONS", "ACTIVE_SOFTWARE"}
STOP = f"""mutation ($input: ProductSubscriptionSetStatusInput!) {{
  done: productSubscription%s(input: $input) {{ subscription {{ status }} {USER_ERRORS} }}
}}"""
VERSION = "query ($id: ID!) { customer(id: $id) { billingProfile { etag } } }"
OFFERS = {
    ("license", Cloud.GLOBAL): "office-e3",
    ("license", Cloud.US_GOV): "office-g3",
    ("software", Cloud.GLOBAL): "windows-server",
    ("software", Cloud.US_GOV): "windows-server",
    ("usage", Cloud.GLOBAL): "azure-plan",
    ("usage", Cloud.US_GOV): "azure-plan",
}
LISTED = "query ($text: String) { customers(filter: {search: $text}) { nodes { id } } }"
NOW_STOPPED = {"Suspend": "suspended", "Cancel": "deleted"}
kinds = st.sampled_from(["license", "software", "usage"])
ONE_LINE = {"activity_record": 1}
ONE_WINS = [[], ["ETAG_MISMATCH"]]


class Purchases(Stage):
    """Relationships end, privileges are taken away, subscriptions and permissions come and go."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.bought = {UUID(str(row.id)): row.status for row in self.sight.sold}
        self.permitted = {self.pair(row) for row in self.sight.permissions if row.enabled}

    @rule(partner=partners, customer=customers, keeps=st.booleans())
    def ends(self, partner: str, customer: str, keeps: bool):
        self.end(partner, customer, keeps=keeps)

    def end(self, partner: str, customer: str, *, keeps: bool) -> None:
        """I9, I10: a partner ends a relationship, or is told what is still active."""
        before, untouched = self.relationship(partner, customer), of_others(self.sight, organisation(partner).id)
        held = {row.id for row in self._active(partner, customer)}
        form = {"customerId": self.customer_id(customer), "revokeDelegatedAdmin": not keeps}
        payload = self.do(f"global-admin@{partner}", relationships.END, **form)
        # I9: what other partners have stays as it is.
        assert of_others(self.sight, organisation(partner).id) == untouched
        if before is None or before.status != "active":
            assert codes(payload) == ["NOT_FOUND" if before is None else "RELATIONSHIP_REQUIRED"]
            return
        # I10: refused for exactly what is still active.
        assert set(codes(payload)) <= OBSTACLES
        named = [key for fault in payload["userErrors"] for key in fault["relatedIds"]]
        assert sorted(named) == sorted(_told(key) for key in held)
        if not held:
            assert self.changed == ONE_LINE
            found = self.ask(f"admin-agent@{partner}", LISTED, text=customer)["customers"]["nodes"]
            assert form["customerId"] not in {row["id"] for row in found}
            kept = keeps and before.role == "managing" and bool(before.delegated_admin)
            assert payload["relationship"]["delegatedAdmin"] is kept
            # permissions.md I11.
            self.permitted.discard((partner, customer))

    @rule(partner=partners, customer=customers)
    def is_no_business_of_a_sales_agent(self, partner: str, customer: str):
        """permissions.md I8: a denial changes nothing but one line."""
        form = {"customerId": self.customer_id(customer)}
        answer = self.run(self._api.ask(f"sales-agent@{partner}", relationships.END, input=form))
        assert answer.codes == ["FORBIDDEN"]
        before = self.look()
        assert self.changed == ONE_LINE
        assert self.sight[:-1] == before[:-1]

    @rule(partner=partners, customer=customers)
    def takes_privileges_away(self, partner: str, customer: str):
        self.revoke(partner, customer)

    def revoke(self, partner: str, customer: str) -> None:
        """R4.3, R5.6: the privileges go at once, those that a reseller kept beyond its end, too."""
        before = self.relationship(partner, customer)
        payload = self.do(admin_of(customer), relationships.REVOKE, partnerId=self.ids[partner])
        assert not (payload["relationship"] or {}).get("delegatedAdmin")
        assert self.changed == (ONE_LINE if before is not None and before.delegated_admin else {})

    @rule(partner=partners, customer=customers, kind=kinds)
    def orders(self, partner: str, customer: str, kind: str):
        self.order(partner, customer, kind)

    def order(self, partner: str, customer: str, kind: str) -> None:
        """I5: only who sells and is in good standing, and only for a customer that lets it order."""
        served = self.relationship(partner, customer)
        is_sold_already = kind == "usage" and self._plans(partner, customer)
        offer = global_id(ObjectKind.OFFER, offer_id(cloud_of(partner), OFFERS[kind, cloud_of(partner)]))
        form = {"customerId": self.customer_id(customer), "offerId": offer, "quantity": 1}
        payload = self.do(f"admin-agent@{partner}", BUY, **form)
        if served is None:
            assert codes(payload) == ["NOT_FOUND"]
        elif served.status != "active" or served.role != "transacting" or partner in RESELLERS:
            # I9, I5.
            assert codes(payload) == ["RELATIONSHIP_REQUIRED"]
            assert payload["userErrors"][0]["vendorCode"] == 20002
        else:
            is_active, has_signed = self.standing[partner]
            refused = [] if has_signed else ["PARTNER_AGREEMENT_REQUIRED"]
            refused += [] if is_active else ["PROGRAM_NOT_ACTIVE"]
            # An Azure plan is sold once a customer, and never deleted.
            refused += ["LIMIT_REACHED"] if is_sold_already else []
            assert [code for code in codes(payload) if code != "AGREEMENT_REQUIRED"] == refused
            if payload["subscription"]:
                assert self.changed == ONE_LINE | {"product_subscription": 1}
                self.bought[UUID(payload["subscription"]["id"].rpartition("_")[2])] = "active"

    @rule(partner=st.sampled_from(SELLERS), customer=st.sampled_from(GLOBAL_CUSTOMERS), enabled=st.booleans())
    def permits(self, partner: str, customer: str, enabled: bool):
        self.permit(partner, customer, enabled=enabled)

    def permit(self, partner: str, customer: str, *, enabled: bool) -> None:
        """permissions.md I8, I11: who sells an Azure plan may let the customer buy; again nothing is written."""
        served, pair = self.relationship(partner, customer), (partner, customer)
        refused = None
        if served is None or served.status != "active":
            refused = "NOT_FOUND" if served is None else "RELATIONSHIP_REQUIRED"
        elif enabled and pair not in self.permitted:
            plans = [row for row in self._plans(partner, customer) if row.status == "active"]
            refused = None if plans else "NO_ELIGIBLE_AZURE_SUBSCRIPTION"
        payload = self.do(f"admin-agent@{partner}", SET, customerId=self.customer_id(customer), enabled=enabled)
        assert codes(payload) == ([refused] if refused else [])
        if refused is None:
            assert bool(self.changed) is ((pair in self.permitted) is not enabled)
            (self.permitted.add if enabled else self.permitted.discard)(pair)

    @rule(partner=st.sampled_from([name for name in PARTNERS if name not in RESELLERS]), customer=customers)
    def stops_what_it_sold(self, partner: str, customer: str):
        self.stop(partner, customer)

    def stop(self, partner: str, customer: str) -> None:
        """I23: of two with one version, one stops it."""
        for row in self._active(partner, customer):
            verb = "Suspend" if row.kind in {"license", "usage"} else "Cancel"
            form = {"subscriptionId": _told(row.id), "etag": row.etag}
            assert self.relationship(partner, customer).status == "active"
            self._two_at_once(f"admin-agent@{partner}", STOP % verb, form, form)
            self.bought[UUID(str(row.id))] = NOW_STOPPED[verb]

    @rule(partner=partners, customer=customers)
    def two_change_a_contact(self, partner: str, customer: str):
        self.write_twice(partner, customer)

    def write_twice(self, partner: str, customer: str) -> None:
        """I23: of two that read one version, one writes."""
        key = self.customer_id(customer)
        found = self.ask(f"admin-agent@{partner}", VERSION, id=key)["customer"]
        if found is not None:
            form = {"customerId": key, "etag": found["billingProfile"]["etag"]}
            names = [form | {"contact": {"firstName": f"Writer {n} of {form['etag']}"[:50]}} for n in range(2)]
            self._two_at_once(f"admin-agent@{partner}", UPDATE_CONTACT, *names)

    def _two_at_once(self, person: str, document: str, *forms: dict[str, Any]) -> None:
        answers = self.read(*((person, document, {"input": form}) for form in forms))
        payloads = [payload for answer in answers for payload in answer.values()]
        assert sorted(codes(payload) for payload in payloads) == ONE_WINS
        self.look()
        assert self.changed == ONE_LINE

    def _active(self, partner: str, customer: str) -> list[Any]:
        return [row for row in self._sold(partner, customer) if row.status == "active"]

    def _plans(self, partner: str, customer: str) -> list[Any]:
        return [row for row in self._sold(partner, customer) if row.is_azure and row.kind == "usage"]

    def _sold(self, partner: str, customer: str) -> list[Any]:
        return [row for row in self.sight.sold if self.pair(row) == (partner, customer)]


def _told(key: Any) -> str:
    return global_id(ObjectKind.PRODUCT_SUBSCRIPTION, UUID(str(key)))
