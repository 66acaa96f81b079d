"""The command `clientela`: what it prints, how it ends, and that a fault a person can mend takes a line or two."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from clientela.cli.main import main
from clientela.explorer import is_built
from clientela.limit_settings import LimitSettings
from clientela.migration import newest_revision
from clientela.settings import IssuerSettings, Settings
from schema.build import build_schema

SECRET = "s" * 40
ISSUERS = json.dumps([{"url": "https://login.example", "audience": "api://clientela"}])


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Its one line, or two, about a fault that a person can mend."""
        assert self.status in (1, 2)
        assert "Traceback" not in self.err
        assert 1 <= self.err.count("\n") <= 2, self.err
        return self.err


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a folder of its own; a process for each would take the suite a minute."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLIENTELA_")]:
        monkeypatch.delenv(name)

    def run_command(*words: str, **settings: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["clientela", *words])
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(f"CLIENTELA_{name}", value)
            with pytest.raises(SystemExit) as ended:
                main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run_command


def test_token_prints_a_token_and_nothing_else(run: Run):
    done = run("token", "--as", "sales-agent@contoso")
    assert (done.status, done.err) == (0, "")
    token = done.out.removesuffix("\n")
    assert token.count(".") == 2
    assert not set(token) & set(" \n\t")


@pytest.mark.parametrize("name", ["nobody@contoso", "sales-agent", "customer-admin@no-such-domain", ""])
def test_a_token_for_nobody_is_refused_in_one_line(run: Run, name: str):
    run("migrate")
    done = run("token", "--as", name)
    assert "token --help" in done.told
    assert done.out == ""


def test_a_token_before_there_is_a_database_says_what_to_do(run: Run):
    assert "doctor" in run("token", "--as", "customer-admin@alpineskihouse").told


def test_schema_prints_the_schema_and_nothing_else(run: Run):
    assert run("schema") == (0, build_schema().as_str() + "\n", "")


def test_migrate_up_and_down(run: Run):
    for words, told in ((["head"], newest_revision()), (["base"], "base"), ([], newest_revision())):
        assert run("migrate", *words) == (0, f"The database is at revision {told}.\n", "")


def test_migrating_to_nowhere_is_told_in_one_line(run: Run):
    assert "9999" in run("migrate", "9999").told


def test_seed_shows_how_far_it_is(run: Run):
    done = run("seed", "--customers", "50", "--partners", "2")
    assert done.status == 0
    assert "50/50" in done.out
    assert run("token", "--as", "sales-agent@seed-002").status == 0


@pytest.mark.parametrize("customers", ["0", "-1", "many", "1.5"])
def test_seed_refuses_a_number_that_is_none(run: Run, tmp_path: Path, customers: str):
    done = run("seed", "--customers", customers)
    assert done.status == 2
    assert "--customers" in done.err
    assert list(tmp_path.iterdir()) == []


def test_doctor_on_a_fresh_folder_says_what_is_missing(run: Run):
    done = run("doctor")
    assert (done.status, done.err) == (1, "")
    told = "\n".join(line for line in done.out.splitlines() if line.startswith("FAULT"))
    for part in ("CLIENTELA_SECRET_KEY", "CLIENTELA_ISSUERS", "clientela migrate"):
        assert part in told
    assert "ok    package names" in done.out


def test_doctor_lists_every_setting_with_its_value_and_no_secret(run: Run):
    """Whichever class it is declared in: those of the environment, the limits among them, and of each issuer."""
    given = {"SECRET_KEY": SECRET, "ISSUERS": ISSUERS, "DRAIN_SECONDS": "7", "MAX_DEPTH": "11", "REQUEST_LOG": "false"}
    given |= {"REDIS_URL": "redis://:hunter2@127.0.0.1:1/0", "SMTP_USERNAME": "relay", "SMTP_PASSWORD": "hunter2"}
    given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1", "MAIL_FROM": "no-reply@example.com"}
    out = run("doctor", **given).out
    lines = dict(line.strip().split(" = ", 1) for line in out.splitlines() if line.startswith(" "))
    assert set(lines) == {f"CLIENTELA_{name.upper()}" for name in Settings.model_fields}
    assert {*LimitSettings.model_fields} < {*Settings.model_fields}
    for name in ("DRAIN_SECONDS", "MAX_DEPTH", "REQUEST_LOG", "MAIL_FROM", "SMTP_USERNAME"):
        assert lines[f"CLIENTELA_{name}"] == given[name]
    assert lines["CLIENTELA_STREAM_PING_SECONDS"] == str(LimitSettings.model_fields["stream_ping_seconds"].default)
    assert set(json.loads(lines["CLIENTELA_ISSUERS"])[0]) == {*IssuerSettings.model_fields}
    assert "hunter2" not in out
    assert SECRET not in out


