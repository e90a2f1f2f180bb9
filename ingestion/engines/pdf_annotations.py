"""What stands on a PDF page beside its content: values of form fields, notes, typed remarks, stamps, attached files."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.engines import pdf_binding
from ingestion.engines.pdf_words import Frame
from ingestion.pages import Box, Word
from ingestion.vietnamese.normalise import normalise

_MOST = 2_000  # annotations of one page that are looked at
_UNSHOWN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_SILENT = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)
_VALUED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
_TICKED = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
_STAMP: int = raw.FPDF_ANNOT_STAMP
_FREE_TEXT: int = raw.FPDF_ANNOT_FREETEXT
_PASSWORD_FLAG = 1 << 13  # ISO 32000-1, table 228
_TICK = "☒"
_LETTER = 0.5  # of the size of a font: the usual width of a letter
_USUAL_SIZE = 12.0  # points
_SAME_LINE = 0.5  # of the height of a line that a value must share with it


@dataclass(frozen=True, slots=True)
class Written:
    """Text that is no part of the page's content: a value or remark and its box in page space (left, bottom, right,
    top); `beside` where the page shows a mark only (a note) and the text opens elsewhere."""

    text: str
    edges: Box
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Annotations:
    """Those of a page: what they say, whether any shows something, more than that too (stamps, signatures), and
    whether a file is attached."""

    written: tuple[Written, ...] = ()
    shown: bool = False
    pictured: bool = False
    attached: bool = False


NONE = Annotations()


def found_on(page: Any) -> Annotations:
    """Look at the annotations of a page; fields give their values only where the document's form was initialised."""
    count = min(pdf_binding.count_annotations(pdf_binding.handle(page)), _MOST)
    if count <= 0:
        return NONE
    written: list[Written] = []
    shown = pictured = attached = False
    for index in range(count):
        with _annotation(page, index) as one:
            kind = raw.FPDFAnnot_GetSubtype(one) if one else raw.FPDF_ANNOT_LINK
            if kind in _SILENT or raw.FPDFAnnot_GetFlags(one) & _UNSHOWN:
                continue
            attached = attached or kind == raw.FPDF_ANNOT_FILEATTACHMENT
            said = _said(page, one, kind)
            shown = True
            if said:
                written.append(Written(said, _edges(one), kind == raw.FPDF_ANNOT_TEXT))
            pictured = pictured or _shows_more(page, one, kind, said)
    return Annotations(tuple(written), shown, pictured, attached)


def flattened(document: Any, number: int) -> Any:
    """The page (from 0) of a document of its own, stamps and the like drawn into its content; what `found_on` gives
    as text is left out, for the fonts of generated appearances lack Vietnamese letters. Changes the open document."""
    page = document[number]
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        with _annotation(page, index) as one:
            kind = raw.FPDFAnnot_GetSubtype(one) if one else raw.FPDF_ANNOT_LINK
            if one and kind not in _SILENT and _said(page, one, kind) and not _is_stamp(kind):
                raw.FPDFAnnot_SetFlags(one, raw.FPDFAnnot_GetFlags(one) | raw.FPDF_ANNOT_FLAG_HIDDEN)
    if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return page
    page.close()
    return document[number]


@contextmanager
def _annotation(page: Any, index: int) -> Iterator[Any]:
    one = raw.FPDFPage_GetAnnot(page, index)
    try:
        yield one
    finally:
        if one:
            raw.FPDFPage_CloseAnnot(one)


def _is_stamp(kind: int) -> bool:
    return kind == _STAMP


def _shows_more(page: Any, one: Any, kind: int, said: str) -> bool:
    """Whether its picture holds text that is not in what it says: stamps, signature fields, buttons."""
    if kind == raw.FPDF_ANNOT_WIDGET:
        return not said and _field_type(page, one) not in (*_VALUED, *_TICKED)
    return _is_stamp(kind) or (kind == _FREE_TEXT and not said)


