"""How commands answer: what they did, or every fault that stopped them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from resolvers.faults import Fault

DoneT_co = TypeVar("DoneT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[DoneT_co]):
    """One of the two.

    Attributes:
        done: What the payload shows; None where there are faults.
        faults: Every fault, in the order of the input's fields; then nothing stays written.
    """

    done: DoneT_co | None = None
    faults: tuple[Fault, ...] = ()


def stopped(*faults: Fault) -> Outcome[DoneT_co]:
    """An outcome of faults."""
    return Outcome(faults=faults)
