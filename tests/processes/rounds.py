"""How often a race is run: a few times in the suite, thousands of times by `make races`."""

import os


def rounds(usual: int) -> int:
    """CLIENTELA_TEST_ROUNDS where it is set, else as many as the suite has time for."""
    return int(os.environ.get("CLIENTELA_TEST_ROUNDS", usual))
