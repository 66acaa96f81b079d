"""Every acceptance scenario of the domain files that is served has a test that names it, e.g. `permissions.md 8.15`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
SERVED = {
    "relationships.md 11": {*range(1, 13), *range(14, 19)},
    "permissions.md 8": {*range(11, 28)},
    "customers.md 9": {*range(15, 19), 24, 25},
}
"""The scenarios by the section that lists them. Left out of it: leads (relationships.md 11.23, 11.24) and the partner's
own users (permissions.md 8.28, and with them its I12), which the contract has no place for."""
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


def test_a_range_and_a_list_name_each_of_theirs():
    found = set(named_in("R1, permissions.md 4, 8.16-8.18, 8.20: words; customers.md 9.2, I10"))
    assert found == {*(("permissions.md 8", number) for number in (16, 17, 18, 20)), ("customers.md 9", 2)}
