"""Which HTTP status tells what became of an operation."""

from typing import Any

from clientela.http.negotiation import JSON_TYPE
from clientela.settings import StatusEdition

PARTIAL_SUCCESS = 294
UNPROCESSABLE = 422
SERVICE_UNAVAILABLE = 503
OF_CODE = {"METHOD_NOT_ALLOWED": 405, "RATE_LIMITED": 429}
OF_CODE_IN_DRAFT = {**OF_CODE, "GRAPHQL_PARSE_FAILED": 400}


def status_of(body: dict[str, Any], media_type: str, edition: StatusEdition, *, executed: bool) -> int:
    """The status of an operation's answer.

    Args:
        body: `data` and `errors`.
        media_type: What the answer comes as: the older type says less by its status.
        edition: Which text of GraphQL over HTTP goes.
        executed: Whether execution began; False where the request itself was at fault.
    """
    if executed:
        if "errors" in body and _nothing_ran(body):
            return SERVICE_UNAVAILABLE
        whole = edition == "compatible" or media_type == JSON_TYPE or "errors" not in body
        return 200 if whole else PARTIAL_SUCCESS
    code = body["errors"][0]["extensions"]["code"]
    if edition == "draft":
        return OF_CODE_IN_DRAFT.get(code, UNPROCESSABLE)
    return OF_CODE.get(code, 200 if media_type == JSON_TYPE else 400)


def _nothing_ran(body: dict[str, Any]) -> bool:
    overloaded = all(error["extensions"]["code"] == "OVERLOADED" for error in body["errors"])
    return overloaded and not any(value is not None for value in (body["data"] or {}).values())
