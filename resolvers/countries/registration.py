"""Checks the registration number of a customer's company (customers.md 1.7)."""

import re
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from stdnum import get_cc_module

from resolvers.countries.facts import facts
from resolvers.countries.rules import CountryRules, Requirement, country_rules
from resolvers.faults import Fault, FaultCode, Path
from resolvers.naming import contains_control, label, quoted, trim

NOT_SUPPORTED = 600002
MISSING = 600049
WRONG_FORMAT = 600050
LONGEST_NUMBER = 50


class NumberModule(Protocol):
    """A module of python-stdnum: one kind of number."""

    def is_valid(self, number: str) -> bool:
        """Tell whether the number has the right form and check digits."""


def check_registration_number(number: str | None, country: str, path: Path) -> tuple[str | None, list[Fault]]:
    """Check the registration number of a company (customers.md 1.7; scenarios 9.5 and 9.6).

    Args:
        number: What was typed; blank is the same as absent.
        country: Upper-case alpha-2 code. With an unknown one nothing is held against the number.
        path: Path of the field.

    Returns:
        The number, trimmed, in upper case where its country's format is known; and the faults, at most one.
    """
    text = trim(number or "") or None
    rules = country_rules(country)
    if rules is None:
        return text, []
    if text is None:
        return None, [_missing(rules, path)] if rules.registration_number is Requirement.REQUIRED else []
    if rules.registration_number is Requirement.NOT_SUPPORTED:
        message = f"{label(path)} is not used in {rules.name}; leave it empty."
        return text, [Fault(FaultCode.NOT_SUPPORTED, message, path, NOT_SUPPORTED)]
    if _has_own_format(country):
        text = text.upper()
    return text, [] if _fits(text, rules) else [_wrong(text, rules, path)]


def _has_own_format(country: str) -> bool:
    own = facts()["registration_number"].get(country)
    return own is not None and "pattern" in own


def _fits(text: str, rules: CountryRules) -> bool:
    match = re.fullmatch(rules.registration_number_pattern or "", text, re.ASCII)
    modules = _modules(rules.country)
    if _has_own_format(rules.country):
        if match is None:
            return False
        core = match.group(match.re.groups)  # the group where the pattern has one, else the whole
        return not modules or any(module.is_valid(core) for module in modules)
    # Where the number is optional the library can only widen what is accepted, e.g. by the & of Mexico's RFC.
    # It overlooks separators, any number of them, so the length is ours to check.
    is_sane = len(text) <= LONGEST_NUMBER and not contains_control(text)
    return match is not None or (is_sane and any(module.is_valid(text) for module in modules))


@cache
def _modules(country: str) -> tuple[NumberModule, ...]:
    named = facts()["registration_number"].get(country)
    if named and "numbers" in named:
        return tuple(cast(NumberModule, import_module(f"stdnum.{name}")) for name in named["numbers"])
    found = (get_cc_module(country, kind) for kind in ("vat", "businessid"))
    return tuple(cast(NumberModule, module) for module in found if module)


def _name(rules: CountryRules, path: Path) -> str:
    kind = rules.registration_number_label
    return f"{label(path)} ({kind})" if kind else label(path)


def _advice(rules: CountryRules) -> str:
    own = facts()["registration_number"].get(rules.country)
    return f"one like {own['example']}" if own and "example" in own else "the number as the company's papers show it"


def _missing(rules: CountryRules, path: Path) -> Fault:
    message = f"{_name(rules, path)} is required in {rules.name}; write {_advice(rules)}."
    return Fault(FaultCode.REQUIRED, message, path, MISSING)


def _wrong(text: str, rules: CountryRules, path: Path) -> Fault:
    message = (
        f"{_name(rules, path)} {quoted(text)} does not fit {rules.name} "
        f"(format {rules.registration_number_pattern}); write {_advice(rules)}."
    )
    return Fault(FaultCode.INVALID, message, path, WRONG_FORMAT)
