"""The bytes of a document as they came, for those who may have all of them, and which documents have page pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import NotAllowed, StoredBytesLost
from app.models import Document, StoredFile
from app.services.access import Act, may, require, scope_of, visible_documents

_PICTURED = ("application/pdf", "image/")  # formats of which the reading child can draw a page


@dataclass(frozen=True, slots=True)
class Original:
    """A stored file as it came in: where its bytes lie, the name it came under, its hash and size in bytes."""

    path: Path
    name: str
    sha256: str
    size: int


def may_take_original(uow: UnitOfWork, document: Document) -> bool:
    """Whether the actor may have the whole stored file: it is all this document's, or every document made from it by
    the same organisation may be seen."""
    if not may(uow, Act.DOCUMENT_VIEW, document):
        return False
    own = {(page.stored_file_id, page.page) for page in document.pages}
    if len(own) == (document.file.pages or 0) or not own:
        return True
    siblings = select(Document.id).where(
        Document.stored_file_id == document.stored_file_id,
        Document.organisation_id == document.organisation_id,
        Document.deleted_at.is_(None),
    )
    everyone = set(uow.session.scalars(siblings))
    seen = set(uow.session.scalars(siblings.where(visible_documents(scope_of(uow.session, uow.actor)))))
    return everyone == seen


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
    rows = uow.session.execute(
        select(Document.id, StoredFile)
        .join(StoredFile, StoredFile.id == Document.stored_file_id)
        .where(Document.id.in_(list(document_ids)))
    )
    return frozenset(document_id for document_id, file in rows if file.pages and has_pictures(file))
