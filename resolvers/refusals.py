"""Requests that no person's form is at fault for: top-level errors with a code of their own."""


class Refusal(Exception):  # noqa: N818 - the field's word for it
    """A read or a write that cannot be done as asked.

    Attributes:
        code: `extensions.code` of the error.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
