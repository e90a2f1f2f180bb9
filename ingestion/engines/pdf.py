"""PDF through pypdfium2: text with word boxes, scans and pictures of pages; what stands in the way of reading is told.

The parts lie in modules of their own: `pdf_words` (text layer), `pdf_look` (what a page holds), `pdf_annotations` (form
values, notes, stamps), `pdf_pictures`, `pdf_repair` (copies for reading), `pdf_marks` (signatures, active content),
`pdf_members` (files inside).
"""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from ingestion.arranging import arrange
from ingestion.engines import pdf_annotations, pdf_binding, pdf_look, pdf_pictures, pdf_rules, pdf_words, tables
from ingestion.engines.pdf_marks import Marks, marks
from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, Encrypted, PasswordWrong, ReadError
from ingestion.pages import Attachment, Page, Region, RegionKind, Signature, Source, Table, Warning, Word
from ingestion.vietnamese.normalise import normalise
from ingestion.vietnamese.syllables import is_rubbish

# pdfium keeps what it read of a file as long as the file is open, so a large one is opened again from time to time.
_KEPT_BYTES = 96 * 1024 * 1024
_FEWEST_AT_ONCE = 10  # pages
_SMALL, _LARGE = 0.02, 0.8  # shares of a page with text between which a picture on it is told as one
_REPAIRED = "The file is damaged or cut off; what could be read was read, and pages may be missing."
_RUNNABLE = (".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".js", ".vbs", ".ps1", ".jar", ".lnk", ".hta", ".wsf")


class PdfReader:
    """An open PDF; pypdfium2 is not thread-safe, so it is used from one thread only.

    Where the bytes can be read only from an unlocked or repaired copy, that copy is written to `copy` (or to a file
    that goes with the process) and read instead; `copied` says so. Raises `Encrypted`, `PasswordWrong`, `Damaged`.
    """

    has_images = True

    def __init__(self, path: Path, *, password: str | None = None, copy: Path | None = None) -> None:
        self._original = path
        self._path = path
        self._password = password
        self.copied = False
        self.repaired = False
        self._pdf = self._opened(copy)
        self.page_count = len(self._pdf)
        self._looked_at = 0
        self._at_most = max(_FEWEST_AT_ONCE, self.page_count * _KEPT_BYTES // max(1, self._path.stat().st_size))
        self._flat: Any = None
        self._page: _OpenPage | None = None
        self._looks: dict[int, bool] = {}
        self._pinned = False

    def _opened(self, copy: Path | None) -> Any:
        try:
            return _open(self._path, None)
        except Encrypted:
            if not self._password:
                raise
            self._copy(copy, "unlock")
        except Damaged:
            self._copy(copy, "repair")
            self.repaired = True
        return _open(self._path, None)

    def _copy(self, copy: Path | None, how: str) -> None:
        from ingestion.engines import pdf_repair  # a tenth of a second to import, and few files need it

        if copy is None:
            self._kept = tempfile.TemporaryDirectory(prefix="hoso-pdf-")
            copy = Path(self._kept.name) / "copy"
        if how == "unlock":
            pdf_repair.unlock(self._original, self._password or "", copy)
        else:
            pdf_repair.repair(self._original, copy)
        self._path = copy
        self.copied = True

    @property
    def document(self) -> Any:
        """The pypdfium2 document, of the copy for reading where there is one."""
        return self._pdf

    @cached_property
    def _marks(self) -> Marks:
        return marks(self._original)

    @cached_property
    def _signed(self) -> tuple[tuple[Signature, ...], tuple[Warning, ...]]:
        if not self._marks.signed:
            return (), ()
        from ingestion.engines.signatures import signatures  # a second to import

        return signatures(self._original, self._password)

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The digital signatures on the file."""
        return self._signed[0]

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """That the file was repaired, holds active content, or says it is signed and cannot be verified."""
        found = list(self._signed[1])
        if self.repaired or not self._marks.whole:
            found.append(Warning("file-repaired", None, _REPAIRED))
        active = [*self._marks.active]
        if any(one.name.lower().endswith(_RUNNABLE) for one in self.attachments):
            active.append("an attached program")
        if active:
            message = f"The file holds {', '.join(active)}; nothing of it is ever run."
            found.append(Warning("pdf-active-content", None, message))
        return tuple(found)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Files inside by name and size; those pinned to a page once that page was looked at."""
        try:
            if not self._pdf.count_attachments() and not self._pinned:
                return ()
        except pdfium.PdfiumError:
            return ()
        from ingestion.engines.pdf_members import listed

        try:
            return tuple(Attachment(normalise(name), size) for name, size in listed(self._path))
        except ReadError:
            return ()  # taking them out says why

    def needs_recognition(self, number: int) -> bool:
        """Whether the page shows more than its text layer says. 1 to 5 ms."""
        if number not in self._looks:
            self._looks[number] = self._open(number).needs_recognition()
        return self._looks[number]

    def text_page(self, number: int) -> Page:
        """The text layer with a box for every word, field values and notes, and the tables where rules hint at one."""
        page = self._open(number)
        lines = self._annotated(page) if page.notes.shown else page.lines()
        width, height = page.frame.size
        done = arrange(lines, width=width, height=height)
        if not done.words:
            return Page(number, width, height, Source.NONE, None, "", blank=page.is_empty())
        found: tuple[Table, ...] = ()
        if page.seen.ruled:
            found = tables.from_rules(pdf_rules.rules_of(pdf_binding.handle(page.held), page.frame), lines)
        regions = page.pictures()
        return Page(
            number, width, height, Source.TEXT, None, done.text, done.words, found, done.running, regions=regions
        )

    def notes(self, number: int) -> tuple[str, ...]:
        """What is typed on the page beside its content and does not show there: the texts of notes."""
        return tuple(one.text for one in self._open(number).notes.written if one.beside)

    def scan(self, number: int) -> Scan:
        """The page at the resolution of the scan it holds, or at 300 dpi."""
        page = self._open(number)
        return pdf_pictures.scan_of(page.held, number, page.frame, page.seen, plain=not page.notes.shown)

    def picture(self, number: int, width: int) -> Image.Image:
        """The page as shown."""
        return pdf_pictures.rendered(self._open(number).held, number, width)

    def _annotated(self, page: _OpenPage) -> list[list[Word]]:
        """The lines of a page with its stamps, values and notes."""
        lines = page.lines()
        if page.notes.pictured:
            if self._flat is None:
                self._flat = _open(self._path, None)
            flat = _OpenPage(pdf_annotations.flattened(self._flat, page.number - 1), page.number)
            lines = flat.lines()
            flat.close()
        return pdf_annotations.laid_in(lines, page.notes.written, page.frame)

    def _open(self, number: int) -> _OpenPage:
        """One page is held open at a time: a long scan would fill the memory."""
        if self._page is not None and self._page.number == number:
            return self._page
        if self._page is not None:
            self._page.close()
            self._page = None
        self._looked_at += 1
        if self._looked_at % self._at_most == 0:
            self._pdf.close()
            self._pdf = _open(self._path, None)
        try:
            held = self._pdf[number - 1]
        except (pdfium.PdfiumError, IndexError) as problem:
            raise Damaged(page=number) from problem
        page = _OpenPage(held, number)
        if min(page.frame.size) < 1:
            page.close()
            raise Damaged(page=number)
        self._page = page
        self._pinned = self._pinned or page.notes.attached
        return page


def _open(path: Path, password: str | None) -> Any:
    """The file as pdfium opens it, with at least one page."""
    try:
        document = pdfium.PdfDocument(str(path), password=password)
        count = len(document)
    except pdfium.PdfiumError as problem:
        locked = getattr(problem, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        if locked or "password" in str(problem).lower():
            raise (PasswordWrong() if password else Encrypted()) from problem
        raise Damaged() from problem
    if count < 1:
        raise Damaged()
    return pdf_annotations.form_initialised(document)


class _OpenPage:
    """A page as long as it is open, with what was found out about it."""

    def __init__(self, held: Any, number: int) -> None:
        self.held = held
        self.number = number
        left, bottom, right, top = held.get_bbox()
        self.frame = pdf_words.Frame(left, bottom, right, top, held.get_rotation() // 90 % 4)
        self._textpage: Any = None

    @cached_property
    def notes(self) -> pdf_annotations.Annotations:
        return pdf_annotations.found_on(self.held)

    @cached_property
    def seen(self) -> pdf_look.Drawn:
        return pdf_look.drawn(pdf_binding.handle(self.held), self.frame)

    @cached_property
    def _text(self) -> int:
        try:
            self._textpage = self.held.get_textpage()
        except pdfium.PdfiumError as problem:
            raise Damaged(page=self.number) from problem
        return pdf_binding.handle(self._textpage)

    @cached_property
    def letters(self) -> str:
        return pdf_words.letters(self._text)

    @cached_property
    def rubbish(self) -> bool:
        unmapped = pdf_words.unmapped_share(self._text, len(self.letters))
        return pdf_look.is_not_what_it_shows(self.letters, unmapped, self.seen)

    def needs_recognition(self) -> bool:
        """Whether the page shows more than its text layer says."""
        if not self.letters.strip():
            return self.seen.covered > 0 or self.seen.shapes > 0
        if self.rubbish:
            return True
        words = self.letters
        if self.seen.fonts.legacy:
            words = "\n".join(" ".join(word.text for word in line) for line in self.lines())
            if is_rubbish(words):
                return True
        return self.seen.is_scan and pdf_look.is_stamp(words)

    def lines(self) -> list[list[Word]]:
        """The words of the content."""
        _ = self.rubbish  # finds out whether the text is older than Unicode
        return pdf_words.lines(self._text, self.letters, self.frame, self.seen.fonts)

    def is_empty(self) -> bool:
        """Whether nothing at all is drawn."""
        return not (self.seen.pictures or self.seen.shapes or self.letters.strip() or self.notes.shown)

    def pictures(self) -> tuple[Region, ...]:
        """The pictures on a page of text."""
        wide, high = self.frame.size
        return tuple(
            Region(RegionKind.PICTURE, box, 1.0)
            for edges in self.seen.pictures
            for box in self.frame.placed(edges)
            if _SMALL < (box[2] - box[0]) * (box[3] - box[1]) / (wide * high) < _LARGE
        )

    def close(self) -> None:
        """Give the memory back."""
        if self._textpage is not None:
            self._textpage.close()
        self.held.close()
