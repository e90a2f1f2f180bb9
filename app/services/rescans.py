"""A better scan takes the place of an old one inside the same document; the old one is kept and can be put back.

The new scan comes in like any file, but its document is set aside: nobody finds it as a paper of its own. When it is
read, a person compares both and confirms. The document then shows the new pages under the new file's name; its links,
filings, sheet numbers and what people confirmed stay, the parser's facts are taken anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import (
    Document,
    DocumentPage,
    EarlierScan,
    Intake,
    IntakeSource,
    PageText,
    Paper,
    Quality,
    Source,
    text_of_page,
)
from app.services.access import Act, may, require
from app.services.document_facts import rename_file
from app.services.intake import hold_files, make_due, new_document, open_arrival, open_batch, stored_file
from app.services.revisions import hold_documents
from app.services.wording import Complaints, line
from app.storage import Stored

TAKEN = "Đã thay vào văn bản gốc."
DROPPED = "Không dùng bản quét này."


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it stands beside another: how many pages, and how sure the machine was of its words on average (0 to 1,
    None where nothing was recognised)."""

    pages: int
    confidence: float | None


def offer(uow: UnitOfWork, document: Document, *, name: str, stored: Stored) -> Document:
    """Take a better scan of a document in; returns the document of the scan, which is set aside until it is confirmed.

    Raises `WrongState` where one is waiting already, or where the document has no pages of its own now; `Invalid` for
    the bytes that the document is made of.
    """
    require(uow, Act.DOCUMENT_EDIT, document)
    batch = open_batch(uow, source=IntakeSource.RESCAN)
    hold_files(uow, [stored])
    file = stored_file(uow, stored)
    document = _held(uow, document.id)
    if waiting(uow, document) is not None:
        raise WrongState("Đã có một bản quét khác đang chờ thay; dùng hoặc bỏ bản đó trước.")
    if document.is_kept_out:
        raise WrongState("Văn bản này không còn được dùng nên không thay bản quét.")
    if file.id in {document.stored_file_id, *(page.stored_file_id for page in document.pages)}:
        raise Invalid(fields={"file": "Đây chính là tệp đang dùng của văn bản này. Chọn bản quét khác."})
    intake = open_arrival(uow, batch, name)
    intake.stored_file_id, intake.file = file.id, file
    candidate = new_document(uow, intake, file)
    candidate.rescan_of_id, candidate.set_aside_at = document.id, uow.now
    candidate.flags = list(document.flags)
    intake.document_id, intake.document = candidate.id, candidate
    make_due(uow, file)
    uow.session.flush()
    uow.record("document.rescan-offered", "document", document.id, file=file.id)
    return candidate


def may_be_rescanned(uow: UnitOfWork, document: Document) -> bool:
    """Whether another scan can take the place of this document's pages: it was read, is in use, and is no file that
    was made here."""
    if document.is_kept_out or document.quality is None or not may(uow, Act.DOCUMENT_EDIT, document):
        return False
    return uow.session.scalar(select(Paper.id).where(Paper.document_id == document.id).limit(1)) is None


def waiting(uow: UnitOfWork, document: Document) -> Document | None:
    """The better scan that waits to take the place of this document's pages."""
    return uow.session.scalars(
        select(Document)
        .where(
            Document.rescan_of_id == document.id,
            Document.deleted_at.is_(None),
            Document.removed_at.is_(None),
            Document.quarantined_at.is_(None),
        )
        .order_by(Document.id)
    ).first()


def scan_of(uow: UnitOfWork, document: Document) -> Scan:
    """How a document's pages were read, for the comparison of two scans."""
    count, confidence = uow.session.execute(
        select(func.count(DocumentPage.id), func.avg(PageText.confidence))
        .outerjoin(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id)
    ).one()
    return Scan(count, None if confidence is None else float(confidence))


def replace(uow: UnitOfWork, document_id: int, *, reason: str) -> Document:
    """Let the waiting scan take the place of the document's pages. Raises `WrongState` while it is not read, and where
    it could not be: text that is there is not given up for none."""
    reason = _said(reason)
    document, candidate = _pair(uow, document_id)
    if candidate.quality is None or not candidate.pages:
        raise WrongState("Bản quét mới chưa đọc xong.")
    if candidate.quality is Quality.UNREAD:
        raise WrongState("Bản quét mới không đọc được nên chưa thay được. Bỏ bản mới, quét lại rồi gửi.")
    _keep(uow, document, reason)
    pages = [_as_kept(page) for page in candidate.pages]
    _lay(uow, document, pages, file_id=candidate.stored_file_id, name=candidate.file_name)
    _retire(uow, candidate, TAKEN)
    for intake in uow.session.scalars(select(Intake).where(Intake.document_id == candidate.id)):
        intake.document_id, intake.document = document.id, document
    uow.record("document.rescanned", "document", document.id, pages=len(pages), file=document.stored_file_id)
    return document


