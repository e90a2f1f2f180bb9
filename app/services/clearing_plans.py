"""What becomes of each stored file when a document is removed: which pages go, which other documents still need.

A file may hold pages of other papers, be the earlier scan of another document, lie in an archive, and be the file of
another organisation too; nothing that any of these needs goes.
"""

from dataclasses import dataclass

from sqlalchemy import Select, String, cast, select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, EarlierScan, FileMember, StoredFile


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What becomes of one stored file: `gone` are the pages to remove, `rest` those that other documents still need;
    `kept` says that another organisation needs some of the removed pages themselves."""

    file_id: int
    sha256: str
    gone: tuple[int, ...]
    rest: tuple[int, ...]
    kept: bool


def plans_for(uow: UnitOfWork, document_id: int) -> list[FilePlan]:
    """One plan for each stored file of the document, of its earlier scans, and of the containers they came in."""
    document = uow.session.get_one(Document, document_id)
    pages = {(page.stored_file_id, page.page) for page in document.pages}
    for scan in uow.session.scalars(select(EarlierScan).where(EarlierScan.document_id == document_id)):
        pages |= {(int(row["file"]), int(row["page"])) for row in scan.pages}
    files = {file_id for file_id, _ in pages} | {document.stored_file_id}
    plans = [_plan(uow, document, file_id, {p for f, p in pages if f == file_id}) for file_id in sorted(files)]
    return plans + _container_plans(uow, document, files)


def _plan(uow: UnitOfWork, document: Document, file_id: int, gone: set[int]) -> FilePlan:
    rows = uow.session.execute(
        select(DocumentPage.page, Document.organisation_id)
        .join(Document, Document.id == DocumentPage.document_id)
        .where(DocumentPage.stored_file_id == file_id, Document.id != document.id, Document.removed_at.is_(None))
    ).all()
    needed = {(row.page, row.organisation_id) for row in rows} | _needed_before(uow, document, file_id)
    rest = {page for page, _ in needed} - gone
    unread = _foreign(document, file_id).where(~Document.pages.any())
    kept = any(page in gone and owner != document.organisation_id for page, owner in needed)
    kept = kept or uow.session.scalar(unread.limit(1)) is not None
    file = uow.session.get_one(StoredFile, file_id)
    return FilePlan(file_id, file.sha256, tuple(sorted(gone)), tuple(sorted(rest)), kept)


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


def _container_plans(uow: UnitOfWork, document: Document, files: set[int]) -> list[FilePlan]:
    """The archives and mails in which these files came hold their bytes too: they go whole, other members stay."""
    found: list[FilePlan] = []
    edge, known = files, set(files)
    while edge:
        holders = set(uow.session.scalars(select(FileMember.container_id).where(FileMember.stored_file_id.in_(edge))))
        edge = holders - known
        known |= edge
        for file_id in sorted(edge):
            file = uow.session.get_one(StoredFile, file_id)
            kept = uow.session.scalar(_foreign(document, file_id).limit(1)) is not None
            found.append(FilePlan(file_id, file.sha256, tuple(range(1, (file.pages or 0) + 1)), (), kept))
    return found
