"""One customer's subscriptions as CSV (customers.md 2.6), by the code that streams the customer list."""

from uuid import UUID

from clientela.demo.organisations import organisation
from tests.api.buying import OFFICE, SOFTWARE, attest, bought, customer_that_may_buy, set_status
from tests.api.customers import audited, created, faults, form
from tests.api.exporting import export, path_of, rows_of
from tests.clients import Api

AGENT = "admin-agent@contoso"
COLUMNS = ["Subscription ID", "Subscription", "Quantity", "Status", "Reseller"]
EXPORT = """mutation ($input: SubscriptionExportInput!) { productSubscriptionExport(input: $input) {
  export { url expiresAt columns } userErrors { code message field vendorCode }
} }"""


def uuid_of(subscription: dict[str, str]) -> str:
    return str(UUID(subscription["id"].partition("_")[2]))


async def test_the_file_holds_the_customers_subscriptions_in_their_order(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    first = await bought(api, AGENT, customer["id"], OFFICE, 12)
    second = await bought(api, AGENT, customer["id"], SOFTWARE)
    await set_status(api, AGENT, "Cancel", second)
    answer = await api.ask(AGENT, EXPORT, input={"customerId": customer["id"]})
    made = answer.ok()["productSubscriptionExport"]["export"]
    assert made["columns"] == COLUMNS
    contoso = str(organisation("contoso").id)
    assert await rows_of(api, made["url"]) == [
        COLUMNS,
        [uuid_of(first), OFFICE, "12", "Active", contoso],
        [uuid_of(second), SOFTWARE, "1", "Deleted", contoso],
    ]
    (line,) = await audited(api, answer)
    assert line[:3] == ("export_subscriptions", "subscription", "succeeded")
    response = await api.http.get(path_of(made["url"]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="subscriptions.csv"'


async def test_a_reseller_takes_away_what_it_sees(api: Api):
    tailspin = organisation("tailspin")
    customer = await created(api, "admin-agent@fabrikam", form(associatedResellerId=f"partner_{tailspin.id.hex}"))
    await attest(api, "admin-agent@fabrikam", customer["id"])
    mine = await bought(api, "admin-agent@fabrikam", customer["id"], OFFICE, resellerId=f"partner_{tailspin.id.hex}")
    await bought(api, "admin-agent@fabrikam", customer["id"], SOFTWARE)
    answer = await api.ask("admin-agent@tailspin", EXPORT, input={"customerId": customer["id"]})
    made = answer.ok()["productSubscriptionExport"]["export"]
    _, *rows = await rows_of(api, made["url"])
    assert rows == [[uuid_of(mine), OFFICE, "1", "Active", str(tailspin.id)]]


async def test_a_customer_of_somebody_else_is_not_found(api: Api):
    for unknown in ("x", f"customer_{'0' * 32}"):
        answer = await api.ask(AGENT, EXPORT, input={"customerId": unknown})
        payload = answer.ok()["productSubscriptionExport"]
        assert (payload["export"], faults(payload)) == (None, {("NOT_FOUND", "customerId", 1000)})
        assert await audited(api, answer) == []


async def test_a_link_is_good_for_its_own_list_only(api: Api):
    """The ticket names its purpose: one list's cannot be followed on the other's path."""
    customers = path_of((await export(api, AGENT))["url"])
    turned = customers.replace("/exports/customers.csv", "/exports/subscriptions.csv")
    assert turned != customers
    assert (await api.http.get(customers)).status_code == 200
    assert (await api.http.get(turned)).status_code == 403
