"""Texts in filters: refused where no database could look for them."""

from collections.abc import Sequence

from execution.refusals import BadUserInput
from resolvers.naming import contains_control

LONGEST = 1000
MOST = 100


def plain(name: str, text: str | None) -> str | None:
    """A text to search for.

    Args:
        name: The argument's name, for the message.
        text: What a client sent.

    Raises:
        BadUserInput: It holds control characters or is longer than anything to be found.
    """
    if text is not None and len(text) > LONGEST:
        raise BadUserInput(f"`{name}` has {len(text)} characters; shorten it to {LONGEST} at most.")
    if text is not None and contains_control(text.strip()):
        raise BadUserInput(f"`{name}` holds an invisible control character; remove it.")
    return text


def plain_all(name: str, texts: Sequence[str] | None) -> tuple[str, ...]:
    """Several texts to search for; none for None.

    Raises:
        BadUserInput: As `plain`, or there are too many.
    """
    if texts is not None and len(texts) > MOST:
        raise BadUserInput(f"`{name}` lists {len(texts)} values; ask for {MOST} at most.")
    return tuple(text for text in (plain(name, text) for text in texts or ()) if text)
