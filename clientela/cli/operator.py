"""`clientela verify-account`, `decide-vetting` and `add-validation-code`: what the operator of the system decides."""

import sys
from collections.abc import Awaitable, Callable

from clientela.cli.failures import NotReadyError
from clientela.database import make_engine
from clientela.settings import Settings
from models.customer import AccountVerification
from resolvers.call import Transaction
from resolvers.operator_decisions import (
    DENIED_BECAUSE,
    UndecidableError,
    add_validation_code,
    decide_vetting,
    verify_account,
)


async def decide_account(settings: Settings, domain: str, status: str) -> None:
    """Decides whether a customer's account may buy.

    Raises:
        NotReadyError: There is no such status, or no customer has the domain.
    """
    known = {one.value.replace("_", "-"): one for one in AccountVerification}
    if status not in known:
        raise NotReadyError(f"{status!r} is no status; write one of {', '.join(known)}.")
    await _in_transaction(settings, lambda transaction: verify_account(transaction, domain, known[status]))
    sys.stdout.write(f"The account of {domain} is {known[status].name} now.\n")


async def decide_education(settings: Settings, domain: str, deny: str | None) -> None:
    """Decides a customer's request to be recognised as a school: denies it for a reason, approves it without one.

    Raises:
        NotReadyError: There is no such reason, no customer has the domain, or no such review runs.
    """
    if deny is not None and deny not in DENIED_BECAUSE:
        raise NotReadyError(f"{deny!r} is no reason; write one of {', '.join(DENIED_BECAUSE)}.")
    await _in_transaction(settings, lambda transaction: decide_vetting(transaction, domain, deny))
    sys.stdout.write(f"EDUCATION of {domain} is {'APPROVED' if deny is None else 'DENIED'} now.\n")


async def file_validation_code(settings: Settings, partner: str, code: str, organization: str, uses: int) -> None:
    """Files a validation code with the partner that may use it.

    Raises:
        NotReadyError: No partner has the domain, or it has the code.
    """
    await _in_transaction(
        settings, lambda transaction: add_validation_code(transaction, partner, code, organization, uses)
    )
    sys.stdout.write(f"{partner} may use the code {uses} times.\n")


async def _in_transaction(settings: Settings, work: Callable[[Transaction], Awaitable[None]]) -> None:
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            await work(connection)  # type: ignore[arg-type] # SQLAlchemy's connection runs statements alike
    except UndecidableError as error:
        raise NotReadyError(str(error)) from error
    finally:
        await database.dispose()
