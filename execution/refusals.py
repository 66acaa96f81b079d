"""What the execution room itself refuses, in words for the developer of the client."""


class BadUserInput(Exception):  # noqa: N818 - named after the code that the client gets
    """An argument that a program wrote and that breaks a rule; a top-level error BAD_USER_INPUT."""
