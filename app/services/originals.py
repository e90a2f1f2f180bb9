"""The bytes of a document: its own pages, the stored file as it came for those who may have all of it, and which
documents have page pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from sqlalchemy import bindparam, select

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.errors import NotAllowed, NotFound, StoredBytesLost
from app.models import Document, DocumentPage, FileMember, StoredFile
from app.services.access import Act, may, require, scope_of, visible_documents
from app.services.reading import reading_source, sandbox_of
from ingestion import extract

_PICTURED = ("application/pdf", "image/")  # formats of which the reading child can draw a page


@dataclass(frozen=True, slots=True)
class Original:
    """A stored file as it came in: where its bytes lie, the name it came under, its hash and size in bytes."""

    path: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class OwnPages:
    """A new PDF of a document's own pages, and the name to save it under."""

    content: bytes
    name: str


def may_take_original(uow: UnitOfWork, document: Document) -> bool:
    """Whether the actor may have the whole stored file: every document of the same organisation that has a page of it,
    or of a file inside it, may be seen."""
    if not may(uow, Act.DOCUMENT_VIEW, document):
        return False
    files = _with_inside(uow, document.stored_file_id)
    owning = select(DocumentPage.document_id).where(DocumentPage.stored_file_id.in_(files))
    siblings = select(Document.id).where(
        Document.stored_file_id.in_(files) | Document.id.in_(owning),
        Document.organisation_id == document.organisation_id,
        Document.deleted_at.is_(None),
    )
    return _sees_all(uow, set(uow.session.scalars(siblings)))


def _with_inside(uow: UnitOfWork, file_id: int) -> set[int]:
    """A stored file and those inside it, and inside those: an archive or mail holds the bytes of them all."""
    known, edge = {file_id}, {file_id}
    while edge:
        query = select(FileMember.stored_file_id).where(FileMember.container_id.in_(edge))
        edge = {found for found in uow.session.scalars(query) if found is not None} - known
        known |= edge
    return known


def _sees_all(uow: UnitOfWork, document_ids: set[int]) -> bool:
    scope = scope_of(uow)
    seen = select(Document.id).where(Document.id.in_(document_ids), visible_documents(scope))
    return document_ids == set(uow.session.scalars(seen))


def may_see_pages(uow: UnitOfWork, document: Document) -> bool:
    """Whether the pages of a document that the actor may open may be shown. Those of one that is set aside belong to
    the documents that hold them now: each of these must be the actor's to see, and none of them be closed or gone."""
    if document.set_aside_at is None:
        return True
    own = {(page.stored_file_id, page.page) for page in document.pages}
    holding = (
        select(DocumentPage.document_id, DocumentPage.stored_file_id, DocumentPage.page)
        .join(Document, Document.id == DocumentPage.document_id)
        .where(
            DocumentPage.stored_file_id.in_({file_id for file_id, _ in own}),
            Document.organisation_id == document.organisation_id,
            Document.set_aside_at.is_(None),
        )
    )
    rows = uow.session.execute(holding)  # compared here: a join over pages takes minutes for a long scan
    return _sees_all(uow, {holder for holder, file_id, page in rows if (file_id, page) in own})


def require_pages(uow: UnitOfWork, document: Document) -> None:
    """Raise `NotFound` where the pages of a document may not be shown to the actor."""
    if not may_see_pages(uow, document):
        raise NotFound("Các trang này đang thuộc văn bản mà tài khoản này không được xem.")


def is_whole_file(document: Document) -> bool:
    """Whether a document is its stored file, page by page, as it came."""
    own = [(page.stored_file_id, page.page) for page in document.pages]
    pages = document.file.pages or 0
    return not own or own == [(document.stored_file_id, page) for page in range(1, pages + 1)]


def own_pages(backends: Backends, actor: Actor, document_id: int) -> OwnPages:
    """The pages of a document in their order as one new PDF, hidden sides among them; nothing of any other document.

    The sandboxed child makes it, half a second and more each time: it is not kept, since it must go when its pages go.
    Raises `ReadError` (`page-no-image`) for formats without pages, `StoredBytesLost` where bytes are gone.
    """
    with backends.read(actor) as uow:
        document = uow.session.get(Document, document_id)
        if document is None:
            raise NotFound()
        require(uow, Act.DOCUMENT_VIEW, document)
        require_pages(uow, document)
        name = f"{PurePath(document.file_name).stem}-{document.id}.pdf"
        runs = _runs(uow, document)
    return OwnPages(extract(runs, sandbox=sandbox_of(backends)), name)


def _runs(uow: UnitOfWork, document: Document) -> list[tuple[Path, list[int]]]:
    """The pages as runs out of one stored file each."""
    rows = uow.session.execute(
        select(StoredFile.sha256, DocumentPage.page)
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .where(DocumentPage.document_id == document.id)
        .order_by(DocumentPage.position)
    ).all()
    runs: list[tuple[str, list[int]]] = []
    for sha256, page in rows:
        if not runs or runs[-1][0] != sha256:
            runs.append((sha256, []))
        runs[-1][1].append(page)
    return [(reading_source(uow.store, sha256), pages) for sha256, pages in runs]


def original(uow: UnitOfWork, document: Document) -> Original:
    """The stored file of a document. Raises `NotAllowed` where parts of it belong to papers the actor may not see,
    `StoredBytesLost` where the bytes are gone."""
    require(uow, Act.DOCUMENT_VIEW, document)
    if not may_take_original(uow, document):
        raise NotAllowed("Tệp gốc có phần thuộc văn bản khác mà tài khoản này không được xem.")
    path = uow.store.path(document.file.sha256)
    if not path.exists():
        raise StoredBytesLost()
    return Original(path, document.file_name, document.file.sha256, document.file.size)


def has_pictures(file: StoredFile) -> bool:
    """Whether pages of this file can be shown as pictures."""
    return (file.media_type or "").startswith(_PICTURED)


def pictured(uow: UnitOfWork, document_ids: Iterable[int]) -> frozenset[int]:
    """Those of these documents whose pages can be shown as pictures."""
    rows = uow.session.execute(_KINDS, {"ids": list(document_ids)})
    return frozenset(id_ for id_, pages, kind in rows if pages and (kind or "").startswith(_PICTURED))


_KINDS = (
    select(Document.id, StoredFile.pages, StoredFile.media_type)
    .join(StoredFile, StoredFile.id == Document.stored_file_id)
    .where(Document.id.in_(bindparam("ids", expanding=True)))
)
