"""A mail as a document: one page with its head and its text; its attachments are files of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.engines.members import Taker, clean_name
from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, NoPageImage, TooLarge
from ingestion.kinds import Family
from ingestion.pages import Attachment, Page, Source, Warning
from ingestion.vietnamese.normalise import normalise

if TYPE_CHECKING:
    from PIL import Image

MOST_MAIL_BYTES = 200 * 1024 * 1024  # mail servers take 25 to 50 MB; a parser holds a mail in memory several times
TINY_PICTURE = 10_000  # bytes; smaller pictures inside a mail's text are logos and lines


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file in a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: the lines of its head that people look at (empty where absent), its text and the files in it."""

    sender: str
    to: str
    copied: str
    date: str
    subject: str
    body: str
    enclosed: tuple[Enclosed, ...]

    def text(self) -> str:
        """Head and text, as the page shows them; of the files in it the number, for their names may tell what those
        may not know who may read the mail alone."""
        head = (
            ("Từ", self.sender),
            ("Đến", self.to),
            ("Đồng gửi", self.copied),
            ("Ngày", self.date),
            ("Chủ đề", self.subject),
            ("Đính kèm", f"{len(self.enclosed)} tệp" if self.enclosed else ""),
        )
        lines = [f"{label}: {' '.join(value.split())}" for label, value in head if value.strip()]
        return "\n".join(lines) + "\n\n" + self.body.strip("\n")


def open_mail(path: Path, family: Family) -> Mail:
    """The mail in a file. Raises `Damaged`, `TooLarge`."""
    if path.stat().st_size > MOST_MAIL_BYTES:
        raise TooLarge("The mail is too large; save its attachments as files and upload those.")
    opener: Callable[[Path], Mail]
    if family is Family.MSG:
        from ingestion.engines.mail_outlook import read_outlook as opener
    else:
        from ingestion.engines.mail_message import read_message as opener
    try:
        return opener(path)
    except RecursionError as problem:  # parts in parts in parts
        raise Damaged() from problem


def take_enclosed(path: Path, family: Family, taker: Taker) -> None:
    """Take out the files in a mail."""
    for one in open_mail(path, family).enclosed:
        taker.take(one.name, (one.content,))


class MailReader:
    """A mail as a document."""

    has_images = False
    page_count = 1
    warnings: tuple[Warning, ...] = ()

    def __init__(self, path: Path, family: Family) -> None:
        mail = open_mail(path, family)
        self._text = normalise(mail.text()).strip("\n")
        self.attachments = tuple(Attachment(clean_name(one.name), len(one.content)) for one in mail.enclosed)

    def needs_recognition(self, _number: int) -> bool:
        """Never."""
        return False

    def text_page(self, number: int) -> Page:
        """The mail; no size, no boxes."""
        source = Source.TEXT if self._text else Source.NONE
        return Page(number, 0.0, 0.0, source, None, self._text, pictured=False)

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)
