"""Arrivals in the words of their pages and of the script that follows them: rows of files, sums, a CSV of failures."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import Batch, Document, Intake, Outcome, Reading, ReadingState
from app.services.access import Act, may, role_allows
from app.services.account_names import account_names
from app.services.cells import safe_cell
from app.services.originals import has_pictures, pictured
from app.services.receipts import (
    Receipt,
    can_open,
    closed_in,
    depth_of,
    failure_of,
    is_closed,
    is_unpacking,
    nested,
    outcome_of,
    parts_of,
    progress_of,
    receipt,
)
from app.services.rereading import NotReread, not_reread
from app.services.rescans import may_be_rescanned
from app.services.unlocking import LOCKED
from app.services.weak_scans import WeakScan
from app.web.document_reading import not_reread_words, spans
from app.web.document_sheet import SMALL, image_url
from app.web.document_words import Badge
from app.web.language import moment
from app.web.reading_words import advice, legibility
from app.web.splitting_views import split_words


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a batch as `macros/upload.html` and the script draw it; `outcome` and `code` are for programs."""

    id: int
    name: str
    kind: str
    label: str
    said: str
    outcome: str
    code: str | None = None
    done: int = 0
    total: int = 0
    url: str | None = None
    retry_url: str | None = None
    cancel_url: str | None = None
    member: bool = False
    depth: int = 0
    unlock_url: str | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch in the list of the latest."""

    url: str
    at: Any
    by: str
    received: int
    waiting: int
    failed: int
    badges: tuple[Badge, ...]


def batch_url(batch: Batch) -> str:
    """The page of a batch."""
    return url_for("intake.batch", batch_id=batch.id)


def batch_reference(batch: Batch) -> dict[str, Any]:
    """A batch as the script knows it."""
    return {"id": batch.id, "url": batch_url(batch), "status_url": url_for("intake.batch_status", batch_id=batch.id)}


def file_row(uow: UnitOfWork, item: Intake, *, depth: int = 0, inside: int = 0) -> FileRow:
    """One file with what became of it, and the acts that are open to the actor; `depth` counts the files around it,
    `inside` those in it."""
    outcome = outcome_of(item)
    hidden = item.document is not None and item.document.deleted_at is None and not can_open(uow, item.document)
    veiled = hidden and (item.settled is None or is_closed(item))
    kind, label, said = _told(uow, item, outcome)
    if outcome in (Outcome.SEARCHABLE, Outcome.WEAK) and _failed_slices(item) and item.document is not None:
        kept = not_reread(uow, [item.document]).get(item.document.id, ())
        said = " ".join(filter(None, (said, *(not_reread_words(one) for one in kept))))
    if inside:
        held = _("%(n)s tệp bên trong", n=inside)
        said = held if outcome is Outcome.SEARCHABLE or not said else f"{held}. {said}"
    told = outcome in (Outcome.FAILED, Outcome.WEAK) or is_closed(item)
    code = failure_of(item)[0] if told else item.code
    done, total = _progress(item, outcome)
    acts = _acts(uow, item, outcome)
    return FileRow(
        id=item.id,
        name=_veil(item) if veiled else item.name,
        kind=kind,
        label=label,
        said=said,
        outcome=outcome.value,
        code=code,
        done=done,
        total=total,
        url=acts.get("url"),
        retry_url=acts.get("retry_url"),
        cancel_url=acts.get("cancel_url"),
        member=item.parent_id is not None,
        depth=min(depth, 3),
        unlock_url=acts.get("unlock_url"),
    )


def _veil(item: Intake) -> str:
    """What stands in the place of a name that is not told."""
    if is_closed(item):
        return str(_("(tệp đang cách ly)"))
    return str(_("(tệp đã gỡ bỏ)") if _is_removed(item) else _("(tệp tài khoản này không được xem)"))


def _is_removed(item: Intake) -> bool:
    return item.document is not None and item.document.removed_at is not None


def _told(uow: UnitOfWork, item: Intake, outcome: Outcome) -> tuple[str, str, str]:
    """Sign, word and sentence for an outcome; a paper that is closed is told of as such, not as one badly read."""
    code, kept = failure_of(item)
    said = advice(code, kept)
    pages = item.file.pages if item.file and has_pictures(item.file) else None  # others have no pages of paper
    about = _("%(n)s trang", n=pages) if pages else ""
    if outcome is Outcome.WAITING:
        return _under_way(item)
    if outcome is Outcome.SEARCHABLE:
        cut = split_words(uow, item.document) if item.document and can_open(uow, item.document) else ""
        return "ok", _("tìm được"), ", ".join(filter(None, (about, cut)))
    if outcome is Outcome.WEAK:
        return "warn", _("đọc kém, cần xem"), said or _("Gõ các thông tin chính bên cạnh ảnh trang để tìm được chắc.")
    if outcome is Outcome.FAILED:
        return "bad", _("không đọc được"), f"{said} ({code})" if code else said
    if outcome is Outcome.DUPLICATE:
        known = item.document is not None and can_open(uow, item.document)
        same = _("Trùng với “%(title)s” đã có.", title=item.document.title) if known and item.document else item.message
        return "none", _("đã có sẵn"), same
    if is_closed(item):
        return "bad", _("đang cách ly"), said
    if _is_removed(item):
        return "none", _("đã gỡ bỏ"), _("Gỡ bỏ theo quyết định; nội dung đã xóa.")
    return "none", _("đã bỏ"), ""


def _under_way(item: Intake) -> tuple[str, str, str]:
    progress = progress_of(item)
    read = item.document is not None and item.document.quality is not None
    if read and is_unpacking(item):
        return "info", _("đang lấy tệp bên trong"), ""
    if not progress.begun:
        return "none", _("chờ đọc"), ""
    if progress.pages is None:
        return "info", _("đang kiểm tra"), ""
    if progress.done >= progress.pages or (item.document is not None and item.document.quality is not None):
        return "info", _("đang đưa vào tìm kiếm"), ""
    return "info", _("đang đọc trang %(done)s/%(all)s", done=progress.done, all=progress.pages), ""


def _progress(item: Intake, outcome: Outcome) -> tuple[int, int]:
    """Pages read of all, while the file is under way; zero of zero otherwise."""
    progress = progress_of(item)
    if outcome is not Outcome.WAITING or progress.pages is None:
        return 0, 0
    return progress.done, progress.pages


def _acts(uow: UnitOfWork, item: Intake, outcome: Outcome) -> dict[str, str]:
    acts: dict[str, str] = {}
    if is_closed(item):  # only two persons take it away
        return {"url": url_for("removals.index")} if role_allows(uow.actor.role, Act.REMOVAL_VIEW) else {}
    if item.document is not None and item.document.deleted_at is None and can_open(uow, item.document):
        acts["url"] = url_for("documents.view", document_id=item.document.id)
    if item.settled is None and may(uow, Act.DOCUMENT_UPLOAD, item):
        locked = failure_of(item)[0] in LOCKED  # a password opens it, another try does not
        if outcome in (Outcome.FAILED, Outcome.WEAK) and _failed_slices(item) and not locked:
            acts["retry_url"] = url_for("intake.retry", batch_id=item.batch_id, item_id=item.id)
        if locked and item.document is not None and "url" in acts:
            acts["unlock_url"] = url_for("scans.unlock", document_id=item.document.id)
        if outcome in (Outcome.WAITING, Outcome.FAILED):
            acts["cancel_url"] = url_for("intake.cancel", batch_id=item.batch_id, item_id=item.id)
    return acts


def _failed_slices(item: Intake) -> Sequence[Reading]:
    return [row for row in item.file.readings if row.state is ReadingState.FAILED] if item.file else []


def summary_line(counts: Receipt, closed: int = 0) -> str:
    """The batch in one line; finished is not the same as finished with errors. `closed` of the removed are in
    quarantine."""
    if counts.waiting:
        return str(_("Đang đọc: còn %(waiting)s trong %(all)s tệp", waiting=counts.waiting, all=counts.received))
    parts = (
        (counts.searchable, _("%(n)s tìm được", n=counts.searchable)),
        (counts.weak, _("%(n)s đọc kém", n=counts.weak)),
        (counts.failed, _("%(n)s không đọc được", n=counts.failed)),
        (counts.duplicate, _("%(n)s đã có sẵn", n=counts.duplicate)),
        (closed, _("%(n)s đang cách ly", n=closed)),
        (counts.removed - closed, _("%(n)s đã bỏ", n=counts.removed - closed)),
    )
    told = ", ".join(str(words) for number, words in parts if number)
    heading = _("Xong, có tệp cần xem") if counts.failed or counts.weak or closed else _("Xong")
    return f"{heading}: {told}" if told else str(heading)


def batch_status(uow: UnitOfWork, batch: Batch) -> dict[str, Any]:
    """All of a batch: what its page shows and what the script asks for again and again."""
    counts = receipt(batch)
    took = uow.now - batch.created_at
    return {
        "finished": counts.is_settled,
        "summary": summary_line(counts, closed_in(batch)),
        "counts": asdict(counts),
        "elapsed": None if counts.is_settled else elapsed(took),
        "files": _file_rows(uow, batch),
    }


def _file_rows(uow: UnitOfWork, batch: Batch) -> list[dict[str, Any]]:
    """The files, what was inside one right after it."""
    by_id = {item.id: item for item in batch.items}
    inside = Counter(item.parent_id for item in batch.items)
    return [
        asdict(file_row(uow, item, depth=depth_of(item, by_id), inside=inside[item.id])) for item in nested(batch.items)
    ]


def elapsed(took: timedelta) -> str:
    """A length of time in words: hours and minutes, or minutes and seconds."""
    seconds = max(0, round(took.total_seconds()))
    if seconds >= 3600:
        return str(_("%(h)s giờ %(m)s phút", h=seconds // 3600, m=seconds % 3600 // 60))
    if seconds >= 60:
        return str(_("%(m)s phút %(s)s giây", m=seconds // 60, s=seconds % 60))
    return str(_("%(s)s giây", s=seconds))


def batch_rows(uow: UnitOfWork, batches: Sequence[Batch]) -> list[BatchRow]:
    """The latest batches with who sent them and how they stand."""
    names = account_names(uow, (batch.user_id for batch in batches))
    rows = []
    for batch in batches:
        counts = receipt(batch)
        badge: Badge = ("ok", _("xong"))
        if counts.waiting:
            badge = ("info", _("đang đọc"))
        elif counts.failed or counts.weak or closed_in(batch):
            badge = ("warn", _("xong, có tệp cần xem"))
        by = names.get(batch.user_id or 0, _("dòng lệnh"))
        row = BatchRow(batch_url(batch), batch.created_at, by, counts.received, counts.waiting, counts.failed, (badge,))
        rows.append(row)
    return rows


def failed_csv(uow: UnitOfWork, batch: Batch) -> str:
    """The files that could not be read, for a spreadsheet; no cell of it is ever run as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([_("Tệp"), _("Mã lỗi"), _("Lý do và cách xử lý"), _("Nhận lúc")])
    for item in batch.items:
        if outcome_of(item) is Outcome.FAILED:
            code, kept = failure_of(item)
            name = file_row(uow, item).name
            writer.writerow(
                [safe_cell(cell) for cell in (name, code or "", advice(code, kept), moment(item.received_at))]
            )
    return out.getvalue()


