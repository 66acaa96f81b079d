"""Reading the settings for a command."""

import sys

from pydantic import ValidationError

from clientela.settings import Settings


def load_settings(**overrides: object) -> Settings:
    """The settings of the environment, with what the command line says instead.

    Args:
        overrides: Values by setting; None leaves the environment's.

    Raises:
        SystemExit: A setting is wrong; its name and rule were printed.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        for fault in error.errors():
            name = "CLIENTELA_" + "__".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else "Settings"
            sys.stderr.write(f"{name}: {fault['msg'].removeprefix('Value error, ')}.\n")
        raise SystemExit(2) from None
