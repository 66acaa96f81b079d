"""`clientela documents`: a folder of documents becomes what clients may name, on every process."""

import asyncio
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from tests.processes.server import command, settings_of, started
from tests.processes.test_command_line import Run, run  # noqa: F401 - the fixture
from tests.worlds import World

WHO = "query Who { viewer { name } }\n"
LIST = "query List($first: Int) { customers(first: $first) { totalCount } }"


def digits(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One document as a file, the other as Relay, codegen and Apollo write it."""
    made = tmp_path / "documents"
    (made / "deeper").mkdir(parents=True)
    (made / "who.graphql").write_text(WHO)
    (made / "deeper" / "persisted.json").write_text(json.dumps({digits(LIST): LIST}))
    operations = [{"id": digits(LIST), "name": "List", "type": "query", "body": LIST}]
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    (made / "apollo.json").write_text(json.dumps(apollo))
    (made / "README.md").write_text("not a document")
    return made


def test_a_folder_is_registered_once_listed_and_removed(run: Run, folder: Path):  # noqa: F811
    run("migrate")
    assert "No document" in run("documents", "list").out
    done = run("documents", "register", str(folder))
    assert (done.status, done.err) == (0, "")
    assert f"sha256:{digits(WHO)}  who.graphql\n" in done.out
    assert done.out.endswith("2 documents are registered, 2 new.\n")
    assert run("documents", "register", str(folder)).out.endswith("2 documents are registered, 0 new.\n")
    listed = run("documents", "list").out.splitlines()
    assert {line.split()[0] for line in listed} == {f"sha256:{digits(WHO)}", f"sha256:{digits(LIST)}"}
    assert "nothing was done" in run("documents", "remove", f"sha256:{digits(WHO)}", "sha256:0").told
    assert len(run("documents", "list").out.splitlines()) == 2
    assert run("documents", "remove", f"sha256:{digits(WHO)}").out.startswith("1 removed.")
    assert run("documents", "list").out.split()[0] == f"sha256:{digits(LIST)}"


def test_a_fault_names_its_file_and_nothing_is_registered(run: Run, folder: Path):  # noqa: F811
    run("migrate")
    (folder / "a.graphql").write_text("query A {\n  nothing\n}")
    (folder / "b.gql").write_text("query {")
    (folder / "c.json").write_text(json.dumps({"0123": WHO}))
    (folder / "d.json").write_text('["x"]')
    (folder / "e.json").write_text("{")
    (folder / "f.graphql").write_bytes(b"\xff\xfe")
    (folder / "g.json").write_text(json.dumps({"operations": [{"name": "x"}, 1]}))
    done = run("documents", "register", str(folder))
    assert (done.status, done.out) == (1, "")
    told = done.err.splitlines()
    assert told[-1] == "Nothing was registered."
    starts = ["a.graphql:2: ", "b.gql:1: ", "c.json: 0123: ", "d.json: ", "e.json: ", "f.graphql: ", "g.json: "]
    assert len(told) == len(starts) + 1
    for line, start in zip(told, starts, strict=False):
        assert line.startswith(start), line
    assert "sha256" in told[2]
    assert "No document" in run("documents", "list").out


def test_doctor_names_a_server_that_would_refuse_everything(run: Run, folder: Path):  # noqa: F811
    run("migrate")
    assert "persisted documents" not in run("doctor").out
    assert "FAULT persisted documents: none is registered" in run("doctor", PERSISTED_DOCUMENTS="required").out
    run("documents", "register", str(folder))
    assert "ok    persisted documents" in run("doctor", PERSISTED_DOCUMENTS="required").out


def test_a_folder_without_documents_is_told(run: Run, tmp_path: Path):  # noqa: F811
    run("migrate")
    assert "no folder" in run("documents", "register", str(tmp_path / "none")).told
    (tmp_path / "empty").mkdir()
    assert ".graphql" in run("documents", "register", str(tmp_path / "empty")).told


async def test_what_is_registered_while_a_server_runs_is_run_at_once(world: World, folder: Path, tmp_path: Path):
    """Clients send the hash alone; another document is refused."""
    async with world.copy() as settings:
        env = {**settings_of(settings), "CLIENTELA_PERSISTED_DOCUMENTS": "required"}
        with started(env, tmp_path / "server.log") as (_, url):
            async with asyncio.timeout(60):
                await _through_a_server(env, url, folder)


async def _through_a_server(env: dict[str, str], url: str, folder: Path) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        token = (await http.post("/development/token", json={"as": "sales-agent@litware"})).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        by_id = {"documentId": f"sha256:{digits(LIST)}", "variables": {"first": 1}}
        before = (await http.post("/graphql", json=by_id)).json()
        assert before["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        done = await asyncio.to_thread(
            subprocess.run, command("documents", "register", str(folder)), env=env, cwd=folder, capture_output=True
        )
        assert done.returncode == 0, done.stderr
        assert (await http.post("/graphql", json=by_id)).json()["data"]["customers"]["totalCount"] > 0
        refused = (await http.post("/graphql", json={"query": LIST})).json()
        assert refused["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_ID_REQUIRED"