def _said(page: Any, one: Any, kind: int) -> str:
    if kind == raw.FPDF_ANNOT_WIDGET:
        return _value(page, one)
    return _string(lambda buffer, size: raw.FPDFAnnot_GetStringValue(one, b"Contents", buffer, size))


def _field_type(page: Any, one: Any) -> int:
    return int(raw.FPDFAnnot_GetFormFieldType(page.formenv, one)) if page.formenv else raw.FPDF_FORMFIELD_UNKNOWN


def _value(page: Any, one: Any) -> str:
    kind = _field_type(page, one)
    if kind in _TICKED:
        return _TICK if raw.FPDFAnnot_IsChecked(page.formenv, one) else ""
    if kind not in _VALUED or raw.FPDFAnnot_GetFormFieldFlags(page.formenv, one) & _PASSWORD_FLAG:
        return ""
    return _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(page.formenv, one, buffer, size))


_MOST_BYTES = 200_000  # of one value; a page holds a tenth


def _string(asked: Any) -> str:
    """A text that pdfium writes as UTF-16 into a buffer; with no buffer it tells the bytes needed."""
    size = asked(None, 0)
    if not 2 < size <= _MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    asked(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return normalise(buffer.raw[: size - 2].decode("utf-16-le", "replace")).replace("\0", "").strip()


def _edges(one: Any) -> Box:
    rect = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(one, rect):
        return (0.0, 0.0, 0.0, 0.0)
    return (
        min(rect.left, rect.right),
        min(rect.bottom, rect.top),
        max(rect.left, rect.right),
        max(rect.bottom, rect.top),
    )


def laid_in(lines: list[list[Word]], written: Sequence[Written], frame: Frame) -> list[list[Word]]:
    """The lines of a page with the values of its fields where they stand, and notes after them."""
    merged = [list(line) for line in lines]
    for one in written:
        (box,) = frame.placed(one.edges)
        rows = [row.split() for row in one.text.split("\n") if row.split()]
        if one.beside:
            merged += [[Word(word, box) for word in row] for row in rows]
            continue
        high = (box[3] - box[1]) / max(1, len(rows))
        for number, row in enumerate(rows):
            top = box[1] + number * high
            _lay(merged, _spread(row, (box[0], top, box[2], top + high)))
    return merged


def _spread(row: Sequence[str], box: Box) -> list[Word]:
    """Words of one line with boxes as wide as their letters usually are, within the box of the line."""
    x0, y0, x1, y1 = box
    count = sum(len(word) for word in row) + len(row) - 1
    wide = min((x1 - x0) / max(1, count), _LETTER * min(y1 - y0, _USUAL_SIZE))
    words = []
    for word in row:
        words.append(Word(word, (x0, y0, x0 + wide * len(word), y1)))
        x0 += wide * (len(word) + 1)
    return words


def _lay(lines: list[list[Word]], words: list[Word]) -> None:
    """Put the words into the line at their height, by their place in it, else as a line of their own above the first
    line that stands lower."""
    _, top, _, bottom = words[0].box
    for line in lines:
        y0, y1 = line[0].box[1], line[0].box[3]
        shared = min(y1, bottom) - max(y0, top)
        if shared > _SAME_LINE * min(y1 - y0, bottom - top):
            at = next((index for index, word in enumerate(line) if word.box[0] > words[0].box[0]), len(line))
            line[at:at] = words
            return
    at = next((index for index, line in enumerate(lines) if line[0].box[1] >= bottom), len(lines))
    lines.insert(at, words)


def form_initialised(document: Any) -> Any:
    """The same document, ready to give the values of its fields. Nothing is run: this pdfium has no JavaScript."""
    if document.get_formtype() != raw.FORMTYPE_NONE:
        try:
            document.init_forms()
        except pdfium.PdfiumError:
            return document  # the fields are read as far as their pictures show them
    return document
