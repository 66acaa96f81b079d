"""The server's own secret: configured, or in development made once and kept beside the database."""

import secrets

from clientela.settings import Settings

FILE = "development-secret"


class MissingSecretError(Exception):
    """No secret is configured, and outside development mode none is made up."""


def secret_key(settings: Settings) -> str:
    """The key that signs links.

    Args:
        settings: Has the key, or says that this is development mode.

    Raises:
        MissingSecretError: Neither.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if not settings.development:
        raise MissingSecretError(
            "CLIENTELA_SECRET_KEY is not set. Set at least 32 characters, e.g. what `openssl rand -base64 48` prints; "
            "the same for every process of this deployment."
        )
    path = settings.data_dir / FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "utf-8")
    return path.read_text("utf-8")
