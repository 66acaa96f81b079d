"""The container file against the tree, instruction by instruction: where the tests run, no engine could build it."""

import fnmatch
import re
import shlex
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from clientela.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
# What a stage has from its base or makes itself, before anything of ours.
OF_THE_BASE = {"python", "useradd"}


class Instruction(NamedTuple):
    """One instruction; its stage is counted from 0."""

    stage: int
    word: str
    rest: str


def instructions() -> list[Instruction]:
    text = (ROOT / "deploy" / "Containerfile").read_text()
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    found, stage = [], -1
    for line in filter(None, map(str.strip, lines)):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Instruction(stage, word, rest.strip()))
    return found


def of(word: str, stage: int | None = None) -> list[str]:
    return [one.rest for one in instructions() if one.word == word and stage in (None, one.stage)]


def commands(stage: int) -> list[list[str]]:
    return [shlex.split(part) for run in of("RUN", stage) for part in run.split("&&")]


def in_context(path: str) -> bool:
    """Whether a file of the tree is sent to the build."""
    for rule in (ROOT / ".dockerignore").read_text().split():
        for part in (Path(path), *Path(path).parents):
            name, pattern = (part.name, rule[3:]) if rule.startswith("**/") else (str(part), rule)
            if fnmatch.fnmatch(name, pattern):
                return False
    return True


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in of("ENV", 1) for pair in shlex.split(line))


def test_each_instruction_is_known_and_each_base_has_a_tag():
    assert {one.word for one in instructions()} <= KNOWN
    bases = [base.split()[0] for base in of("FROM")]
    assert len(set(bases)) == 1, "the environment is copied between stages, so that both must have one Python"
    version = re.fullmatch(r"[\w./]+/python:(\d+\.\d+)[\w.-]*", bases[0])
    assert version is not None
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert tuple(map(int, version[1].split("."))) >= tuple(map(int, asked.removeprefix(">=").split(".")))


def test_what_is_copied_between_stages_was_made_there():
    names = {base.split()[2]: stage for stage, base in enumerate(of("FROM")) if " AS " in base}
    for copy in of("COPY"):
        words = copy.split()
        if words[0].startswith("--from="):
            stage = names[words[0].removeprefix("--from=")]
            made = [command[-1] for command in commands(stage) if command[:3] == ["python", "-m", "venv"]]
            assert words[1] in made
            # Its commands name the Python beside them by its whole path.
            assert words[1] == words[2]
        else:
            assert all((ROOT / source).exists() for source in words[:-1])


def test_every_file_that_a_command_names_is_in_the_tree_and_sent_to_the_build():
    named = [word for command in commands(0) for word in command if re.search(r"\.(py|lock|toml)$", word)]
    assert set(named) == {"graphiql/build.py", "requirements.lock"}
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    ours = [file for room in packages["packages"] for kind in ("*.py", "*.json") for file in (ROOT / room).rglob(kind)]
    needed = [str(file.relative_to(ROOT)) for file in ours if "graphiql" not in file.parts]
    assert len(needed) > 200
    for file in [*named, "graphiql/package.json", "pyproject.toml", "README.md", "LICENSE", *needed]:
        assert (ROOT / file).exists(), file
        assert in_context(file), file


@pytest.mark.parametrize("secret", [".env", "deploy/.env", ".git", ".clientela/clientela.sqlite3", ".venv/bin/python"])
def test_secrets_and_what_was_made_here_are_not_sent_to_the_build(secret: str):
    assert not in_context(secret)


def test_commands_are_those_of_the_base_or_of_an_environment_that_was_made_before():
    for stage in (0, 1):
        made: list[str] = []
        for command in commands(stage):
            program = command[0]
            assert program in OF_THE_BASE or any(program in (f"{one}/bin/pip", f"{one}/bin/python") for one in made)
            if command[1:3] == ["-m", "venv"]:
                made.append(command[3])


def test_the_build_backend_is_the_projects_own():
    (pinned,) = {word for command in commands(0) for word in command if word.startswith("hatchling=")}
    assert pinned in tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]


def test_the_wheel_that_is_installed_is_what_the_build_leaves():
    (wheel,) = (word for command in commands(0) for word in command if word.endswith(".whl"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert fnmatch.fnmatch(f"dist/{project['name']}-{project['version']}-py3-none-any.whl", wheel)


def test_what_runs_is_our_command_as_nobody_in_particular():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (entry,), (arguments,) = of("ENTRYPOINT", 1), of("CMD", 1)
    assert entry == '["clientela"]'
    assert "clientela" in project["scripts"]
    assert arguments == '["serve"]'
    assert environment()["PATH"].split(":")[0] == "/opt/clientela/bin"
    (user,) = of("USER", 1)
    (made,) = [command for command in commands(1) if command[0] == "useradd"]
    assert int(user) > 0
    assert made[made.index("--uid") + 1] == user
    words = [one.word for one in instructions() if one.stage == 1]
    assert "RUN" not in words[words.index("USER") :]


def test_its_settings_are_sound_and_its_port_is_the_one_that_is_served():
    given = {
        name.removeprefix("CLIENTELA_").lower(): value for name, value in environment().items() if "CLIENTELA_" in name
    }
    settings = Settings(_env_file=None, **given)
    assert [str(settings.port)] == of("EXPOSE", 1)
    # The file system is read-only but for /tmp (deploy/compose.yaml).
    assert settings.data_dir.is_relative_to("/tmp")
    assert of("STOPSIGNAL", 1) == ["SIGTERM"]
