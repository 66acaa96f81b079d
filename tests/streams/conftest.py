"""Two server processes on one database, which all tests of a module share."""

from tests.processes.conftest import two

__all__ = ["two"]
