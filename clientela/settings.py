"""What a deployment can set. The only reader of the environment; a wrong value stops the start by name and rule."""

import re
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_core import from_json, to_json
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from clientela.limit_settings import LimitSettings
from policy.vocabulary import Cloud

SIGNING_ALGORITHMS = frozenset(
    {"RS256", "PS256", "ES256", "EdDSA", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"}
)
SHORTEST_SECRET = 32
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?|https?://\[[0-9a-f:]+\](:[0-9]+)?")
PersistedMode = Literal["off", "allowed", "required"]
StatusEdition = Literal["compatible", "draft"]
DRIVERS = {
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}


class SmtpSecurity(StrEnum):
    """How the connection to the relay is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"

    @property
    def port(self) -> int:
        """The port where servers usually speak it."""
        return {"starttls": 587, "tls": 465, "none": 25}[self.value]


class IssuerSettings(BaseModel):
    """One trusted OpenID Connect issuer. The issuer decides the cloud: a token cannot claim another."""

    url: str = Field(
        description="The `iss` claim to the letter; `{tid}` stands for the token's tenant id, as Entra ID writes it."
    )
    audience: str = Field(description="The `aud` claim that tokens for this server carry.")
    cloud: Cloud = Field(default=Cloud.GLOBAL, description="The cloud whose tenants this issuer signs in.")
    jwks_url: str | None = Field(
        default=None, description="Where the keys are; found through the issuer's discovery document when left out."
    )
    algorithms: list[str] = Field(default=["RS256"], description="Signature algorithms that are accepted.")
    client_id: str | None = Field(
        default=None,
        description="The public client that the pages for invited customers and resellers sign people in with, by "
        "authorization code and PKCE; its redirect addresses are those pages. Without one they have no sign-in by this "
        "issuer.",
    )
    authorization_url: str | None = Field(default=None, description="Where people sign in; with `client_id`.")
    token_url: str | None = Field(default=None, description="Where codes become tokens; with `client_id`.")
    scope: str = Field(default="openid", description="What sign-in asks for, so that tokens are for the `audience`.")

    @field_validator("cloud", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("algorithms")
    @classmethod
    def _asymmetric_only(cls, value: list[str]) -> list[str]:
        # HMAC with an issuer's public key as the secret is the classic forgery; it must not be configurable.
        if not value or not set(value) <= SIGNING_ALGORITHMS:
            raise ValueError(f"list one or more of {', '.join(sorted(SIGNING_ALGORITHMS))}")
        return value

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Self:
        if self.client_id is not None and not (self.authorization_url and self.token_url):
            raise ValueError("name `authorization_url` and `token_url` with `client_id`; the page needs all three")
        return self

    @model_validator(mode="after")
    def _keys_can_be_found(self) -> Self:
        # A tenant's discovery document would be asked for at the word of a token that nobody has checked yet.
        if "{tid}" in self.url and self.jwks_url is None:
            raise ValueError("name `jwks_url` where `url` holds {tid}; the keys are looked for once, not a tenant")
        return self


class Settings(LimitSettings):
    """Settings, from the environment (prefix `CLIENTELA_`) or a `.env` file; the environment wins."""

    model_config = SettingsConfigDict(
        env_prefix="CLIENTELA_", env_file=".env", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        default=None,
        description="The address under which clients reach the server, for links; from host and port when left out.",
    )
    data_dir: Path = Field(
        default=Path(".clientela"), description="Folder of the embedded database and of development keys."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="`postgresql://user@host/name` (15 or newer) or `sqlite:///file`; the embedded file if empty.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=1000, description="Connections to PostgreSQL that a process keeps for requests."
    )
    database_pooler: Literal["transaction"] | None = Field(
        default=None,
        description="`transaction` behind PgBouncer or another pooler that lends connections for one transaction each: "
        "nothing stays prepared, and other processes' changes of roles are seen within a second, not at once.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 characters; signs links. Development mode makes and keeps its own.",
    )
    former_secret_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default=[],
        description='Keys that links of invitations were made with before, as a JSON list: `["…"]`; they stay good.',
    )
    customer_page: str = Field(
        default="/invitation",
        description="Page behind links to invited customers; a path here, or an address of your own front end.",
    )
    reseller_page: str = Field(
        default="/partnership",
        description="Page behind links to invited resellers; a path here, or an address of your own front end.",
    )
    invitation_days: int = Field(
        default=90, ge=0, le=3650, description="How long invitations stay open; 0 keeps them open for ever."
    )
    development: bool = Field(
        default=False,
        description="Development mode: its own issuer, the people of the demo world. Loopback addresses only.",
    )
    issuers: Annotated[list[IssuerSettings], NoDecode] = Field(
        default=[], description='Trusted issuers as a JSON list: `[{"url": "…", "audience": "…", "cloud": "global"}]`.'
    )
    clock_leeway_seconds: int = Field(
        default=30, ge=0, le=300, description="How far a token's times may be off from this machine's clock."
    )
    jwks_cache_seconds: int = Field(
        default=600, ge=5, le=86400, description="How long an issuer's keys are kept before they are fetched again."
    )
    max_body_bytes: int = Field(
        default=1_048_576, ge=1024, le=64 * 1_048_576, description="The largest request body that is read."
    )
    compress_from_bytes: int = Field(
        default=4096,
        ge=0,
        le=64 * 1_048_576,
        description="The smallest answer that is compressed, for clients that ask for gzip; 0 leaves it to a proxy.",
    )
    cors_origins: Annotated[list[str], NoDecode] = Field(
        default=[],
        description='Origins whose pages may call the API from a browser, as a JSON list: `["https://app.example.com"]`.',
    )
    persisted_documents: PersistedMode = Field(
        default="off",
        description="Documents that clients name by `documentId`, registered by `clientela documents register`: `off`, "
        "`allowed`, or `required`, which runs nothing else.",
    )
    status_codes: StatusEdition = Field(
        default="compatible",
        description="HTTP statuses of GraphQL answers. `compatible`: 400 for a document at fault, 200 where the client "
        "takes `application/json` only. `draft`: the newest text of GraphQL over HTTP: 422, 294, never that 200.",
    )
    smtp_host: str | None = Field(
        default=None, description="The relay that takes mail; without one, no mail is sent and drafts are for people."
    )
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="The relay's port; the usual one of `SMTP_SECURITY` when left out."
    )
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS,
        description="`starttls` (port 587), `tls` (465) or `none` (25), which sends everything readable to anybody.",
    )
    smtp_username: str | None = Field(default=None, description="Whom the relay knows this server as.")
    smtp_password: SecretStr | None = Field(default=None, description="The password to the user name.")
    mail_from: str | None = Field(
        default=None,
        description="The address that mail comes from, e.g. `no-reply@example.com`; required with a relay.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Server processes that share the port; with SQLite they read side by side and write in turns.",
    )
    shutdown_seconds: int = Field(
        default=10,
        ge=1,
        le=600,
        description="How long requests that run may take to finish once the server is told to stop; then they are "
        "rolled back.",
    )
    drain_seconds: int = Field(
        default=0,
        ge=0,
        le=300,
        description="How long before that the server still accepts connections while `/readyz` says 503, for a load "
        "balancer that goes by nothing else.",
    )
    ready_outbox_seconds: int = Field(
        default=900,
        ge=10,
        le=86_400,
        description="How long mail that is due may lie in the outbox before `/readyz` says 503.",
    )
    request_log: bool = Field(
        default=True,
        description="A line of the log for each request to `/graphql`: operation, pseudonym of the caller, way, "
        "milliseconds, status, codes, correlation id. At level `INFO`.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port for Prometheus, apart from the one for clients; no metrics are kept without one.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address of that port; it asks nobody who they are, so keep it inside."
    )
    traces_url: str | None = Field(
        default=None,
        description="Where a collector takes OpenTelemetry traces by OTLP over HTTP, e.g. "
        "`http://127.0.0.1:4318/v1/traces`; no traces are made without one. Needs the extra `tracing`.",
    )
    traces_share: float = Field(
        default=1, ge=0, le=1, description="Which part of requests is traced where the caller does not say."
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="The least level logged."
    )

    @field_validator("issuers", "former_secret_keys", "cors_origins", mode="before")
    @classmethod
    def _json_list(cls, value: object) -> object:
        return from_json(value) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _one_of_two_databases(cls, value: SecretStr | None) -> SecretStr | None:
        if not value:
            return None
        rule = "write `postgresql://user@host/name` or `sqlite:///file`; no other database is supported"
        try:
            known = make_url(value.get_secret_value()).drivername in DRIVERS
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError(rule)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            return validate_email(value, check_deliverability=False).ascii_email or value
        except EmailNotValidError as error:
            raise ValueError("write a plain e-mail address, e.g. no-reply@example.com") from error

    @field_validator("secret_key", "former_secret_keys")
    @classmethod
    def _long_enough(cls, value: SecretStr | list[SecretStr] | None) -> SecretStr | list[SecretStr] | None:
        keys = value if isinstance(value, list) else [] if value is None else [value]
        if any(len(key.get_secret_value()) < SHORTEST_SECRET for key in keys):
            raise ValueError(f"write at least {SHORTEST_SECRET} characters, e.g. what `openssl rand -base64 48` prints")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        if not all(ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError(
                "write each as a browser sends it, e.g. https://app.example.com: no path, no capitals, no *"
            )
        return value

    @field_validator("customer_page", "reseller_page")
    @classmethod
    def _path_or_address(cls, value: str) -> str:
        if not value.startswith(("/", "https://", "http://")) or "?" in value or "#" in value:
            raise ValueError("write a path like /invitation, or an address like https://example.com/invitation")
        return value

    @model_validator(mode="after")
    def _pages_differ(self) -> Self:
        if self.customer_page == self.reseller_page and self.customer_page.startswith("/"):
            raise ValueError(
                f"customers and resellers are invited to different pages, and both are {self.customer_page}; "
                f"give CLIENTELA_CUSTOMER_PAGE or CLIENTELA_RESELLER_PAGE another path"
            )
        return self

    @model_validator(mode="after")
    def _development_stays_at_home(self) -> Self:
        if self.development and not is_loopback(self.host):
            raise ValueError(
                f"development mode signs anybody in as anybody and so listens on loopback addresses only; "
                f"host is {self.host}. Set CLIENTELA_HOST=127.0.0.1, or leave development mode and configure issuers"
            )
        return self

    @model_validator(mode="after")
    def _relay_is_whole(self) -> Self:
        if self.smtp_host and not self.mail_from:
            raise ValueError("set CLIENTELA_MAIL_FROM with CLIENTELA_SMTP_HOST: mail has to come from somewhere")
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("set both CLIENTELA_SMTP_USERNAME and CLIENTELA_SMTP_PASSWORD, or neither")
        if self.smtp_username is not None and self.smtp_security is SmtpSecurity.NONE:
            raise ValueError(
                "CLIENTELA_SMTP_PASSWORD would be sent readable; set CLIENTELA_SMTP_SECURITY to starttls or tls"
            )
        return self

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Every setting and its value, by the name that the environment knows it by; secrets are hidden."""
        shown = self.model_dump(mode="json")
        prefix = self.model_config["env_prefix"]
        return [
            (f"{prefix}{name.upper()}", value if isinstance(value, str) else to_json(value).decode())
            for name, value in shown.items()
        ]

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL with the asynchronous driver that we use."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'clientela.sqlite3'}"
        scheme, _, rest = self.database_url.get_secret_value().partition("://")
        return f"{DRIVERS[scheme]}://{rest}"

    @property
    def base_url(self) -> str:
        """The address that links start with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
