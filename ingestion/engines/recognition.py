"""Recognition beside the reading of a file: two pages at a time, each by a thread with a Tesseract of its own."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Self

from ingestion.engines.reader import Scan
from ingestion.engines.recogniser import Recognisers
from ingestion.pages import Page, Source, Warning

AT_ONCE = 2

Recognised = tuple[Page, list[Warning]]


class Recognition:
    """To be opened when the first page that needs it is known: what recognises is loaded while that page is drawn."""

    def __init__(self, pages: int) -> None:
        """For at most so many pages."""
        at_once = min(AT_ONCE, pages)
        self._recognisers = Recognisers()
        self._recognisers.start(at_once)
        self._threads = ThreadPoolExecutor(at_once)
        self._threads.submit(_load)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        self._recognisers.stop()

    def begin(self, scan: Scan, notes: tuple[str, ...]) -> Future[Recognised]:
        """The page of a scan, with the notes typed on it, once it is recognised."""
        return self._threads.submit(self._recognised, scan, notes)

    def _recognised(self, scan: Scan, notes: tuple[str, ...]) -> Recognised:
        from ingestion.engines import ocr

        page, remarks = ocr.recognise(scan, self._recognisers)
        return (_with_notes(page, "\n".join(notes)) if notes else page), remarks


def _load() -> None:
    from ingestion.engines import ocr  # noqa: F401 - with what works on pictures a fifth of a second to import


def _with_notes(page: Page, notes: str) -> Page:
    """A recognised page with what was typed on it and does not show; it has no boxes there."""
    foot = "" if page.running is None else page.text[page.running :]
    body = f"{page.body}\n{notes}" if page.body else notes
    source = Source.TEXT if page.source is Source.NONE else page.source
    text = f"{body}\n{foot}" if foot else body
    return replace(page, source=source, text=text, running=len(body) + 1 if foot else None, blank=False)
