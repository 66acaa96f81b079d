"""Where the benchmark keeps what it makes."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
RESULTS = HERE / "results"
WORK = HERE / ".work"
"""Databases, keys, generated load and raw figures; never committed."""

PEERS = HERE / "peers"
VENV = HERE / ".venv"
NODE_MODULES = PEERS / "node_modules"
