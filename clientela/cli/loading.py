"""Loading what a server is made of."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def for_good() -> Iterator[None]:
    """What is imported meanwhile stays until the process ends, so nobody looks for garbage in it, now or later.

    Python would go through all of it again and again while it grows: a quarter of what a start takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
