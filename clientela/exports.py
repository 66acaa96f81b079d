"""Export links and the files behind them: signed, short-lived, good for one principal, streamed row by row."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from clientela.clock import Clock
from clientela.identity.authentication import Authenticator, UnauthorizedError
from clientela.identity.keys import KeysUnavailableError
from policy.decisions import decide
from policy.principal import Principal
from policy.vocabulary import Cloud
from resolvers.exported_list import ChosenT, ExportedList, export_cells
from resolvers.principals import Identity
from schema.context import ExportLink

LINK_LIFE = timedelta(minutes=5)
ROWS_AT_A_TIME = 1000


class SignedExportLinks:
    """Makes export links. The link itself is the right to fetch, so it ends soon and names whose it is."""

    def __init__(self, secret: str, base_url: str) -> None:
        self._key = OctKey.import_key(secret)
        self._base_url = base_url

    def sign(self, principal: Principal, exported: ExportedList[ChosenT], chosen: ChosenT, now: datetime) -> ExportLink:
        """A link to the chosen rows of a list.

        Args:
            principal: Whose link it is.
            exported: Which list.
            chosen: Which of its rows.
            now: From when it is good for five minutes.
        """
        expires_at = now + LINK_LIFE
        claims = {
            "purpose": _purpose(exported),
            "exp": int(expires_at.timestamp()),
            "cloud": principal.cloud.value,
            "tid": str(principal.tenant_id),
            "sub": str(principal.actor_id),
            "filter": TypeAdapter(exported.chosen).dump_python(chosen, mode="json"),
        }
        ticket = jwt.encode({"alg": "HS256"}, claims, self._key)
        return ExportLink(f"{self._base_url}{export_path(exported)}?ticket={ticket}", expires_at.replace(microsecond=0))

    def read(self, ticket: str, exported: ExportedList[Any], now: datetime) -> dict[str, Any]:
        """What a ticket says.

        Raises:
            JoseError: It is not ours, was changed, expired, or is of another list.
        """
        claims = jwt.decode(ticket, self._key, algorithms=["HS256"]).claims
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            exp={"essential": True},
            purpose={"essential": True, "value": _purpose(exported)},
        )
        registry.validate(claims)
        return claims


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The file behind the links of one list."""

    exported: ExportedList[Any]
    links: SignedExportLinks
    authenticator: Authenticator
    database: AsyncEngine
    clock: Clock

    async def serve(self, request: Request) -> Response:
        """Serves the rows as CSV, in constant memory whatever their number."""
        try:
            claims = self.links.read(request.query_params.get("ticket", ""), self.exported, self.clock())
            owner = Identity(
                Cloud(claims["cloud"]),
                UUID(claims["tid"]),
                UUID(claims["sub"]),
                app_only=False,
                mfa=True,
                scopes=None,
            )
            chosen = TypeAdapter(self.exported.chosen).validate_python(claims["filter"])
        except (JoseError, ValueError, KeyError):
            return _refusal(403, f"This link is broken or expired; make a new one with `{self.exported.made_by}`.")
        principal = await self.authenticator.lookup(owner)
        if principal is None or not self._may_export(principal):
            return _refusal(403, f"You may not export {self.exported.name} any more.")
        authorization = request.headers.get("authorization")
        try:
            if authorization is not None and not await self._is_owner(authorization, owner):
                message = f"This link was made for somebody else; make one with `{self.exported.made_by}`."
                return _refusal(403, message)
        except KeysUnavailableError:
            refusal = _refusal(503, "Whose link this is cannot be checked now. Try again shortly, or without a token.")
            refusal.headers["Retry-After"] = "5"
            return refusal
        headers = {
            "Content-Disposition": f'attachment; filename="{self.exported.name}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        body = self._stream(principal, chosen)
        return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=headers)

    async def _is_owner(self, authorization: str, owner: Identity) -> bool:
        try:
            caller = await self.authenticator.principal(authorization)
        except UnauthorizedError:
            return False
        return (caller.cloud, caller.tenant_id, caller.actor_id) == (owner.cloud, owner.tenant_id, owner.actor_id)

    def _may_export(self, principal: Principal) -> bool:
        return all(decide(principal.standing, permission).granted for permission in self.exported.permissions)

    async def _stream(self, principal: Principal, chosen: object) -> AsyncIterator[bytes]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(self.exported.columns)
        binds = {"viewer_cloud": principal.cloud, "viewer_tenant": principal.tenant_id}
        async with self.database.connect() as connection:
            rows = await connection.stream(self.exported.rows(chosen, principal), binds)
            async for batch in rows.partitions(ROWS_AT_A_TIME):
                writer.writerows(export_cells(row) for row in batch)
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()


def export_path(exported: ExportedList[Any]) -> str:
    """The path that a list's links lead to."""
    return f"/exports/{exported.name}.csv"


def _purpose(exported: ExportedList[Any]) -> str:
    return f"{exported.name}-export"


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"errors": [{"message": message}]}, status, headers={"Cache-Control": "no-store"})
