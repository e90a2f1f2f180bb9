"""The three answers of the child, over whatever engine the bytes ask for; pages are recognised two at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.detect import Detected, Family, detect
from ingestion.engines import halving
from ingestion.engines.opening import MOST_PAGES, open_reader
from ingestion.engines.reader import Annotatable, Reader, Signable
from ingestion.engines.unlocking import detected
from ingestion.errors import (
    Damaged,
    NoPageImage,
    NoSuchPage,
    ReadError,
    ReadTimeout,
    TooLarge,
    TooManyPages,
    error_from_code,
)
from ingestion.packing import COPY_FILE, PASSWORD_FILE, packed
from ingestion.pages import Page, Signature, Slice, Source, Warning

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ingestion.engines.recognition import Recognised, Recognition


OCR_SLICE = 25  # pages; about a minute of one core
TEXT_SLICE = 250
THUMB_WIDTH = 160
FIRST_WIDTH = 1000
WIDEST = 4_000


def answer_survey(path: Path, out: Path, *, read_too: bool = False) -> dict[str, Any]:
    """Media type, number of pages, slices, warnings, files inside, digital signatures; `copy` says whether an unlocked
    or repaired copy was left in `out`. With `read_too` also the pages (`read`) of a file that is one slice without
    recognition, from the file as it is open; None where they cannot be read, for a reading of its own says why."""
    given = out / PASSWORD_FILE
    password = given.read_text(encoding="utf-8") if given.is_file() else None
    path, kind = detected(path, password, out / COPY_FILE)
    reader = _surveyed(path, kind, password, out)
    wanted = [_is_heavy(reader, number) for number in range(1, reader.page_count + 1)]
    slices = cut_slices(wanted)
    answer: dict[str, Any] = {
        "media_type": kind.media_type,
        "pages": reader.page_count,
        "slices": [{"first": one.first, "last": one.last, "ocr": one.ocr} for one in slices],
        "warnings": [warning.as_json() for warning in (*kind.warnings, *reader.warnings)],
        "members": len(reader.attachments),
        "signatures": [signature.as_json() for signature in _signatures(reader)],
        "copy": (out / COPY_FILE).is_file(),
    }
    if read_too and len(slices) == 1 and not slices[0].ocr and not answer["copy"]:
        try:
            answer["read"] = _whole(path, kind, reader, first=1, last=reader.page_count, images=out)
        except ReadError:
            answer["read"] = None
    return answer


def _surveyed(path: Path, kind: Detected, password: str | None, out: Path) -> Reader:
    """The reader of a file that may need a password or a repair; the copy that this takes is left in `out`."""
    if kind.family is not Family.PDF:
        return open_reader(path, kind)
    from ingestion.engines.pdf import PdfReader

    reader = PdfReader(path, password=password, copy=out / COPY_FILE)
    if reader.page_count > MOST_PAGES:
        raise TooManyPages()
    return reader


def _signatures(reader: Reader) -> tuple[Signature, ...]:
    return reader.signatures if isinstance(reader, Signable) else ()


def _is_heavy(reader: Reader, number: int) -> bool:
    try:
        return reader.needs_recognition(number)
    except Damaged:
        return False  # reading that page will say so


def cut_slices(recognise: list[bool]) -> list[Slice]:
    """Consecutive slices over all pages: at most 25 pages with one to recognise among them, else at most 250."""
    slices: list[Slice] = []
    first, any_heavy = 1, False
    for number, heavy in enumerate(recognise, start=1):
        most = OCR_SLICE if any_heavy or heavy else TEXT_SLICE
        if number - first >= most:
            slices.append(Slice(first, number - 1, any_heavy))
            first, any_heavy = number, False
        any_heavy = any_heavy or heavy
    if recognise:
        slices.append(Slice(first, len(recognise), any_heavy))
    return slices


def answer_read(
    path: Path, *, first: int, last: int | None, images: Path | None, claims: Path | None = None
) -> dict[str, Any]:
    """The pages asked for, as JSON; pictures are written beside. A long file is read by two processes: the second one
    is told with `claims` where they share out the pages, and begins at the end."""
    kind = detect(path)
    reader = open_reader(path, kind)
    last = reader.page_count if last is None else min(last, reader.page_count)
    if first < 1 or first > max(1, reader.page_count):
        raise NoSuchPage(page=first)
    if claims is not None:
        chunks = halving.claimed(claims, reversed(halving.chunks(first, last)))
        answer = _joined([_read_part(reader, start, end, images) for start, end in chunks])
        return {"media_type": kind.media_type, "page_count": reader.page_count, **answer}
    return _whole(path, kind, reader, first=first, last=last, images=images)


def _whole(path: Path, kind: Detected, reader: Reader, *, first: int, last: int, images: Path | None) -> dict[str, Any]:
    if kind.family is Family.PDF and halving.is_worth_it(reader, first, last):
        answer = _read_halves(path, reader, first, last, images)
    else:
        answer = _read_part(reader, first, last, images)
    failures = answer.pop("failures")
    if failures and len(failures) == len(answer["pages"]):
        raise error_from_code(*failures[0])
    if first == 1:  # what is to be said of the whole file is said once, with its beginning
        said = [warning.as_json() for warning in (*kind.warnings, *reader.warnings)]
        answer["warnings"] = said + answer["warnings"]
        answer["signatures"] = [signature.as_json() for signature in _signatures(reader)]
    return {"media_type": kind.media_type, "page_count": reader.page_count, **answer}


def _read_halves(path: Path, reader: Reader, first: int, last: int, images: Path | None) -> dict[str, Any]:
    second = halving.SecondProcess(path, first, last, images)
    try:
        parts = [
            _read_part(reader, start, end, images)
            for start, end in halving.claimed(second.claims, halving.chunks(first, last))
        ]
        theirs = second.answer()
    finally:
        second.stop()
    if theirs is not None:
        return _joined([*parts, theirs])
    read = {page["number"] for part in parts for page in part["pages"]}
    left = [chunk for chunk in halving.chunks(first, last) if chunk[0] not in read]
    return _joined([*parts, *(_read_part(reader, start, end, images) for start, end in left)])


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts of one reading as one, in the order of the pages."""
    parts = sorted((part for part in parts if part["pages"]), key=lambda part: int(part["pages"][0]["number"]))
    pages = sorted((page for part in parts for page in part["pages"]), key=lambda page: int(page["number"]))
    return {
        "pages": pages,
        "attachments": max((part["attachments"] for part in parts), key=len, default=[]),
        "warnings": sorted((one for part in parts for one in part["warnings"]), key=lambda one: one["page"] or 0),
        "signatures": [],
        "failures": [one for part in parts for one in part["failures"]],
    }


