"""Subscriptions as Server-Sent Events, each with a connection of its own (graphql-sse, distinct connections mode)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import orjson
from starlette.types import Receive, Send

from clientela.http.errors import refused
from clientela.http.refusals import HttpRefusal
from clientela.operations.observation import Observe
from clientela.streams.accounts import Account
from clientela.streams.connections import OpenConnections
from clientela.streams.subscriptions import Caller, Subscriptions
from execution.engine import Engine, Request, Response
from policy.principal import Principal

Respond = Callable[[Request, Principal, str, str], Awaitable[Response]]
COMPLETE = b"event: complete\ndata:\n\n"
SIGN_OF_LIFE = b":\n\n"


@dataclass(frozen=True, slots=True)
class EventStreams:
    """Makes streams.

    Attributes:
        engine: Tells subscriptions from other operations.
        subscriptions: Runs them.
        connections: Bounds how many are open.
        ping_seconds: Between signs of life.
        observe: Told of each operation at its end; None where nobody keeps account.
    """

    engine: Engine
    subscriptions: Subscriptions
    connections: OpenConnections
    ping_seconds: float
    observe: Observe | None

    def subscribes(self, operation: Request) -> bool:
        """Whether an operation is a subscription."""
        return self.engine.subscription(operation) is not None

    def stream(self, operation: Request, caller: Caller, respond: Respond) -> "EventStream":
        """The stream of an operation; of one that is no subscription it has one event.

        Raises:
            HttpRefusal: 503 where too many are open.
        """
        if self.connections.is_full:
            message = f"{self.connections.refusal} Try again shortly."
            raise HttpRefusal(503, "TOO_MANY_CONNECTIONS", message, {"Retry-After": "5"})
        account = Account(self.observe, caller.correlation_id, caller.principal)
        if (subscription := self.engine.subscription(operation)) is not None:
            account.begun(subscription)
            return EventStream(self, self.subscriptions.stream(operation, caller), account)
        response = respond(operation, caller.principal, caller.address, caller.correlation_id)
        return EventStream(self, _one(response), account)


@dataclass(frozen=True, slots=True)
class EventStream:
    """One stream, before its first byte."""

    streams: EventStreams
    responses: AsyncIterator[Response]
    account: Account

    async def send_to(self, receive: Receive, send: Send) -> None:
        """Sends events until the stream ends or the client goes."""
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            # A proxy would keep events back until its buffer is full.
            (b"x-accel-buffering", b"no"),
            (b"x-correlation-id", self.account.correlation_id.encode()),
        ]
        with self.streams.connections.one_more():
            try:
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await self._run(receive, send)
            finally:
                self.account.close()

    async def _run(self, receive: Receive, send: Send) -> None:
        lock = asyncio.Lock()
        gone = asyncio.create_task(_gone(receive))
        work = [
            asyncio.create_task(self._events(send, lock)),
            asyncio.create_task(self._signs_of_life(send, lock)),
            asyncio.create_task(self.streams.connections.over.wait()),
            gone,
        ]
        done, rest = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        if gone in done:
            return
        for task in done:
            task.result()
        await self._send(send, lock, COMPLETE, more=False)

    async def _events(self, send: Send, lock: asyncio.Lock) -> None:
        async with aclosing(self.responses) as responses:  # type: ignore[type-var]
            try:
                async for response in responses:
                    await self._send(send, lock, _next(response.body))
                    self.account.sent(response)
            except Exception as error:
                body = refused(error, self.account.correlation_id, "compatible").body
                self.account.failed(body)
                await self._send(send, lock, _next(body))

    async def _signs_of_life(self, send: Send, lock: asyncio.Lock) -> None:
        while True:
            await self._send(send, lock, SIGN_OF_LIFE)
            await asyncio.sleep(self.streams.ping_seconds)

    async def _send(self, send: Send, lock: asyncio.Lock, event: bytes, *, more: bool = True) -> None:
        async with lock:
            await send({"type": "http.response.body", "body": event, "more_body": more})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _one(response: Awaitable[Response]) -> AsyncIterator[Response]:
    yield await response


def _next(body: object) -> bytes:
    return b"event: next\ndata: %b\n\n" % orjson.dumps(body, option=orjson.OPT_UTC_Z)
