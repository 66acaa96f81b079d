"""Which fault codes the product can emit, read off its source: a code that is written there has a page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from policy.vocabulary import DenialCode
from resolvers.faults import FaultCode

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("clientela", "schema", "execution", "resolvers")
# What makes or words an error, and takes its code as a text.
MAKERS = re.compile(r"(Refusal|StreamOver|Wording|_error|_refusal|_coded)$")
CODE = re.compile(r"[A-Z][A-Z_]{3,}")


def served_codes() -> set[str]:
    """Every code of an input's fault, every denial, and every text that stands where a code does."""
    return {*FaultCode.__members__, *DenialCode.__members__, *_written()}


def _written() -> Iterator[str]:
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                yield from (text for text in _texts(node) if CODE.fullmatch(text))


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if MAKERS.search(name):
            yield from (argument.value for argument in node.args if _is_text(argument))
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            yield from (
                value.value for key, value in pairs if _is_text(key) and key.value == "code" and _is_text(value)
            )
        case ast.arguments():
            with_default = zip(node.args[len(node.args) - len(node.defaults) :], node.defaults, strict=True)
            yield from (value.value for argument, value in with_default if argument.arg == "code" and _is_text(value))


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
