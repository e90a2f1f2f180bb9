"""Reading again: with a newer engine, or because a person asks. Nothing is read again by itself.

The text that there is stays in use until the new one takes its place, page by page; a page that cannot be read this
time keeps what it had. What people typed or confirmed is never touched: see `app.services.finishing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, delete, func, select

from app.backends import UnitOfWork
from app.errors import WrongState
from app.models import (
    SURVEY_FIRST,
    Document,
    DocumentPage,
    PageText,
    Quality,
    Reading,
    ReadingState,
    StoredFile,
    in_use,
)
from app.services.access import Act, may, require, scope_of, visible_documents
from app.services.claiming import due_again, survey_due
from ingestion import ENGINE


class Which(StrEnum):
    """Which documents are to be read again."""

    WEAK = "weak"  # read badly, or not at all
    OLDER = "older"  # with a page that an earlier engine version read
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked to be read again: the files, how many they are, and the documents with pages of them."""

    files: int
    documents: tuple[int, ...]
    file_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NotReread:
    """Pages of a document, by position, that could not be read again: the text of before is in use. `whole` says that
    the file could not even be opened; `at` is when it was given up."""

    pages: tuple[int, ...]
    whole: bool
    at: datetime | None
    code: str
    advice: str


def reread(uow: UnitOfWork, document: Document) -> Asked:
    """Read the files of one document again. Raises `WrongState` where they are being read, or are gone."""
    require(uow, Act.DOCUMENT_EDIT, document)
    asked = _ask(uow, [document])
    if not asked.files:
        raise WrongState("Tệp của văn bản này đang được đọc.")
    return asked


def reread_some(uow: UnitOfWork, which: Which) -> Asked:
    """Read again whatever of this kind the actor may change."""
    require(uow, Act.DOCUMENT_EDIT)
    query = select(Document).where(
        visible_documents(scope_of(uow)), in_use(), Document.quality.is_not(None), _kind(which)
    )
    rows = uow.session.scalars(query.order_by(Document.id)).all()
    return _ask(uow, [row for row in rows if may(uow, Act.DOCUMENT_EDIT, row)])


def not_reread(uow: UnitOfWork, documents: Sequence[Document]) -> dict[int, tuple[NotReread, ...]]:
    """What the last reading of these documents failed at although there is text of an earlier one, by document."""
    files = {page.stored_file_id for document in documents for page in document.pages}
    failed = uow.session.scalars(_failed().where(Reading.stored_file_id.in_(files)).order_by(Reading.first)).all()
    texts = select(PageText.stored_file_id, PageText.page).where(
        PageText.current.is_(True), PageText.stored_file_id.in_({row.stored_file_id for row in failed})
    )
    have = {(file, page) for file, page in uow.session.execute(texts)} if failed else set()
    found = {}
    for document in documents:
        told = [one for row in failed if (one := _kept_by(document, row, have)) is not None]
        if told:
            found[document.id] = tuple(told)
    return found


def _kept_by(document: Document, failed: Reading, have: set[tuple[int, int]]) -> NotReread | None:
    """What a failed reading left as it was in a document; None where it left nothing."""
    whole = failed.first == SURVEY_FIRST
    pages = tuple(
        row.position
        for row in document.pages
        if row.stored_file_id == failed.stored_file_id
        and (whole or failed.first <= row.page <= failed.last)
        and (row.stored_file_id, row.page) in have
    )
    if not pages:
        return None
    return NotReread(pages, whole, failed.lease_until, failed.error_code or "", failed.error_advice)


def _failed() -> Select[Reading]:
    return select(Reading).where(
        Reading.engine == ENGINE, Reading.state == ReadingState.FAILED, Reading.first >= SURVEY_FIRST
    )


def kept_as_before(uow: UnitOfWork, *, limit: int) -> list[tuple[Document, tuple[NotReread, ...]]]:
    """The newest documents of one's own organisation that could not be read again, with what failed."""
    require(uow, Act.DOCUMENT_VIEW)
    files = _failed().with_only_columns(Reading.stored_file_id)
    read = select(DocumentPage.document_id).join(
        PageText, (PageText.stored_file_id == DocumentPage.stored_file_id) & (PageText.page == DocumentPage.page)
    )
    query = select(Document).where(
        Document.id.in_(read.where(DocumentPage.stored_file_id.in_(files), PageText.current.is_(True))),
        Document.quality.is_not(None),
        in_use(),
        visible_documents(scope_of(uow)),
    )
    if uow.actor.organisation_id is not None:
        query = query.where(Document.organisation_id == uow.actor.organisation_id)
    rows = uow.session.scalars(query.order_by(Document.id.desc()).limit(limit)).all()
    told = not_reread(uow, rows)
    return [(row, told[row.id]) for row in rows if row.id in told]


def is_over(uow: UnitOfWork, file_ids: Sequence[int]) -> bool:
    """Whether all these files were read again, or given up."""
    going = select(func.count()).where(
        StoredFile.id.in_(file_ids),
        StoredFile.finished_engine.is_distinct_from(ENGINE),
        StoredFile.cleared_at.is_(None),
    )
    return uow.session.scalar(going) == 0


def _kind(which: Which) -> ColumnElement[bool]:
    if which is Which.WEAK:
        return Document.quality.in_((Quality.WEAK, Quality.UNREAD))
    if which is Which.OLDER:
        return Document.id.in_(
            select(DocumentPage.document_id)
            .join(
                PageText,
                (PageText.stored_file_id == DocumentPage.stored_file_id) & (PageText.page == DocumentPage.page),
            )
            .where(PageText.current.is_(True), PageText.engine != ENGINE)
        )
    return Document.id.is_not(None)


def _ask(uow: UnitOfWork, documents: Sequence[Document]) -> Asked:
    ids = {page.stored_file_id for document in documents for page in document.pages}
    ids |= {document.stored_file_id for document in documents}
    files = [file for file_id in sorted(ids) if (file := _held(uow, file_id)).cleared_at is None and _rests(file)]
    for file in files:
        _begin_again(uow, file)
    chosen = {file.id for file in files}
    touched = [d for d in documents if chosen & {d.stored_file_id, *(page.stored_file_id for page in d.pages)}]
    for document in touched:
        uow.record("document.reread", "document", document.id, engine=ENGINE)
    return Asked(len(files), tuple(document.id for document in touched), tuple(sorted(chosen)))


def _held(uow: UnitOfWork, file_id: int) -> StoredFile:
    query = select(StoredFile).where(StoredFile.id == file_id).with_for_update(key_share=True)
    return uow.session.scalars(query.execution_options(populate_existing=True)).one()


def _rests(file: StoredFile) -> bool:
    """Whether nothing of the file is being read now."""
    under_way = (ReadingState.DUE, ReadingState.RUNNING)
    return not any(row.engine == ENGINE and row.state in under_way for row in file.readings)


def _begin_again(uow: UnitOfWork, file: StoredFile) -> None:
    """A new survey with the current engine; its own slices of before are cut anew."""
    uow.session.execute(
        delete(Reading).where(Reading.stored_file_id == file.id, Reading.engine == ENGINE, Reading.first > SURVEY_FIRST)
    )
    uow.session.expire(file, ["readings"])
    file.finished_engine = None
    surveyed = next((row for row in file.readings if row.engine == ENGINE and row.first == SURVEY_FIRST), None)
    if surveyed is None:
        survey_due(uow, file)
    else:
        due_again(uow, surveyed)
    uow.session.flush()
