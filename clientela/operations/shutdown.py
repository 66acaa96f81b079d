"""The end of a process: begun once, told to whoever holds something open."""

from collections.abc import Callable


class Shutdown:
    """Whether this process is on its way out.

    Attributes:
        begun: From then on `/readyz` answers 503.
    """

    def __init__(self) -> None:
        self.begun = False
        self._told: list[tuple[Callable[[], None], Callable[[], bool]]] = []

    @property
    def awaited(self) -> bool:
        """Whether somebody who was told is not done yet."""
        return not all(is_done() for _, is_done in self._told)

    def tell(self, somebody: Callable[[], None], is_done: Callable[[], bool]) -> None:
        """Has somebody called when it begins, e.g. to send open streams away; on the event loop, and not awaited.

        Args:
            somebody: Is called.
            is_done: Says whether what was begun by that is over.
        """
        self._told.append((somebody, is_done))

    def begin(self) -> None:
        """Begins it; a second time does nothing."""
        if self.begun:
            return
        self.begun = True
        for somebody, _ in self._told:
            somebody()
