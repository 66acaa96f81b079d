"""What is told of each request to whoever keeps account of them."""

from collections.abc import Callable, Sequence

from clientela.http.answers import Answer

Observe = Callable[[Answer, str, float], None]
"""Told of an answer, its correlation id and the seconds that it took; must be quick and never fail."""


def all_of(observers: Sequence[Observe]) -> Observe | None:
    """One that tells all of them; None where there is nobody to tell, which costs a request nothing."""
    if len(observers) < 2:  # noqa: PLR2004 - one needs nobody in between
        return observers[0] if observers else None

    def tell(answer: Answer, correlation_id: str, seconds: float) -> None:
        for observe in observers:
            observe(answer, correlation_id, seconds)

    return tell


def codes_of(answer: Answer) -> list[str]:
    """The codes of the errors in an answer, sorted; all of them are words of ours."""
    bodies = answer.body if isinstance(answer.body, list) else [answer.body or {}]
    if "errors" not in bodies[0] and len(bodies) == 1:
        return []
    return sorted({error["extensions"]["code"] for body in bodies for error in body.get("errors", ())})