def _read_part(reader: Reader, first: int, last: int, images: Path | None) -> dict[str, Any]:
    pages = []
    warnings: list[Warning] = []
    failures: list[ReadError] = []
    for page, remarks, failure in _all_pages(reader, first, last, images if reader.has_images else None):
        pages.append(packed(page))
        warnings += remarks
        failures += [failure] if failure else []
    return {
        "pages": pages,
        "attachments": [attachment.as_json() for attachment in reader.attachments],
        "warnings": [warning.as_json() for warning in warnings],
        "signatures": [],
        "failures": [(failure.code, failure.advice, failure.page) for failure in failures],
    }


Outcome = tuple[Page, list[Warning], ReadError | None]


def _all_pages(reader: Reader, first: int, last: int, images: Path | None) -> Iterator[Outcome]:
    """Pages in order; what recognises two at once is imported at the first page that asks for it."""
    for number in range(first, last + 1):
        if _is_heavy(reader, number):
            yield from _pages(reader, number, last, images)
            return
        outcome = _plain(reader, number)
        if images is not None:
            _write_pictures(reader, number, images)
        yield outcome


def _plain(reader: Reader, number: int) -> Outcome:
    try:
        page = reader.text_page(number)
    except (Damaged, ReadTimeout, TooLarge) as problem:
        return _lost(number, problem)
    return page, _remarks(page), None


