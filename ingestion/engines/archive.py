"""An archive: its files taken out, and as a document of its own a page that says how many there are.

Their names stand in `attachments` alone, never in the text of the page: a name may tell what its file is, and who may
see the archive may not see every file in it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import kinds
from ingestion.engines.archive_stream import stream_entries
from ingestion.engines.archive_zip import BROKEN, is_packed_otherwise, raw_name, zip_entries, zip_names
from ingestion.engines.entries import Entry, refused_entry
from ingestion.engines.members import MOST_MEMBERS, REST, Taker, clean_name, is_bomb
from ingestion.engines.reader import Scan
from ingestion.errors import ArchiveTooLarge, ArchiveTooMany, Damaged, Encrypted, NoPageImage, ReadError
from ingestion.pages import Attachment, Page, Source, Warning

if TYPE_CHECKING:
    from PIL import Image

# The sizes in these are told for every file without unpacking; of the others only unpacking tells the truth.
_LISTED_QUICKLY = (kinds.ZIP, kinds.TAR)


def take_members(path: Path, media_type: str, taker: Taker) -> None:
    """Take out what an archive holds. Raises `ReadError` where it does not open, `ArchiveTooLarge` and
    `ArchiveTooMany` where it is at its end (the last row says so)."""
    for entry in _entries(path, media_type, taker.password):
        if entry.problem is not None:
            taker.refuse(entry.name, entry.problem, size=entry.size)
        else:
            taker.take(entry.name, entry.content())


def _entries(path: Path, media_type: str, password: str | None) -> Iterator[Entry]:
    if media_type != kinds.ZIP:
        yield from stream_entries(path, media_type, password)
        return
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN:  # cut off: what stands before the cut can still be read
        last = ""
        for entry in stream_entries(path, media_type, password):
            last = entry.name
            yield entry
        if last != REST:
            yield refused_entry(REST, Damaged())
        return
    with archive:
        members = archive.infolist()
        locked = password and any(isinstance(entry.problem, Encrypted) for entry in zip_entries(archive))
        if locked or any(is_packed_otherwise(member) for member in members):
            names = dict(zip(map(raw_name, members), zip_names(members), strict=True))
            yield from stream_entries(path, media_type, password, names)
        else:
            yield from zip_entries(archive)


class ArchiveReader:
    """An archive as a document: one page that says how many files it holds."""

    has_images = False
    page_count = 1

    def __init__(self, path: Path, media_type: str) -> None:
        self.attachments: tuple[Attachment, ...] = ()
        self.warnings: tuple[Warning, ...] = ()
        try:
            for attachment in _listed(path, media_type):
                self.attachments += (attachment,)
        except (ArchiveTooLarge, ArchiveTooMany) as problem:
            self.warnings = (Warning(problem.code, None, problem.advice),)

    def needs_recognition(self, _number: int) -> bool:
        """Never."""
        return False

    def text_page(self, number: int) -> Page:
        """How many files there are, and how large they are together."""
        size = sum(attachment.size for attachment in self.attachments)
        text = f"Tệp nén gồm {len(self.attachments)} tệp, {shown_size(size)}"
        return Page(number, 0.0, 0.0, Source.TEXT, None, text, pictured=False)

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)


def _listed(path: Path, media_type: str) -> Iterator[Attachment]:
    packed, expanded = path.stat().st_size, 0
    for number, entry in enumerate(_entries(path, media_type, None)):
        if number >= MOST_MEMBERS:
            raise ArchiveTooMany()
        size = entry.size
        if media_type not in _LISTED_QUICKLY and entry.problem is None:
            size = 0
            for chunk in _readable(entry):
                size += len(chunk)
                if is_bomb(expanded + size, packed):
                    raise ArchiveTooLarge()
            expanded += size
        yield Attachment(clean_name(entry.name), size)


def _readable(entry: Entry) -> Iterator[bytes]:
    try:
        yield from entry.content()
    except ReadError:
        return  # locked or damaged: it is listed, and unpacking says what is wrong


def shown_size(size: int) -> str:
    """A size in bytes as it is shown: 12 kB, 3,4 MB."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
