"""The execution room knows Strawberry and SQLAlchemy, and not a word of what is served through it."""

import ast
import re
from pathlib import Path

from clientela.names import ROOMS

FILES = sorted((Path(__file__).parents[2] / "execution").rglob("*.py"))
DOMAIN = re.compile(
    r"customer|partner|relationship|reseller|billing|agreement|domain|country|permission|policy|role", re.I
)
STRAWBERRYS = {"BasePermission", "PermissionExtension", "permissions", "has_permission"}
"""Names of Strawberry's guards."""


def test_it_imports_nothing_of_ours():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] not in {*ROOMS, "clientela"} - {"execution"}, (file.name, name)


def test_it_has_no_word_of_the_domain_in_its_code():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            for name in (
                getattr(node, "id", ""),
                getattr(node, "attr", ""),
                getattr(node, "name", ""),
                getattr(node, "arg", ""),
            ):
                assert name in STRAWBERRYS or not DOMAIN.search(str(name or "")), (file.name, name)
