"""A server process, the client libraries, and the files that docs/clients.md shows, each in its section's folder."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.processes.server import HOME, environment, started

HERE = Path(__file__).parent
GUIDE = HOME / "docs" / "clients.md"
FILE = re.compile(r"^`([\w.-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WANT_OF_PACKAGES = (
    "SKIPPED FOR WANT OF NPM PACKAGES: Apollo, Relay, urql, graphql-ws, graphql-sse and codegen were NOT tested"
)
# The explorer's build brings a Node.js into the environment where the machine has none.
PATH = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])


@dataclass
class Bench:
    """Where the guide's files are run.

    Attributes:
        folder: Has a folder for each section.
        variables: The environment of what is run: the server's address and a token, as the guide says.
        data_dir: Where the server's database is.
    """

    folder: Path
    variables: dict[str, str]
    data_dir: Path

    def run(self, section: str, *command: str) -> list[str]:
        """Runs a command in a section's folder; its lines, once it ended well."""
        done = subprocess.run(
            command,
            cwd=self.folder / section,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout.splitlines()


@pytest.fixture(scope="session")
def packages() -> Path:
    """The commands of the npm packages, which are installed once a machine, and again when the lock file changes."""
    npm = shutil.which("npm", path=PATH)
    if npm is None:
        pytest.skip(f"{WANT_OF_PACKAGES}: there is no npm.")
    lock = (HERE / "package-lock.json").read_bytes()
    stamp, wanted = HERE / "node_modules" / "stamp.txt", hashlib.sha256(lock).hexdigest()
    with (HERE / "package.json").open() as door:
        # Several processes of one run may come here at once.
        fcntl.flock(door, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
            env = {**os.environ, "PATH": PATH}
            done = subprocess.run(install, cwd=HERE, env=env, capture_output=True, check=False)
            if done.returncode != 0:
                pytest.skip(f"{WANT_OF_PACKAGES}: npm could not install them.")
            stamp.write_text(wanted)
    return HERE / "node_modules" / ".bin"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A server on a demo world of its own, and the guide's files beside the npm packages."""
    data_dir = tmp_path_factory.mktemp("frontends")
    work = HERE / ".work"
    work.mkdir(exist_ok=True)
    env = environment(DATA_DIR=data_dir, PERSISTED_DOCUMENTS="allowed")
    with started(env, data_dir / "server.log") as (_, url), TemporaryDirectory(dir=work) as folder:
        answer = httpx.post(f"{url}/development/token", json={"as": "admin-agent@litware"})
        variables = {**env, "PATH": PATH, "CLIENTELA_URL": url, "CLIENTELA_TOKEN": answer.json()["token"]}
        # Relay's compiler stages what it writes wherever it finds a repository.
        variables["GIT_CEILING_DIRECTORIES"] = folder
        _lay_out(Path(folder))
        yield Bench(Path(folder), variables, data_dir)


def _lay_out(folder: Path) -> None:
    # Node.js takes .js for CommonJS here, as Relay writes it.
    (folder / "package.json").write_text('{"type": "commonjs"}')
    for section in re.split(r"^## ", GUIDE.read_text(), flags=re.MULTILINE):
        place = folder / re.split(r"\W", section.lower(), maxsplit=1)[0]
        for name, text in FILE.findall(section):
            place.mkdir(exist_ok=True)
            (place / name).write_text(text)
            shutil.copy(HOME / "docs" / "schema.graphql", place)
