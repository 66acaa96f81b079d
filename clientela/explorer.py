"""Serves GraphiQL, the page on which people try the API, from files that the build left in the package."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_BUILD = Path(__file__).parent / "static" / "graphiql"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}

# Monaco writes its colours and measures into style attributes and elements, hence 'unsafe-inline' for styles alone.
# Every script, worker and font is a file of ours.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

# On every answer, not the page alone: a worker obeys the policy that its own file came with.
_SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_NOT_BUILT = "The explorer is not built yet. Run `python graphiql/build.py` in the project's folder, then reload.\n"


class _Asset(NamedTuple):
    content: bytes
    gzipped: bytes | None
    media_type: str


class _Explorer:
    """The built page and its assets, each read from disk when it is first asked for, and kept."""

    def __init__(self, *, development: bool) -> None:
        self._config = {"endpoint": "/graphql", "development": development}
        self._assets: dict[str, _Asset] = {}

    @cached_property
    def _page(self) -> tuple[bytes, str]:
        content = (_BUILD / "index.html").read_bytes()
        return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names that may be served: a request's text reaches the file system only if it is one of them."""
        return frozenset(file.name for file in (_BUILD / "assets").iterdir() if file.suffix in _MEDIA_TYPES)

    def _asset(self, name: str) -> _Asset:
        if name not in self._assets:
            file = _BUILD / "assets" / name
            gzip_file = file.with_name(f"{name}.gz")
            gzipped = gzip_file.read_bytes() if gzip_file.exists() else None
            self._assets[name] = _Asset(file.read_bytes(), gzipped, _MEDIA_TYPES[file.suffix])
        return self._assets[name]

    async def page(self, request: Request) -> Response:
        """Answers with the page, which browsers keep but ask about each time: it names the current assets."""
        try:
            content, etag = self._page
        except FileNotFoundError:
            return PlainTextResponse(_NOT_BUILT, 503, {"Cache-Control": "no-store"})
        headers = {**_SECURITY_HEADERS, "Cache-Control": "no-cache", "ETag": etag}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type="text/html")

    async def config(self, _request: Request) -> Response:
        """Tells the page where the API is and whether people are signed in by name."""
        return JSONResponse(self._config, headers={**_SECURITY_HEADERS, "Cache-Control": "no-store"})

    async def asset(self, request: Request) -> Response:
        """Answers with a file that never changes: its name holds the hash of its content."""
        name = request.path_params["name"]
        try:
            known = name in self._names
        except FileNotFoundError:
            return PlainTextResponse(_NOT_BUILT, 503, {"Cache-Control": "no-store"})
        if not known:
            return PlainTextResponse("There is no such file.\n", 404)
        asset = self._asset(name)
        headers = {
            **_SECURITY_HEADERS,
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": asset.media_type,
        }
        if asset.gzipped is None:
            return Response(asset.content, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        if not _accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(asset.content, headers=headers)
        return Response(asset.gzipped, headers={**headers, "Content-Encoding": "gzip"})


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip, or any coding, without forbidding it by a quality of zero."""
    qualities: dict[str, float] = {}
    for part in accept_encoding.split(","):
        coding, _, parameter = part.partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0
        qualities[coding.strip().lower()] = quality
    return qualities.get("gzip", qualities.get("*", 0)) > 0


def explorer_routes(*, development: bool) -> list[Route]:
    """Builds the routes of the explorer.

    Args:
        development: Whether the server signs people in by name, so that the page offers a person picker instead of
            a field for a token.

    Returns:
        The routes under ``/graphiql``.
    """
    explorer = _Explorer(development=development)
    return [
        Route("/graphiql", explorer.page, methods=["GET"]),
        Route("/graphiql/config.json", explorer.config, methods=["GET"]),
        Route("/graphiql/assets/{name}", explorer.asset, methods=["GET"]),
    ]


def is_built() -> bool:
    """Whether the build left the page in the package."""
    return (_BUILD / "index.html").exists()
