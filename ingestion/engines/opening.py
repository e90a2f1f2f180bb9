"""Which engine opens which family of files.

Each engine is imported by its opener: it is slow to import and a child needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ingestion.detect import Detected, Family
from ingestion.engines.reader import Reader
from ingestion.errors import TooManyPages, UnknownFormat

MOST_PAGES = 5_000  # of one file; a bound dossier has hundreds


def open_reader(path: Path, kind: Detected) -> Reader:
    """The engine for this type. Raises `ReadError`."""
    opener = _OPENERS.get(kind.family)
    if opener is None:
        raise UnknownFormat()
    reader = opener(path, kind)
    if reader.page_count > MOST_PAGES:
        raise TooManyPages()
    return reader


def _pdf(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.pdf import PdfReader

    return PdfReader(path)


def _image(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.image import ImageReader

    return ImageReader(path)


def _text(path: Path, kind: Detected) -> Reader:
    from ingestion.engines.text import TextReader

    return TextReader(path, kind.encoding or "utf-8", guessed=kind.guessed)


def _word(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.word import WordReader

    return WordReader(path)


def _archive(path: Path, kind: Detected) -> Reader:
    from ingestion.engines.archive import ArchiveReader

    return ArchiveReader(path, kind.media_type)


def _xlsx(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.spreadsheet import SpreadsheetReader

    return SpreadsheetReader(path)


def _csv(path: Path, kind: Detected) -> Reader:
    from ingestion.engines.delimited import open_csv

    return open_csv(path, kind.encoding or "utf-8", guessed=kind.guessed)


def _word_binary(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.word_binary import WordBinaryReader

    return WordBinaryReader(path)


def _rtf(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.rtf import RtfReader

    return RtfReader(path)


def _excel_binary(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.excel_binary import ExcelBinaryReader

    return ExcelBinaryReader(path)


def _mail(path: Path, kind: Detected) -> Reader:
    from ingestion.engines.mail import MailReader

    return MailReader(path, kind.family)


def _open_document(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.opendocument import OpenDocumentReader

    return OpenDocumentReader(path)


def _pptx(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.slides import SlidesReader

    return SlidesReader(path)


def _ppt(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.slides_old import OldSlidesReader

    return OldSlidesReader(path)


def _web(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.web import WebReader

    return WebReader(path)


def _archived_web(path: Path, _kind: Detected) -> Reader:
    from ingestion.engines.web import ArchivedWebReader

    return ArchivedWebReader(path)


_OPENERS: Mapping[Family, Callable[[Path, Detected], Reader]] = {
    Family.PDF: _pdf,
    Family.IMAGE: _image,
    Family.TEXT: _text,
    Family.WORD: _word,
    Family.DOC: _word_binary,
    Family.RTF: _rtf,
    Family.XLS: _excel_binary,
    Family.XLSX: _xlsx,
    Family.CSV: _csv,
    Family.ODT: _open_document,
    Family.ODS: _open_document,
    Family.ODP: _open_document,
    Family.PPTX: _pptx,
    Family.PPT: _ppt,
    Family.HTML: _web,
    Family.MHTML: _archived_web,
    Family.ARCHIVE: _archive,
    Family.EML: _mail,
    Family.MSG: _mail,
}
