"""`clientela import customers` (R5.12): all of a file or nothing, or piece by piece; killed in the middle, too."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from clientela.cli.customer_import import AT_A_TIME, import_customers
from clientela.cli.failures import NotReadyError
from clientela.demo.organisations import organisation
from tests.api.relationship_requests import accept, form, invited
from tests.clients import Api
from tests.processes.importing import HEADER, line, write_csv
from tests.processes.server import command, settings_of
from tests.spoken import spoken

PARTNER = organisation("litware").domain
WRITTEN = 3_000_000
"""Bytes; what a thousand customers and more come to."""
FIND = """query ($search: String) {
  customers(first: 5, filter: {search: $search}) {
    nodes { id companyName domain country relationship { origin role relationshipToPartner delegatedAdmin }
      billingProfile { email companyName firstName } }
  }
}"""


async def run(api: Api, file: Path, *, partner: str = PARTNER, resume: bool = False) -> int:
    return await import_customers(api.settings, file, partner, resume=resume)


async def find(api: Api, cells: dict[str, str], person: str = "sales-agent@litware") -> list[dict[str, object]]:
    prefix = cells["Primary domain name"].partition(".")[0]
    return (await api.ask(person, FIND, search=prefix)).ok()["customers"]["nodes"]


async def imported(api: Api) -> int:
    ((number,),) = await api.rows("select count(*) from relationship where origin = 'legacy_portal'")
    return number


async def test_customers_are_listed_and_may_not_be_sold_to(fresh_api: Api, tmp_path: Path):
    cells = line()
    assert await run(fresh_api, write_csv(tmp_path, cells, line())) == 0
    (found,) = await find(fresh_api, cells)
    assert (found["companyName"], found["domain"], found["country"]) == tuple(
        cells[name] for name in ("Company name", "Primary domain name", "Country")
    )
    assert found["relationship"] == {
        "origin": "LEGACY_PORTAL",
        "role": "MANAGING",
        "relationshipToPartner": "NONE",
        "delegatedAdmin": False,
    }
    assert found["billingProfile"] == {
        "email": cells["E-mail"],
        "companyName": cells["Company name"],
        "firstName": "Anna",
    }
    log = "query ($id: ID!) { activityLog(filter: {customerId: $id}) { nodes { operation actor } } }"
    entries = (await fresh_api.ask("admin-agent@litware", log, id=found["id"])).ok()["activityLog"]["nodes"]
    assert entries == [{"operation": "add_customer", "actor": "clientela import customers"}]


async def test_an_accepted_invitation_makes_it_a_resellers_customer(fresh_api: Api, tmp_path: Path):
    """R5.12, R2.6: by the administrator that the file brought."""
    cells = line()
    await run(fresh_api, write_csv(tmp_path, cells))
    _, token = await invited(fresh_api, "admin-agent@litware", form())
    payload = await accept(fresh_api, f"customer-admin@{cells['Primary domain name'].partition('.')[0]}", token)
    assert payload["userErrors"] == []
    (found,) = await find(fresh_api, cells)
    assert found["relationship"] == {
        "origin": "INVITED",
        "role": "TRANSACTING",
        "relationshipToPartner": "RESELLER",
        "delegatedAdmin": True,
    }


async def test_a_tenant_that_another_partner_serves_stays_as_it_is(fresh_api: Api, tmp_path: Path):
    """R1.13: others' rows stay byte for byte; the name is this partner's own."""
    tables = ("customer", "customer_domain", "customer_user", "relationship", "relationship_domain")
    tables += ("billing_profile", "activity_record")

    async def rows() -> set[str]:
        return {f"{table} {row}" for table in tables for row in await fresh_api.rows(f"select * from {table}")}

    own = organisation("contoso").id.hex
    key, domain = (
        await fresh_api.rows(
            "select c.id, c.domain from customer c join customer_domain d on d.customer_id = c.id and not d.is_initial "
            "join relationship r on r.customer_id = c.id "
            "where replace(cast(r.partner_id as varchar), '-', '') = :own and c.cloud = 'global' and c.country = 'US' "
            "group by c.id, c.domain having count(*) = 1",
            own=own,
        )
    )[0]
    cells = line(**{"Microsoft ID": str(key), "Primary domain name": domain, "Country": "US", "Company name": "Wings"})
    before = await rows()
    assert await run(fresh_api, write_csv(tmp_path, cells), partner=organisation("adatum").domain) == 0
    added = await rows() - before
    assert before <= await rows()
    assert sorted(row.partition(" ")[0] for row in added) == [
        "activity_record",
        "billing_profile",
        "relationship",
        "relationship_domain",
        "relationship_domain",
    ]
    (found,) = await find(fresh_api, cells, "sales-agent@adatum")
    assert found["companyName"] == "Wings"


FAULTY = [
    ({"Microsoft ID": "12"}, 'Microsoft ID "12" is no tenant'),
    ({"Company name": " "}, "Company name is required"),
    ({"Primary domain name": "tre-punti.onmicrosoft.com"}, "Primary domain name prefix"),
    ({"Primary domain name": "x.onmicrosoft.us"}, "Primary domain name suffix"),
    ({"Country": "Italia"}, 'Country "Italia" is not known'),
    ({"Country": "US"}, "US is not in the partner's selling region"),
    ({"E-mail": "anna"}, '"anna" is not an e-mail address'),
    ({"First name": "x" * 51}, "First name has 51 characters"),
    ({"Administrator ID": "anna"}, 'Administrator ID "anna" is no'),
    ({"Microsoft ID": str(organisation("contoso").id)}, "This is a partner's tenant"),
]


async def test_every_fault_is_listed_with_its_line_and_nothing_is_written(
    fresh_api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    ((domain,),) = await fresh_api.rows("select min(domain) from customer")
    good = line()
    twice = line(**{"Primary domain name": good["Primary domain name"]})
    taken = line(**{"Primary domain name": domain})
    before = await fresh_api.counts()
    lines = [good, *(line(**cells) for cells, _ in FAULTY), twice, taken]
    assert await run(fresh_api, write_csv(tmp_path, *lines)) == 1
    told = spoken(capsys)
    wanted = [message for _, message in FAULTY] + ["Line 2 has the same primary domain name", f"The domain {domain} is"]
    for number, message in enumerate(wanted, start=3):
        assert [entry for entry in told if entry.startswith(f"customers.csv:{number}: ") and message in entry], message
    assert told[-1] == f"{len(wanted)} faults; nothing was imported."
    assert len(told) == len(wanted) + 1
    assert await fresh_api.counts() == before


async def test_a_customer_of_the_partners_is_a_fault_unless_an_import_is_resumed(
    fresh_api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    first, second = line(), line()
    assert await run(fresh_api, write_csv(tmp_path, first)) == 0
    before = await fresh_api.counts()
    assert await run(fresh_api, write_csv(tmp_path, first, second)) == 1
    assert "customers.csv:2: This is a customer of the partner's already" in capsys.readouterr().err
    assert await fresh_api.counts() == before
    assert await run(fresh_api, write_csv(tmp_path, first, second), resume=True) == 0
    assert await imported(fresh_api) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "customers.csv:1: The column 'Microsoft ID' is missing"),
        ("Microsoft ID,Company name\n", "customers.csv:1: The column 'Country' is missing"),
        (",".join([*HEADER, "Size"]) + "\n", 'customers.csv:1: The column "Size" is none of ours'),
        (",".join([*HEADER, "Country"]) + "\n", "customers.csv:1: The column 'Country' stands there twice"),
        (",".join(HEADER) + "\n\n\nx,y\n", "customers.csv:4: There are 2 values for 7 columns"),
    ],
)
async def test_a_file_of_another_shape_is_refused(
    api: Api, tmp_path: Path, content: str, told: str, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "customers.csv").write_text(content)
    assert await run(api, tmp_path / "customers.csv") == 1
    assert told in capsys.readouterr().err


async def test_lines_are_counted_as_an_editor_counts_them(api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A value may hold a line end; a file that a spreadsheet saved begins with a mark."""
    broken = line(**{"Company name": "Due\nrighe"})
    file = write_csv(tmp_path, broken, line(**{"E-mail": "anna"}))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert await run(api, file) == 1
    err = capsys.readouterr().err
    assert "customers.csv:2: Company name holds an invisible control character" in err
    assert "customers.csv:4: Email" in err


