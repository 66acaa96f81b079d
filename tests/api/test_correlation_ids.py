"""X-Correlation-Id: taken where it is sane, made where it is not, in every answer (conventions: Writes)."""

import httpx
import pytest

from tests.api.posting import AGENT, BODY, QUERY, SANE, get, post
from tests.clients import Api


@pytest.mark.parametrize("given", ["abc", "0198c1d2-e3f4-7506-8708-90a0b0c0d0e0", "A.b_c-9", "x" * 128])
async def test_a_sane_correlation_id_comes_back(api: Api, given: str):
    """conventions: taken if it is a sane token; in the response and in the audit row."""
    document = b'{"query": "mutation { customerDelete(input: {customerId: \\"\\"}) { deletedCustomerId } }"}'
    response = await post(api, document, **{"X-Correlation-Id": given})
    assert response.headers["X-Correlation-Id"] == given
    (line,) = await api.rows("select operation from activity_record where correlation_id = :id", id=given)
    assert line.operation == "access_denied"


@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "é", "<script>", "a\tb", "../..", "a,b"])
async def test_another_correlation_id_is_replaced(api: Api, given: str):
    headers = httpx.Headers([(b"X-Correlation-Id", given.encode("latin-1"))])
    headers["Authorization"] = f"Bearer {await api.token(AGENT)}"
    answer = await api.http.post("/graphql", json={"query": QUERY}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["X-Correlation-Id"] != given.strip()
    assert SANE.fullmatch(answer.headers["X-Correlation-Id"])


async def test_every_answer_has_a_correlation_id_of_its_own(api: Api):
    """The 401 too, and no two alike."""
    responses = [
        await api.http.post("/graphql", json={"query": QUERY}),
        await api.http.post("/graphql", json={"query": QUERY}),
        await api.http.put("/graphql"),
        await post(api, b"null"),
        await post(api, BODY),
        await get(api, {"query": QUERY}),
    ]
    assert [response.status_code for response in responses] == [401, 401, 405, 400, 200, 200]
    assert len({response.headers["X-Correlation-Id"] for response in responses}) == len(responses)


EXPORT = "mutation { customerExport(input: {}) { export { url } } }"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200),
        ("GET", "x", 403),
        ("GET", "/invitation", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/healthz", 200),
        ("GET", "/graphiql", 200),
        ("GET", "/", 307),
        ("POST", "/development/token", 415),
        ("PUT", "/graphql", 405),
        ("OPTIONS", "/graphql", 204),
    ],
)
async def test_answers_beside_graphqls_have_one_too(api: Api, method: str, path: str, status: int):
    """Exports, pages, what is not there: the client's where it is sane, else one that was made."""
    if not path.startswith("/"):
        exported = (await api.ask("admin-agent@litware", EXPORT)).ok()["customerExport"]
        path = exported["export"]["url"] + path
    for given, taken in (("mine-1", True), ("not sane", False)):
        answer = await api.http.request(method, path, headers={"X-Correlation-Id": given})
        assert answer.status_code == status
        (found,) = answer.headers.get_list("X-Correlation-Id")
        assert (found == given) is taken
        assert SANE.fullmatch(found)
