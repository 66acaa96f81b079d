"""`clientela demo` and `serve` as processes of their own: where they listen, what they say, what they refuse."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.processes.server import command, environment, started


def run(folder: Path, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder of its own, on the embedded database there."""
    env = environment(**{"DATA_DIR": folder / "data", **settings})
    return subprocess.run(command(*words), env=env, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where `demo` ran once; its output is in `demo.log`."""
    folder = tmp_path_factory.mktemp("demo")
    with started(environment(DATA_DIR=folder / "data"), folder / "demo.log"):
        pass
    return folder


def test_demo_says_where_and_who(demo_folder: Path):
    told = (demo_folder / "demo.log").read_text()
    for part in ("/graphiql", "/graphql", "sales-agent", "litware", "app@contoso", "A new demo world was made", "{\n"):
        assert part in told
    assert oct((demo_folder / "data" / "development-issuer.json").stat().st_mode)[-3:] == "600"


def test_a_second_demo_keeps_the_world(demo_folder: Path):
    with started(environment(DATA_DIR=demo_folder / "data"), demo_folder / "again.log"):
        assert "as you left it" in (demo_folder / "again.log").read_text()


def test_a_token_of_the_command_line_is_good_for_the_server(demo_folder: Path):
    done = run(demo_folder, "token", "--as", "customer-admin@alpineskihouse")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(".") == 2
    assert len(done.stdout.split()) == 1


def test_a_taken_port_is_said_in_one_line(demo_folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(demo_folder, "demo", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot listen on 127.0.0.1:{port}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("word", ["demo", "serve"])
def test_development_mode_refuses_an_address_that_others_can_reach(tmp_path: Path, word: str):
    """conventions.md, Identity: it refuses to start on a non-loopback address, and says so."""
    done = run(tmp_path, word, HOST="0.0.0.0", DEVELOPMENT="true", PORT="0")
    assert done.returncode == 2
    for part in ("0.0.0.0", "loopback", "CLIENTELA_HOST=127.0.0.1"):
        assert part in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_serve_without_an_issuer_says_what_it_wants(tmp_path: Path):
    done = run(tmp_path, "serve", PORT="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "CLIENTELA_ISSUERS" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_down_is_said_before_anything_is_served(tmp_path: Path):
    done = run(tmp_path, "demo", "--port", "0", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
