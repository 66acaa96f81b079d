"""A provider and its resellers connect and part, in any order."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from resolvers.global_ids import ObjectKind, global_id
from tests.access.market import PROVIDER, RESELLERS, Stage, picked
from tests.api import partnerships
from tests.api.partnerships import codes

resellers = st.sampled_from(RESELLERS)


class Partnerships(Stage):
    """Links of one provider, followed by resellers or left lying."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.offered: list[str] = []

    @rule(reseller=st.sampled_from((*RESELLERS, None)))
    def looks_for_resellers(self, reseller: str | None):
        token = self.offer()
        if reseller is not None:
            self.join(token, reseller)

    def offer(self) -> str:
        """The provider makes a link, whose token this is."""
        made = self.do(f"admin-agent@{PROVIDER}", partnerships.REQUEST)["partnership"]
        self.offered.append(partnerships.token_of(made["link"]))
        return self.offered[-1]

    @precondition(lambda self: self.offered)
    @rule(which=picked, reseller=resellers)
    def joins(self, which: int, reseller: str):
        self.join(self.offered[-1 - which % len(self.offered)], reseller)

    def join(self, token: str, reseller: str) -> None:
        """R3.5: a reseller that works with the provider already does not begin to a second time."""
        connected = self.connected(reseller)
        payload = self.do(f"global-admin@{reseller}", partnerships.ACCEPT, token=token, authorizeProvider=True)
        assert self.connected(reseller) == (connected or not payload["userErrors"])
        assert not (connected and self.changed)

    @rule(reseller=resellers)
    def parts(self, reseller: str):
        self.part(reseller)

    def part(self, reseller: str) -> None:
        """I12: an end changes nothing that is stored of customers, and no privilege."""
        before = self.sight
        live = self._live(reseller)
        for row in live:
            form = {"partnershipId": global_id(ObjectKind.PARTNERSHIP, UUID(str(row.id))), "declarationAccepted": True}
            assert codes(self.do(f"admin-agent@{PROVIDER}", partnerships.END, **form)) == []
            assert self.sight[:4] == before[:4]
        assert not self.connected(reseller)

    def connected(self, reseller: str) -> bool:
        """Whether a reseller works with the provider now."""
        return len(self._live(reseller)) > 0

    def _live(self, reseller: str) -> list[Any]:
        rows = [row for row in self.sight.partnerships if row.status == "active"]
        return [row for row in rows if UUID(str(row.reseller_id)) == self.key(reseller)]
