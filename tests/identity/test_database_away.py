"""A database that does not answer as it should: a fault of ours, told as one (conventions.md, Faults: ours)."""

from structlog.testing import capture_logs

from tests.clients import serve_in_process
from tests.worlds import World


async def test_a_caller_that_cannot_be_looked_up_gets_a_correlation_id_and_no_detail(world: World):
    """Here without its tables, as before the first migration; whatever is wrong comes out the same way."""
    async with world.empty() as settings, serve_in_process(settings) as api:
        token = await api.token("sales-agent@litware")
        headers = {"Authorization": f"Bearer {token}", "X-Correlation-Id": "given-by-me"}
        with capture_logs() as lines:
            answer = await api.send("{ viewer { name } }", {}, headers)
    assert (answer.status, answer.codes) == (500, ["INTERNAL"])
    assert answer.errors[0]["extensions"]["correlationId"] == answer.headers["X-Correlation-Id"] == "given-by-me"
    assert "partner" not in str(answer.body)
    (line,) = [line for line in lines if line["event"] == "internal error"]
    assert (line["correlation_id"], line["log_level"]) == ("given-by-me", "error")
    assert "partner" in str(line["exc_info"])
