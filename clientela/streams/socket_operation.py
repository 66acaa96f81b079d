"""One operation over a WebSocket, and the messages that answer it."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from clientela.http.endpoint import GraphQLEndpoint
from clientela.http.errors import refused
from clientela.http.negotiation import RESPONSE_TYPE
from clientela.http.statuses import status_of
from clientela.identity.authentication import UnauthorizedError
from clientela.streams.accounts import Account
from clientela.streams.messages import Closed
from clientela.streams.subscriptions import Caller, Subscriptions
from execution.engine import Response


@dataclass(frozen=True, slots=True)
class SocketOperation:
    """An operation from its `subscribe` to its end.

    Attributes:
        name: The client's id of it.
        http: Runs queries and mutations.
        subscriptions: Runs subscriptions.
        authorization: What the client said of who is asking.
        address: Where the connection came from.
        say: Sends a message.
    """

    name: str
    http: GraphQLEndpoint
    subscriptions: Subscriptions
    authorization: str | None
    address: str
    say: Callable[[object], Awaitable[None]]

    async def run(self, payload: dict[str, Any]) -> None:
        """Runs it and answers; whatever happens, the client is told.

        Raises:
            Closed: The connection is to end with it.
        """
        edition = self.http.settings.status_codes
        account = Account(self.http.observe, uuid4().hex)
        try:
            await self._run(payload, account)
        except Closed:
            raise
        except Exception as error:
            answer = refused(error, account.correlation_id, edition)
            account.status = answer.status
            account.failed(answer.body)
            if isinstance(error, UnauthorizedError):
                # As at the greeting: clients take this code for "come back with another token".
                raise Closed(4403, error.code.name) from error
            await self.say({"id": self.name, "type": "error", "payload": answer.body["errors"]})  # type: ignore[index,call-overload]
        finally:
            account.close()

    async def _run(self, payload: dict[str, Any], account: Account) -> None:
        operation = await self.http.operation(payload)
        principal = account.principal = await self.http.authenticator.principal(self.authorization)
        subscription = self.subscriptions.engine.subscription(operation)
        if subscription is None:
            response = await self.http.respond(operation, principal, self.address, account.correlation_id)
            await self._answer(response, account)
            if response.executed:
                await self.say({"id": self.name, "type": "complete"})
            return
        account.begun(subscription)
        caller = Caller(self.authorization, principal, self.address, account.correlation_id)
        responses = self.subscriptions.stream(operation, caller)
        async with aclosing(responses):  # type: ignore[type-var]
            async for response in responses:
                await self._answer(response, account)

    async def _answer(self, response: Response, account: Account) -> None:
        edition, executed = self.http.settings.status_codes, response.executed
        account.status = status_of(response.body, RESPONSE_TYPE, edition, executed=executed)
        if executed:
            await self.say({"id": self.name, "type": "next", "payload": response.body})
        else:
            await self.say({"id": self.name, "type": "error", "payload": response.body["errors"]})
        account.sent(response)
