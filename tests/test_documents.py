"""The documents say what the product does: generated parts are current, links lead somewhere, examples are valid.

`UPDATE_DOCUMENTS=1 pytest tests/test_documents.py` writes the generated parts anew.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse, validate

from schema.build import build_schema
from tests.generated_documents import DOCUMENTS, generate
from tests.served_codes import served_codes

ROOT = Path(__file__).resolve().parent.parent
FAULTS = ROOT / "docs" / "faults"
UPDATE = bool(os.environ.get("UPDATE_DOCUMENTS"))
NOT_OURS = {"node_modules", "static", "dist", "build"}
# Pages about documents that are no GraphQL, or do not fit the schema, show such a document.
UNSOUND = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


def markdown() -> Iterator[Path]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in NOT_OURS]
        yield from (Path(folder, name) for name in files if name.endswith(".md"))


def pages() -> dict[str, str]:
    return {page.stem: page.read_text() for page in FAULTS.glob("*.md") if page.stem != "README"}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_generated_parts_are_current(name: str):
    """Issue 2 G: the role table, settings and the list of fault codes come from what they describe."""
    document = ROOT / name
    wanted = generate(name, document.read_text() if document.exists() else "")
    if UPDATE:
        document.write_text(wanted)
    assert document.read_text() == wanted, "run UPDATE_DOCUMENTS=1 .venv/bin/pytest tests/test_documents.py"


def test_every_code_that_the_product_can_emit_has_a_page_and_no_page_is_left_over():
    codes = served_codes()
    assert {"DOMAIN_TAKEN", "FIELD_FORBIDDEN", "NOT_ACCEPTABLE", "INTERNAL", "GRAPHQL_PARSE_FAILED"} <= codes
    assert set(pages()) == codes


@pytest.mark.parametrize("code", sorted(pages()))
def test_a_fault_page_says_what_it_means_who_can_mend_it_and_how_and_shows_an_answer(code: str):
    text = pages()[code]
    headings = re.findall(r"^#+ .+|^- \*\*.+?:\*\*", text, re.MULTILINE)
    assert headings == [f"# {code}", "- **Where:**", "- **Who can mend it:**", "## How", "## An answer"]
    answer = json.loads(blocks(text, "json")[-1])
    top = [error["extensions"]["code"] for error in answer.get("errors", [])]
    payloads = [payload for payload in (answer.get("data") or {}).values() if payload]
    assert code in top + [error["code"] for payload in payloads for error in payload.get("userErrors", [])]


def test_documents_shown_in_documents_fit_the_schema():
    schema = build_schema()._schema
    shown = [
        (page, text) for page in markdown() if page.stem not in UNSOUND for text in blocks(page.read_text(), "graphql")
    ]
    assert len(shown) > 10
    for page, text in shown:
        assert validate(schema, parse(text)) == [], page


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}


def test_links_between_documents_lead_somewhere():
    found = 0
    for page in markdown():
        for target in re.findall(
            r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
        ):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            aim = (page.parent / path).resolve() if path else page
            assert aim.exists(), f"{page.relative_to(ROOT)}: {target}"
            assert not anchor or anchor in anchors(aim), f"{page.relative_to(ROOT)}: {target}"
            found += 1
    assert found > 40


def test_decisions_are_numbered_and_listed():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    for page in decisions:
        headings = re.findall(r"^#+ .+", page.read_text(), re.MULTILINE)
        assert headings[1:] == ["## Context", "## Decision", "## Consequences"], page.name
        assert f"(decisions/{page.name})" in architecture, page.name


def test_files_named_in_the_guides_exist():
    """A guide that names a file of ours names one that is there."""
    for guide in ("CONTRIBUTING.md", "docs/architecture.md", "README.md"):
        for name in re.findall(
            r"`((?:[\w.-]+/)+[\w-]+\.(?:py|json|md|toml|lock|graphql|ts|tsx))`", (ROOT / guide).read_text()
        ):
            assert (ROOT / name).exists(), f"{guide}: {name}"