def test_doctor_is_content_with_what_is_ready(run: Run):
    run("migrate")
    done = run("doctor", SECRET_KEY=SECRET, ISSUERS=ISSUERS)
    faults = [line for line in done.out.splitlines() if line.startswith("FAULT")]
    assert (len(faults), done.status) == ((0, 0) if is_built() else (1, 1)), done.out
    assert "ok    migrations" in done.out


def test_doctor_names_a_database_that_is_behind(run: Run):
    run("migrate")
    run("migrate", "base")
    assert "FAULT migrations: at revision base" in run("doctor").out


def test_doctor_names_a_mail_relay_that_does_not_answer(run: Run):
    done = run("doctor", SMTP_HOST="127.0.0.1", SMTP_PORT="1", MAIL_FROM="no-reply@example.com")
    (fault,) = (line for line in done.out.splitlines() if "mail relay (127.0.0.1)" in line)
    assert fault.startswith("FAULT")
    assert "CLIENTELA_SMTP_HOST" in fault


def test_doctor_names_a_database_that_does_not_answer(run: Run):
    done = run("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.status == 1
    (fault,) = (line for line in done.out.splitlines() if "database (postgresql)" in line)
    assert fault.startswith("FAULT")
    assert "CLIENTELA_DATABASE_URL" in fault


@pytest.mark.parametrize("word", ["doctor", "migrate"])
@pytest.mark.parametrize(
    "url", ["mysql://root@127.0.0.1/none", "nonsense", "postgresql://nobody@127.0.0.1:http/none", "oracle+x://y"]
)
def test_a_url_of_no_database_of_ours_is_refused_by_name_and_rule(run: Run, word: str, url: str):
    told = run(word, DATABASE_URL=url).told
    assert told.startswith("CLIENTELA_DATABASE_URL: write `postgresql://")
    assert url not in told


@pytest.mark.parametrize("word", ["doctor", "migrate"])
def test_a_file_in_no_folder(run: Run, word: str):
    assert "there is no folder /no/such" in run(word, DATABASE_URL="sqlite:////no/such/file").told


def test_an_empty_url_means_the_embedded_file(run: Run, tmp_path: Path):
    assert run("migrate", DATABASE_URL="", DATA_DIR=str(tmp_path / "own")).status == 0
    assert (tmp_path / "own" / "clientela.sqlite3").exists()


def test_an_option_wins_over_the_environment(run: Run, tmp_path: Path):
    assert run("migrate", "--data-dir", str(tmp_path / "one"), DATA_DIR=str(tmp_path / "two")).status == 0
    assert [folder.name for folder in tmp_path.iterdir()] == ["one"]


def test_a_setting_in_a_file_counts(run: Run, tmp_path: Path):
    (tmp_path / ".env").write_text("CLIENTELA_LOG_LEVEL=LOUD\n")
    assert run("doctor").told.startswith("CLIENTELA_LOG_LEVEL: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("verify-account", "nobody.onmicrosoft.com", "--status", "approved"), "No customer has the domain"),
        (("verify-account", "nobody.onmicrosoft.com", "--status", "maybe"), "write one of not-started, in-review"),
        (("decide-vetting", "nobody.onmicrosoft.com"), "No customer has the domain"),
        (("decide-vetting", "nobody.onmicrosoft.com", "--deny", "mood"), "write one of not-education"),
        (("add-validation-code", "nobody.onmicrosoft.com", "X", "--organization", "Y"), "No partner has the domain"),
    ],
)
def test_what_an_operator_cannot_decide_is_said_in_a_line(run: Run, words: tuple[str, ...], told: str):
    assert run("migrate").status == 0
    done = run(*words)
    assert done.status == 1
    assert told in done.told
