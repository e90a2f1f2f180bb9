"""Office files under a password: DOC, XLS and PPT (RC4), DOCX, XLSX and PPTX (AES), opened with what was given.

Of a workbook that is only protected against changes the password is known: Excel tries it first itself (MS-XLS 2.2.10).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from ingestion.detect import detect
from ingestion.errors import Damaged, Encrypted, PasswordWrong
from ingestion.kinds import Detected

_EXCEL_TRIES = "VelvetSweatshop"
_OLE = b"\xd0\xcf\x11\xe0"
# What the package raises on bytes that are cut off or altered; its own errors are told apart.
_BROKEN = (
    *(struct.error, OSError, ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError),
    *(ExpatError, OverflowError, MemoryError, EOFError, NotImplementedError, RecursionError),
)


def detected(path: Path, password: str | None, copy: Path) -> tuple[Path, Detected]:
    """Where a file can be read, and its type: the file itself, or `copy`, made of it, where its type lies under the
    password. Raises as `detect` and `unlock` do."""
    try:
        return path, detect(path)
    except Encrypted:
        unlock(path, password, copy)
        return copy, detect(copy)


def unlock(path: Path, password: str | None, copy: Path) -> None:
    """Write what the file is without its password to `copy`; about half a second, most of it for the key.

    Raises `Encrypted` where no password was given and none is known, or the kind of lock cannot be opened here;
    `PasswordWrong`, `Damaged`.
    """
    from msoffcrypto import exceptions  # type: ignore[import-untyped]  # a tenth of a second that few files need

    with path.open("rb") as stream:
        if stream.read(len(_OLE)) != _OLE:
            raise Encrypted()
        stream.seek(0)
        try:
            with copy.open("wb") as out:
                _decrypt(stream, password or _EXCEL_TRIES, out)
        except exceptions.InvalidKeyError as problem:
            copy.unlink(missing_ok=True)
            raise (PasswordWrong() if password else Encrypted()) from problem
        except exceptions.DecryptionError as problem:
            copy.unlink(missing_ok=True)
            raise Encrypted("This kind of lock cannot be opened here; save the file without a password.") from problem
        except (exceptions.FileFormatError, exceptions.ParseError, *_BROKEN) as problem:
            copy.unlink(missing_ok=True)
            raise (Damaged() if password else Encrypted()) from problem


def _decrypt(stream: BinaryIO, password: str, out: BinaryIO) -> None:
    from msoffcrypto import OfficeFile

    file = OfficeFile(stream)
    if file.format == "ooxml":  # the others compare the password without being asked
        file.load_key(password=password, verify_password=True)
    else:
        file.load_key(password=password)
    file.decrypt(out)
