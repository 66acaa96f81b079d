"""Passwords that the server hands out once: made by chance, kept only as an argon2 hash (R1)."""

import secrets
import string

from argon2 import PasswordHasher

LENGTH = 20
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#$%&*+-=?@_")


def generate_password() -> str:
    """A password with characters of all four classes, in no order that could be guessed."""
    letters = [secrets.choice(one) for one in CLASSES]
    letters += [secrets.choice("".join(CLASSES)) for _ in range(LENGTH - len(CLASSES))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def hash_password(password: str) -> str:
    """The argon2id hash to store; takes tens of milliseconds, so not on the event loop."""
    return PasswordHasher().hash(password)
