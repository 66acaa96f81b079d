"""What each partner is shown of it all, whatever happened: its own, and with a partner of its own what both share."""

from typing import Any
from uuid import UUID

from hypothesis.stateful import invariant

from resolvers.global_ids import ObjectKind, global_id
from tests.access.market import PARTNERS, PROVIDER, RESELLERS
from tests.access.market_invitations import Invitations
from tests.access.market_purchases import Purchases
from tests.access.market_sight import CUSTOMERS, OWNERS

FINAL = {"ACCEPTED", "DECLINED", "CANCELLED", "EXPIRED"}
NEXT = {"DRAFT": {"SENT", "CANCELLED"}, "SENT": FINAL}
ALONE = """query ($ids: [ID!]!) {
  relationshipRequests(first: 500) { nodes { id status link relationships { id } } } nodes(ids: $ids) { id }
}"""
TOGETHER = """query ($beside: ID!) {
  partnerships(first: 500) { nodes { id status provider { id } reseller { id } } }
  active: partnerships(first: 20, filter: {status: [ACTIVE]}) {
    nodes { provider { id } reseller { id } sharedCustomers(first: 100) { nodes { id } } }
  }
  customers(first: 100, filter: {partnerId: $beside}) { nodes { id } }
}"""
KINDS = {
    "relationships": ObjectKind.RELATIONSHIP,
    "sold": ObjectKind.PRODUCT_SUBSCRIPTION,
    "profiles": ObjectKind.BILLING_PROFILE,
    "requests": ObjectKind.RELATIONSHIP_REQUEST,
    "partnerships": ObjectKind.PARTNERSHIP,
}


class Views(Invitations, Purchases):
    """Asked anew where something is stored otherwise than when it was asked before, or time passed."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: dict[str, str] = {}
        self._asked: dict[str, Any] = {}

    @invariant()
    def everybody_sees_its_own(self):
        """I6: final is final, what was accepted led to a relationship; I9, I21: nobody's but one's own is found."""
        if not self._is_news("its own"):
            return
        everything = [global_id(kind, UUID(str(row.id))) for name, kind in KINDS.items() for row in self._rows(name)]
        ids = {"ids": [*map(self.customer_id, CUSTOMERS), *everything]}
        answers = self.read(*((f"admin-agent@{partner}", ALONE, ids) for partner in PARTNERS))
        for partner, told in zip(PARTNERS, answers, strict=True):
            own = self._own(partner)
            assert {row["id"] for row in told["nodes"] if row} == own
            for row in told["relationshipRequests"]["nodes"]:
                assert row["id"] in own
                former = self.seen.get(row["id"], row["status"])
                assert row["status"] == former or row["status"] in NEXT.get(former, set())
                assert (len(row["relationships"]) > 0) == (row["status"] == "ACCEPTED")
                # permissions.md I9: what is over has no link any more.
                assert (row["link"] is not None) == (row["status"] not in FINAL)
                self.seen[row["id"]] = row["status"]
        assert {link.id for link in self.links} <= {*self.seen}

    @invariant()
    def both_sides_say_the_same(self):
        """I13; I14, R3.11: what two share either serves, and what one serves through the other both still serve."""
        if not self._is_news("both sides"):
            return
        pairs = [(PROVIDER, reseller) for reseller in RESELLERS]
        ways = [*pairs, *((reseller, provider) for provider, reseller in pairs)]
        asked = [(f"admin-agent@{one}", TOGETHER, {"beside": self.ids[other]}) for one, other in ways]
        told = dict(zip(ways, self.read(*asked), strict=True))
        ours = set(map(self.customer_id, CUSTOMERS))
        for provider, reseller in pairs:
            there, back = told[provider, reseller], told[reseller, provider]
            sides = {"provider": {"id": self.ids[provider]}, "reseller": {"id": self.ids[reseller]}}
            mine, yours = (
                {row["id"]: row["status"] for row in side["partnerships"]["nodes"] if row | sides == row}
                for side in (there, back)
            )
            assert mine == yours
            assert [*mine.values()].count("ACTIVE") == self.connected(reseller)
            both = {name for name in CUSTOMERS if {(provider, name), (reseller, name)} <= self.live()}
            for side in (there, back):
                for row in (row for row in side["active"]["nodes"] if row | sides == row):
                    shared = {found["id"] for found in row["sharedCustomers"]["nodes"]} & ours
                    assert shared == set(map(self.customer_id, both))
            for one, other in ((provider, reseller), (reseller, provider)):
                listed = {row["id"] for row in told[one, other]["customers"]["nodes"]} & ours
                assert listed == {self.customer_id(name) for name in both if self._goes_through(one, other, name)}

    def _goes_through(self, one: str, other: str, customer: str) -> bool:
        row = self.relationship(one, customer)
        key = row.associated_reseller_id if one == PROVIDER else row.via_provider_id
        return key is not None and UUID(str(key)) == self.key(other)

    def _own(self, partner: str) -> set[str]:
        served = {name for one, name in self.live() if one == partner}
        own = {self.customer_id(name) for name in served}
        for name, kind in KINDS.items():
            for row in self._rows(name):
                is_own = self.key(partner) in {UUID(str(key)) for side in OWNERS[name] if (key := getattr(row, side))}
                if is_own and (name not in {"sold", "profiles"} or self.pair(row)[1] in served):
                    own.add(global_id(kind, UUID(str(row.id))))
        return own

    def _rows(self, name: str) -> list[Any]:
        rows: list[Any] = getattr(self.sight, name)
        return rows

    def _is_news(self, what: str) -> bool:
        seen, former = (self.sight, self.now), self._asked.get(what)
        self._asked[what] = seen
        return seen != former
