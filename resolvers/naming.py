"""Names, e-mail addresses and other short texts that people type (customers.md 1.3, 1.4, 1.6)."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, overload

from email_validator import EmailNotValidError, validate_email

from resolvers.faults import Fault, FaultCode, Path

LONGEST_COMPANY_NAME = 255
LONGEST_PERSON_NAME = 50
LONGEST_EMAIL = 254

# The vendor's number for a property that breaks a rule without a number of its own (customers.md 7).
INVALID_PROPERTY = 3000

# None belongs in a name: control characters, line separators, marks that turn the direction of text around.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Blanks of every script and line ends, as they come along when text is copied.
_AROUND = " \t\r\n\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_LONGEST_QUOTE = 40


def fold(text: str) -> str:
    """Make the key under which lists sort and search a text (conventions.md, "Ids and lists").

    Args:
        text: Any text.

    Returns:
        A key that is equal for texts that differ only in case or in Unicode's ways of writing the same.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def contains_control(text: str) -> bool:
    """Tell whether a text holds characters that never belong in a field of one line.

    Args:
        text: Any text.

    Returns:
        Whether it holds a control character (U+0000 too), a line separator or a change of direction.
    """
    return _CONTROL.search(text) is not None


def trim(text: str) -> str:
    """Take the white space off both ends of a text; other control characters stay, to be refused.

    Args:
        text: Any text.

    Returns:
        The text without blanks, tabs and line ends around it.
    """
    return text.strip(_AROUND)


def label(path: Path) -> str:
    """Name a field for people.

    Args:
        path: Path of the field, e.g. `("input", "address", "postalCode")`.

    Returns:
        The last step in words, e.g. "Postal code".
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", path[-1]).capitalize()


def quoted(text: str) -> str:
    """Quote what a person typed in a message to that person.

    Args:
        text: Any text.

    Returns:
        The text between quotes, its tail cut where it is long, without control characters.
    """
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    tail = "…" if len(shown) > _LONGEST_QUOTE else ""
    return f'"{shown[:_LONGEST_QUOTE]}{tail}"'


def invalid(path: Path, message: str) -> Fault:
    """Make the fault of a value that breaks a rule without a number of its own.

    Args:
        path: Path of the field.
        message: One sentence: the field, the rule, the way out.

    Returns:
        The fault, code INVALID.
    """
    return Fault(FaultCode.INVALID, message, path, INVALID_PROPERTY)


def missing(path: Path, why: str = "") -> Fault:
    """Make the fault of a required field that is empty.

    Args:
        path: Path of the field.
        why: What requires it, e.g. " in Brazil".

    Returns:
        The fault, code REQUIRED.
    """
    return Fault(FaultCode.REQUIRED, f"{label(path)} is required{why}; fill it in.", path, INVALID_PROPERTY)


@overload
def check_text(text: str, path: Path, longest: int) -> tuple[str, list[Fault]]: ...
@overload
def check_text(
    text: str | None, path: Path, longest: int, *, optional: Literal[True]
) -> tuple[str | None, list[Fault]]: ...
def check_text(text: str | None, path: Path, longest: int, *, optional: bool = False) -> tuple[str | None, list[Fault]]:
    """Check a short text (customers.md 1.4).

    Args:
        text: What was typed; blank is the same as absent.
        path: Path of the field.
        longest: The most characters it may have.
        optional: Whether it may be absent.

    Returns:
        The text without white space around it, where there is none None for one that may be absent; and the faults,
        at most one.
    """
    # What can be printed holds no control character, and no blank but the space.
    if text and text.isprintable() and text[0] != " " and text[-1] != " " and len(text) <= longest:
        return text, []
    trimmed = trim(text or "")
    if not trimmed:
        return (None, []) if optional else ("", [missing(path)])
    if contains_control(trimmed):
        return trimmed, [
            invalid(path, f"{label(path)} holds an invisible control character; remove it and type plain text.")
        ]
    if len(trimmed) > longest:
        message = f"{label(path)} has {len(trimmed)} characters; shorten it to {longest} at most."
        return trimmed, [Fault(FaultCode.TOO_LONG, message, path, INVALID_PROPERTY)]
    return trimmed, []


def check_company_name(name: str, path: Path) -> tuple[str, list[Fault]]:
    """Check the legal name of a company (customers.md 1.6).

    Args:
        name: What was typed.
        path: Path of the field.

    Returns:
        The name, trimmed; and the faults, at most one: blank, one character, only specials, too long, control.
    """
    trimmed, faults = check_text(name, path, LONGEST_COMPANY_NAME)
    if faults:
        return trimmed, faults
    advice = "write the exact legal name of the company."
    # A letter and its accent count as one, however they are encoded.
    if len(unicodedata.normalize("NFC", trimmed)) == 1:
        faults = [invalid(path, f"{label(path)} has one character only; {advice}")]
    elif not trimmed[0].isalnum() and not any(character.isalnum() for character in trimmed):
        faults = [invalid(path, f"{label(path)} {quoted(trimmed)} has no letter and no digit; {advice}")]
    return trimmed, faults


def check_email(email: str, path: Path) -> tuple[str, list[Fault]]:
    """Check an e-mail address by its form; nobody is asked whether it exists (customers.md 1.4, 1.6).

    Args:
        email: What was typed.
        path: Path of the field.

    Returns:
        The address as it is stored, its domain in lower case; and the faults, at most one.
    """
    trimmed, faults = check_text(email, path, LONGEST_EMAIL)
    if faults:
        return trimmed, faults
    normalized = _normalized_email(trimmed)
    if normalized is None:
        message = f"{label(path)} {quoted(trimmed)} is not an e-mail address; write one like anna@contoso.com."
        return trimmed, [invalid(path, message)]
    return normalized, []


@lru_cache(maxsize=4096)
def _normalized_email(email: str) -> str | None:
    # A profile is sent back whole, with the address that it had: to look at every letter of it again takes as long
    # as all other checks of the form.
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