def all_csv(uow: UnitOfWork, batch: Batch) -> str:
    """Every file of a batch with what became of it, for a spreadsheet; the counts are those of the page."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    told = (_("Kết quả"), _("Mã"), _("Lý do và cách xử lý"))
    writer.writerow([_("Số thứ tự"), _("Tệp"), _("Nằm trong tệp số"), *told, _("Văn bản"), _("Nhận lúc")])
    ordered = nested(batch.items)
    places = {item.id: place for place, item in enumerate(ordered, start=1)}
    parts = parts_of(uow, batch)
    for place, item in enumerate(ordered, start=1):
        row = file_row(uow, item)
        code, kept = failure_of(item)
        own = [item.document_id] if row.url and item.document_id and not is_closed(item) else []
        documents = " ".join(str(number) for number in parts.get(item.document_id or 0, own))
        above = str(places[item.parent_id]) if item.parent_id in places else ""
        why = advice(code, kept) if code else ""
        cells = (str(place), row.name, above, row.label, code or "", why, documents, moment(item.received_at))
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def weak_rows(uow: UnitOfWork, found: Sequence[WeakScan]) -> list[dict[str, Any]]:
    """The documents to be scanned again, as lines."""
    pictures = pictured(uow, [one.document.id for one in found])
    return [
        {
            "title": one.document.title,
            "url": url_for("documents.view", document_id=one.document.id, trang=one.pages[0] if one.pages else 1),
            "thumb_url": image_url(one.document.id, 1, SMALL) if one.document.id in pictures else None,
            "pages": spans(one.pages),
            "of": len(one.document.pages),
            "words": legibility(one.worst),
            "code": one.document.failure_code or "",
            "received": one.document.created_at,
            "rescan_url": url_for("scans.rescan", document_id=one.document.id)
            if may_be_rescanned(uow, one.document)
            else None,
        }
        for one in found
    ]


def kept_rows(found: Sequence[tuple[Document, Sequence[NotReread]]]) -> list[dict[str, Any]]:
    """The documents that could not be read again, as lines."""
    return [
        {
            "title": document.title or document.file_name,
            "url": url_for("documents.view", document_id=document.id),
            "said": [not_reread_words(one) for one in told],
        }
        for document, told in found
    ]
