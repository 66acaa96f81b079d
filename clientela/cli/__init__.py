"""The command `clientela`. Each command imports what it needs when it runs, so that each starts fast."""

from clientela.cli.main import main

__all__ = ["main"]
