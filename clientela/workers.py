"""Several server processes on one listening socket, and the process that keeps them alive."""

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog

SHORTEST_LIFE = 1.0
"""Seconds; a worker that dies sooner is started again only after that time, so that a broken one does not spin."""

log = structlog.get_logger()


class Workers:
    """Starts workers, starts anew those that die, and ends with all of them.

    The first SIGTERM or SIGINT is sent on as SIGTERM, after which workers finish what they began. A second one kills.
    """

    def __init__(
        self, count: int, work: Callable[[socket.socket], None], listener: socket.socket, ended: Callable[[int], None]
    ) -> None:
        """What is to run.

        Args:
            count: How many workers there are to be.
            work: What a worker does, in a process of its own; can be pickled.
            listener: Where all of them accept connections.
            ended: Told the process id of each worker that is gone.
        """
        self._count = count
        self._work = work
        self._listener = listener
        self._ended = ended
        self._running: dict[int, tuple[SpawnProcess, float]] = {}
        self._stopping = False

    def run(self) -> None:
        """Runs until it is told to stop and the last worker is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self._count):
            self._start()
        while self._running:
            wait(list(self._running))
            for sentinel in [found for found, (process, _) in self._running.items() if not process.is_alive()]:
                self._bury(*self._running.pop(sentinel))

    def _start(self) -> None:
        process = multiprocessing.get_context("spawn").Process(target=self._work, args=(self._listener,))
        process.start()
        self._running[process.sentinel] = process, time.monotonic()
        if self._stopping:
            process.terminate()

    def _bury(self, process: SpawnProcess, started: float) -> None:
        self._ended(process.pid or 0)
        if self._stopping:
            return
        log.error("a worker died", pid=process.pid, exit_code=process.exitcode)
        time.sleep(max(0.0, started + SHORTEST_LIFE - time.monotonic()))
        if not self._stopping:
            self._start()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        for process, _ in self._running.values():
            if self._stopping:
                process.kill()
            else:
                process.terminate()
        self._stopping = True
        # What this process holds open would take connections that nobody accepts any more.
        self._listener.close()
