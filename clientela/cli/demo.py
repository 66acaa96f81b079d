"""`clientela demo`."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from clientela.app import create_app
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.demo.organisations import ORGANISATIONS
from clientela.demo.world import fill_demo_world
from clientela.logs import configure_logs
from clientela.migration import migrate
from clientela.server import listen, run
from clientela.settings import Settings

FIRST_QUERY = """{
  viewer { name roles }
  customers(first: 5) {
    totalCount
    nodes { companyName domain companyProfile { organizationRegistrationNumber } }
  }
}"""


def serve_demo(settings: Settings) -> None:
    """Migrates, fills the world where it is empty, prints who one can be, serves.

    Raises:
        PortTakenError: Another program listens there.
    """
    configure_logs(settings.log_level)
    listener = listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    app = create_app(settings)
    filled = asyncio.run(_prepare(settings))
    sys.stdout.write(_welcome(settings.base_url, filled=filled))
    sys.stdout.flush()
    run(app, listener, settings)


async def _prepare(settings: Settings) -> bool:
    database = make_engine(settings)
    try:
        await migrate(database)
        return await fill_demo_world(database, utc_now())
    finally:
        await database.dispose()


def _welcome(url: str, *, filled: bool) -> str:
    organisations = ", ".join(organisation.name for organisation in ORGANISATIONS)
    state = "A new demo world was made." if filled else "The demo world is as you left it."
    return f"""{state}

  Explore   {url}/graphiql
  API       {url}/graphql

Be anybody, in the explorer's person picker or with a token:

  global-admin, admin-agent, sales-agent, helpdesk-agent @ {organisations}
  all twelve roles @ litware, contoso; app@contoso; no-mfa@contoso
  customer-admin@alpineskihouse, customer-user@alpineskihouse (or any other customer's domain prefix)

  {_command()} token --as sales-agent@litware

A first query to paste; then be helpdesk-agent@litware and run it again:

{FIRST_QUERY}

Stop with Ctrl+C.
"""


def _command() -> str:
    # After `make demo` the command is in the environment and not on the path.
    return "clientela" if shutil.which("clientela") else os.path.relpath(Path(sys.executable).with_name("clientela"))
