"""Faults that a person can mend, told in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from clientela.names import ForeignPackageError
from clientela.operations.extras import MissingExtraError
from clientela.secret import MissingSecretError
from clientela.server import PortTakenError


class NotReadyError(Exception):
    """Something must be done first; the message says what."""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Ends the process with status 1 and one line for the faults that a person can mend."""
    try:
        yield
    except (ForeignPackageError, MissingExtraError, MissingSecretError, NotReadyError, PortTakenError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        sys.stderr.write(f"The database cannot be used: {cause}\nRun `clientela doctor`; it says what to do.\n")
        raise SystemExit(1) from None
