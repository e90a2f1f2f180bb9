"""All results of a question as a CSV or XLSX file (job EXPORT): made in the background, opened by its asker alone.

Each part is asked for with the scope that the asker has at that moment; the file is handed out only while the asker may
still see every document in it. A maker that dies leaves nothing behind; the next one begins at the start.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError, Invalid, WrongState
from app.jobs import Job
from app.models import (
    AskedState,
    Case,
    Document,
    Export,
    ExportKind,
    StoredFile,
    User,
)
from app.services.access import Act, require, scope_of, visible_documents
from app.services.asked_rows import asked_row, begin_try, due, outdated, still_asked
from app.services.cells import Row, safe_row, write_csv, write_xlsx
from app.services.granting import leave_ended_since
from app.services.indexing import number_text
from app.services.keeping import Question, keeper
from app.services.naming import persons_by_words, persons_named
from app.services.purpose import require_purpose
from app.services.searching import cases_of, checked, within_scope
from config.document_types import by_code
from indexer import SearchRequest
from indexer.errors import SearchError

log = structlog.get_logger()

ROWS_AT_ONCE = 500  # documents of one part: progress is told after each
FRESH = timedelta(hours=1)  # bytes stored again so lately may belong to an upload that is not committed yet
IDS = "documents.json"  # beside the file: the ids of the documents in it

HEADER = (
    "Số hiệu",
    "Loại",
    "Ngày",
    "Cơ quan ban hành",
    "Trích yếu",
    "Người",
    "Hồ sơ",
    "Trạng thái đọc",
    "Đường dẫn",
)
READING_WORDS: Mapping[str | None, str] = {
    None: "Đang đọc",
    "text": "Văn bản điện tử",
    "scan": "Bản quét",
    "weak": "Đọc kém, cần xem",
    "unread": "Không đọc được",
}

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that may be handed out now."""

    path: Path
    name: str
    rows: int


