"""Who is asking is remembered, and forgotten when it changes: at once within a process."""

import pytest

from tests.api.customers import created, form, prefix
from tests.clients import Api

DELETE = "mutation ($id: ID!) { customerDelete(input: {customerId: $id}) { deletedCustomerId } }"
WHO = "{ viewer { name } }"


async def test_a_person_that_this_process_deletes_is_refused_at_its_next_request(api: Api):
    customer = await created(api, "admin-agent@proseware", form(domain=f"{prefix()}.ccsctp.net"))
    person = f"customer-admin@{customer['domain']}"
    for _ in range(3):
        (await api.ask(person, WHO)).ok()
    (await api.ask("admin-agent@proseware", DELETE, id=customer["id"])).ok()
    answer = await api.ask(person, WHO)
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


@pytest.mark.parametrize("change", ["delete from role_assignment", "update partner_user set is_enabled = false"])
async def test_on_sqlite_any_other_connection_is_seen_at_once(fresh_api: Api, change: str):
    """Its `data_version` tells of every commit, whoever made it; PostgreSQL's way is tested on real processes."""
    if fresh_api.database.dialect.name != "sqlite":
        return
    document = "{ customers { totalCount } }"
    (await fresh_api.ask("sales-agent@litware", document)).ok()
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql(change)
    answer = await fresh_api.ask("sales-agent@litware", document)
    assert answer.codes == (["FORBIDDEN"] if "role" in change else ["UNAUTHENTICATED"])