def _pages(reader: Reader, first: int, last: int, images: Path | None) -> Iterator[Outcome]:
    """Pages in order; two scans are recognised at once and one more is held, so that no core waits for its picture or
    for the slower of the two. A page that fails does not take the others.

    A page is drawn while it is open anyway and the pages before it are recognised.
    """
    from concurrent.futures import FIRST_COMPLETED, wait

    from ingestion.engines.recognition import AT_ONCE, Recognition

    waiting: deque[tuple[int, Future[Recognised]]] = deque()
    with Recognition(last - first + 1) as recognition:
        for number in range(first, last + 1):
            while len(busy := [one for _, one in waiting if not one.done()]) > AT_ONCE:
                wait(busy, return_when=FIRST_COMPLETED)
            waiting.append((number, _begin(recognition, reader, number)))
            if images is not None:
                _write_pictures(reader, number, images)
            while waiting[0][1].done() and len(waiting) > 1:
                yield _outcome(*waiting.popleft())
        while waiting:
            yield _outcome(*waiting.popleft())


def _begin(recognition: Recognition, reader: Reader, number: int) -> Future[Recognised]:
    from concurrent.futures import Future

    done: Future[Recognised] = Future()
    try:
        if reader.needs_recognition(number):
            notes = reader.notes(number) if isinstance(reader, Annotatable) else ()
            return recognition.begin(reader.scan(number), notes)
        page = reader.text_page(number)
        done.set_result((page, _remarks(page)))
    except ReadError as problem:
        done.set_exception(problem)
    return done


def _outcome(number: int, work: Future[Recognised]) -> Outcome:
    """The page, or an empty one with a warning where only this page is broken, too large or too slow."""
    try:
        return *work.result(), None
    except (Damaged, ReadTimeout, TooLarge) as problem:
        return _lost(number, problem)


def _lost(number: int, problem: ReadError) -> Outcome:
    problem.page = number
    empty = Page(number, 0.0, 0.0, Source.NONE, None, "")
    return empty, [Warning(problem.code, number, problem.advice)], problem


def _remarks(page: Page) -> list[Warning]:
    if page.source is Source.NONE:
        return [Warning("page-blank", page.number, "The page is blank.")]
    return []


def _write_pictures(reader: Reader, number: int, images: Path) -> None:
    from PIL import Image, WebPImagePlugin  # noqa: F401 - without it Pillow imports its forty formats to find WebP

    try:
        if number == 1:
            large = reader.picture(number, FIRST_WIDTH)
            large.save(images / f"page-{number}.webp", "WEBP", quality=80, method=2)
        small = reader.picture(number, THUMB_WIDTH * 2)  # drawn at twice the size and reduced: finer strokes
    except (Damaged, NoPageImage, TooLarge):
        return  # the page's own warning tells it
    if small.width == THUMB_WIDTH * 2:
        small = small.reduce(2)  # as fine as a filter at half the size, in a tenth of the time
    else:
        height = max(1, round(small.height * THUMB_WIDTH / small.width))
        small = small.resize((THUMB_WIDTH, height), Image.Resampling.LANCZOS)
    # Of the seven efforts of WebP the second: a tenth larger than the third, in 0.6 of the time.
    small.save(images / f"thumb-{number}.webp", "WEBP", quality=70, method=1)


def answer_render(path: Path, out: Path, *, page: int, width: int, kind: str) -> dict[str, Any]:
    """Write `image.<kind>` of one page."""
    reader = open_reader(path, detect(path))
    if not reader.has_images:
        raise NoPageImage(page=page)
    if not 1 <= page <= reader.page_count:
        raise NoSuchPage(page=page)
    from PIL import WebPImagePlugin  # noqa: F401 - as above

    picture = reader.picture(page, min(max(width, 16), WIDEST))
    if kind == "png":
        picture.save(out / "image.png", "PNG", compress_level=3)
    else:
        picture.save(out / "image.webp", "WEBP", quality=85, method=2)
    return {"width": picture.width, "height": picture.height}
