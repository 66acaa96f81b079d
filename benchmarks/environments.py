"""The peers' own environments: pip's in benchmarks/.venv, npm's in benchmarks/peers/node_modules, made when missing."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.places import HERE, NODE_MODULES, PEERS, VENV

LOCK = HERE / "requirements.lock"
NODE = NODE_MODULES / ".bin" / "node"


class EnvironmentMissingError(Exception):
    """Something that a peer needs cannot be had; the message says what."""


def python_environment() -> Path:
    """The Python of the peers' environment, installed first where the lock is another than the last time.

    Raises:
        EnvironmentMissingError: pip failed.
    """
    python = VENV / "bin" / "python"
    stamp = VENV / "lock.sha256"
    if not _is_of(stamp, LOCK):
        sys.stderr.write("installing the Python peers into benchmarks/.venv\n")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], HERE)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
        _run([str(python), *install, str(LOCK)], HERE)
        stamp.write_text(_digest(LOCK), "utf-8")
    return python


def node_environment() -> Path:
    """The Node.js of the peers, installed first with them where the lock is another than the last time.

    Raises:
        EnvironmentMissingError: There is no npm, or it failed.
    """
    lock, stamp = PEERS / "package-lock.json", NODE_MODULES / "lock.sha256"
    if not _is_of(stamp, lock):
        npm = shutil.which("npm")
        if npm is None:
            raise EnvironmentMissingError("PostGraphile and Mercurius need npm, which is not installed.")
        sys.stderr.write("installing the peers on Node.js into benchmarks/peers/node_modules\n")
        _run([npm, "ci", "--no-audit", "--no-fund"], PEERS)
        stamp.write_text(_digest(lock), "utf-8")
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=False).stdout
    if not re.match(r"v(2[2-9]|[3-9]\d)\.", version):
        raise EnvironmentMissingError(f"PostGraphile 5 needs Node.js 22; npm installed {version.strip() or 'none'}.")
    return NODE


def _is_of(stamp: Path, lock: Path) -> bool:
    return stamp.exists() and stamp.read_text("utf-8") == _digest(lock)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _run(command: list[str], cwd: Path) -> None:
    outcome = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        raise EnvironmentMissingError(f"{' '.join(command[:4])} failed:\n{outcome.stdout}{outcome.stderr}"[-2000:])
