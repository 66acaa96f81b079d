"""Where Prometheus fetches the metrics: a port of its own, which clients do not reach."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from clientela.server import PortTakenError
from clientela.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


@contextmanager
def exported(settings: Settings, registry: "CollectorRegistry | None") -> Iterator[None]:
    """Serves the metrics of this process, in a thread, as long as the context lasts.

    Args:
        settings: Where; without a port nothing is served.
        registry: The metrics; None where they are off.

    Raises:
        PortTakenError: Another program listens there.
    """
    if settings.metrics_port is None or registry is None:
        yield
        return
    from prometheus_client import start_http_server  # noqa: PLC0415 - see `exported_together`

    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise PortTakenError(
            f"Cannot serve metrics on {settings.metrics_host}:{settings.metrics_port}: {error.strerror}. "
            "Set another CLIENTELA_METRICS_PORT."
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def exported_together(settings: Settings) -> Iterator[Callable[[int], None]]:
    """Serves the metrics of all workers, which are started within the context, as one.

    The library decides at its import whether it counts in files that processes share; so it is imported here, once the
    folder is there, and by the workers after they were started.

    Args:
        settings: Where; without a port nothing is served.

    Yields:
        What is to be told the process id of a worker that is gone.
    """
    if settings.metrics_port is None:
        yield lambda _: None
        return
    with TemporaryDirectory(prefix="clientela_metrics_") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        from prometheus_client import CollectorRegistry  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: PLC0415

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the library's own omission
        with exported(settings, registry):
            yield mark_process_dead
