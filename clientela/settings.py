"""What a deployment can set. The only reader of the environment; a wrong value stops the start by name and rule."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_core import from_json
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from policy.vocabulary import Cloud

SIGNING_ALGORITHMS = frozenset(
    {"RS256", "PS256", "ES256", "EdDSA", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"}
)
SHORTEST_SECRET = 32
DRIVERS = {
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}


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
    def _keys_can_be_found(self) -> Self:
        # A tenant's discovery document would be asked for at the word of a token that nobody has checked yet.
        if "{tid}" in self.url and self.jwks_url is None:
            raise ValueError("name `jwks_url` where `url` holds {tid}; the keys are looked for once, not a tenant")
        return self


class Settings(BaseSettings):
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
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="The least level logged."
    )

    @field_validator("issuers", "former_secret_keys", mode="before")
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

    @field_validator("secret_key", "former_secret_keys")
    @classmethod
    def _long_enough(cls, value: SecretStr | list[SecretStr] | None) -> SecretStr | list[SecretStr] | None:
        keys = value if isinstance(value, list) else [] if value is None else [value]
        if any(len(key.get_secret_value()) < SHORTEST_SECRET for key in keys):
            raise ValueError(f"write at least {SHORTEST_SECRET} characters, e.g. what `openssl rand -base64 48` prints")
        return value

    @field_validator("customer_page", "reseller_page")
    @classmethod
    def _path_or_address(cls, value: str) -> str:
        if not value.startswith(("/", "https://", "http://")) or "?" in value or "#" in value:
            raise ValueError("write a path like /invitation, or an address like https://example.com/invitation")
        return value

    @model_validator(mode="after")
    def _development_stays_at_home(self) -> Self:
        if self.development and not is_loopback(self.host):
            raise ValueError(
                f"development mode signs anybody in as anybody and so listens on loopback addresses only; "
                f"host is {self.host}. Set CLIENTELA_HOST=127.0.0.1, or leave development mode and configure issuers"
            )
        return self

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
