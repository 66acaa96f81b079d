"""Why a plan hands an operation over to the executor."""


class Unplannable(Exception):  # noqa: N818 - no error: the executor runs the operation
    """The operation has a part that plans do not cover; the message says which."""


class Surprise(Exception):  # noqa: N818 - no error: the executor runs the operation anew
    """Something met at run time that only the executor words exactly, e.g. a null where none may be."""


def surprise() -> None:
    """Raised from within generated expressions.

    Raises:
        Surprise: Always.
    """
    raise Surprise
