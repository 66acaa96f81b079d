"""What a front-end developer tries first."""

from tests.clients import Api

CUSTOMERS = """query ($first: Int) {
  customers(first: $first) {
    totalCount
    nodes { id companyName companyProfile { organizationRegistrationNumber } }
  }
}"""


async def test_a_sales_agent_lists_customers_with_their_registration_numbers(api: Api):
    customers = (await api.ask("sales-agent@litware", CUSTOMERS, first=40)).ok()["customers"]
    assert customers["totalCount"] >= 1200
    assert len(customers["nodes"]) == 40
    assert any(node["companyProfile"]["organizationRegistrationNumber"] for node in customers["nodes"])


async def test_a_helpdesk_agent_gets_one_denial_for_the_field_and_loses_nothing_else(api: Api):
    """permissions.md 8.1."""
    answer = await api.ask("helpdesk-agent@litware", CUSTOMERS, first=40)
    nodes = answer.data["customers"]["nodes"]
    assert all(node["companyName"] for node in nodes)
    assert all(node["companyProfile"]["organizationRegistrationNumber"] is None for node in nodes)
    (error,) = answer.errors
    assert error["path"] == ["customers", "nodes", 0, "companyProfile", "organizationRegistrationNumber"]
    assert error["extensions"] == {
        "code": "FIELD_FORBIDDEN",
        "permission": "CUSTOMER_TAX_READ",
        "roles": ["GLOBAL_ADMIN", "ADMIN_AGENT", "SALES_AGENT"],
        "occurrences": 40,
        "vendorCode": 900150,
    }


async def test_nobody_gets_in_without_a_token(api: Api):
    answer = await api.ask(None, CUSTOMERS)
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert answer.headers["WWW-Authenticate"] == "Bearer"
