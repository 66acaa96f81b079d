"""What partners and customers do about invitations, in any order, and what must come of it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from clientela.demo.organisations import organisation
from resolvers.countries.rules import home_region
from resolvers.global_ids import ObjectKind, global_id
from tests.access.market import FEDERAL, PROVIDER, RESELLERS, admin_of, cloud_of, customers, partners, picked
from tests.access.market_partnerships import Partnerships
from tests.access.market_sight import ENROLLED, FEDERAL_CUSTOMERS, cloud_of_customer
from tests.api import partnerships
from tests.api import relationship_requests as requests
from tests.api.partnerships import codes
from tests.api.relationship_requests import AGREED


class Link(NamedTuple):
    """An invitation, as whoever holds its link knows it."""

    partner: str
    provider: str | None
    id: str
    token: str


class Invitations(Partnerships):
    """Direct partners, a provider and its resellers invite customers of two clouds and two regions; minds change."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.links: list[Link] = []
        self.expiries: dict[str, datetime] = {}
        self.granted: dict[str, set[str]] = {}

    @rule(partner=partners, admin=st.booleans(), together=st.booleans(), sent=st.sampled_from([True, True, False]))
    def invites(self, partner: str, admin: bool, together: bool, sent: bool):
        self.invite(partner, admin=admin, together=together, sent=sent)

    def invite(
        self, partner: str, *, admin: bool, together: bool = False, sent: bool = True, **more: Any
    ) -> Link | None:
        """A partner drafts an invitation, and sends it where it is to be sent; None where it must not."""
        kind = "PROVIDER" if partner == PROVIDER else "RESELLER_ONLY" if partner in RESELLERS else "DIRECT"
        form, provider = requests.form(kind, admin=admin, **more), None
        if partner in RESELLERS and together:
            provider = PROVIDER
            form |= {"kind": "RESELLER_WITH_PROVIDER", "providerId": self.ids[PROVIDER]}
        payload = self.do(f"admin-agent@{partner}", requests.CREATE, **form)
        # R2.5, R2.18: in the US Government cloud there are no requests without admin privileges.
        refused = ["ADMIN_PRIVILEGES_REQUIRED"] if partner in FEDERAL and not admin else []
        # R2.9, R3.6.
        refused += ["PARTNERSHIP_REQUIRED"] if provider and not self.connected(partner) else []
        assert codes(payload) == refused
        if refused:
            return None
        made = payload["relationshipRequest"]
        link = Link(partner, provider, made["id"], partnerships.token_of(made["link"]))
        self.links.append(link)
        if sent:
            self.send(link)
        return link

    @precondition(lambda self: self.links)
    @rule(which=picked, sends=st.booleans())
    def sends_or_cancels(self, which: int, sends: bool):
        (self.send if sends else self.cancel)(self._link(which))

    def send(self, link: Link, **mail: Any) -> None:
        """R2.10: only a draft is sent."""
        possible = self.status(link) == "DRAFT"
        payload = self.do(f"admin-agent@{link.partner}", requests.SEND, relationshipRequestId=link.id, **mail)
        assert codes(payload) == ([] if possible else ["INVALID_STATE"])
        if possible:
            self.expiries[link.id] = datetime.fromisoformat(payload["relationshipRequest"]["expiresAt"])

    def cancel(self, link: Link) -> None:
        """I6: what is over is not taken back."""
        possible = self.status(link) in {"DRAFT", "SENT"}
        payload = self.do(f"admin-agent@{link.partner}", requests.CANCEL, relationshipRequestId=link.id)
        assert codes(payload) == ([] if possible else ["INVALID_STATE"])

    @precondition(lambda self: self.links)
    @rule(which=picked, customer=customers, agrees=st.sampled_from([True, True, True, False]))
    def accepts(self, which: int, customer: str, agrees: bool):
        for _ in range(2):
            self.accept(self._link(which), customer, agrees=agrees)

    def accept(self, link: Link, customer: str, *, agrees: bool = True) -> None:
        """R2.17: a customer follows a link, and the first obstacle decides; I7: again nothing is written."""
        before = {global_id(ObjectKind.RELATIONSHIP, UUID(str(row.id))): row for row in self.sight.relationships}
        profiles = self.sight.profiles
        replays, refused = self._is_answer(link, customer, "accepted"), self._obstacle(link, customer)
        given = {"agreement": AGREED} if agrees and customer not in FEDERAL_CUSTOMERS else {}
        payload = self.do(admin_of(customer), requests.ACCEPT, token=link.token, **given)
        if refused is not None:
            assert codes(payload) == [refused]
        elif codes(payload):
            assert codes(payload) == ["AGREEMENT_REQUIRED"]
            assert not given
        elif replays:
            assert self.changed == {}
            concern = {key for key, row in before.items() if row.status == "active" or row.delegated_admin}
            assert {row["id"] for row in payload["relationships"]} == self.granted[link.id] & concern
        else:
            self._check_granted(link, payload, before)
            # I11: what a partner knew of the customer it finds as it was.
            assert set(profiles) <= set(self.sight.profiles)
            self.granted[link.id] = {row["id"] for row in payload["relationships"]}

    def _check_granted(self, link: Link, payload: dict[str, Any], before: dict[str, Any]) -> None:
        # I11, R2.15, R5.10: what is live keeps what it has, what had ended has what the invitation says.
        asked = payload["relationshipRequest"]["includesDelegatedAdmin"]
        stored = {global_id(ObjectKind.RELATIONSHIP, UUID(str(row.id))): row for row in self.sight.relationships}
        assert len(payload["relationships"]) == (1 if link.provider is None else 2)
        for told in payload["relationships"]:
            former, row = before.get(told["id"]), stored[told["id"]]
            lives = former is not None and former.status == "active"
            assert told["status"] == "ACTIVE"
            assert told["delegatedAdmin"] == (asked or (lives and bool(former.delegated_admin)))
            if not lives:
                sides = (row.via_provider_id, row.associated_reseller_id)
                inviter, provider = (self.key(name) for name in (link.partner, link.provider))
                given = (None, inviter) if UUID(str(row.partner_id)) == provider else (provider, None)
                assert [key and UUID(str(key)) for key in sides] == ([*given] if provider else [None, None])

    def _obstacle(self, link: Link, customer: str) -> str | None:
        """The first of what R2.17 asks for that is not there, the agreement left out."""
        if cloud_of(link.partner) is not cloud_of_customer(customer):
            # Settled: nothing crosses.
            return "NOT_FOUND"
        if self._is_answer(link, customer, "accepted"):
            return None
        status = self.status(link)
        if status != "SENT":
            return "EXPIRED" if status == "EXPIRED" else "INVALID_STATE"
        row = next(row for row in self.sight.relationships if self.pair(row)[1] == customer)
        if home_region(organisation(link.partner).country) != home_region(row.customer_country):
            return "REGION_MISMATCH"
        if customer == ENROLLED:
            return "NOT_A_CUSTOMER_TENANT"
        for partner in filter(None, (link.partner, link.provider)):
            is_active, has_signed = self.standing[partner]
            if not (is_active and has_signed):
                return "PARTNER_AGREEMENT_REQUIRED" if is_active else "PROGRAM_NOT_ACTIVE"
        if link.provider and not self.connected(link.partner):
            return "PARTNERSHIP_REQUIRED"
        others = {partner for partner, served in self.live() if served == customer} - {link.partner}
        # permissions.md 5.3: one partner a customer.
        return "SINGLE_PARTNER_CLOUD" if others and link.partner in FEDERAL else None

    @precondition(lambda self: self.links)
    @rule(which=picked, customer=customers)
    def declines(self, which: int, customer: str):
        self.decline(self._link(which), customer)

    def decline(self, link: Link, customer: str) -> None:
        """I6: what is over is not declined; again by the same customer nothing is written."""
        refused = None
        replays, status = self._is_answer(link, customer, "declined"), self.status(link)
        if cloud_of(link.partner) is not cloud_of_customer(customer):
            refused = "NOT_FOUND"
        elif status != "SENT" and not replays:
            refused = "EXPIRED" if status == "EXPIRED" else "INVALID_STATE"
        payload = self.do(admin_of(customer), requests.DECLINE, token=link.token)
        assert codes(payload) == ([refused] if refused else [])
        if replays:
            assert self.changed == {}

    @rule(days=st.sampled_from([1, 30, 91]))
    def waits(self, days: int):
        self._api.clock.fixed = self.now + timedelta(days=days)

    def status(self, link: Link) -> str:
        """How an invitation stands now."""
        stored: str = self._stored(link).status
        overdue = stored == "sent" and self.expiries[link.id] <= self.now
        return "EXPIRED" if overdue else stored.upper()

    def _stored(self, link: Link) -> Any:
        key = UUID(link.id.rpartition("_")[2])
        return next(row for row in self.sight.requests if UUID(str(row.id)) == key)

    def _is_answer(self, link: Link, customer: str, answer: str) -> bool:
        row = self._stored(link)
        return row.status == answer and UUID(str(row.customer_id)) == self.keys[customer]

    def _link(self, which: int) -> Link:
        return self.links[-1 - which % len(self.links)]
