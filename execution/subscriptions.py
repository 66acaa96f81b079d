"""What the root field of a subscription raises where it has nothing to show."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Subscribed(Exception):  # noqa: N818 - it says what was asked for, and is no error
    """The subscription is sound: guards and arguments held. Raised where there is no event yet.

    Attributes:
        topic: What it wants to hear of; whatever the project takes for a topic.
        after: The event behind which it begins; None for now.
    """

    topic: Any
    after: Any = None


class NotForSubscriber(Exception):  # noqa: N818 - likewise
    """The event is none of this subscription's, by its arguments or because the viewer does not see its subject."""
