"""The GraphQL endpoint: HTTP in, an operation run as its principal, HTTP out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Protocol

from starlette.types import Receive, Scope, Send

from clientela.contexts import Contexts
from clientela.http.answers import CORRELATION_HEADER, Answer, send_answer
from clientela.http.correlation import correlation_id_of
from clientela.http.errors import refused
from clientela.http.idempotency import KEY_HEADER, RequestLedger, Seal, ledger_of
from clientela.http.negotiation import JSON_TYPE, RESPONSE_TYPE, Streaming, response_type, streaming
from clientela.http.origins import METHODS, refuse_foreign_pages
from clientela.http.persisted import PersistedDocuments
from clientela.http.refusals import ClientGone, HttpRefusal
from clientela.http.requests import Parameters, headers_of, operation_of, parameters_of_body, parameters_of_query
from clientela.http.statuses import status_of
from clientela.http.watch import Watch, Watched
from clientela.identity.authentication import Authenticator, UnauthorizedError
from clientela.operations.observation import Observe
from clientela.rates.addresses import address_of
from clientela.rates.limiter import RateLimiter
from clientela.settings import Settings
from clientela.streams.server_sent_events import EventStream, EventStreams
from clientela.streams.subscriptions import Caller
from execution.engine import Request as Operation
from execution.engine import Response
from policy.principal import Principal
from schema.context import Context


class RunsOperations(Protocol):
    """An engine, or something round one."""

    async def run(self, request: Operation, context: Context) -> Response:
        """Runs one operation."""


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Serves `/graphql`, straight on ASGI: request and response objects would cost as much as a short query.

    Attributes:
        engine: Runs operations.
        authenticator: Says who is asking.
        contexts: Makes the context of each operation.
        settings: The deployment's settings.
        documents: Those that requests may name instead of sending them.
        observe: Told of each request that was answered; None where nobody keeps account.
        seal: Seals answers that are kept for their idempotency key.
        rates: Says who may ask for how much.
        streams: Serves subscriptions as Server-Sent Events.
        watch: Ends requests that take too long, and those whose client went away.
    """

    engine: RunsOperations
    authenticator: Authenticator
    contexts: Contexts
    settings: Settings
    documents: PersistedDocuments
    observe: Observe | None
    seal: Seal
    rates: RateLimiter
    streams: EventStreams
    watch: Watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; whatever happens, as JSON with a correlation id."""
        began = perf_counter()
        headers = headers_of(scope)
        correlation_id = correlation_id_of(headers.get(CORRELATION_HEADER, ""))
        media_type = JSON_TYPE
        watched = self.watch.begin()
        try:
            method = scope["method"]
            if method in METHODS:
                accept = headers.get(b"accept")
                events = streaming(accept)
                media_type = JSON_TYPE if events is Streaming.ONLY else response_type(accept)
                answer = await self._run(scope, headers, receive, watched, media_type, correlation_id, events)
            else:
                answer = _about_methods(method)
            if isinstance(answer, EventStream):
                # A subscription is no request that could be late, and it looks itself whether its client is there.
                self.watch.finish(watched)
                await answer.send_to(receive, send)
                return
        except ClientGone:
            return
        except asyncio.CancelledError:
            if watched.end is None:
                raise
            ended = self.watch.refusal(watched)
            if isinstance(ended, ClientGone):
                return
            answer = refused(ended, correlation_id, self.settings.status_codes)
        except Exception as error:
            answer = refused(error, correlation_id, self.settings.status_codes)
        finally:
            self.watch.finish(watched)
        if self.settings.status_codes == "draft" and answer.status >= HTTPStatus.BAD_REQUEST:
            media_type = RESPONSE_TYPE
        await send_answer(
            send,
            answer,
            media_type,
            correlation_id,
            compress_from_bytes=self.settings.compress_from_bytes,
            accept_encoding=headers.get(b"accept-encoding"),
        )
        if self.observe is not None:
            self.observe(answer, correlation_id, perf_counter() - began)

    async def _run(
        self,
        scope: Scope,
        headers: Mapping[bytes, str],
        receive: Receive,
        watched: Watched,
        media_type: str,
        correlation_id: str,
        events: Streaming,
    ) -> Answer | EventStream:
        address = address_of(scope, headers, self.settings.trusted_proxies)
        self.rates.refuse_guesses(address)
        try:
            principal = await self.authenticator.principal(headers.get(b"authorization"))
        except UnauthorizedError:
            self.rates.failed_sign_in(address)
            raise
        read_only = scope["method"] == "GET"
        sent: Parameters | list[Parameters]
        if read_only:
            refuse_foreign_pages(headers, self.settings.cors_origins)
            sent = parameters_of_query(scope["query_string"])
        else:
            sent = await parameters_of_body(
                headers.get(b"content-type", ""),
                headers.get(b"content-encoding"),
                receive,
                self.settings.max_body_bytes,
                self.settings.max_batch,
            )
        watched.receive = receive
        key = headers.get(KEY_HEADER)
        if isinstance(sent, list):
            if key is not None:
                raise HttpRefusal(400, "BAD_REQUEST", "`Idempotency-Key` goes with one operation; send each by itself.")
            # Each is looked at before the first runs, so that a fault in one leaves nothing half done.
            operations = [await self.operation(each) for each in sent]
            responses = tuple([await self.respond(one, principal, address, correlation_id) for one in operations])
            return Answer(200, [one.body for one in responses], {}, principal, responses)
        operation = await self.operation(sent, read_only=read_only)
        if events is not Streaming.NO and (events is Streaming.ONLY or self.streams.subscribes(operation)):
            caller = Caller(headers.get(b"authorization"), principal, address, correlation_id)
            return self.streams.stream(operation, caller, self.respond)
        ledger = None
        if key is not None and not read_only:
            ledger = ledger_of(key, operation, principal, self.contexts, self.seal)
        response = await self.respond(operation, principal, address, correlation_id, ledger)
        status = status_of(response.body, media_type, self.settings.status_codes, executed=response.executed)
        answer = Answer(status, response.body, _headers_of(status, response), principal, (response,))
        return answer if ledger is None else ledger.marked(answer)

    async def operation(self, sent: Parameters, *, read_only: bool = False) -> Operation:
        """The operation that parameters ask for, registered or sent.

        Args:
            sent: The parameters.
            read_only: Whether mutations are refused, as over HTTP GET.

        Raises:
            HttpRefusal: They ask for none.
        """
        if sent.get("query") is None or self.documents.required:
            await self.documents.fill_in(sent)
        return operation_of(sent, read_only=read_only)

    async def respond(
        self,
        operation: Operation,
        principal: Principal,
        address: str,
        correlation_id: str,
        ledger: RequestLedger | None = None,
    ) -> Response:
        """Runs one operation as a principal."""
        context = self.contexts.make(principal, address, correlation_id, ledger)
        return await self.engine.run(operation, context)


def _headers_of(status: int, response: Response) -> dict[str, str]:
    if "errors" not in response.body:
        return {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return {"Allow": "POST"}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"Retry-After": str(response.body["errors"][0]["extensions"]["retryAfter"])}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "1"}
    return {}


def _about_methods(method: str) -> Answer:
    allowed = {"Allow": ", ".join((*METHODS, "OPTIONS"))}
    if method == "OPTIONS":
        return Answer(204, None, allowed)
    raise HttpRefusal(405, "METHOD_NOT_ALLOWED", "Send operations by POST, or queries by GET.", allowed)
