"""What hands out secrets: new customers, lists to take away, invitations by mail; and who asks for them again."""

from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from clientela.demo.organisations import organisation
from tests.access.market import DIRECT, PROVIDER, RESELLERS, SELLERS, admin_of
from tests.access.market_invitations import Invitations
from tests.access.mutations import EXPORT
from tests.api import keyed, partnerships
from tests.api import relationship_requests as requests
from tests.api.customers import form
from tests.api.partnerships import USER_ERRORS, codes

CREATE = keyed.CREATE.replace("userErrors { code }", USER_ERRORS)
READ_BACK = """query ($id: ID!) {
  customer(id: $id) {
    domain companyProfile { companyName domain } contact { firstName email } billingProfile { companyName email etag }
    activity(first: 50) { nodes { operation changes { field oldValue newValue } } }
  }
  activityLog(first: 20) { nodes { operation actor customerName changes { field oldValue newValue } } }
}"""
ROBIN = "robin@example.com"
sellers = st.sampled_from(SELLERS)


class Secrets(Invitations):
    """Each secret is asked for again by whoever might be told it, in every way that is there."""

    @initialize(
        seller=sellers, inviter=st.sampled_from(DIRECT), customer=st.sampled_from(["wingtiptoys", "cohowinery"])
    )
    def secrets_are_handed_out(self, seller: str, inviter: str, customer: str):
        """I9: one of each kind."""
        self.gain(seller)
        self.export(seller)
        self.mail_to_a_customer(inviter, customer)
        self.mail_to_a_reseller("northwind")
        assert self.overheard.kinds() == {"bearer token", "export link", "link", "password"}

    @rule(seller=sellers)
    def gains_a_customer(self, seller: str):
        self.gain(seller)

    def gain(self, seller: str) -> None:
        """I9, 8.4, 8.7: who creates a customer is told the password; again neither it nor a colleague is."""
        agent, colleague = f"sales-agent@{seller}", f"global-admin@{seller}"
        key, filled = uuid4().hex, form(organisation(seller).country)
        made = keyed.ran(self.run(keyed.send(self._api, agent, key, CREATE, input=filled)))["made"]
        assert (codes(made), made["again"], len(made["first"]["password"])) == ([], False, 20)
        self.look()
        assert self.changed["activity_record"] == 1
        again = keyed.replayed(self.run(keyed.send(self._api, agent, key, CREATE, input=filled)))["made"]
        assert (again["first"], again["again"]) == (None, True)
        other = keyed.ran(self.run(keyed.send(self._api, colleague, key, CREATE, input=filled)))["made"]
        assert (codes(other), other["first"]) == (["DOMAIN_TAKEN"], None)
        self.look()
        assert self.changed == {}
        seen = self.read(*((person, READ_BACK, {"id": made["customer"]["id"]}) for person in (agent, colleague)))
        for told in seen:
            assert [line["operation"] for line in told["customer"]["activity"]["nodes"]] == ["add_customer"]

    @rule(seller=sellers)
    def takes_a_list_away(self, seller: str):
        self.export(seller)

    def export(self, seller: str) -> None:
        """I9: a link that lets whoever has it fetch a list."""
        told = self.do(f"admin-agent@{seller}", EXPORT, filter={"companyNameStartsWith": "w"})
        assert self.run(self._api.http.get(told["export"]["url"])).status_code == 200

    @rule(inviter=st.sampled_from(DIRECT), customer=st.sampled_from(["wingtiptoys", "alpineskihouse"]))
    def mails_to_a_customer(self, inviter: str, customer: str):
        self.mail_to_a_customer(inviter, customer)

    def mail_to_a_customer(self, inviter: str, customer: str) -> None:
        """I9: the link goes by mail, is looked at by whom it concerns and by others, and is answered."""
        link = self.invite(inviter, admin=True, sent=False, targetEmail=ROBIN)
        assert link is not None
        draft = self._link_of(inviter, link.id)
        self.send(link, deliver=True, body=f"Dear Robin,\n\n{draft}\n")
        self.read(*((who, requests.LOOK, {"token": link.token}) for who in self._curious(customer)))
        self.decline(link, customer)

    def mail_to_a_reseller(self, reseller: str) -> None:
        """I9: likewise what a provider invites a reseller by."""
        made = self.do(f"admin-agent@{PROVIDER}", partnerships.REQUEST, targetEmail=ROBIN)["partnership"]
        form = {"partnershipId": made["id"], "body": f"Dear Robin,\n\n{made['link']}\n"}
        assert codes(self.do(f"admin-agent@{PROVIDER}", partnerships.SEND, **form)) == []
        token = partnerships.token_of(made["link"])
        people = (f"global-admin@{reseller}", *self._curious("wingtiptoys"))
        self.read(*((who, partnerships.LOOK, {"token": token}) for who in people))
        self.do(f"global-admin@{reseller}", partnerships.DECLINE, token=token)

    def _link_of(self, inviter: str, request: str) -> Any:
        found = self.ask(f"admin-agent@{inviter}", requests.LIST, first=500)["relationshipRequests"]["nodes"]
        return next(row["link"] for row in found if row["id"] == request)

    def _curious(self, customer: str) -> tuple[str, ...]:
        return admin_of(customer), f"admin-agent@{RESELLERS[0]}"
