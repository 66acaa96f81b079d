"""Gathers the faults of many checks, so that one answer holds all of them (conventions.md, "Faults")."""

from typing import TypeVar

from resolvers.faults import Fault

Checked = TypeVar("Checked")


class Findings(list[Fault]):
    """The faults found so far, in the order of the form."""

    def of(self, checked: tuple[Checked, list[Fault]]) -> Checked:
        """Keep the faults of one check and hand on its value.

        Args:
            checked: What a check answered: the normalised value and its faults.

        Returns:
            The value.
        """
        value, faults = checked
        if faults:
            self.extend(faults)
        return value
