"""Files of customers that another portal knows."""

import csv
import io
from pathlib import Path
from uuid import uuid4

HEADER = ["Microsoft ID", "Company name", "Primary domain name", "Country", "E-mail", "First name", "Administrator ID"]


def line(domain: str = "", **cells: str) -> dict[str, str]:
    """A line without a fault, but for the cells that are given under their column's name."""
    tenant = uuid4()
    prefix = domain or f"p{tenant.hex[:20]}"
    return {
        "Microsoft ID": str(tenant),
        "Company name": f"Società {prefix}",
        "Primary domain name": f"{prefix}.onmicrosoft.com",
        "Country": "IT",
        "E-mail": f"info@{prefix}.example",
        "First name": "Anna",
        "Administrator ID": "",
        **cells,
    }


def write_csv(folder: Path, *lines: dict[str, str], header: list[str] = HEADER) -> Path:
    """A file of these lines."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(lines)
    file = folder / "customers.csv"
    file.write_text(text.getvalue(), "utf-8")
    return file
