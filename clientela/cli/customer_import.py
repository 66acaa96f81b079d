"""`clientela import customers`: a file checked whole, then all of it written or nothing; or piece by piece."""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from clientela.cli.failures import NotReadyError
from clientela.clock import utc_now
from clientela.database import make_engine, refresh_statistics
from clientela.settings import Settings
from models import Partner, metadata
from resolvers.customer_import import KnownCustomer, LineFault, check_columns, check_line, check_twice
from resolvers.customer_import_rows import imported_rows
from resolvers.customer_import_state import check_state, find_partner_to_import_for, stored_of

AT_A_TIME = 500


async def import_customers(settings: Settings, file: Path, partner_name: str, *, resume: bool) -> int:
    """Imports the customers of a file.

    Args:
        settings: Where the database is.
        file: CSV in UTF-8, its first line the names of the columns.
        partner_name: Domain or tenant id of the partner whose customers they are.
        resume: Whether to keep each piece once it is written, and to skip what an earlier run wrote.

    Returns:
        The exit status: 0 where all are imported; 1 where there are faults, which were printed, and nothing was
        written.

    Raises:
        NotReadyError: There is no such partner, or its account is a sandbox; or the file cannot be read.
    """
    engine = make_engine(settings)
    try:
        async with engine.connect() as connection:
            # All checks and, unless piece by piece, all writing in one transaction: what was found still holds.
            writing = await connection.execution_options(writes=True)
            partner = await _partner(writing, partner_name)
            customers, faults = _read(file, partner)
            for piece in _pieces(customers):
                stored = await stored_of(writing, partner, piece)
                faults += check_state(piece, stored, partner, resume=resume)
            if faults:
                return _tell(file, faults)
            await _write(writing, customers, partner, piecewise=resume)
    finally:
        await engine.dispose()
    sys.stdout.write(f"{len(customers)} customers of {partner.name} are there.\n")
    return 0


async def _partner(connection: AsyncConnection, name: str) -> Partner:
    partner = await find_partner_to_import_for(connection, name)
    if partner is None:
        raise NotReadyError(f"{name!r} names no partner, or several; write its domain, e.g. contoso.onmicrosoft.com.")
    if partner.is_sandbox:
        raise NotReadyError(f"{partner.name} is an integration sandbox, which has no customers from elsewhere.")
    return partner


def _read(file: Path, partner: Partner) -> tuple[list[KnownCustomer], list[LineFault]]:
    customers: list[KnownCustomer] = []
    faults: list[LineFault] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            lines = _numbered(csv.reader(source, strict=True))
            _, names = next(lines, (1, []))
            names = [name.strip() for name in names]
            faults += check_columns(names)
            for line, cells in lines if not faults else ():
                if len(cells) != len(names):
                    faults.append(LineFault(line, f"There are {len(cells)} values for {len(names)} columns."))
                    continue
                customer, wrong = check_line(line, dict(zip(names, cells, strict=True)), partner)
                faults += wrong
                customers += [customer] if customer is not None else []
    except OSError as error:
        raise NotReadyError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise NotReadyError(f"{file} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise NotReadyError(f"{file} is no CSV: {error}.") from error
    return customers, faults + check_twice(customers)


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - the type of csv.reader has no name
    """Each record with the line that it begins on; empty lines are passed over."""
    before = 0
    for cells in reader:
        if cells:
            yield before + 1, cells
        before = reader.line_num


def _pieces(customers: Sequence[KnownCustomer]) -> Iterator[Sequence[KnownCustomer]]:
    for start in range(0, len(customers), AT_A_TIME):
        yield customers[start : start + AT_A_TIME]


def _tell(file: Path, faults: list[LineFault]) -> int:
    for fault in sorted(faults):
        sys.stderr.write(f"{file.name}:{fault.line}: {fault.message}\n")
    sys.stderr.write(f"{len(faults)} faults; nothing was imported.\n")
    return 1


async def _write(
    connection: AsyncConnection, customers: Sequence[KnownCustomer], partner: Partner, *, piecewise: bool
) -> None:
    now, run = utc_now(), uuid4().hex
    columns = (TextColumn("Customers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("customers", total=len(customers))
        for piece in _pieces(customers):
            await _write_piece(connection, piece, partner, now, run)
            if piecewise:
                await connection.commit()
            progress.update(bar, advance=len(piece))
        await refresh_statistics(connection)
        await connection.commit()


async def _write_piece(
    connection: AsyncConnection, piece: Sequence[KnownCustomer], partner: Partner, now: datetime, run: str
) -> None:
    stored = await stored_of(connection, partner, piece)
    rows: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
    for customer in piece:
        # Those of a run before, which was broken off.
        if customer.id not in stored.ours:
            for row in imported_rows(customer, partner, stored, now, run):
                rows[metadata.tables[str(row.__tablename__)]].append(row.model_dump())
    for table in metadata.sorted_tables:
        if table in rows:
            await connection.execute(insert(table), rows[table])
