"""What development mode serves beside the API: the people there are, and tokens to be one of them."""

from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from clientela.clock import Clock
from clientela.identity.development import DevelopmentIssuer
from clientela.identity.people import People
from policy.vocabulary import PrincipalKind

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class DevelopmentRoutes:
    """The person picker's two endpoints."""

    issuer: DevelopmentIssuer
    people: People
    clock: Clock

    def routes(self) -> list[Route]:
        """`GET /development/people` and `POST /development/token`."""
        return [
            Route("/development/people", self._list, methods=["GET"]),
            Route("/development/token", self._issue, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        found = await self.people.search(request.query_params.get("search", ""))
        people = [
            {
                "name": person.name,
                "title": person.title,
                "organisation": person.organisation,
                "kind": _kind(person.name, is_app=person.is_app).name,
            }
            for person in found
        ]
        return JSONResponse({"people": people}, headers=NO_STORE)

    async def _issue(self, request: Request) -> Response:
        # A page of another site can post without asking, but not with this content type.
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"error": "Send JSON."}, 415, headers=NO_STORE)
        try:
            name = orjson.loads(await request.body())["as"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return JSONResponse({"error": 'Send {"as": "sales-agent@litware"}.'}, 400, headers=NO_STORE)
        now = self.clock()
        person = await self.people.find(str(name), now)
        if person is None:
            message = "Nobody goes by this name; `clientela token --help` says which names there are."
            return JSONResponse({"error": message}, 404, headers=NO_STORE)
        token, expires_at = self.issuer.issue(person, now)
        return JSONResponse({"token": token, "expiresAt": expires_at.isoformat()}, headers=NO_STORE)


def _kind(name: str, *, is_app: bool) -> PrincipalKind:
    if name.startswith("customer-"):
        return PrincipalKind.CUSTOMER_USER
    return PrincipalKind.PARTNER_APP if is_app else PrincipalKind.PARTNER_USER