@pytest.mark.parametrize(
    ("partner", "content", "told"),
    [
        ("nobody.example", b"", "names no partner"),
        (organisation("litware").domain, b"\xff\xfe", "is not UTF-8"),
        (organisation("litware").domain, b'"a', "is no CSV"),
        (organisation("litware").domain, None, "cannot be read"),
    ],
)
async def test_what_cannot_be_begun_is_told_in_one_line(
    api: Api, tmp_path: Path, partner: str, content: bytes | None, told: str
):
    if content is not None:
        (tmp_path / "customers.csv").write_bytes(content)
    with pytest.raises(NotReadyError, match=told):
        await run(api, tmp_path / "customers.csv", partner=partner)


async def size(api: Api) -> int:
    """Bytes that the database takes; what was written counts, be it committed or not."""
    if api.database.dialect.name == "postgresql":
        return int((await api.rows("select pg_database_size(current_database())"))[0][0])
    return written_ahead(Path(f"{api.database.url.database}-wal"))


def written_ahead(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


async def kill_in_the_middle(api: Api, file: Path, *options: str) -> None:
    """Kills an import once so much is written that some pieces are through, and not all."""
    before = await size(api)
    words = command("import", "customers", str(file), "--partner", PARTNER, *options)
    process = await asyncio.create_subprocess_exec(*words, env=settings_of(api.settings), cwd=file.parent)
    while process.returncode is None and await size(api) < before + WRITTEN:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.01)
    assert process.returncode is None, "it was done before it could be killed"
    process.kill()
    await process.wait()


async def test_an_import_that_is_killed_leaves_nothing(fresh_api: Api, tmp_path: Path):
    """Issue 4: kill -9 in the middle of an import; atomic by default."""
    file = write_csv(tmp_path, *(line() for _ in range(4000)))
    before = await fresh_api.counts()
    await kill_in_the_middle(fresh_api, file)
    assert await fresh_api.counts() == before


async def test_a_resumable_import_that_is_killed_is_finished_by_the_next(fresh_api: Api, tmp_path: Path):
    file = write_csv(tmp_path, *(line() for _ in range(4000)))
    await kill_in_the_middle(fresh_api, file, "--resume")
    kept = await imported(fresh_api)
    assert kept % AT_A_TIME == 0
    assert 0 < kept < 4000
    assert await run(fresh_api, file, resume=True) == 0
    assert await imported(fresh_api) == 4000
    whole = await fresh_api.rows(
        "select count(*) from relationship r join customer c on c.cloud = r.cloud and c.id = r.customer_id "
        "join customer_domain d on d.name = c.domain join relationship_domain f on f.name = d.name and "
        "f.partner_id = r.partner_id join billing_profile b on b.customer_id = c.id and b.partner_id = r.partner_id "
        "join activity_record a on a.customer_id = c.id join customer_user u on u.customer_id = c.id "
        "where r.origin = 'legacy_portal'"
    )
    assert whole == [(4000,)]
