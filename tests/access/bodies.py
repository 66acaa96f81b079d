"""Answers to the byte."""

from typing import Any

from tests.clients import Api


async def body_of(api: Api, name: str, document: str, **variables: Any) -> bytes:
    """The body of an answer as it goes over the wire; fails where it is a fault of ours."""
    headers = {"Authorization": f"Bearer {await api.token(name)}"}
    response = await api.http.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
    assert response.status_code == 200, response.text
    assert b"INTERNAL" not in response.content
    return response.content