def ask_export(uow: UnitOfWork, question: Question, kind: ExportKind, *, address: str) -> Export:
    """Ask for all results as a file. `address` is where documents are opened: their id follows after a slash.

    Raises `Invalid` where nothing is asked.
    """
    require(uow, Act.SEARCH)
    user_id, organisation_id = keeper(uow)
    require_purpose(uow)
    if not question.text and not question.filters:
        raise Invalid(fields={"q": "Chưa có gì để xuất: tìm trước, rồi xuất danh sách kết quả."})
    row = Export(
        user_id=user_id,
        organisation_id=organisation_id,
        kind=kind,
        text=question.text,
        filters={name: list(values) for name, values in question.filters.items()},
        address=address,
        asked_at=uow.now,
        touched_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("search.export-asked", "export", row.id, file=kind.value)
    uow.defer(Job.EXPORT, row.id)
    return row


def export(uow: UnitOfWork, export_id: int) -> Export:
    """An export of the actor; `NotFound` for everybody else's."""
    return asked_row(uow, Export, export_id)


def export_file(uow: UnitOfWork, export_id: int) -> ExportFile:
    """The file of a finished export. Raises `WrongState` before it is made, and where the actor may no longer see one
    of the documents in it."""
    row = export(uow, export_id)
    listed = None if row.sha256 is None else uow.store.derived(row.sha256, IDS)
    if row.state is not AskedState.DONE or row.sha256 is None or listed is None:
        raise WrongState("Danh sách này chưa tạo xong, hoặc tệp không còn. Xuất lại từ trang tìm kiếm.")
    ids: list[int] = json.loads(listed.read_text(encoding="ascii"))
    if len(_seen(uow, ids)) != len(ids) or leave_ended_since(uow, row.asked_at):  # rows name persons and cases too
        raise WrongState(
            "Danh sách có văn bản mà tài khoản không còn được xem, hoặc đã bị xóa. Xuất lại từ trang tìm kiếm."
        )
    return ExportFile(uow.store.path(row.sha256), f"ket-qua-tim-kiem-{row.id}.{row.kind.value}", len(ids))


def _seen(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, Document]:
    """Those of these documents that the actor may see, whatever the index says."""
    scope = scope_of(uow)
    found: dict[int, Document] = {}
    for first in range(0, len(ids), ROWS_AT_ONCE):
        query = select(Document).where(Document.id.in_(ids[first : first + ROWS_AT_ONCE]), visible_documents(scope))
        found |= {row.id: row for row in uow.session.scalars(query)}
    return found


def make_export(backends: Backends, export_id: int) -> bool:
    """Make the file of an export; true where this call made it. Done again it changes nothing."""
    with backends.begin(SYSTEM) as uow:
        begun = begin_try(uow, Export, export_id, failed="search.export-failed", name="export")
        if begun is None:
            return False
        begun.done = 0

    def tell(done: int, total: int) -> None:
        with backends.begin(SYSTEM) as uow:
            row = uow.session.get_one(Export, export_id)
            row.done, row.total, row.touched_at = done, total, uow.now

    with tempfile.TemporaryDirectory(prefix="hoso-export-") as folder:
        path = Path(folder, "export")
        try:
            ids = _write(backends, export_id, path, tell)
            stored = backends.store.put_path(path)
            backends.store.put_derived(stored.sha256, IDS, json.dumps(ids).encode("ascii"))
        except (SearchError, HosoError) as error:  # the sweep asks again
            log.warning("export.not-made", export=export_id, code=error.code)
            return False
    with backends.begin(SYSTEM) as uow:
        made = still_asked(uow, Export, export_id)
        if made is None:
            return False
        made.state, made.sha256, made.done, made.total = AskedState.DONE, stored.sha256, len(ids), len(ids)
        uow.record("search.exported", "export", made.id, count=len(ids), file=made.kind.value)
    return True


def _write(backends: Backends, export_id: int, path: Path, tell: Told) -> list[int]:
    """Write the file; the ids of the documents in it, in its order."""
    with backends.read(SYSTEM) as uow:
        kind = uow.session.get_one(Export, export_id).kind
    ids: list[int] = []

    def rows() -> Iterator[Row]:
        yield HEADER
        for part in _parts(backends, export_id, tell):
            for document_id, row in part.items():
                if document_id not in seen:
                    seen.add(document_id)
                    ids.append(document_id)
                    yield safe_row(row)

    seen: set[int] = set()
    if kind is ExportKind.CSV:
        write_csv(path, rows())
    else:
        write_xlsx(path, rows(), title="Kết quả tìm kiếm")
    return ids


def _parts(backends: Backends, export_id: int, tell: Told) -> Iterator[dict[int, Row]]:
    """The rows by document id, newest first, part by part; nothing is held open between two parts."""
    cursor: str | None = None
    done = 0
    while True:
        with backends.read(SYSTEM) as uow:
            row = uow.session.get_one(Export, export_id)
            asking = uow.acting_as(uow.session.get_one(User, row.user_id).actor())
            require(asking, Act.SEARCH)
            found = asking.search.find(_request(asking, row, cursor))
            documents = checked(asking, found)
            listed = [documents[hit.id] for hit in found.hits if hit.id in documents]
            part = _rows(asking, listed, row.address)
        yield part
        done += len(part)
        tell(done, found.total)
        cursor = found.cursor
        if cursor is None:
            return


def _request(asking: UnitOfWork, row: Export, cursor: str | None) -> SearchRequest:
    """The question as the search page asks it, newest first: a walk by date is steady."""
    asked = SearchRequest(
        text=row.text,
        filters={name: tuple(values) for name, values in row.filters.items()},
        sort="newest",
        limit=ROWS_AT_ONCE,
        cursor=cursor,
        persons=persons_by_words(persons_named(asking, row.text)),
    )
    return within_scope(asking, asked)


def _rows(asking: UnitOfWork, documents: Sequence[Document], address: str) -> dict[int, Row]:
    filed = cases_of(asking, [row.id for row in documents])
    return {row.id: cells_of(row, filed.get(row.id, []), address) for row in documents}


def cells_of(row: Document, filed: Sequence[Case], address: str) -> Row:
    """A document as a row below `HEADER`, with the cases in which it is filed."""
    return (
        number_text(row),
        by_code(row.type).name_vi,
        f"{row.date:%d/%m/%Y}" if row.date else row.date_text,
        row.body,
        row.title,
        "; ".join(dict.fromkeys(case.person.full_name for case in filed)),
        "; ".join(dict.fromkeys(case.code for case in filed)),
        READING_WORDS[row.quality],
        f"{address}/{row.id}",
    )


def due_exports(uow: UnitOfWork) -> list[int]:
    """Exports whose maker has been silent."""
    return due(uow, Export)


def forget_exports(backends: Backends) -> int:
    """Delete the files of exports older than the setting says, and what was asked; how many there were. The row stays:
    the audit trail speaks of it."""
    with backends.begin(SYSTEM) as uow:
        gone = outdated(uow, Export, days=backends.settings.export_days)
        bytes_of = {row.sha256 for row in gone if row.sha256 is not None}
        for row in gone:
            row.sha256, row.text, row.filters = None, "", {}
        uow.session.flush()
        for sha256 in bytes_of:
            if not _is_kept(uow, sha256):
                backends.store.remove_orphan(sha256, older_than=(uow.now - FRESH).timestamp())
    return len(gone)


def _is_kept(uow: UnitOfWork, sha256: str) -> bool:
    """Whether another export, or a file that was taken in, is the same bytes."""
    others = (
        select(Export.id).where(Export.sha256 == sha256),
        select(StoredFile.id).where(StoredFile.sha256 == sha256),
    )
    return any(uow.session.scalar(one.limit(1)) is not None for one in others)
