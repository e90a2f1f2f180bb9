"""Passwords: argon2id hashes with the library's defaults, how long a typed one must be, and random ones."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 14
"""Characters of a typed password without a second factor (legal.md 5.4, ANM R10)."""
LONGEST = 200
"""Characters; hashing something endless would be a way to keep the server busy."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else: no i, l, o, 0, 1
_GROUPS, _GROUP_LENGTH = 4, 5  # 20 characters of 31: 99 bits
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(_plain(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a usable hash as much is computed, and the answer is no."""
    try:
        usable = password_hash is not None and password_hash.startswith("$argon2")
        matches = _hasher.verify(password_hash if usable and password_hash else _decoy(), _plain(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return matches and usable


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def generated() -> str:
    """A random password, in groups that can be read out and typed."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


def complaint(password: str, username: str) -> str | None:
    """What is wrong with a typed password, or None."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"Mật khẩu cần ít nhất {SHORTEST} ký tự."
    if len(plain) > LONGEST:
        return f"Mật khẩu dài nhất {LONGEST} ký tự."
    if len(set(plain)) < 5 or (username and username in plain.lower()):
        return "Mật khẩu quá dễ đoán: dùng nhiều ký tự khác nhau và không chứa tên đăng nhập."
    return None


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _plain(password: str) -> str:
    """The same password from every keyboard: composed and decomposed Vietnamese letters are one."""
    return unicodedata.normalize("NFC", password)
