"""`clientela doctor`: what stands in the way of serving, and what to do about it."""

import sys
from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.explorer import is_built
from clientela.mail.relay import NotTakenError, SmtpRelay
from clientela.migration import current_revision, newest_revision
from clientela.names import ForeignPackageError, check_names
from clientela.settings import Settings
from resolvers.persisted_documents import registered_documents

OLDEST_POSTGRESQL = 150_000


async def examine(settings: Settings) -> int:
    """Prints a line a setting, then a line a check.

    Returns:
        The exit status: 0 where everything is well, 1 otherwise.
    """
    healthy = True
    database = make_engine(settings)
    for name, value in settings.shown:
        sys.stdout.write(f"      {name} = {value}\n")
    try:
        async for name, fault in _checks(settings, database):
            healthy = healthy and fault is None
            sys.stdout.write(f"{'ok   ' if fault is None else 'FAULT'} {name}{f': {fault}' if fault else ''}\n")
    finally:
        await database.dispose()
    return 0 if healthy else 1


async def _checks(settings: Settings, database: AsyncEngine) -> AsyncIterator[tuple[str, str | None]]:
    yield "settings", None
    yield "package names", _names()
    yield "secret key", _secret(settings)
    yield "issuers", _issuers(settings)
    yield "explorer", None if is_built() else "not built; run `python graphiql/build.py`"
    if settings.smtp_host:
        yield f"mail relay ({settings.smtp_host})", await _relay(settings)
    fault = await _database(database)
    yield f"database ({database.dialect.name})", fault
    if fault is None:
        fault = await _migrations(database)
        yield "migrations", fault
    if fault is None and settings.persisted_documents == "required":
        yield "persisted documents", await _documents(database)


def _names() -> str | None:
    try:
        check_names()
    except ForeignPackageError as error:
        return str(error)
    return None


def _secret(settings: Settings) -> str | None:
    if settings.secret_key is not None or settings.development:
        return None
    return "CLIENTELA_SECRET_KEY is not set; `clientela serve` needs it, `clientela demo` makes its own"


def _issuers(settings: Settings) -> str | None:
    if settings.issuers or settings.development:
        return None
    return "CLIENTELA_ISSUERS is empty; `clientela serve` needs one, `clientela demo` brings its own"


async def _relay(settings: Settings) -> str | None:
    try:
        await SmtpRelay(settings).check()
    except NotTakenError as error:
        return f"{error}; check CLIENTELA_SMTP_HOST and the settings after it"
    return None


async def _database(database: AsyncEngine) -> str | None:
    try:
        async with database.connect() as connection:
            if database.dialect.name == "postgresql":
                version = int((await connection.execute(text("show server_version_num"))).scalar_one())
                if version < OLDEST_POSTGRESQL:
                    return f"PostgreSQL {version // 10_000} is too old; use 15 or newer"
            else:
                await connection.execute(text("select 1"))
    except (SQLAlchemyError, OSError) as error:
        return f"{getattr(error, 'orig', None) or error}; check CLIENTELA_DATABASE_URL and that the server runs"
    return None


async def _documents(database: AsyncEngine) -> str | None:
    async with database.connect() as connection:
        if await registered_documents(connection):
            return None
    return "none is registered, so every request is refused; run `clientela documents register FOLDER`"


async def _migrations(database: AsyncEngine) -> str | None:
    found, needed = await current_revision(database), newest_revision()
    if found == needed:
        return None
    return f"at revision {found or 'base'}, this version needs {needed}; run `clientela migrate`"
