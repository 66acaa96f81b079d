"""Servers on databases of both kinds, for every test that asks for `api` or `fresh_api`; and skips said aloud."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings

from resolvers import passwords
from tests.clients import Api, serve_in_process
from tests.worlds import POSTGRES, WANT_OF_POSTGRESQL, World, administer, fill, postgresql_answers, settings_for

# A name of its own for each run: several may go on at once.
TEMPLATE = f"clientela_test_{uuid4().hex[:12]}"
# No example has a deadline: how long it takes is the machine's affair.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.register_profile("fuzz", deadline=None)
hypothesis_settings.load_profile("suite")
NO_SKIPS = bool(os.environ.get("CLIENTELA_NO_SKIPS"))
"""Set in continuous integration, where everything is there: a skipped test fails the run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter):
    """Says what was not tested, and for want of what."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section(f"{len(skipped)} TESTS DID NOT RUN", red=NO_SKIPS, yellow=not NO_SKIPS, bold=True)
    for reason, times in Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped).items():
        terminalreporter.write_line(f"{times} x {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session):
    """Fails a run that skipped where nothing may be."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if NO_SKIPS and terminal is not None and terminal.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def hasty_hashes() -> Iterator[None]:
    """Argon2 without what makes it slow, for servers in this process: a fifth of a second less for each new customer.

    Server processes hash as operators' do; `processes/test_crash.py` looks at their hashes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest_asyncio.fixture(scope="session")
async def templates() -> AsyncIterator[dict[str, World]]:
    """The demo worlds that were filled so far, by kind of database: one each, whatever the order of the tests."""
    filled: dict[str, World] = {}
    yield filled
    if "postgresql" in filled:
        await administer(f"drop database {TEMPLATE} with (force)")


@pytest_asyncio.fixture(scope="session", params=["sqlite", "postgresql"])
async def world(
    request: pytest.FixtureRequest, templates: dict[str, World], tmp_path_factory: pytest.TempPathFactory
) -> World:
    """The demo world on each kind of database."""
    if request.param not in templates:
        fill_one = _on_sqlite if request.param == "sqlite" else _on_postgresql
        templates[request.param] = await fill_one(tmp_path_factory.mktemp("world"))
    return templates[request.param]


async def _on_sqlite(folder: Path) -> World:
    template = folder / "template.sqlite3"
    await fill(settings_for(f"sqlite:///{template}", folder))
    return World("sqlite", folder, str(template))


async def _on_postgresql(folder: Path) -> World:
    if not await postgresql_answers():
        pytest.skip(WANT_OF_POSTGRESQL)
    await administer(f"create database {TEMPLATE}")
    await administer(f"alter database {TEMPLATE} set synchronous_commit = off")
    await fill(settings_for(f"{POSTGRES}/{TEMPLATE}", folder))
    return World("postgresql", folder, TEMPLATE)


@pytest_asyncio.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Api]:
    """A server whose database the tests of one module share: add to it, but count nothing that others may add."""
    async with world.copy() as settings, serve_in_process(settings) as server:
        yield server


@pytest_asyncio.fixture
async def fresh_api(world: World) -> AsyncIterator[Api]:
    """A server on a database of one's own."""
    async with world.copy() as settings, serve_in_process(settings) as server:
        yield server
