"""Idempotency keys where it matters: many copies at once in two processes, servers that die (conventions: Writes)."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import httpx

from tests.processes.server import Deployment, Server, deployed
from tests.worlds import World

AGENT = "admin-agent@litware"
# Nothing in it makes two of them one: without a key each writes a line of the log.
EXPORT = "mutation { customerExport(input: {}) { export { url expiresAt } userErrors { code } } }"
COPIES = 16
KEYS = 6
LIVES = 3


async def send(server: Server, key: str) -> httpx.Response:
    """An export under a key, which is the request's correlation id too: so its lines in the log are found."""
    headers = {
        "Authorization": f"Bearer {await server.token(AGENT)}",
        "Idempotency-Key": key,
        "X-Correlation-Id": key,
    }
    return await server.http.post("/graphql", json={"query": EXPORT}, headers=headers)


async def lines(deployment: Deployment, keys: list[str]) -> Counter[int]:
    """How many keys there are for each number of lines that one wrote."""
    written = dict(
        await deployment.rows(
            "select correlation_id, count(*) from activity_record where operation like 'export%' group by 1"
        )
    )
    return Counter(written.get(key, 0) for key in keys)


async def test_of_many_copies_at_once_one_is_done_and_all_get_its_answer(two: Deployment):
    """A copy gets the first one's answer or, while that one runs, 409 and when to come again."""
    for server in two.servers:
        await server.token(AGENT)
    keys = [uuid4().hex for _ in range(KEYS)]
    servers = cycle(two.servers)
    sent = [(key, next(servers)) for _ in range(COPIES) for key in keys]
    answers = list(zip(sent, await asyncio.gather(*(send(server, key) for key, server in sent)), strict=True))
    first = {key: one.content for (key, _), one in answers if one.status_code == 200 and not is_replay(one)}
    assert set(first) == set(keys)
    found: Counter[str] = Counter()
    for (key, _), one in answers:
        if one.status_code == 409:
            assert one.headers["Retry-After"] == "1"
            (error,) = one.json()["errors"]
            assert error["extensions"]["code"] == "IDEMPOTENCY_KEY_IN_USE"
            found["in use"] += 1
        else:
            assert one.content == first[key], one.text
            found["replayed" if is_replay(one) else "done"] += 1
    assert found["done"] == KEYS, found
    assert found.total() == KEYS * COPIES
    for key in keys:
        for server in two.servers:
            again = await send(server, key)
            assert (is_replay(again), again.content) == (True, first[key])
    assert await lines(two, keys) == {1: KEYS}


def is_replay(answer: httpx.Response) -> bool:
    """Whether an answer says that it is told again."""
    return answer.headers.get("Idempotency-Replayed") == "true"


@dataclass
class Sent:
    """What a stream of writers sent.

    Attributes:
        answered: The answer that each key got.
        unanswered: Keys whose request broke off.
    """

    answered: dict[str, bytes] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)


async def write_on_and_on(server: Server, sent: Sent) -> None:
    while True:
        key = uuid4().hex
        try:
            answer = await send(server, key)
        except httpx.TransportError:
            sent.unanswered.append(key)
            return
        assert answer.status_code == 200, answer.text
        sent.answered[key] = answer.content


async def retried(server: Server, key: str) -> httpx.Response:
    """The answer to a request that is sent until it has one."""
    for _ in range(100):
        answer = await send(server, key)
        if answer.status_code != 409:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("the key of a dead process stays in use")


async def test_servers_that_die_do_each_key_once(world: World, tmp_path: Path):
    """Killed at random moments; whoever got no answer sends again under the same key, to the next server."""
    sent, came_to = Sent(), Counter[str]()
    dice = random.Random(5)
    async with world.copy() as settings:
        for life in range(LIVES + 1):
            folder = tmp_path / str(life)
            folder.mkdir()
            async with deployed(settings, folder) as deployment:
                (server,) = deployment.servers
                for key in sent.unanswered:
                    answer = await retried(server, key)
                    assert answer.status_code == 200, answer.text
                    came_to["replayed" if is_replay(answer) else "done now"] += 1
                    sent.answered[key] = answer.content
                sent.unanswered.clear()
                if life == LIVES:
                    for key, content in sent.answered.items():
                        again = await send(server, key)
                        assert (is_replay(again), again.content) == (True, content)
                    assert await lines(deployment, list(sent.answered)) == {1: len(sent.answered)}
                    break
                await server.token(AGENT)
                writers = [asyncio.create_task(write_on_and_on(server, sent)) for _ in range(8)]
                enough = len(sent.answered) + dice.randrange(10, 60)
                async with asyncio.timeout(60):
                    while len(sent.answered) < enough:
                        await asyncio.sleep(dice.random() / 500)
                server.kill()
                await asyncio.gather(*writers)
    assert len(sent.answered) >= 10 * LIVES
    assert came_to.total() == 8 * LIVES
