"""Whole lives of relationships and invitations, each played at once: step by step it rarely comes to them."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import text

from clientela.demo.organisations import organisation
from tests.access.market import FEDERAL, PROVIDER, RESELLERS, STANDING, customers, partners, picked
from tests.access.market_invitations import Link
from tests.access.market_partnerships import resellers
from tests.access.market_purchases import kinds
from tests.access.market_secrets import Secrets
from tests.access.market_sight import ENROLLED, FEDERAL_CUSTOMERS
from tests.access.market_views import Views

AMERICANS = ("adatum", "contoso", PROVIDER)
"""They sell, to the customers of one region."""
AMERICAN_CUSTOMERS = ("wingtiptoys", "cohowinery")
american = st.sampled_from(AMERICANS)
american_customers = st.sampled_from(AMERICAN_CUSTOMERS)
FATES = ("accepted", "declined", "cancelled", "expired")


class Lives(Views, Secrets):
    """Each history begins with all of these in any order; what they leave behind is there for what comes next."""

    @initialize(sellers=st.permutations(AMERICANS), customer=american_customers)
    def two_sell_to_one(self, sellers: list[str], customer: str):
        """I5, I9, I10, I11, I23; permissions.md I11: one ends, and comes back with nothing of what it had."""
        for partner in sellers[:2]:
            self.meet(partner, customer, admin=True)
            for kind in ("license", "usage"):
                self.order(partner, customer, kind)
            self.permit(partner, customer, enabled=True)
        one, other = sellers[:2]
        for kind in ("license", "software"):
            self.order(one, customer, kind)
        link = next(link for link in reversed(self.links) if link.partner == one)
        self.write_twice(one, customer)
        self.is_no_business_of_a_sales_agent(one, customer)
        self.fall_from_grace(other, customer)
        self.end(one, customer, keeps=True)
        self.stop(one, customer)
        self.end(one, customer, keeps=True)
        self.order(one, customer, "license")
        self.permit(one, customer, enabled=True)
        self.accept(link, customer)
        self.meet(one, customer, admin=False)

    @initialize(reseller=resellers, customer=american_customers)
    def a_reseller_keeps_its_privileges(self, reseller: str, customer: str):
        """I5, R2.15, R5.6, I11: while it serves, and beyond its end where it says so, but not into what comes then."""
        link = self.meet(reseller, customer, admin=True)
        self.meet(reseller, customer, admin=False)
        self.order(reseller, customer, "license")
        self.end(reseller, customer, keeps=True)
        self.accept(link, customer)
        self.meet(reseller, customer, admin=False)
        self.revoke(reseller, customer)
        self.meet(reseller, customer, admin=True)
        self.end(reseller, customer, keeps=False)

    @initialize(reseller=resellers, served=st.permutations(AMERICAN_CUSTOMERS))
    def a_provider_and_its_reseller_part(self, reseller: str, served: list[str]):
        """I12, I13, I14: what they serve together and what each serves alone, before and after each end."""
        together, apart = served
        for _ in range(2):
            self.join(self.offer(), reseller)
        for partner in (reseller, PROVIDER):
            self.meet(partner, apart, admin=True)
        self.meet(reseller, together, admin=True, with_provider=True)
        self.both_sides_say_the_same()
        self.end(reseller, together, keeps=True)
        self.both_sides_say_the_same()
        self.meet(reseller, together, admin=False)
        self.meet(reseller, together, admin=True, with_provider=True)
        self.part(reseller)
        self.both_sides_say_the_same()
        self.stop(PROVIDER, together)
        self.end(PROVIDER, together, keeps=False)
        self.both_sides_say_the_same()
        self.meet(PROVIDER, together, admin=True)
        self.revoke(PROVIDER, together)

    @initialize(fates=st.permutations(FATES), partner=american, people=st.permutations(AMERICAN_CUSTOMERS))
    def an_invitation_has_one_fate(self, fates: list[str], partner: str, people: list[str]):
        """I6: nobody opens, sends or ends again what is over."""
        customer, other = people
        for fate in fates:
            link = self.invite(partner, admin=True, sent=False)
            if fate == fates[0]:
                self.accept(link, customer)
            self.send(link)
            self._decide(link, customer, fate)
            assert self.status(link) == fate.upper()
            self.accept(link, other if fate == "accepted" else customer)
            self.decline(link, customer)
            self.send(link)
            self.cancel(link)
            assert self.status(link) == fate.upper()

    def _decide(self, link: Link, customer: str, fate: str) -> None:
        match fate:
            case "accepted":
                self.accept(link, customer)
            case "declined":
                self.decline(link, customer)
            case "cancelled":
                self.cancel(link)
            case _:
                self.waits(91)

    @initialize(partner=american, customer=american_customers)
    def some_never_meet(self, partner: str, customer: str):
        """I2, I3; permissions.md 5.3: another cloud, another region, a partner's own tenant, a second partner."""
        link = self.meet(partner, ENROLLED, admin=True)
        self.accept(link, "alpineskihouse")
        self.accept(link, *FEDERAL_CUSTOMERS)
        for federal in FEDERAL:
            link = self.meet(federal, *FEDERAL_CUSTOMERS, admin=True)
        self.accept(link, customer)

    def fall_from_grace(self, partner: str, customer: str) -> None:
        """I5: who is not in good standing neither sells nor wins anybody."""
        link = self.invite(partner, admin=True)
        for standing in ((False, True), (True, False)):
            self._set_standing(partner, *standing)
            self.order(partner, customer, "license")
            self.accept(link, customer)
        self._set_standing(partner, True, True)

    def _set_standing(self, partner: str, is_active: bool, has_signed: bool) -> None:
        async def change() -> None:
            values = {"status": "active" if is_active else "qualified", "signed": has_signed}
            async with self._api.database.execution_options(writes=True).begin() as connection:
                whose = f"{STANDING} where domain = '{organisation(partner).domain}'"
                await connection.execute(text(whose), values)

        self.run(change())
        self.standing[partner] = is_active, has_signed
        self.look()

    @rule(partner=partners, customer=customers, admin=st.booleans(), with_provider=st.booleans(), kind=kinds)
    def meets(self, partner: str, customer: str, admin: bool, with_provider: bool, kind: str):
        self.meet(partner, customer, admin=admin, with_provider=with_provider)
        self.order(partner, customer, kind)

    def meet(self, partner: str, customer: str, *, admin: bool, with_provider: bool = False) -> Link | None:
        """An invitation that is followed at once; None where there must not be one."""
        link = self.invite(partner, admin=admin, together=with_provider)
        if link is not None:
            self.accept(link, customer)
        return link

    @precondition(lambda self: self.living())
    @rule(which=picked, stops=st.booleans(), keeps=st.booleans())
    def leaves(self, which: int, stops: bool, keeps: bool):
        """The end of a relationship that lives, with or without stopping before all that was sold."""
        pairs = self.living()
        partner, customer = pairs[which % len(pairs)]
        if stops and partner not in RESELLERS:
            self.stop(partner, customer)
        self.end(partner, customer, keeps=keeps)

    def living(self) -> list[tuple[str, str]]:
        """The relationships that live, of partners of the world."""
        return sorted((name, served) for name, served in self.live() if name is not None)
