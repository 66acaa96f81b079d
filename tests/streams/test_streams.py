"""Subscriptions over real sockets, on two server processes (issue 5: activity and relationshipRequestChanged)."""

import asyncio
from contextlib import suppress

from tests.processes.server import Deployment
from tests.streams.clients import ACTIVITY, Socket, event_stream, invite, newest_record, socket

CHANGED = "subscription { relationshipRequestChanged { id status } }"
CANCEL = """mutation ($input: RelationshipRequestCancelInput!) {
  relationshipRequestCancel(input: $input) { userErrors { code } }
}"""


async def test_a_change_in_one_process_arrives_at_a_subscriber_of_the_other(two: Deployment):
    first, second = two.servers
    async with socket(first) as near, socket(second) as far:
        after = await newest_record(first)
        for each in (near, far):
            await each.subscribe(ACTIVITY, after=after)
        await invite(first)
        here, there = await near.next(), await far.next()
        assert here == there
        assert here["activity"]["operation"] == "create_relationship_request"


async def test_queries_and_mutations_run_over_the_socket(two: Deployment):
    async with socket(two.servers[0]) as one:
        await one.subscribe("{ viewer { __typename } }", "q")
        assert await one.hear() == {
            "id": "q",
            "type": "next",
            "payload": {"data": {"viewer": {"__typename": "Viewer"}}},
        }
        assert await one.hear() == {"id": "q", "type": "complete"}
        await one.subscribe("{ nonsense }", "bad")
        refused = await one.hear()
        assert (refused["id"], refused["type"]) == ("bad", "error")
        assert refused["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def heard_of_first(one: Socket, two: Deployment) -> str:
    """Makes requests until the subscription, which began at some time, tells of the newest."""
    async with asyncio.timeout(20):
        while True:
            made = await invite(two.servers[1])
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    while (await one.next())["relationshipRequestChanged"] != {"id": made, "status": "DRAFT"}:
                        pass
                    return made


async def test_requests_are_told_at_each_change_of_their_state(two: Deployment):
    async with socket(two.servers[0]) as one:
        await one.subscribe(CHANGED)
        made = await heard_of_first(one, two)
        sent = {"relationshipRequestId": made}
        (await two.servers[1].ask("admin-agent@litware", CANCEL, input=sent)).ok()
        assert (await one.next())["relationshipRequestChanged"] == {"id": made, "status": "CANCELLED"}


async def test_who_comes_again_misses_nothing(two: Deployment):
    first, second = two.servers
    seen: list[str] = []
    async with socket(first) as one:
        await one.subscribe(ACTIVITY, after=await newest_record(first))
        await invite(first)
        seen.append((await one.next())["activity"]["id"])
    for _ in range(3):
        made = [await invite(server) for server in (first, second, second)]
        async with socket(second) as again:
            await again.subscribe(ACTIVITY, after=seen[-1])
            seen += [(await again.next())["activity"]["id"] for _ in made]
    assert len(set(seen)) == len(seen) == 10


async def test_server_sent_events(two: Deployment):
    after = await newest_record(two.servers[0])
    async with event_stream(two.servers[0], ACTIVITY, after=after) as (response, events):
        assert response.headers["content-type"].startswith("text/event-stream")
        await invite(two.servers[1])
        kind, told = await asyncio.wait_for(anext(events), 20)
        assert kind == "next"
        assert told["data"]["activity"]["operation"] == "create_relationship_request"


async def test_a_query_streams_only_to_who_takes_nothing_else(two: Deployment):
    """urql's Accept header merely mentions events."""
    document = "{ viewer { __typename } }"
    both = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    async with event_stream(two.servers[0], document, both) as (response, _):
        assert response.headers["content-type"].startswith("application/graphql-response+json")
    async with event_stream(two.servers[0], document) as (_, events):
        assert [event async for event in events] == [
            ("next", {"data": {"viewer": {"__typename": "Viewer"}}}),
            ("complete", None),
        ]
