"""The commands and their options."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The open customer-account server. Settings: environment variables CLIENTELA_…, or a .env file.",
)

DataDir = Annotated[Path | None, typer.Option(help="Folder of the embedded database and development keys.")]


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="PORT")] = 8000,
    data_dir: DataDir = None,
) -> None:
    """Serve the demo world on this machine: migrates, fills the world once, prints who you can be."""
    from clientela.cli.demo import serve_demo
    from clientela.cli.settings import load_settings

    serve_demo(load_settings(development=True, port=port, data_dir=data_dir))


@app.command()
def serve() -> None:
    """Serve with the configured issuers and database. Run `clientela migrate` before the first time."""
    from clientela.cli.serve import serve_production
    from clientela.cli.settings import load_settings

    serve_production(load_settings())


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="`head` is the newest, `base` is empty.")] = "head",
    data_dir: DataDir = None,
) -> None:
    """Bring the database to a revision."""
    from clientela.cli.database import migrate_database
    from clientela.cli.settings import load_settings

    asyncio.run(migrate_database(load_settings(data_dir=data_dir), revision))


@app.command()
def seed(
    customers: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many customers to add.")],
    partners: Annotated[int, typer.Option(min=1, max=100_000, help="Over how many partners to spread them.")] = 1,
    data_dir: DataDir = None,
) -> None:
    """Add customers in bulk, for load tests: partners seed-001, seed-002 and so on."""
    from clientela.cli.database import seed_database
    from clientela.cli.settings import load_settings

    asyncio.run(seed_database(load_settings(data_dir=data_dir), customers, partners))


@app.command()
def sweep(data_dir: DataDir = None) -> None:
    """Write down which invitations expired. They read so anyway; run it daily, to keep what is open small."""
    from clientela.cli.settings import load_settings
    from clientela.cli.sweep import sweep as sweep_invitations

    asyncio.run(sweep_invitations(load_settings(data_dir=data_dir)))


@app.command()
def verify_account(
    domain: Annotated[str, typer.Argument(help="Any domain of the customer.")],
    status: Annotated[str, typer.Option(help="approved opens purchases; denied, in-review and not-started hold them.")],
    data_dir: DataDir = None,
) -> None:
    """Decide whether a customer's account may buy."""
    from clientela.cli.operator import decide_account
    from clientela.cli.settings import load_settings

    asyncio.run(decide_account(load_settings(data_dir=data_dir), domain, status))


@app.command()
def decide_vetting(
    domain: Annotated[str, typer.Argument(help="Any domain of the customer.")],
    deny: Annotated[str | None, typer.Option(help="Deny it for this reason; a wrong one lists them.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Approve a customer's request to be recognised as a school, or deny it."""
    from clientela.cli.operator import decide_education
    from clientela.cli.settings import load_settings

    asyncio.run(decide_education(load_settings(data_dir=data_dir), domain, deny))


@app.command()
def add_validation_code(
    partner: Annotated[str, typer.Argument(help="The domain of the partner that may use it.")],
    code: Annotated[str, typer.Argument(help="The code.")],
    organization: Annotated[str, typer.Option(help="The organisation that was given it.")],
    uses: Annotated[int, typer.Option(min=1, help="For how many customers it is good.")] = 1,
    data_dir: DataDir = None,
) -> None:
    """File a validation code for the government community cloud with a partner."""
    from clientela.cli.operator import file_validation_code
    from clientela.cli.settings import load_settings

    asyncio.run(file_validation_code(load_settings(data_dir=data_dir), partner, code, organization, uses))


@app.command()
def token(
    name: Annotated[
        str,
        typer.Option(
            "--as",
            help="Who to be: <role>@<organisation>, e.g. sales-agent@litware; app@contoso; no-mfa@contoso; "
            "customer-admin@<domain prefix> or customer-user@<domain prefix>.",
        ),
    ],
    data_dir: DataDir = None,
) -> None:
    """Print a development token for somebody of the demo world, and nothing else."""
    from clientela.cli.settings import load_settings
    from clientela.cli.token import print_token

    asyncio.run(print_token(load_settings(development=True, data_dir=data_dir), name))


@app.command()
def schema() -> None:
    """Print the schema in GraphQL's definition language."""
    from schema.build import build_schema

    sys.stdout.write(build_schema().as_str() + "\n")


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Check settings, database, migrations and package names; say what to do."""
    from clientela.cli.doctor import examine
    from clientela.cli.settings import load_settings

    raise typer.Exit(asyncio.run(examine(load_settings(data_dir=data_dir))))


def main() -> None:
    """Runs the command line; faults that a person can mend end with one line, not with a stack."""
    from clientela.names import ForeignPackageError, check_names

    try:
        # Before anything of ours is imported, which would fail in words that help nobody.
        check_names()
    except ForeignPackageError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    from clientela.cli.failures import told_in_one_line

    with told_in_one_line():
        app()
