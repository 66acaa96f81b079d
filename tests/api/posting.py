"""Raw HTTP requests to the GraphQL endpoint, and what a refusal of a whole request looks like."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.clients import Api, serve_in_process
from tests.worlds import World

AGENT = "sales-agent@litware"
QUERY = "{ viewer { name } }"
BODY = b'{"query": "{ viewer { name } }"}'
JSON_TYPE = "application/json"
RESPONSE_TYPE = "application/graphql-response+json"
SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")


async def post(api: Api, body: bytes, **headers: str) -> httpx.Response:
    """Sends a body as JSON of an agent, unless headers say otherwise."""
    sent = {"Authorization": f"Bearer {await api.token(AGENT)}", "Content-Type": JSON_TYPE, **headers}
    return await api.http.post("/graphql", content=body, headers=sent)


async def get(api: Api, parameters: dict[str, str] | str, **headers: str) -> httpx.Response:
    """Sends query parameters, or a query string as it is, as an agent."""
    sent = {"Authorization": f"Bearer {await api.token(AGENT)}", **headers}
    query = parameters if isinstance(parameters, str) else urlencode(parameters)
    return await api.http.get(f"/graphql?{query}", headers=sent)


@asynccontextmanager
async def set_to(world: World, **settings: Any) -> AsyncIterator[Api]:
    """A server on a copy of the demo world with settings of its own."""
    async with world.copy() as usual, serve_in_process(usual.model_copy(update=settings)) as api:
        yield api


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The one error of a request that was refused as a whole."""
    assert response.status_code == status, response.text
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    assert error["extensions"]["code"] == code
    assert error["message"]
    assert SANE.fullmatch(response.headers["X-Correlation-Id"])
    return error
