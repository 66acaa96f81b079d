"""Real client libraries against a server process, by the very files that docs/clients.md shows; and the audit suite."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.frontends.conftest import HERE, Bench
from tests.processes.server import command

# The first run on a machine installs the packages.
pytestmark = pytest.mark.timeout(400)


def test_graphql_https_audit_suite_finds_nothing(bench: Bench, packages: Path):
    """Every MUST, SHOULD and MAY."""
    (line,) = bench.run(".", "node", str(HERE / "audit.mjs"))
    verdicts = json.loads(line)
    assert [verdict for verdict in verdicts if verdict["status"] != "ok"] == []
    assert Counter(verdict["name"].split()[0] for verdict in verdicts) == {"MUST": 13, "SHOULD": 23, "MAY": 25}


def test_curl(bench: Bench):
    customers, viewer = bench.run("curl", "sh", "ask.sh")
    assert len(json.loads(customers)["data"]["customers"]["nodes"]) == 2
    assert json.loads(viewer) == {"data": {"viewer": {"name": "admin-agent@litware.onmicrosoft.com"}}}


def test_gql(bench: Bench):
    """Which also reads the schema by introspection and holds the document against it."""
    (line,) = bench.run("python", sys.executable, "-W", "ignore", "ask.py")
    assert line.count("companyName") == 2


def test_apollo(bench: Bench, packages: Path):
    """Pages merge, a mutation changes what the list shows, a stale etag is told, hashes fall back to texts."""
    assert bench.run("apollo", "node", "apollo.mjs") == [
        "customers 4",
        "in the list Apollonia",
        "too late ETAG_MISMATCH",
        "error BAD_USER_INPUT",
    ]


def test_urql(bench: Bench, packages: Path):
    assert bench.run("urql", "node", "urql.mjs") == [
        "customers 4",
        "userErrors INVALID input.contact.email",
        "error BAD_USER_INPUT",
    ]


def test_relay(bench: Bench, packages: Path):
    """Compiled against the schema; registered documents, the connection's pages, the refetch of a node."""
    persisted = bench.folder / "relay" / "persisted"
    persisted.mkdir()
    (persisted / "relay.json").write_text("{}")
    bench.run("relay", str(packages / "relay-compiler"))
    register = command("documents", "register", str(persisted))
    done = subprocess.run(register, env=bench.variables, cwd=bench.data_dir, capture_output=True, check=False)
    assert done.stdout.endswith(b"3 documents are registered, 3 new.\n"), done.stderr
    assert bench.run("relay", "node", "relay.mjs") == ["customers 5", "refetched true"]


def test_generated_types(bench: Bench, packages: Path):
    """What codegen makes of the schema holds for a strict compiler, and refuses a field that may be null."""
    bench.run("types", str(packages / "graphql-codegen"), "--config", "codegen.json")
    tsc = [str(packages / "tsc"), "--noEmit", "--strict"]
    bench.run("types", *tsc, "portfolio.ts")
    careless = (bench.folder / "types" / "portfolio.ts").read_text().replace("customer.contact?.", "customer.contact.")
    (bench.folder / "types" / "careless.ts").write_text(careless)
    with pytest.raises(AssertionError, match="possibly 'null'"):
        bench.run("types", *tsc, "careless.ts")
