"""The protocol graphql-transport-ws on one connection."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from starlette.types import Receive, Send

from clientela.http.endpoint import GraphQLEndpoint
from clientela.identity.authentication import UnauthorizedError
from clientela.streams.messages import Closed, id_of, parsed, payload_of
from clientela.streams.socket_operation import SocketOperation
from clientela.streams.subscriptions import Subscriptions

log = structlog.get_logger()


@dataclass(slots=True)
class TransportConnection:
    """One connection, from its first message to its end.

    Attributes:
        http: Runs queries and mutations.
        subscriptions: Runs subscriptions.
        over: Set when the server stops.
        headers: Those of the request that opened it.
        address: Where that came from.
        receive: The next message or the end, by ASGI.
        send: Takes messages, by ASGI.
        cut: Lets go of a client that does not read.
        authorization: What the client said of who is asking.
        greeted: Whether it said so.
        acknowledged: Whether that held.
        ended: Why the connection is to be closed, once it is.
        operations: What runs, by the client's ids.
        turn: One message is sent at a time.
        began: When it began, by the event loop's clock.
        quiet_since: When the client last said something, or something last ended.
    """

    http: GraphQLEndpoint
    subscriptions: Subscriptions
    over: asyncio.Event
    headers: Mapping[bytes, str]
    address: str
    receive: Receive
    send: Send
    cut: Callable[[], object]
    authorization: str | None = None
    greeted: bool = False
    acknowledged: bool = False
    ended: asyncio.Future[Closed] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    quiet_since: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Reads messages until the end, then ends what still runs."""
        reading = asyncio.create_task(self._read())
        over = asyncio.create_task(self.over.wait())
        await asyncio.wait((reading, over, self.ended), return_when=asyncio.FIRST_COMPLETED)
        closed: Closed | None = Closed(1001, "The server is going away")
        if self.ended.done():
            closed = self.ended.result()
        elif reading.done():
            closed = reading.result()
        tasks = [reading, over, *self.operations.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if closed is not None:
            try:
                async with asyncio.timeout(self.http.settings.stream_send_seconds):
                    await self.send({"type": "websocket.close", "code": closed.code, "reason": str(closed)})
            except TimeoutError:
                self.cut()
            except OSError:
                pass  # it is gone

    async def _read(self) -> Closed | None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    async with asyncio.timeout_at(self._patience()):
                        received = await self.receive()
                except TimeoutError:
                    if self._patience() > loop.time():
                        continue
                    if not self.acknowledged:
                        seconds = f"{self.http.settings.stream_greeting_seconds} s (CLIENTELA_STREAM_GREETING_SECONDS)"
                        return Closed(4408, f"Connection initialisation timeout: say who you are within {seconds}")
                    seconds = f"{self.http.settings.stream_idle_seconds} s (CLIENTELA_STREAM_IDLE_SECONDS)"
                    return Closed(1000, f"Nothing was asked for {seconds}; connect again to go on")
                if received["type"] == "websocket.disconnect":
                    return None
                await self._take(received)
                self.quiet_since = loop.time()
        except Closed as closed:
            return closed

    def _patience(self) -> float:
        """Until when nothing need come: what runs keeps the connection alive, and uvicorn notices who is gone."""
        if not self.acknowledged:
            return self.began + self.http.settings.stream_greeting_seconds
        since = asyncio.get_running_loop().time() if self.operations else self.quiet_since
        return since + self.http.settings.stream_idle_seconds

    async def _take(self, received: Mapping[str, Any]) -> None:
        message = parsed(received.get("text"))
        match message.get("type"):
            case "connection_init":
                await self._greet(message.get("payload"))
            case "ping":
                await self._say({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                self._subscribe(message)
            case "complete":
                task = self.operations.pop(id_of(message), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closed(4400, "Unknown message type")

    async def _greet(self, payload: object) -> None:
        if self.greeted:
            raise Closed(4429, "Too many initialisation requests")
        self.greeted = True
        given = payload if isinstance(payload, dict) else {}
        named = next((value for name, value in given.items() if name.lower() == "authorization"), None)
        self.authorization = named if isinstance(named, str) else self.headers.get(b"authorization")
        rates = self.http.rates
        try:
            rates.refuse_guesses(self.address)
            await self.http.authenticator.principal(self.authorization)
        except UnauthorizedError as error:
            rates.failed_sign_in(self.address)
            raise Closed(4403, error.code.name) from error
        except Exception as error:
            log.warning("sign-in over WebSocket failed", reason=type(error).__name__)
            raise Closed(1013, "Sign-in cannot be checked now; try again shortly") from error
        await self._say({"type": "connection_ack"})
        self.acknowledged = True

    def _subscribe(self, message: Mapping[str, Any]) -> None:
        if not self.acknowledged:
            raise Closed(4401, "Unauthorized")
        name = id_of(message)
        if name in self.operations:
            raise Closed(4409, f"Subscriber for {name} already exists")
        payload = payload_of(message)
        most = self.http.settings.max_operations_of_socket
        if len(self.operations) >= most:
            reason = f"More than {most} operations at a time (CLIENTELA_MAX_OPERATIONS_OF_SOCKET); end one first"
            raise Closed(4429, reason)
        task = asyncio.create_task(self._operate(name, payload))
        self.operations[name] = task

    async def _operate(self, name: str, payload: dict[str, Any]) -> None:
        operation = SocketOperation(name, self.http, self.subscriptions, self.authorization, self.address, self._say)
        try:
            await operation.run(payload)
        except Closed as closed:
            self._end(closed)
        finally:
            if self.operations.get(name) is asyncio.current_task():
                del self.operations[name]
            self.quiet_since = asyncio.get_running_loop().time()

    async def _say(self, message: object) -> None:
        text = orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()
        try:
            async with asyncio.timeout(self.http.settings.stream_send_seconds), self.turn:
                await self.send({"type": "websocket.send", "text": text})
        except TimeoutError as error:
            seconds = f"{self.http.settings.stream_send_seconds} s (CLIENTELA_STREAM_SEND_SECONDS)"
            raise Closed(1008, f"Nothing was read for {seconds}; read faster") from error
        except OSError as error:
            raise Closed(1001, "The client is gone") from error

    def _end(self, closed: Closed) -> None:
        if not self.ended.done():
            self.ended.set_result(closed)
