"""SECURITY.md names a test for each defence, and each of these tests is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def functions(file: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_named_test_exists():
    named = NAMED.findall((ROOT / "SECURITY.md").read_text())
    assert len(named) > 40
    missing = [
        f"{file}::{name}" for file, name in named if not (ROOT / file).exists() or name not in functions(ROOT / file)
    ]
    assert missing == []


def test_every_defence_names_a_test():
    defences = (ROOT / "SECURITY.md").read_text().partition("## Defences")[2].partition("## What is left")[0]
    rows = [line for line in defences.splitlines() if line.startswith("| ") and not line.startswith("| defence")]
    assert len(rows) > 30
    assert [row for row in rows if not NAMED.search(row)] == []
