"""Before a server is timed: are its answers the rows that are in the tables, and does its update change them?"""

from collections.abc import Mapping
from typing import Any

import httpx

from benchmarks.operations import ETAG, UPDATE, VALUE, Operation, expected_rows
from benchmarks.servers import Running
from benchmarks.subject import Profile, Subject


class WrongAnswerError(Exception):
    """A server's answer is not what it must be; it is reported, not timed."""


def check_read(running: Running, operation: Operation, subject: Subject, token: str) -> float:
    """Compares the answer to a read with the tables, and of a list the next page too.

    Returns:
        The length of the first answer's body in bytes.

    Raises:
        WrongAnswerError: Something differs.
    """
    api = running.server.api
    body = api.bodies(operation, subject)[0]
    data, length = _ask(running, operation, body, token)
    _compare(api.rows(operation, data), expected_rows(operation, subject))
    if operation.first and len(subject.rows) > 2 * operation.first:
        more, end = api.page_end(data)
        if not more:
            raise WrongAnswerError("says that there is no next page")
        following, _ = _ask(running, operation, api.bodies(operation, subject, end)[0], token)
        _compare(api.rows(operation, following), expected_rows(operation, subject, page=1))
    return length


def check_update(running: Running, profile: Profile, token: str) -> None:
    """Updates a profile, and then once more with the etag that is stale by then.

    Raises:
        WrongAnswerError: The first did not change it, or the second did.
    """
    api = running.server.api
    value = f"Floor {profile.etag[:8]}"
    body = _replace(_replace(api.update_body(profile), ETAG, profile.etag), VALUE, value)
    data, _ = _ask(running, UPDATE, body, token)
    etag, written = api.updated(data)
    if etag == profile.etag or written != value:
        raise WrongAnswerError(f"the update answered {data}")
    try:
        again, _ = _ask(running, UPDATE, body, token)
        etag, _ = api.updated(again)
    except (WrongAnswerError, KeyError, TypeError):
        return
    raise WrongAnswerError(f"an update with a stale etag was done: {etag}")


def _ask(running: Running, operation: Operation, body: Mapping[str, Any], token: str) -> tuple[dict[str, Any], int]:
    url = f"http://127.0.0.1:{running.port}{running.server.api.path(operation)}"
    response = httpx.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    answer = response.json() if "json" in response.headers.get("content-type", "") else {}
    if response.status_code != httpx.codes.OK or "errors" in answer or not answer.get("data"):
        raise WrongAnswerError(f"HTTP {response.status_code}: {response.text[:500]}")
    return answer["data"], len(response.content)


def _compare(found: list[Any], expected: list[Any]) -> None:
    if len(found) != len(expected):
        raise WrongAnswerError(f"{len(found)} rows where {len(expected)} are expected")
    for got, wanted in zip(found, expected, strict=True):
        if got != wanted:
            raise WrongAnswerError(f"got {got}, expected {wanted}")


def _replace(value: Any, old: str, new: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _replace(inner, old, new) for key, inner in value.items()}
    return new if value == old else value
