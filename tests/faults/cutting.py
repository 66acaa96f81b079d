"""A proxy between a server and its database that counts round trips and cuts connections in the middle of an answer."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 65_536


@dataclass
class Proxy:
    """Passes bytes on until it is told to cut.

    Attributes:
        port: Where it listens.
        cuts: How often it cut.
        stop: Ends it.
        turns: How often the database was asked something by whom it had answered all before.
        pieces: In how many pieces it was asked.
        open: Both ends of every connection that lasts.
    """

    port: int = 0
    cuts: int = 0
    turns: int = 0
    pieces: int = 0
    stop: Callable[[], object] = lambda: None
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    _left: int | None = None
    _answered: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut_after(self, answered: int) -> None:
        """Cuts every connection once the database sent so many more bytes; the last piece goes through in part."""
        self._left = answered

    async def connect(self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection."""
        from_database, to_database = await asyncio.open_connection(host, port)
        both = {writer, to_database}
        self.open |= both
        await asyncio.gather(
            self._pass(reader, to_database, writer), self._pass(from_database, writer, writer, answers=True)
        )
        self.open -= both

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        asker: asyncio.StreamWriter,
        *,
        answers: bool = False,
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if answers:
                    self._answered.add(asker)
                else:
                    self.pieces += 1
                    self.turns += asker in self._answered
                    self._answered.discard(asker)
                if answers and self._left is not None:
                    if len(piece) >= self._left:
                        writer.write(piece[: self._left])
                        self._cut()
                        break
                    self._left -= len(piece)
                writer.write(piece)
                await writer.drain()
        writer.close()

    def _cut(self) -> None:
        self._left = None
        self.cuts += 1
        for end in self.open:
            # Not abort: what was written so far is to arrive.
            end.close()

    def abort(self) -> None:
        """Ends every connection at once."""
        for end in self.open:
            end.transport.abort()


@contextmanager
def proxied(host: str, port: int) -> Iterator[Proxy]:
    """A proxy before an address, in a thread and on a loop of its own: tests wait in ways that hold theirs up."""
    proxy = Proxy()
    loop = asyncio.new_event_loop()
    listens = threading.Event()

    async def serve() -> None:
        over = asyncio.Event()
        proxy.stop = lambda: loop.call_soon_threadsafe(over.set)
        server = await asyncio.start_server(
            lambda reader, writer: proxy.connect(host, port, reader, writer), "127.0.0.1", 0
        )
        proxy.port = server.sockets[0].getsockname()[1]
        listens.set()
        await over.wait()
        server.close()
        proxy.abort()
        while proxy.open:
            await asyncio.sleep(0.01)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    listens.wait()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()
        loop.close()
