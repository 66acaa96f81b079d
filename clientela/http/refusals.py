"""Requests that do not get as far as an operation."""


class HttpRefusal(Exception):  # noqa: N818 - it becomes a response, not an error of ours
    """A request that does not get as far as an operation.

    Attributes:
        status: The HTTP status.
        code: `extensions.code` of the error in the body.
        headers: Further headers of the response.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


class MalformedRequest(HttpRefusal):
    """JSON that was read and is no request of GraphQL over HTTP."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "BAD_REQUEST", message)


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told of an error
    """The client closed its connection before its request was whole."""
