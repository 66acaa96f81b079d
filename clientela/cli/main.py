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

outbox = typer.Typer(no_args_is_help=True, help="Mail that waits for the relay, and mail that was given up.")
app.add_typer(outbox, name="outbox")
documents = typer.Typer(no_args_is_help=True, help="Documents that clients name by their hash.")
app.add_typer(documents, name="documents")
offers = typer.Typer(no_args_is_help=True, help="What the catalogue sells.")
app.add_typer(offers, name="offers")
imports = typer.Typer(no_args_is_help=True, help="Bring in what other programs know.")
app.add_typer(imports, name="import")

DataDir = Annotated[Path | None, typer.Option(help="Folder of the embedded database and development keys.")]


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="PORT")] = 8000,
    data_dir: DataDir = None,
) -> None:
    """Serve the demo world on this machine: migrates, fills the world once, prints who you can be."""
    from clientela.cli.loading import for_good

    with for_good():
        from clientela.cli.demo import serve_demo
        from clientela.cli.settings import load_settings

    serve_demo(load_settings(development=True, port=port, data_dir=data_dir))


@app.command()
def serve(
    workers: Annotated[int | None, typer.Option(help="Processes that share the port, instead of the setting.")] = None,
) -> None:
    """Serve with the configured issuers and database. Run `clientela migrate` before the first time."""
    from clientela.cli.loading import for_good

    with for_good():
        from clientela.cli.serve import serve_production
        from clientela.cli.settings import load_settings

    serve_production(load_settings(workers=workers))


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
    """Write down which invitations expired, delete what was suspended 90 days ago, forget old answers. Run it daily."""
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


@imports.command("customers")
def import_customers(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8; `docs/import.md` names its columns.")],
    partner: Annotated[str, typer.Option(help="Domain or tenant id of the partner whose customers they are.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep each piece once it is written; skip what an earlier run wrote.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Add customers that a partner serves already, known through another portal: all of a file, or nothing."""
    from clientela.cli.customer_import import import_customers
    from clientela.cli.settings import load_settings

    done = import_customers(load_settings(data_dir=data_dir), file, partner, resume=resume)
    raise typer.Exit(asyncio.run(done))


IDS = typer.Argument(help="Ids of mail, as `outbox list` shows them.")


@outbox.command("list")
def outbox_list(data_dir: DataDir = None) -> None:
    """List the mail that was not delivered yet, with the relay's last answer."""
    from clientela.cli.outbox import list_outbox
    from clientela.cli.settings import load_settings

    asyncio.run(list_outbox(load_settings(data_dir=data_dir)))


@outbox.command("retry")
def outbox_retry(
    ids: Annotated[list[str] | None, IDS] = None,
    data_dir: DataDir = None,
) -> None:
    """Have mail tried again at once by the servers that run; all dead letters where none is named."""
    from clientela.cli.outbox import retry_outbox
    from clientela.cli.settings import load_settings

    asyncio.run(retry_outbox(load_settings(data_dir=data_dir), ids or []))


@outbox.command("drop")
def outbox_drop(ids: Annotated[list[str], IDS], data_dir: DataDir = None) -> None:
    """Delete mail that is not to be delivered any more."""
    from clientela.cli.outbox import drop_outbox
    from clientela.cli.settings import load_settings

    asyncio.run(drop_outbox(load_settings(data_dir=data_dir), ids))


@offers.command("load")
def offers_load(
    file: Annotated[Path, typer.Argument(help="JSON; `docs/offers.md` names its members.")], data_dir: DataDir = None
) -> None:
    """Add the offers of a file and change those that are there: all, or none where one is at fault."""
    from clientela.cli.offers import load
    from clientela.cli.settings import load_settings

    raise typer.Exit(asyncio.run(load(load_settings(data_dir=data_dir), file)))


@documents.command("register")
def documents_register(
    folder: Annotated[Path, typer.Argument(help="Holds .graphql files, or manifests of Relay, codegen or Apollo.")],
    data_dir: DataDir = None,
) -> None:
    """Register every document of a folder, or none where one does not fit the schema. Again changes nothing."""
    from clientela.cli.documents import register
    from clientela.cli.settings import load_settings

    raise typer.Exit(asyncio.run(register(load_settings(data_dir=data_dir), folder)))


@documents.command("list")
def documents_list(data_dir: DataDir = None) -> None:
    """List the documents that are registered."""
    from clientela.cli.documents import list_documents
    from clientela.cli.settings import load_settings

    asyncio.run(list_documents(load_settings(data_dir=data_dir)))


@documents.command("remove")
def documents_remove(
    ids: Annotated[list[str], typer.Argument(help="Ids, as `documents list` shows them.")], data_dir: DataDir = None
) -> None:
    """Remove documents; requests that name them are refused within a minute."""
    from clientela.cli.documents import remove
    from clientela.cli.settings import load_settings

    asyncio.run(remove(load_settings(data_dir=data_dir), ids))


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
