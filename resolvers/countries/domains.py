"""Checks and suggests the initial domain of a customer's tenant (customers.md 1.5)."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from resolvers.faults import Fault, Path
from resolvers.naming import invalid, label, missing, quoted, trim

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "global": "onmicrosoft.com",
        "us_gov": "onmicrosoft.us",
        "china": "partner.onmschina.cn",
        "germany": "onmicrosoft.de",
    }
)
SANDBOX_SUFFIX = "ccsctp.net"
LONGEST_PREFIX = 27

_PREFIX = re.compile(f"[A-Za-z0-9]{{1,{LONGEST_PREFIX}}}")
_ENDINGS = ("group", "corp", "online", "hq", "1")


def check_domain(text: str, cloud: str, is_sandbox: bool, path: Path) -> tuple[str, list[Fault]]:
    """Complete and check an initial domain; whether it is free is not asked here (customers.md 1.5, 9.7).

    Args:
        text: Prefix or whole domain as typed, e.g. "wingtiptoys" or "WingtipToys.onmicrosoft.com".
        cloud: Key of `SUFFIXES`.
        is_sandbox: Whether the sandbox's own suffix is accepted too.
        path: Path of the field.

    Returns:
        The whole domain in lower case; and the faults: of the prefix, of the suffix, or both.
    """
    typed = trim(text)
    if not typed:
        return "", [missing(path)]
    prefix, dot, suffix = typed.partition(".")
    right = SUFFIXES[cloud]
    faults: list[Fault] = []
    if not _PREFIX.fullmatch(prefix):
        faults.append(_wrong_prefix(prefix, path))
    if dot and suffix.lower() != right and not (is_sandbox and suffix.lower() == SANDBOX_SUFFIX):
        faults.append(_wrong_suffix(suffix, right, path))
    return (typed if dot else f"{typed}.{right}").lower(), faults


def suggest_domains(prefix: str, cloud: str) -> list[str]:
    """Suggest domains for a prefix that cannot be used or is taken (customers.md 1.5).

    Args:
        prefix: What was typed, or the name of the company.
        cloud: Key of `SUFFIXES`.

    Returns:
        A handful of domains that pass `check_domain`, always the same for the same arguments; what was typed
        is not among them unless it had to be mended. Whether they are free is not asked here.
    """
    typed = trim(prefix).partition(".")[0].lower()
    plain = unicodedata.normalize("NFKD", typed).lower()
    stem = "".join(character for character in plain if _PREFIX.fullmatch(character))[:LONGEST_PREFIX]
    stem = stem or "customer"
    prefixes = [stem[: LONGEST_PREFIX - len(ending)] + ending for ending in _ENDINGS]
    if stem != typed:
        prefixes.insert(0, stem)
    return [f"{candidate}.{SUFFIXES[cloud]}" for candidate in dict.fromkeys(prefixes) if candidate != typed]


def _wrong_prefix(prefix: str, path: Path) -> Fault:
    message = (
        f"{label(path)} prefix {quoted(prefix)} is not made of 1 to {LONGEST_PREFIX} letters A-Z and digits; "
        "write one without blanks, hyphens and other signs, e.g. wingtiptoys."
    )
    return invalid(path, message)


def _wrong_suffix(suffix: str, right: str, path: Path) -> Fault:
    message = (
        f"{label(path)} suffix {quoted(suffix)} is not the one of this cloud; "
        f"write the prefix alone or end it with .{right}."
    )
    return invalid(path, message)
