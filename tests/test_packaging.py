"""What a deployment installs: the wheel, the editable project, and the locks that both stand on."""

import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from clientela.migration import newest_revision

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
ROOMS = ("clientela", "schema", "execution", "resolvers", "policy", "models", "migrations")
PACKAGE_DATA = {
    "policy/policy.json",
    "resolvers/countries/countries.json",
    "clientela/demo/companies.json",
    "migrations/versions/0001_first_tables.py",
    "clientela/static/graphiql/index.html",
    "clientela/static/invitation/page.js",
    "clientela/static/invitation/reseller.html",
}


def build(target: str, folder: Path) -> Path:
    """Builds as `make wheel` does, into a folder of the test's own."""
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder), cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def run(*command: str, cwd: Path) -> str:
    outcome = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def install(wheel: Path, folder: Path) -> Path:
    """A fresh environment with the wheel in it, and our dependencies in reach; asks no registry."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel), cwd=folder)
    # The path alone: this environment's own editable install of us hangs on a .pth file, which is not followed there.
    site = run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    Path(site, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel:standard", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_our_rooms_and_their_data_and_nothing_else(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= PACKAGE_DATA
    assert {name.partition("/")[0] for name in names} == {*ROOMS, "clientela-0.1.0.dist-info"}
    assert "clientela-0.1.0.dist-info/licenses/LICENSE" in names
    assert [name for name in names if re.search(r"assets/.+\.js\.gz$", name)], (
        "the explorer is not built: make explorer"
    )
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3"))]


@pytest.mark.parametrize("target", ["wheel:standard", "wheel:editable"])
def test_the_installed_command_runs_on_our_own_packages(target: str, tmp_path: Path, wheel: Path):
    """A package named `schema` on PyPI would replace ours silently; the command would notice."""
    built = wheel if target == "wheel:standard" else build(target, tmp_path / "dist")
    commands = install(built, tmp_path / "environment")
    assert "type Customer implements Node" in run(str(commands / "clientela"), "schema", cwd=tmp_path)
    show = f"import {', '.join(ROOMS)}\nfor room in ({', '.join(ROOMS)}): print(room.__file__)"
    origins = {Path(line).parent.parent for line in run(str(commands / "python"), "-c", show, cwd=tmp_path).split()}
    (origin,) = origins
    assert (origin == ROOT) == (target == "wheel:editable")
    data = ("--data-dir", str(tmp_path / "data"))
    assert f"revision {newest_revision()}" in run(str(commands / "clientela"), "migrate", *data, cwd=tmp_path)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_hashes_and_names_no_place(lock: str):
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|file:|^\s*-|/home/|/root/|/tmp/", text.replace("    --hash=sha256:", ""), re.MULTILINE)
    entries = re.findall(r"^\S.*?(?:\\\n.*?)*$", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), re.MULTILINE)
    assert len(entries) > 40
    for entry in entries:
        assert re.match(
            r"[a-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+$", entry
        ), entry


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_the_locks_hold_what_the_project_asks_for_and_agree():
    """Whoever adds a dependency runs `make lock`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"]
    runtime, everything = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert everything.items() >= runtime.items()
    backend = project["build-system"]["requires"]
    for lock, texts in ((runtime, wanted), (everything, [*wanted, *project["dependency-groups"]["dev"], *backend])):
        for requirement in map(Requirement, texts):
            assert lock.get(canonicalize_name(requirement.name)) in requirement.specifier, requirement.name
