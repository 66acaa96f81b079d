"""Every acceptance scenario of the domain files that is served has a test that names it, e.g. `permissions.md 8.15`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from schema.build import build_schema

TESTS = Path(__file__).parent
SERVED = {
    "relationships.md 11": {*range(1, 13), *range(14, 19)},
    "permissions.md 8": {*range(11, 28)},
    "customers.md 9": {*range(15, 19), 24, 25},
}
"""The scenarios by the section that lists them. Left out of it: leads (relationships.md 11.23, 11.24) and the partner's
own users (permissions.md 8.28, and with them its I12), which the contract has no place for."""
HALF_SHOWN = {
    "permissions.md 8.16": ("role", "a global admin gives itself a role, audited: the test gives it in the database"),
    "permissions.md 8.23": ("password", "a password is reset: the test asks `viewerCan`, which turns to no"),
    "permissions.md 8.26": ("customeruser", "a second partner reads the customer's users: likewise, and it says yes"),
    "customers.md 9.24": ("quantity", "the quantity of a suspended subscription is changed: 2001"),
    "customers.md 9.25": ("servicerequest", "a helpdesk agent opens a service request; a budget is changed: 900150"),
    "relationships.md 11.18": ("renew", "a licence is renewed: one is bought; users are managed: `viewerCan` says no"),
}
"""The contract has no means for a part of these. By scenario: a word for the means, the part and what stands for it."""
QUOTE = re.compile(r"(\w+\.md) (\d+(?:\.\d+)?(?:-\d+\.\d+)?(?:, \d+(?:\.\d+)?(?:-\d+\.\d+)?)*)")


def named_in(words: str) -> Iterator[tuple[str, int]]:
    """The scenarios that a docstring names: `permissions.md 4, 8.16-8.18` is three of section 8."""
    for file, numbers in QUOTE.findall(words):
        for part in numbers.split(", "):
            first, _, last = part.partition("-")
            section, _, number = first.partition(".")
            if number:
                end = int(last.partition(".")[2] or number)
                yield from ((f"{file} {section}", each) for each in range(int(number), end + 1))


def scenarios_with_tests() -> set[tuple[str, int]]:
    """What the docstrings of all test functions name."""
    return {
        scenario
        for file in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for scenario in named_in(ast.get_docstring(node) or "")
    }


def test_every_scenario_has_a_test():
    served = {(section, number) for section, numbers in SERVED.items() for number in numbers}
    assert served - scenarios_with_tests() == set()


def test_what_is_shown_by_half_has_no_means_in_the_contract():
    """Once it has, the whole of it is to be shown."""
    schema = build_schema()._schema
    roots = (schema.query_type, schema.mutation_type, schema.get_type("Customer"))
    fields = [name.lower() for root in roots if root is not None for name in root.fields if name != "roles"]
    assert "relationshipend" in fields
    assert [name for name in fields for means, _ in HALF_SHOWN.values() if means in name] == []
    assert {*HALF_SHOWN} <= {f"{section}.{number}" for section, numbers in SERVED.items() for number in numbers}


def test_a_range_and_a_list_name_each_of_theirs():
    found = set(named_in("R1, permissions.md 4, 8.16-8.18, 8.20: words; customers.md 9.2, I10"))
    assert found == {*(("permissions.md 8", number) for number in (16, 17, 18, 20)), ("customers.md 9", 2)}
