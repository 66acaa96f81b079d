"""Our top-level packages have plain names; this makes sure that they are ours."""

from importlib.util import find_spec
from pathlib import Path

ROOMS = ("schema", "execution", "resolvers", "policy", "models", "migrations")


class ForeignPackageError(Exception):
    """A package of another origin stands where one of ours should."""


def check_names() -> None:
    """Looks where each of our packages would be imported from.

    A package called `schema` exists on PyPI and would replace ours without a word.

    Raises:
        ForeignPackageError: One lies elsewhere than this one; the message says which and what to do.
    """
    home = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = find_spec(room)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parent.parent != home:
            raise ForeignPackageError(
                f"The package {room!r} comes from {origin}, not from {home}. Clientela needs an environment of its "
                f"own: uninstall the other package called {room!r}, or install Clientela into a fresh one."
            )
