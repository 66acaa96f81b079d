"""What `deploy/` describes, as processes on this machine: proxy, two servers, PostgreSQL."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml

from clientela.settings import Settings
from tests.identity.conftest import AUDIENCE, claims_of
from tests.identity.issuer import Issuer
from tests.worlds import World

ROOT = Path(__file__).parents[2]
WANT_OF_CADDY = "SKIPPED FOR WANT OF CADDY: the proxy of deploy/ is not installed"
QUERY = "{ customers(first: 3) { nodes { companyName } } }"
SECONDS = 60


@asynccontextmanager
async def deployed(settings: Settings, issuer: Issuer, log: Path) -> AsyncIterator[dict[str, Any]]:
    """Addresses and process ids of everything, on a database."""
    assert settings.database_url is not None
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")},
        "POSTGRES_PASSWORD": "unused-here",
        "CLIENTELA_SECRET_KEY": "s" * 40,
        "CLIENTELA_ISSUERS": json.dumps([{"url": issuer.url, "audience": AUDIENCE}]),
        "CLIENTELA_PUBLIC_URL": "https://clientela.example",
        "CLIENTELA_WORKERS": "1",
        "CLIENTELA_HEALTH_INTERVAL": "200ms",
    }
    command = [sys.executable, str(ROOT / "deploy" / "loopback.py"), "--database"]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, settings.database_url.get_secret_value(), env=env, stdout=subprocess.PIPE, stderr=output
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        while line and not line.startswith(b"{"):
            line = await asyncio.wait_for(process.stdout.readline(), SECONDS)
        assert line, f"see {log}"
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), SECONDS)


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_a_server_that_is_killed_is_not_missed(world: World, tmp_path: Path):
    if shutil.which("caddy") is None:
        pytest.skip(WANT_OF_CADDY)
    issuer = Issuer()
    issuer.open()
    try:
        async with world.copy() as settings, deployed(settings, issuer, tmp_path / "log") as found:
            token = issuer.token(claims_of("sales-agent@litware", issuer))
            headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
            async with httpx.AsyncClient(base_url=found["urls"]["proxy"], headers=headers, timeout=SECONDS) as http:

                async def ask() -> int:
                    answer = await http.post("/graphql", json={"query": QUERY})
                    assert answer.status_code != 200 or "errors" not in answer.json(), answer.text
                    return answer.status_code

                assert {await ask() for _ in range(20)} == {200}
                assert (await http.get("/readyz")).status_code == 404
                killed = psutil.Process(found["pids"]["server-1"])
                killed.kill()
                answers = Counter([await ask() for _ in range(60)])
                # One that it had accepted when it died: that may be a mutation, so the proxy sends it to nobody else.
                assert answers[200] + answers[502] == 60
                assert answers[502] <= 1
                processes = [psutil.Process(pid) for name, pid in found["pids"].items() if name != "server-1"]
    finally:
        issuer.shut()
    assert not any(process.is_running() for process in processes)


def test_every_variable_of_the_compose_file_is_in_the_pattern_of_the_secrets_or_has_a_default():
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    needed = set(re.findall(r"\$\{(\w+):\?", text))
    pattern = (ROOT / "deploy" / "env.example").read_text()
    assert needed <= set(re.findall(r"^(\w+)=", pattern, re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set()


def test_every_setting_that_the_files_name_exists():
    known = {f"CLIENTELA_{name.upper()}" for name in Settings.model_fields}
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    image = re.findall(r"(CLIENTELA_\w+)=", (ROOT / "deploy" / "Containerfile").read_text())
    servers = ("migrate", "server-1", "server-2")
    assert {*image, *(name for server in servers for name in services[server]["environment"])} <= known


def test_containers_are_locked_up():
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert len(services) == 6
    for name, service in services.items():
        assert service["read_only"], name
        assert name == "database" or service["cap_drop"] == ["ALL"], name
        assert name == "migrate" or service["healthcheck"]["test"], name
        assert name == "proxy" or "ports" not in service, name
    container = (ROOT / "deploy" / "Containerfile").read_text()
    assert re.search(r"^USER \d+$", container, re.MULTILINE)
    assert "PASSWORD" not in container
