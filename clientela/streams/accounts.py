"""What an operation over a stream came to, for those who keep account of requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from clientela.http.answers import Answer
from clientela.operations.observation import Observe
from execution.engine import Response
from policy.principal import Principal


@dataclass(slots=True)
class Account:
    """Of one operation; told once, at its end, whatever ends it.

    Attributes:
        observe: Is told; None where nobody keeps account.
        correlation_id: Goes with what is told.
        principal: Who asked; None while nobody knows.
        status: What HTTP would have answered.
    """

    observe: Observe | None
    correlation_id: str
    principal: Principal | None = None
    status: int = 200
    _began: float = field(default_factory=perf_counter)
    _ran: Response | None = None
    _events: int | None = None
    _errors: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def begun(self, subscription: Response) -> None:
        """A subscription began, which has sent nothing yet."""
        self._ran, self._events = subscription, 0

    def sent(self, response: Response) -> None:
        """A response went out; an event of the subscription, where there is one and this was run for it."""
        self.failed(response.body)
        if self._events is None:
            self._ran = response
        elif response.executed:
            self._events += 1

    def failed(self, body: object) -> None:
        """Notes the errors in the body of an answer."""
        if isinstance(body, dict):
            self._errors |= {error["extensions"]["code"]: error for error in body.get("errors", ())}

    def close(self) -> None:
        """It ended."""
        if self.observe is None:
            return
        body = {"errors": list(self._errors.values())} if self._errors else {}
        ran = () if self._ran is None else (self._ran,)
        answer = Answer(self.status, body, {}, self.principal, ran, self._events)
        self.observe(answer, self.correlation_id, perf_counter() - self._began)
