"""The kinds of files there are: families (which engine reads a file) and media types (what is said of it)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingestion.pages import Warning

PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"
HTML = "text/html"
MHTML = "multipart/related"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
RTF = "application/rtf"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PPTM = "application/vnd.ms-powerpoint.presentation.macroenabled.12"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
IMAGES = ("image/png", "image/jpeg", "image/tiff", "image/webp", "image/bmp", "image/heic")
ZIP = "application/zip"
SEVEN_ZIP = "application/x-7z-compressed"
RAR = "application/vnd.rar"
TAR = "application/x-tar"
GZIP = "application/gzip"
BZIP2 = "application/x-bzip2"
XZ = "application/x-xz"


class Family(StrEnum):
    """Which engine reads it."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    WORD = "word"  # DOCX, DOCM
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    XLSX = "xlsx"  # XLSX, XLSM
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    PPTX = "pptx"
    PPT = "ppt"
    ODP = "odp"
    HTML = "html"
    MHTML = "mhtml"
    EML = "eml"
    MSG = "msg"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Detected:
    """Media type, family, for plain text and CSV the encoding and whether that was guessed, and what the bytes alone
    warn of (`file-polyglot`)."""

    media_type: str
    family: Family
    encoding: str | None = None
    guessed: bool = False
    warnings: tuple[Warning, ...] = ()
