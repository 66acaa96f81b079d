"""What commands say to people."""

import pytest


def spoken(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Lines of standard error, without those that the log of a server in this process writes there at any time."""
    return [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]
