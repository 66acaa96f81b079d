"""Runs what `compose.yaml` describes as processes on this machine, where no container engine is.

Run as `python deploy/loopback.py --database postgresql://…` with the variables of `env.example` in the environment. It
migrates, starts the two servers and Caddy with the same Caddyfile, prints one line of JSON with addresses and process
ids once all are ready, and ends all of them when it is told to stop. PostgreSQL and Redis are those that run already.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
SERVERS = ("server-1", "server-2")
SECONDS_TO_START = 60


def main() -> None:
    """Runs until SIGTERM or Ctrl+C."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--database", required=True, help="An empty or older database of a PostgreSQL that runs.")
    options.add_argument("--redis", help="A Redis that runs; rate limits are counted in each process without one.")
    options.add_argument("--caddy", default=shutil.which("caddy"), help="The proxy's program.")
    given = options.parse_args()
    if given.caddy is None:
        sys.exit("There is no caddy on the path; install it or name it with --caddy.")
    services = yaml.safe_load((HERE / "compose.yaml").read_text())["services"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running: dict[str, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="clientela_loopback_") as folder:
        try:
            ports = {name: free_port() for name in (*SERVERS, "proxy")}
            subprocess.run(
                clientela(services["migrate"]), env=environment(services["migrate"], given, folder), check=True
            )
            for name in SERVERS:
                env = environment(services[name], given, folder) | {"CLIENTELA_PORT": str(ports[name])}
                running[name] = subprocess.Popen(clientela(services[name]), env=env)
            for name in SERVERS:
                wait_for(f"http://127.0.0.1:{ports[name]}/readyz", running[name])
            running["proxy"] = subprocess.Popen(
                [given.caddy, "run", "--adapter", "caddyfile", "--config", str(HERE / "Caddyfile")],
                env={
                    **os.environ,
                    **{f"XDG_{kind}_HOME": folder for kind in ("DATA", "CONFIG")},
                    "CLIENTELA_SITE": f"http://127.0.0.1:{ports['proxy']}",
                    "CLIENTELA_SERVERS": " ".join(f"127.0.0.1:{ports[name]}" for name in SERVERS),
                },
            )
            wait_for(f"http://127.0.0.1:{ports['proxy']}/graphiql", running["proxy"])
            urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
            pids = {name: process.pid for name, process in running.items()}
            sys.stdout.write(json.dumps({"urls": urls, "pids": pids}) + "\n")
            sys.stdout.flush()
            running["proxy"].wait()
        except KeyboardInterrupt:
            pass
        finally:
            # The proxy first, so that nobody is sent to a server that goes.
            for name in reversed(running):
                running[name].terminate()
                running[name].wait()


def clientela(service: dict) -> list[str]:
    """A service's command, by this interpreter instead of the image's entry point."""
    return [sys.executable, "-m", "clientela.cli", *service.get("command", ["serve"])]


def environment(service: dict, given: argparse.Namespace, folder: str) -> dict[str, str]:
    """A service's environment, but for what lies elsewhere on one machine: database, Redis and ports."""
    found = {name: filled_in(str(value)) for name, value in service["environment"].items()}
    del found["CLIENTELA_METRICS_PORT"]
    found |= {"CLIENTELA_DATABASE_URL": given.database, "CLIENTELA_HOST": "127.0.0.1", "CLIENTELA_DATA_DIR": folder}
    if given.redis:
        found["CLIENTELA_REDIS_URL"] = given.redis
    else:
        found.pop("CLIENTELA_REDIS_URL", None)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLIENTELA_")}
    return {**kept, "PYTHONPATH": str(HERE.parent), **found}


def filled_in(value: str) -> str:
    """A value with its `${NAME}`, `${NAME:-default}` and `${NAME:?complaint}` replaced, as compose does."""

    def replace(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if not os.environ.get(name) and kind == ":?":
            sys.exit(f"{name}: {rest}")
        return os.environ.get(name) or (rest if kind == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", replace, value)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return chosen.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Comes back once the address answers with success."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"What should answer at {url} ended with status {process.returncode}.")
        try:
            with urllib.request.urlopen(url, timeout=3):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} did not answer in time.")


if __name__ == "__main__":
    main()
