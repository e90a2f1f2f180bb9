"""The error tree of reading: every failure has a stable code and an advice for the person who brought the file."""

from __future__ import annotations


class ReadError(Exception):
    """A file, or a page of it, could not be read.

    `code` is stable and documented in `docs/errors.md`; `advice` is one English sentence saying what to do next
    (the screen translates by code); `page` is the 1-based page the failure belongs to, if it belongs to one.
    """

    code = "read-failed"
    default_advice = "Try again; if it fails again, keep the file and tell the administrator."

    def __init__(self, advice: str | None = None, *, page: int | None = None) -> None:
        self.advice = advice or self.default_advice
        self.page = page
        super().__init__(f"{self.code}: {self.advice}")


class UnknownFormat(ReadError):
    """The bytes are none of the formats that are read."""

    code = "file-unknown"
    default_advice = "Save the paper as PDF, DOCX or an image and upload that."


class EmptyFile(ReadError):
    """The file has no bytes."""

    code = "file-empty"
    default_advice = "The file is empty; scan or save it again and upload that."


class Encrypted(ReadError):
    """The file opens only with a password."""

    code = "file-encrypted"
    default_advice = "Remove the password and upload again."


class PasswordWrong(ReadError):
    """The file opens with a password, but not with the one that was given."""

    code = "password-wrong"
    default_advice = "This password does not open the file; ask whoever sent it and try again."


class Damaged(ReadError):
    """The format is known but the bytes cannot be parsed."""

    code = "file-damaged"
    default_advice = "The file is damaged; scan or export it again and upload that."


class TooLarge(ReadError):
    """The file, or a picture in it, is larger than the limits of reading."""

    code = "file-too-large"
    default_advice = "Split the file or scan it at 300 dots per inch or less, and upload the parts."


class TooManyPages(ReadError):
    """The file has more pages than one file may have."""

    code = "file-too-many-pages"
    default_advice = "Split the file into parts of fewer pages and upload the parts."


class ArchiveTooLarge(ReadError):
    """Unpacking would take more room than one container may have, or far more than the container itself takes."""

    code = "archive-too-large"
    default_advice = "Unpack the archive yourself and upload the papers in it, in parts."


class ArchiveTooMany(ReadError):
    """The container holds more files than one may have."""

    code = "archive-too-many"
    default_advice = "Unpack the archive yourself and upload the papers in it, in parts."


class MemberRefused(ReadError):
    """What is inside the container is no file: a link, a device, a pipe; or its place leads out of the container."""

    code = "member-refused"
    default_advice = "This is a link or a special file, not a paper; upload the paper that it leads to."


class ReadTooMuch(ReadError):
    """Reading wrote more than it may and was stopped."""

    code = "read-too-much"
    default_advice = "The file unpacks to more than may be read; split it and upload the parts."


class NoSuchPage(ReadError):
    """A page outside the file was asked for."""

    code = "page-unknown"
    default_advice = "The file has no such page; reload the document."


class NoPageImage(ReadError):
    """The format has no page images."""

    code = "page-no-image"
    default_advice = "This format has no page image; open the text or the file itself."


class ReadTimeout(ReadError):
    """Reading took longer than allowed and was stopped."""

    code = "read-timeout"
    default_advice = "Reading took too long and was stopped; split the file and upload the parts."


class ReadCrashed(ReadError):
    """The reading program ended without an answer (for instance out of memory)."""

    code = "read-crashed"
    default_advice = "The reading program stopped on this file; print it to PDF again and upload that."


class SandboxUnavailable(ReadError):
    """The sandbox is required but cannot be started here."""

    code = "sandbox-unavailable"
    default_advice = "Install bubblewrap and allow user namespaces, or set HOSO_SANDBOX=best-effort."


class OcrUnavailable(ReadError):
    """A page needs recognition and Tesseract or its Vietnamese data is missing."""

    code = "ocr-unavailable"
    default_advice = "Install tesseract-ocr and tesseract-ocr-vie, then read the file again."


class OfficeUnavailable(ReadError):
    """A file that only LibreOffice can open, and LibreOffice is missing or does not start."""

    code = "office-unavailable"
    default_advice = "Install libreoffice-writer, libreoffice-calc and libreoffice-impress, then read the file again."


def _tree(kind: type[ReadError]) -> list[type[ReadError]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in _tree(below))]


def all_errors() -> tuple[type[ReadError], ...]:
    """Every class of the tree, for the tables of codes in documents and tests."""
    return tuple(_tree(ReadError))


def error_from_code(code: str, advice: str | None, page: int | None) -> ReadError:
    """The error a child process reported; an unknown code becomes `ReadCrashed`."""
    kinds = {kind.code: kind for kind in all_errors()}
    return kinds.get(code, ReadCrashed)(advice, page=page)
