"""What came of a request, in a form that a whole row of the matrix can be compared in."""

from typing import Any, NamedTuple

from tests.access.reference import VENDOR_CODES, Caller, denial, grants
from tests.clients import Answer

Path = tuple[str | int, ...]


class Step(NamedTuple):
    """A guard on the way to a value.

    Attributes:
        permission: That it asks for.
        path: Of the field that it guards.
        sides: What the caller's partner must be in the indirect model, asked after the permission; None for anything.
    """

    permission: str
    path: Path
    sides: frozenset[str] | None = None


class Outcome(NamedTuple):
    """One cell of the matrix; all None where the value was given.

    Attributes:
        status: Of HTTP.
        code: Of the only error.
        permission: That is missing.
        roles: That would grant it, sorted.
        vendor_code: Of the error.
        path: Of the error.
        shown: Whether the value came.
    """

    status: int
    code: str | None = None
    permission: str | None = None
    roles: tuple[str, ...] | None = None
    vendor_code: int | None = None
    path: Path | None = None
    shown: bool = False


def expected(caller: Caller, steps: tuple[Step, ...]) -> Outcome:
    """What must come of asking for the value behind these guards: the first that denies decides."""
    if caller.kind == "nobody" or not caller.mfa:
        return Outcome(401, "UNAUTHENTICATED" if caller.mfa else "MFA_REQUIRED")
    for step in steps:
        code = denial(caller, step.permission, str(step.path[-1]), on_field=len(step.path) > 1)
        if code is not None:
            roles = tuple(sorted(grants()[step.permission]))
            return Outcome(200, code, step.permission, roles, VENDOR_CODES.get(code), step.path)
        if step.sides is not None and caller.side not in step.sides:
            roles = tuple(sorted(grants()[step.permission]))
            return Outcome(200, "PARTNER_TYPE_NOT_ALLOWED", step.permission, roles, None, step.path)
    return Outcome(200, shown=True)


def observed(answer: Answer, path: Path) -> Outcome:
    """What came: fails where there is more than one error, or where an error hides nothing."""
    if "data" not in answer.body:
        (error,) = answer.errors
        assert "WWW-Authenticate" in answer.headers
        return Outcome(answer.status, error["extensions"]["code"])
    value = _at(answer.body["data"], path)
    if not answer.errors:
        return Outcome(answer.status, shown=value is not None)
    (error,) = answer.errors
    extensions = error["extensions"]
    assert _at(answer.body["data"], tuple(error["path"])) is None
    assert extensions["occurrences"] == 1
    return Outcome(
        status=answer.status,
        code=extensions["code"],
        permission=extensions["permission"],
        roles=tuple(sorted(extensions["roles"])),
        vendor_code=extensions.get("vendorCode"),
        path=tuple(error["path"]),
        shown=value is not None,
    )


def _at(data: Any, path: Path) -> Any:
    for part in path:
        if data is None:
            return None
        data = data[part]
    return data
