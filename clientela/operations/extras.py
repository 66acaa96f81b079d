"""Packages that only some deployments need."""


class MissingExtraError(Exception):
    """A setting asks for packages that are not installed; the message says which."""