def drop(uow: UnitOfWork, document_id: int) -> Document:
    """Do without the waiting scan; its arrival counts as removed."""
    document, candidate = _pair(uow, document_id)
    _retire(uow, candidate, DROPPED)
    uow.record("document.rescan-dropped", "document", document.id)
    return document


def earlier_scans(uow: UnitOfWork, document: Document) -> Sequence[EarlierScan]:
    """The scans a document had before, the newest first."""
    require(uow, Act.DOCUMENT_VIEW, document)
    query = select(EarlierScan).where(EarlierScan.document_id == document.id)
    return uow.session.scalars(query.order_by(EarlierScan.id.desc())).all()


def earlier_scan(uow: UnitOfWork, document: Document, scan_id: int) -> EarlierScan:
    """One of them; else `NotFound`."""
    require(uow, Act.DOCUMENT_VIEW, document)
    scan = uow.session.get(EarlierScan, scan_id)
    if scan is None or scan.document_id != document.id:
        raise NotFound()
    return scan


def put_back(uow: UnitOfWork, document_id: int, scan_id: int, *, reason: str) -> Document:
    """Show an earlier scan again; the one shown now is kept in its place."""
    reason = _said(reason)
    document = _held(uow, document_id)
    scan = earlier_scan(uow, document, scan_id)
    if not scan.pages:
        raise WrongState("Bản quét này không còn trang nào.")
    pages, file_id, name = list(scan.pages), scan.stored_file_id, scan.file_name
    _keep(uow, document, reason)
    uow.session.delete(scan)
    _lay(uow, document, pages, file_id=file_id, name=name)
    uow.record("document.scan-put-back", "document", document.id, pages=len(pages), file=file_id)
    return document


def scan_names(uow: UnitOfWork, document: Document) -> dict[int, str]:
    """The file names of all scans that the document has or had, by stored file: events hold no names."""
    rows = uow.session.scalars(select(EarlierScan).where(EarlierScan.document_id == document.id))
    names = {row.stored_file_id: row.file_name for row in rows}
    return {**names, document.stored_file_id: document.file_name}


def _said(reason: str) -> str:
    kept = line(reason)
    wrong = Complaints()
    wrong.length("reason", kept, 300, least=0)
    wrong.settle()
    return kept


def _held(uow: UnitOfWork, document_id: int) -> Document:
    held = hold_documents(uow, [document_id])
    if not held:
        raise NotFound()
    require(uow, Act.DOCUMENT_EDIT, held[0])
    made = uow.session.scalar(select(Paper.id).where(Paper.document_id == document_id).limit(1))
    if made is not None:
        raise WrongState("Đây là tệp hệ thống tạo ra, không phải bản quét.")
    return held[0]


def _pair(uow: UnitOfWork, document_id: int) -> tuple[Document, Document]:
    document = _held(uow, document_id)
    candidate = waiting(uow, document)
    if candidate is None:
        raise WrongState("Không có bản quét nào đang chờ thay.")
    return document, hold_documents(uow, [candidate.id])[0]


def _as_kept(page: DocumentPage) -> dict[str, Any]:
    source = page.sheet_source.value if page.sheet_source else None
    return {
        "file": page.stored_file_id,
        "page": page.page,
        "hidden": page.hidden,
        "sheet": page.sheet,
        "sheet_source": source,
    }


def _keep(uow: UnitOfWork, document: Document, reason: str) -> None:
    """Keep the pages that the document shows now."""
    uow.session.add(
        EarlierScan(
            document_id=document.id,
            stored_file_id=document.stored_file_id,
            file_name=document.file_name,
            pages=[_as_kept(page) for page in document.pages],
            reason=reason,
            replaced_by=uow.actor.user_id,
            replaced_at=uow.now,
        )
    )


def _lay(uow: UnitOfWork, document: Document, pages: Sequence[dict[str, Any]], *, file_id: int, name: str) -> None:
    """Put other pages in the place of the document's, under the name of their file; sheet numbers stay at their place,
    and what is read of the new pages is taken over by the job FINISH."""
    sheets = {page.position: (page.sheet, page.sheet_source) for page in document.pages if page.sheet}
    for page in list(document.pages):
        document.pages.remove(page)
        uow.session.delete(page)
    uow.session.flush()
    for position, row in enumerate(pages, start=1):
        own = (row["sheet"], Source(row["sheet_source"]) if row.get("sheet_source") else None)
        sheet, source = sheets.get(position, own)
        document.pages.append(
            DocumentPage(
                position=position,
                stored_file_id=row["file"],
                page=row["page"],
                hidden=row["hidden"],
                sheet=sheet,
                sheet_source=source,
            )
        )
    document.stored_file_id = file_id
    if name:
        rename_file(document, name)
    uow.session.flush()
    uow.session.expire(document, ["file"])
    document.quality, document.failure_code = None, None
    document.touch()
    uow.session.flush()
    for one in sorted({row["file"] for row in pages}):
        uow.defer(Job.FINISH, one)


def _retire(uow: UnitOfWork, candidate: Document, reason: str) -> None:
    candidate.deleted_at, candidate.deletion_reason = uow.now, reason
    candidate.hide_until_indexed()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
