"""Serves the pages behind invitations' links: who invites, what they may do then, accept or decline."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clientela.settings import Settings
from resolvers.invitations import Invited

_FOLDER = Path(__file__).parent / "static" / "invitation"
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class _InvitationPage:
    """A page and its parts, which are few and small: read once, when the server starts."""

    def __init__(self, settings: Settings, path: str, invited: Invited) -> None:
        filled = {"page": escape(path), "invited": invited.value, "invitation": _text(f"{invited.value}.html")}
        self._html = _text("index.html")
        for name, content in filled.items():
            self._html = self._html.replace(f"{{{name}}}", content)
        self._parts = {
            file.name: (file.read_bytes(), _MEDIA_TYPES[file.suffix])
            for file in _FOLDER.iterdir()
            if file.suffix in _MEDIA_TYPES
        }
        signing_in = [issuer for issuer in settings.issuers if issuer.client_id is not None]
        self._config = {
            "development": settings.development,
            "issuers": [
                {
                    "cloud": issuer.cloud.name,
                    "clientId": issuer.client_id,
                    "authorizationUrl": issuer.authorization_url,
                    "tokenUrl": issuer.token_url,
                    "scope": issuer.scope,
                }
                for issuer in signing_in
            ],
        }
        self._headers = _headers([_origin(str(issuer.token_url)) for issuer in signing_in])

    async def page(self, _request: Request) -> Response:
        """Answers with the page, the same for everybody: what a link holds stays in the browser."""
        return Response(self._html, headers=self._headers, media_type="text/html")

    async def config(self, _request: Request) -> Response:
        """Tells the page how people sign in here."""
        return JSONResponse(self._config, headers=self._headers)

    async def part(self, request: Request) -> Response:
        """Answers with a style sheet or a script."""
        known = self._parts.get(request.path_params["name"])
        if known is None:
            return Response("There is no such file.\n", 404, self._headers, "text/plain")
        content, media_type = known
        return Response(content, headers={**self._headers, "Content-Type": media_type})


def invitation_routes(settings: Settings) -> list[Route]:
    """The routes of the pages; none of one that a front end of the deployment's own has."""
    paths = {settings.customer_page: Invited.CUSTOMER, settings.reseller_page: Invited.RESELLER}
    pages = {path: _InvitationPage(settings, path, invited) for path, invited in paths.items() if path.startswith("/")}
    # Pages before parts, for one page's path may lie under the other's.
    return [
        *(Route(path, page.page, methods=["GET"]) for path, page in pages.items()),
        *(Route(f"{path}/config.json", page.config, methods=["GET"]) for path, page in pages.items()),
        *(Route(f"{path}/{{name}}", page.part, methods=["GET"]) for path, page in pages.items()),
    ]


def _text(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _headers(token_origins: list[str]) -> dict[str, str]:
    # Nothing but files of ours, and the issuer that people are signed in by. The link's token is in the address: it
    # leaves the page in no header.
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        " ".join(("connect-src 'self'", *dict.fromkeys(token_origins))),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
