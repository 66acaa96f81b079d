"""Gathers the faults of many checks, so that one answer holds all of them (conventions.md, "Faults")."""

from collections.abc import Mapping
from typing import Any

from resolvers.faults import Fault

Checked = tuple[Any, list[Fault]]
"""What a check answers: the normalised value and its faults."""


def gather(checks: Mapping[str, Checked]) -> tuple[dict[str, Any], list[Fault]]:
    """Put the checks of a form's fields together.

    Args:
        checks: What was found by name of the field, in the order of the form.

    Returns:
        The values by name; and all faults, in the order of the form.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, (value, found) in checks.items():
        values[name] = value
        if found:
            faults += found
    return values, faults
