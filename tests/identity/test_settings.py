"""A wrong setting stops the start: one line that names it and the rule (conventions.md, Identity)."""

import json
from pathlib import Path

import pytest

from clientela.cli.settings import load_settings
from policy.vocabulary import Cloud

ISSUER = {"url": "https://login.example", "audience": "api://clientela"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` file and no variable of this machine's."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT", "DATABASE_URL", "SECRET_KEY", "ISSUERS", "DEVELOPMENT", "DATA_DIR"):
        monkeypatch.delenv(f"CLIENTELA_{name}", raising=False)


WRONG = {
    "HMAC among the algorithms": (
        "ISSUERS",
        [{**ISSUER, "algorithms": ["RS256", "HS256"]}],
        "ISSUERS__0__ALGORITHMS: list",
    ),
    "the algorithm none": ("ISSUERS", [{**ISSUER, "algorithms": ["none"]}], "ISSUERS__0__ALGORITHMS: list"),
    "no algorithm": ("ISSUERS", [{**ISSUER, "algorithms": []}], "ISSUERS__0__ALGORITHMS: list"),
    "an issuer without an audience": ("ISSUERS", [{"url": "https://login.example"}], "ISSUERS__0__AUDIENCE: "),
    "an issuer of no cloud": ("ISSUERS", [{**ISSUER, "cloud": "mars"}], "ISSUERS__0__CLOUD: "),
    "keys of no tenant": ("ISSUERS", [{**ISSUER, "url": "https://login.example/{tid}"}], "ISSUERS__0: name `jwks_url`"),
    "a client without its addresses": (
        "ISSUERS",
        [{**ISSUER, "client_id": "page"}],
        "ISSUERS__0: name `authorization_url`",
    ),
    "issuers that are no JSON": ("ISSUERS", "https://login.example", "ISSUERS: "),
    "a short secret": ("SECRET_KEY", "too-short", "SECRET_KEY: write at least 32 characters"),
    "a port too high": ("PORT", "65536", "PORT: "),
    "a port below zero": ("PORT", "-1", "PORT: "),
    "a port that is no number": ("PORT", "http", "PORT: "),
    "a body of no size": ("MAX_BODY_BYTES", "0", "MAX_BODY_BYTES: "),
    "a leeway of hours": ("CLOCK_LEEWAY_SECONDS", "7200", "CLOCK_LEEWAY_SECONDS: "),
    "a log level of no name": ("LOG_LEVEL", "LOUD", "LOG_LEVEL: "),
}


@pytest.mark.parametrize(("name", "value", "line"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_refused_by_name_and_rule(
    name: str, value: object, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(f"CLIENTELA_{name}", value if isinstance(value, str) else json.dumps(value))
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told.startswith(f"CLIENTELA_{line}")
    assert (told.count("\n"), "Traceback" in told) == (1, False)


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CLIENTELA_PORT", "http")
    monkeypatch.setenv("CLIENTELA_SECRET_KEY", "too-short")
    with pytest.raises(SystemExit):
        load_settings()
    names = [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert names == ["CLIENTELA_PORT", "CLIENTELA_SECRET_KEY"]


def test_a_refused_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CLIENTELA_SECRET_KEY", "p4ssw0rd")
    with pytest.raises(SystemExit):
        load_settings()
    assert "p4ssw0rd" not in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "clientela.example", ""])
def test_development_mode_stays_on_loopback_addresses(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CLIENTELA_HOST", host)
    with pytest.raises(SystemExit):
        load_settings(development=True)
    assert "development mode signs anybody in as anybody" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_development_mode_runs_on_a_loopback_address(host: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLIENTELA_HOST", host)
    assert load_settings(development=True).development


def test_issuers_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    entries = [{**ISSUER, "cloud": "US_GOV", "algorithms": ["ES256"]}, {**ISSUER, "jwks_url": "https://keys.example"}]
    monkeypatch.setenv("CLIENTELA_ISSUERS", json.dumps(entries))
    first, second = load_settings().issuers
    assert (first.cloud, first.algorithms, first.jwks_url) == (Cloud.US_GOV, ["ES256"], None)
    assert (second.cloud, second.algorithms, second.jwks_url) == (Cloud.GLOBAL, ["RS256"], "https://keys.example")


def test_a_file_sets_what_the_environment_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text("CLIENTELA_PORT=8001\nCLIENTELA_LOG_LEVEL=ERROR\n")
    monkeypatch.setenv("CLIENTELA_PORT", "8002")
    settings = load_settings()
    assert (settings.port, settings.log_level) == (8002, "ERROR")


def test_nobody_signs_in_by_accident():
    settings = load_settings()
    assert (settings.development, settings.issuers, settings.host) == (False, [], "127.0.0.1")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SMTP_HOST": "smtp.example"}, "CLIENTELA_MAIL_FROM"),
        ({"SMTP_USERNAME": "clientela"}, "CLIENTELA_SMTP_PASSWORD"),
        ({"SMTP_PASSWORD": "p4ssw0rd"}, "CLIENTELA_SMTP_USERNAME"),
        ({"SMTP_USERNAME": "a", "SMTP_PASSWORD": "p4ssw0rd", "SMTP_SECURITY": "none"}, "CLIENTELA_SMTP_SECURITY"),
        ({"MAIL_FROM": "Contoso <no-reply@contoso.com>"}, "CLIENTELA_MAIL_FROM: write a plain e-mail address"),
        ({"MAIL_FROM": "contoso"}, "CLIENTELA_MAIL_FROM: write a plain e-mail address"),
        ({"SMTP_PORT": "0"}, "CLIENTELA_SMTP_PORT"),
        ({"SMTP_SECURITY": "ssl"}, "CLIENTELA_SMTP_SECURITY"),
    ],
)
def test_half_a_mail_relay_is_named(
    settings: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in settings.items():
        monkeypatch.setenv(f"CLIENTELA_{name}", value)
    with pytest.raises(SystemExit):
        load_settings()
    err = capsys.readouterr().err
    assert told in err
    assert "p4ssw0rd" not in err
