"""Pages of other origins: which may read answers, and what none may have a browser send."""

from collections.abc import Mapping

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from clientela.http.refusals import HttpRefusal

METHODS = ("GET", "POST")
EXPOSED = ("X-Correlation-Id", "Retry-After", "Idempotency-Replayed")
SECONDS_A_PREFLIGHT_IS_GOOD = 7200


def open_to(origins: list[str], app: ASGIApp) -> ASGIApp:
    """The application, answering browsers on pages of these origins; itself where there are none.

    Credentials that a browser sends by itself are never allowed: there are none but the bearer token.
    """
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=SECONDS_A_PREFLIGHT_IS_GOOD,
    )


def refuse_foreign_pages(headers: Mapping[bytes, str], origins: list[str]) -> None:
    """Refuses a GET that a page of another origin had a browser send.

    A page cannot add the bearer token without a preflight; a proxy that adds it to whatever carries its cookie can.

    Raises:
        HttpRefusal: 403; the page's origin is not among those that the server is open to.
    """
    if headers.get(b"sec-fetch-site") in ("cross-site", "same-site") and headers.get(b"origin") not in origins:
        message = (
            "A page of another origin sent this. Send POST with `Content-Type: application/json`, "
            "and have the origin added to CLIENTELA_CORS_ORIGINS."
        )
        raise HttpRefusal(403, "CROSS_ORIGIN_REQUEST", message)
