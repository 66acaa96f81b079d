"""Makes what says who is asking, from the settings."""

from clientela.identity.authentication import Authenticator
from clientela.identity.development import DevelopmentIssuer
from clientela.identity.keys import PublishedKeys
from clientela.identity.tokens import TokenVerifier, TrustedIssuer
from clientela.settings import Settings
from execution.database.connection import Database


def make_development_issuer(settings: Settings) -> DevelopmentIssuer | None:
    """The issuer of a development server, whose people sign in by a click; None elsewhere."""
    return DevelopmentIssuer(settings.data_dir) if settings.development else None


def make_authenticator(settings: Settings, database: Database, development: DevelopmentIssuer | None) -> Authenticator:
    """Says who is asking, by tokens of the configured issuers and of the development server's own.

    Args:
        settings: Name the issuers.
        database: Where principals are.
        development: None except on a development server.
    """
    published = [PublishedKeys(issuer, settings.jwks_cache_seconds) for issuer in settings.issuers]
    trusted = [TrustedIssuer(keys.issuer, keys) for keys in published]
    if development is not None:
        trusted += [TrustedIssuer(issuer, development) for issuer in development.settings()]
    return Authenticator(TokenVerifier(trusted, settings.clock_leeway_seconds), database)
