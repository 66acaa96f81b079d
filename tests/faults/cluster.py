"""A PostgreSQL of the tests' own, to be stopped, killed and started again; the shared one is nobody's to stop."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

WANT_OF_BINARIES = "SKIPPED FOR WANT OF POSTGRESQL'S BINARIES: there is no initdb beside pg_config"
OWNER = "postgres"


@dataclass
class Cluster:
    """A cluster in a folder of its own.

    Attributes:
        binaries: Where `pg_ctl` and the others are.
        data: Its folder.
        port: Where it listens, on the loopback address.
    """

    binaries: Path
    data: Path
    port: int

    @property
    def url(self) -> str:
        """Its address, without a database's name."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it answers; after a crash it recovers first."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.data}"
        self._pg_ctl("start", "-o", f"{options} -c max_connections=60 -c full_page_writes=off")

    def crash(self) -> None:
        """Ends it as a crash does: no connection is told, nothing is written down."""
        self._pg_ctl("stop", "-m", "immediate")

    def restart(self) -> None:
        """Stops it as an operator does, which ends every connection, and starts it."""
        self._pg_ctl("stop", "-m", "fast")
        self.start()

    def load(self, source: str, name: str) -> str:
        """Copies a database of another cluster into this one; gives back its address here."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, name)
        dump = subprocess.run([self.binaries / "pg_dump", source], stdout=subprocess.PIPE, check=True)
        load = [self.binaries / "psql", "-q", "-v", "ON_ERROR_STOP=1", f"{self.url}/{name}"]
        subprocess.run(load, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)
        return f"{self.url}/{name}"

    def _pg_ctl(self, word: str, *options: str) -> None:
        self._run("pg_ctl", word, "-w", "-s", "-D", str(self.data), "-l", str(self.data / "log"), *options)

    def _run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root.
        owner = {"user": OWNER, "group": pwd.getpwnam(OWNER).pw_gid} if os.geteuid() == 0 else {}
        subprocess.run([self.binaries / program, *arguments], check=True, cwd=self.data, **owner)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new cluster that runs; gone afterwards."""
    found = shutil.which("pg_config")
    binaries = Path(subprocess.check_output([found, "--bindir"], text=True).strip()) if found else None
    if binaries is None or not (binaries / "initdb").exists():
        binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if binaries is None or not (binaries / "initdb").exists():
        pytest.skip(WANT_OF_BINARIES)
    folder = Path(tempfile.mkdtemp(prefix="clientela_cluster_"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    made = Cluster(binaries, folder, _free_port())
    try:
        made._run("initdb", "--no-sync", "--auth", "trust", "-U", OWNER, "--encoding", "UTF8", "-D", str(folder))
        made.start()
        yield made
        made.crash()
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return int(chosen.getsockname()[1])
