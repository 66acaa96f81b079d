"""The house: our rooms are ours, imports go one way and do no work, and nothing is served unguarded."""

import subprocess
import sys
from pathlib import Path

import pytest
import strawberry
from importlinter.cli import EXIT_STATUS_ERROR, EXIT_STATUS_SUCCESS, lint_imports

from clientela.names import ROOMS, check_names
from policy.vocabulary import Permission
from schema.access import PUBLIC, computed
from schema.build import build_schema
from schema.checks import SchemaFault, check_schema

HOME = Path(__file__).parents[1]

WATCHED = """
import asyncio, os, socket, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen"):
        seen.append((event, str(arguments)))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, str(arguments)))
sys.addaudithook(watch)
sys.dont_write_bytecode = True
import clientela.app, clientela.cli
import graphql, strawberry
from sqlalchemy import Engine
import gc
for thing in gc.get_objects():
    if isinstance(thing, (Engine, strawberry.Schema, graphql.GraphQLSchema)):
        seen.append(("built", repr(thing)[:80]))
import threading
seen += [("thread", thread.name) for thread in threading.enumerate()[1:]]
print(seen)
"""


def run_python(code: str, *first_on_path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs code in a process whose path begins with the given folders."""
    path = ":".join(map(str, (*first_on_path, HOME)))
    arguments = [sys.executable, "-c", code]
    env = {"PYTHONPATH": path, "PATH": "", "CLIENTELA_DATA_DIR": str(cwd / "data")}
    return subprocess.run(arguments, env=env, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_our_rooms_are_ours():
    check_names()
    assert {folder.name for folder in HOME.iterdir() if (folder / "__init__.py").exists()} == {
        *ROOMS,
        "benchmarks",
        "clientela",
        "tests",
    }


@pytest.mark.parametrize("room", ["schema", "models", "policy"])
def test_a_foreign_package_of_a_rooms_name_is_refused(tmp_path: Path, room: str):
    """Issue 2, A: a package named `schema` on PyPI would replace ours silently."""
    foreign = tmp_path / "site" / room
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("")
    done = run_python("from clientela.names import check_names; check_names()", tmp_path / "site", cwd=tmp_path)
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    for part in ("ForeignPackageError", repr(room), str(foreign), "uninstall"):
        assert part in told
    assert run_python("from clientela.names import check_names; check_names()", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(("room", "command"), [("schema", "demo"), ("policy", "serve"), ("execution", "doctor")])
def test_every_command_says_so_before_it_fails_inside(tmp_path: Path, room: str, command: str):
    """A single file does it, too."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / f"{room}.py").write_text("")
    code = f"import sys; sys.argv = ['clientela', '{command}']; from clientela.cli import main; main()"
    done = run_python(code, tmp_path / "site", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"The package {room!r} comes from ")
    assert done.stderr.count("\n") == 1


def test_importing_does_no_work(tmp_path: Path):
    """Issue 2, Speed: no engine, no schema, no file written, no socket, no thread."""
    done = run_python(WATCHED, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_imports_go_one_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(HOME)
    assert lint_imports(cache_dir=str(tmp_path)) == EXIT_STATUS_SUCCESS


def test_imports_the_other_way_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without this one, the contract might hold because it looks at nothing."""
    contract = (HOME / "pyproject.toml").read_text()
    turned = contract.replace('  "models",\n  "policy",\n', '  "policy",\n  "models",\n')
    assert turned != contract
    (tmp_path / "pyproject.toml").write_text(turned)
    monkeypatch.chdir(tmp_path)
    assert lint_imports(cache_dir=str(tmp_path / "cache")) == EXIT_STATUS_ERROR


@strawberry.type(description="Reads.")
class Sound:
    """A root whose fields are marked."""

    @computed(PUBLIC, "For everybody.")
    def anything(self) -> int:
        """Marked."""
        return 1

    @computed(Permission.CUSTOMER_READ, "Guarded.")
    def guarded(self) -> int | None:
        """Guarded."""
        return 1


@strawberry.type(description="Reads.")
class Unmarked(Sound):
    """One field too many."""

    @strawberry.field(description="Nobody said who may.")
    def forgotten(self) -> int:
        """Neither guard nor mark."""
        return 1


@strawberry.type(description="Writes.")
class Public:
    """A mutation that anybody may call."""

    @computed(PUBLIC, "For everybody.")
    def write(self) -> int:
        """Marked public."""
        return 1


@strawberry.type(description="Reads.")
class Mute(Sound):
    """An argument too many."""

    @computed(PUBLIC, "Says nothing of its argument.")
    def silent(self, argument: int) -> int:
        """An argument without a description."""
        return argument


def test_a_field_without_guard_or_mark_stops_the_start():
    """Issue 2, D: a start-up check fails when a field or mutation has neither a guard nor a mark."""
    with pytest.raises(SchemaFault) as fault:
        check_schema(strawberry.Schema(query=Unmarked))
    assert str(fault.value) == "Unmarked.forgotten has neither a guard nor the mark PUBLIC"


def test_a_mutation_that_anybody_may_call_stops_the_start():
    with pytest.raises(SchemaFault, match=r"Public\.write changes or streams data and has no guard"):
        check_schema(strawberry.Schema(query=Sound, mutation=Public))


def test_what_nobody_explained_stops_the_start():
    with pytest.raises(SchemaFault) as fault:
        check_schema(strawberry.Schema(query=Mute))
    assert str(fault.value) == "Mute.silent(argument) has no description"


def test_what_is_served_passes():
    check_schema(strawberry.Schema(query=Sound))
    check_schema(build_schema())
