"""What becomes of each stored file when a document is removed: which pages go, which other documents still need.

A file may hold pages of other papers, be the earlier scan of another document, lie in an archive, and be the file of
another organisation too; nothing that any of these needs goes. The bytes of an archive or mail hold the removed file:
they go, and what was read of the archive or mail itself stays in a file of its own, as its other members do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, and_, cast, select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, EarlierScan, FileMember, PageText, StoredFile

FilePage = tuple[int, int]
"""A page of a stored file: its id and the page."""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What becomes of one stored file: `gone` are the pages to remove, `rest` those that other documents still need;
    `kept` says that another organisation needs the bytes as they are. `container` says that it is an archive, a mail or
    a portfolio in which a removed file lies: `rest` is what the organisation shows of it."""

    file_id: int
    sha256: str
    gone: tuple[int, ...]
    rest: tuple[int, ...]
    kept: bool
    container: bool = False

    @property
    def is_copied(self) -> bool:
        """Whether the rest goes on in a file of its own."""
        return bool(self.rest) and (self.container or not self.kept)


def plans_for(uow: UnitOfWork, document_id: int) -> list[FilePlan]:
    """One plan for each stored file of the document, of its earlier scans, and of the containers they came in."""
    document = uow.session.get_one(Document, document_id)
    pages = pages_of(uow, document)
    files = files_of(uow, document, pages)
    plans = [_plan(uow, document, file_id, {p for f, p in pages if f == file_id}) for file_id in sorted(files)]
    return plans + [_container_plan(uow, document, file_id) for file_id in sorted(holders(uow, files))]


def pages_of(uow: UnitOfWork, document: Document) -> set[FilePage]:
    """The pages that a document shows, those of the scans that it had before, and those of a better scan of it that
    waits: all are the same paper."""
    shown = select(DocumentPage.stored_file_id, DocumentPage.page).where(
        DocumentPage.document_id.in_(_scans_of_paper(document))
    )
    pages = {(row.stored_file_id, row.page) for row in uow.session.execute(shown)}
    for rows in uow.session.scalars(select(EarlierScan.pages).where(EarlierScan.document_id == document.id)):
        pages |= {(int(row["file"]), int(row["page"])) for row in rows}
    return pages


def _scans_of_paper(document: Document) -> Select[int]:
    waiting = and_(Document.rescan_of_id == document.id, _is_here())
    return select(Document.id).where((Document.id == document.id) | waiting)


def files_of(uow: UnitOfWork, document: Document, pages: Iterable[FilePage]) -> set[int]:
    """The stored files of these pages of a document, and those of it that are not read yet."""
    own = select(Document.stored_file_id).where(Document.id.in_(_scans_of_paper(document)))
    return {file_id for file_id, _ in pages} | set(uow.session.scalars(own))


def sharing(uow: UnitOfWork, document: Document) -> set[int]:
    """The other documents of its organisation that show, or showed, one of its pages: the parts of a scan, the scan of
    a part, a second document over the same bytes, a better scan that waits. Of one that is not read yet, all over its
    file."""
    pages = pages_of(uow, document)
    files = files_of(uow, document, pages)
    theirs = and_(Document.organisation_id == document.organisation_id, Document.id != document.id, _is_here())
    rows = uow.session.execute(
        select(DocumentPage.document_id, DocumentPage.stored_file_id, DocumentPage.page)
        .join(Document, Document.id == DocumentPage.document_id)
        .where(DocumentPage.stored_file_id.in_(files), theirs)
    )
    found = {row.document_id for row in rows if not pages or (row.stored_file_id, row.page) in pages}
    unread = select(Document.id).where(Document.stored_file_id.in_(files), ~Document.pages.any(), theirs)
    found |= set(uow.session.scalars(unread))
    for file_id in files:
        query = scans_of(file_id).join(Document, Document.id == EarlierScan.document_id).where(theirs)
        for scan in uow.session.scalars(query):
            if any((int(row["file"]), int(row["page"])) in pages for row in scan.pages):
                found.add(scan.document_id)
    return found


def _is_here() -> ColumnElement[bool]:
    return and_(Document.removed_at.is_(None), Document.deleted_at.is_(None))


def holders(uow: UnitOfWork, files: set[int]) -> set[int]:
    """The archives, mails and portfolios in which these files lie, and those in which these lie themselves."""
    known, edge = set(files), files
    while edge:
        query = select(FileMember.container_id).where(FileMember.stored_file_id.in_(edge))
        edge = set(uow.session.scalars(query)) - known
        known |= edge
    return known - files


def _plan(uow: UnitOfWork, document: Document, file_id: int, gone: set[int]) -> FilePlan:
    needed = _needed(uow, document, file_id)
    rest = {page for page, _ in needed} - gone
    unread = _foreign(document, file_id).where(~Document.pages.any())
    kept = any(page in gone and owner != document.organisation_id for page, owner in needed)
    kept = kept or uow.session.scalar(unread.limit(1)) is not None
    file = uow.session.get_one(StoredFile, file_id)
    return FilePlan(file_id, file.sha256, tuple(sorted(gone)), tuple(sorted(rest)), kept)


def _needed(uow: UnitOfWork, document: Document, file_id: int) -> set[tuple[int, int]]:
    """The pages of a file that other documents show, or showed, with the organisation of each."""
    rows = uow.session.execute(
        select(DocumentPage.page, Document.organisation_id)
        .join(Document, Document.id == DocumentPage.document_id)
        .where(DocumentPage.stored_file_id == file_id, Document.id != document.id, Document.removed_at.is_(None))
    ).all()
    return {(row.page, row.organisation_id) for row in rows} | _needed_before(uow, document, file_id)


def _needed_before(uow: UnitOfWork, document: Document, file_id: int) -> set[tuple[int, int]]:
    """The pages of a file that other documents keep as their earlier scans, with the organisation of each."""
    rows = uow.session.execute(
        scans_of(file_id)
        .join(Document, Document.id == EarlierScan.document_id)
        .where(Document.id != document.id, Document.removed_at.is_(None))
        .with_only_columns(EarlierScan.pages, Document.organisation_id)
    )
    return {(row["page"], owner) for pages, owner in rows for row in pages if row["file"] == file_id}


def scans_of(file_id: int) -> Select[EarlierScan]:
    """Earlier scans that may have pages of this file, as JSON text tells; some of another file may be among them."""
    return select(EarlierScan).where(cast(EarlierScan.pages, String).contains(f'"file": {file_id}'))


def _foreign(document: Document, file_id: int) -> Select[int]:
    """Documents of other organisations that came from this file."""
    return select(Document.id).where(
        Document.stored_file_id == file_id,
        Document.organisation_id != document.organisation_id,
        Document.removed_at.is_(None),
    )


def _container_plan(uow: UnitOfWork, document: Document, file_id: int) -> FilePlan:
    """Of a container that was never read nothing can stay but its members."""
    file = uow.session.get_one(StoredFile, file_id)
    needed = _needed(uow, document, file_id)
    own = {page for page, owner in needed if owner == document.organisation_id}
    read = select(PageText.page).where(
        PageText.stored_file_id == file_id, PageText.current.is_(True), PageText.text != ""
    )
    rest = tuple(sorted(own)) if uow.session.scalar(read.limit(1)) is not None else ()
    gone = () if rest else tuple(range(1, (file.pages or 0) + 1))
    kept = uow.session.scalar(_foreign(document, file_id).limit(1)) is not None
    kept = kept or any(owner != document.organisation_id for _, owner in needed)
    return FilePlan(file_id, file.sha256, gone, rest, kept, container=True)
