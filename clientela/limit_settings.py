"""Settings that are limits: what a client may ask for at most."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic.networks import IPvAnyNetwork
from pydantic_core import from_json
from pydantic_settings import BaseSettings, NoDecode

from execution.database.connection import Patience
from execution.limits import Limits

DOCUMENT = Limits()


class LimitSettings(BaseSettings):
    """The limits, each with a default that clients of note stay below."""

    max_document_characters: int = Field(
        default=DOCUMENT.characters, ge=1_000, le=10_000_000, description="The longest document, in characters."
    )
    max_tokens: int = Field(
        default=DOCUMENT.tokens, ge=500, le=100_000, description="The most tokens of a document: words and signs."
    )
    max_operations: int = Field(
        default=DOCUMENT.operations, ge=1, le=1_000, description="The most operations of a document."
    )
    max_depth: int = Field(
        default=DOCUMENT.depth, ge=3, le=90, description="How deep fields may be nested; introspection needs 15."
    )
    max_introspection_depth: int = Field(
        default=DOCUMENT.introspection_depth,
        ge=0,
        le=10,
        description="Lists within lists below `__schema` and `__type`; tools need 3.",
    )
    max_root_fields: int = Field(
        default=DOCUMENT.root_fields, ge=1, le=1_000, description="The most fields at the root of an operation."
    )
    max_fields: int = Field(
        default=DOCUMENT.fields,
        ge=100,
        le=100_000,
        description="The most fields of a document, those of a fragment counted at each of its uses.",
    )
    max_aliases: int = Field(
        default=DOCUMENT.aliases, ge=0, le=100_000, description="The most aliases of a document, counted like fields."
    )
    max_directives: int = Field(
        default=DOCUMENT.directives, ge=0, le=100_000, description="The most directives, counted like fields."
    )
    max_fragment_spreads: int = Field(
        default=DOCUMENT.fragment_spreads, ge=10, le=100_000, description="The most uses of fragments, likewise."
    )
    max_cost: int = Field(
        default=DOCUMENT.cost,
        ge=3_000,
        le=10**9,
        description="The most that an operation may cost: 1 point an object, 10 more a mutation, times the page sizes.",
    )
    max_batch: int = Field(
        default=0, ge=0, le=100, description="How many operations a request may carry as a list; 0 refuses lists."
    )

    request_seconds: float = Field(
        default=30.0, ge=0.5, le=3600, description="The longest that a request runs; then its statement is cancelled."
    )
    max_header_bytes: int = Field(
        default=65_536,
        ge=4_096,
        le=1_048_576,
        description="The largest head of a request: its address and headers, the bearer token among them.",
    )
    header_seconds: float = Field(
        default=10.0,
        ge=0.5,
        le=3600,
        description="The longest that a head takes to arrive, and that a new connection says nothing.",
    )
    keep_alive_seconds: int = Field(
        default=75,
        ge=1,
        le=3600,
        description="How long a connection stays open between requests. A proxy in front must let go of it sooner.",
    )
    body_seconds: float = Field(
        default=10.0, ge=0.5, le=3600, description="The longest that a request's body takes to arrive."
    )
    statement_seconds: float = Field(
        default=10.0,
        ge=0.1,
        le=3600,
        description="The longest that a statement of a request runs; then it is cancelled.",
    )
    lock_seconds: float = Field(
        default=5.0, ge=0.1, le=3600, description="The longest that it waits for somebody else's lock, in PostgreSQL."
    )
    idle_transaction_seconds: float = Field(
        default=30.0, ge=1, le=3600, description="The longest pause within a transaction, in PostgreSQL."
    )
    queue_length: int = Field(
        default=1_000, ge=0, le=100_000, description="The most requests that wait for a connection to PostgreSQL."
    )
    queue_seconds: float = Field(default=5.0, ge=0.05, le=600, description="The longest that one of them waits.")
    rate_user_points: int = Field(
        default=600_000,
        ge=0,
        le=10**12,
        description="Points of cost that a person may ask for a minute, all at once or bit by bit; 0 for no limit.",
    )
    rate_user_mutations: int = Field(
        default=1_200,
        ge=0,
        le=10**12,
        description="Fields of mutations that a person may send a minute; 0 sets no limit.",
    )
    rate_application_points: int = Field(
        default=3_000_000,
        ge=0,
        le=10**12,
        description="The same points for all that is asked by one application of a tenant, by its people or itself.",
    )
    rate_application_mutations: int = Field(
        default=12_000,
        ge=0,
        le=10**12,
        description="The same fields of mutations for one application of a tenant.",
    )
    rate_address_points: int = Field(
        default=6_000_000,
        ge=0,
        le=10**12,
        description="The same points for all that comes from one address.",
    )
    rate_address_mutations: int = Field(
        default=24_000,
        ge=0,
        le=10**12,
        description="The same fields of mutations for an address.",
    )
    rate_address_sign_ins: int = Field(
        default=600,
        ge=0,
        le=10**12,
        description="Refused tokens of an address a minute, after which none of its are looked at; 0 for no limit.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="`redis://host:6379/0` where several processes share one set of rate limits; each has its own "
        "without it, and while it does not answer. Needs the extra `redis`.",
    )
    redis_prefix: str = Field(default="clientela:", description="What the names of keys in Redis begin with.")
    trusted_proxies: Annotated[list[IPvAnyNetwork], NoDecode] = Field(
        default=[],
        description='Networks of proxies whose `X-Forwarded-For` is believed, as a JSON list: `["10.0.0.0/8"]`.',
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return from_json(value) if isinstance(value, str) else value

    max_connections: int = Field(
        default=1_000, ge=0, le=100_000, description="WebSockets and event streams that a process holds open."
    )
    max_subscriptions_of_one: int = Field(
        default=100, ge=1, le=100_000, description="Subscriptions that one caller may have in a process."
    )
    max_operations_of_socket: int = Field(
        default=50, ge=1, le=10_000, description="Operations that run on one WebSocket at a time."
    )
    max_waiting_events: int = Field(
        default=1_000, ge=1, le=100_000, description="Events that may wait for one subscriber before it is cut off."
    )
    stream_send_seconds: int = Field(
        default=10,
        ge=1,
        le=300,
        description="How long a client may read nothing of what is sent, an answer or events, before it is cut off.",
    )
    stream_idle_seconds: int = Field(
        default=300, ge=1, le=86_400, description="How long a WebSocket may stay open without an operation."
    )
    stream_ping_seconds: int = Field(
        default=20,
        ge=1,
        le=300,
        description="Between signs of life on a stream; a WebSocket that gives none is closed.",
    )
    stream_greeting_seconds: int = Field(
        default=10, ge=1, le=300, description="How long a WebSocket may take to say who is asking."
    )

    @property
    def patience(self) -> Patience:
        """How long the database is given."""
        return Patience(
            statement_seconds=self.statement_seconds,
            lock_seconds=self.lock_seconds,
            idle_seconds=self.idle_transaction_seconds,
            most_waiting=self.queue_length,
            waiting_seconds=self.queue_seconds,
        )

    @property
    def document_limits(self) -> Limits:
        """How large a document may be."""
        return Limits(
            depth=self.max_depth,
            introspection_depth=self.max_introspection_depth,
            root_fields=self.max_root_fields,
            fields=self.max_fields,
            aliases=self.max_aliases,
            directives=self.max_directives,
            fragment_spreads=self.max_fragment_spreads,
            operations=self.max_operations,
            tokens=self.max_tokens,
            characters=self.max_document_characters,
            cost=self.max_cost,
        )
