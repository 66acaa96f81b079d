"""Runs wrk against a server and reads what it counted."""

import json
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.operations import ETAG, VALUE, Api, Operation
from benchmarks.places import HERE, WORK
from benchmarks.subject import Profile, Subject

SPARE = 4
"""Profiles for each connection of an update run; one is in the air at most."""


class WrkError(Exception):
    """wrk is missing or failed."""


@dataclass(frozen=True)
class Job:
    """What wrk sends: a file that `load.lua` reads, and the address it goes to."""

    url: str
    file: Path


@dataclass(frozen=True)
class Counted:
    """What wrk counted.

    Attributes:
        requests: Answers that came in.
        seconds: How long it took.
        bytes_each: Average length of an answer, headers and all.
        faults: Answers that were no success, and broken connections.
        p50: Median latency in milliseconds.
        p99: 99th percentile of it.
    """

    requests: int
    seconds: float
    bytes_each: float
    faults: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def find_wrk() -> str:
    """Where wrk is.

    Raises:
        WrkError: It is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise WrkError("The load comes from wrk, which is not installed: apt-get install wrk (Debian, Ubuntu).")
    return found


def read_job(port: int, api: Api, operation: Operation, subject: Subject, token: str) -> Job:
    """A job of the requests of a read."""
    return mixed_job(port, api.path(operation), api.bodies(operation, subject), token)


def mixed_job(port: int, path: str, bodies: list[dict[str, Any]], token: str, value: int = 0) -> Job:
    """A job of any requests, sent in turn.

    Args:
        port: The server's.
        path: Where they go.
        bodies: The requests; VALUE in one becomes another number each time it is sent.
        token: Of whoever asks.
        value: The number before the first.
    """
    return _write(port, path, token, {"bodies": [json.dumps(body) for body in bodies], "value": value})


def update_job(port: int, api: Api, operation: Operation, profiles: list[Profile], token: str) -> Job:
    """A job of updates that go round the profiles."""
    entries = []
    for profile in profiles:
        before, _, rest = json.dumps(api.update_body(profile)).partition(ETAG)
        between, _, after = rest.partition(VALUE)
        entry = {"id": api.profile_key(profile), "etag": profile.etag, "before": before, "between": between}
        entries.append(entry | {"after": after})
    # Values that no earlier run has set: an update to what is stored already changes nothing.
    return _write(port, api.path(operation), token, {"profiles": entries, "value": secrets.randbelow(10**9) * 1000})


def run_wrk(job: Job, connections: int, seconds: float) -> Counted:
    """Puts load on a server.

    Args:
        job: What to send.
        connections: How many connections send at once, each the next request when the answer is in.
        seconds: For how long.

    Raises:
        WrkError: wrk failed.
    """
    return finish(start(job, connections, seconds))


def start(job: Job, connections: int, seconds: float) -> "subprocess.Popen[str]":
    """Begins to put load on a server; `finish` waits for the end."""
    command = [find_wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    command += ["-s", str(HERE / "load.lua"), job.url, "--", str(job.file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> Counted:
    """What a run counted."""
    try:
        output, complaints = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0 or "{" not in output:
        raise WrkError(f"wrk ended with {process.returncode}: {complaints.strip() or output.strip()}")
    found = json.loads(output.strip().splitlines()[-1])
    return Counted(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        bytes_each=found["bytes"] / max(found["requests"], 1),
        faults=found["errors"] + found["failed"],
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
    )


def _write(port: int, path: str, token: str, content: dict[str, Any]) -> Job:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    table = _lua({"path": path, "headers": headers, **content})
    file = WORK / f"load-{port}.lua"
    file.write_text(f"return {table}\n", "utf-8")
    return Job(f"http://127.0.0.1:{port}{path}", file)


def _lua(value: Any) -> str:  # noqa: ANN401 - texts, numbers, lists and tables of them
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{_lua(key)}] = {_lua(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(_lua, value)) + "}"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
