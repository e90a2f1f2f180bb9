"""Open work as tasks: what it is, why it waits, where it lies, and the act that comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.models import CaseDocument, Document, Paper, PaperState, Quality, SplitPlan, SplitState
from app.services.access import Act, may, scope_of
from app.services.documents import documents
from app.services.paper_steps import Step
from app.services.receipts import HIDDEN
from app.services.removing import unasked, undecided
from app.services.split_drafts import waiting_splits
from app.services.work import (
    OpenWork,
    Work,
    badly_read,
    open_work,
    papers_in,
    waiting_proposals,
    without_signed_copy,
)
from app.web.document_address import LINKS, DocumentAddress
from app.web.document_list import DocumentRow, document_rows
from app.web.filing_words import reason
from app.web.paper_words import ACTS, NO_SIGNED_COPY, WAITS_FOR, number_text, state_badge

MOST = 20  # tasks of one kind on the page; the title tells how many there are in all
LATEST = 6  # documents below the work

TITLES: Mapping[Work, Any] = {
    Work.PROPOSALS: lazy_gettext("Máy đề nghị xếp vào hồ sơ"),
    Work.CLOSED: lazy_gettext("Văn bản đang cách ly"),
    Work.TO_REMOVE: lazy_gettext("Đề nghị gỡ bỏ chờ quyết định"),
    Work.SPLITS: lazy_gettext("Bản quét chờ tách"),
    Work.UNREAD: lazy_gettext("Văn bản đọc kém, cần người xem"),
    Work.DRAFTS: lazy_gettext("Dự thảo"),
    Work.TO_DECIDE: lazy_gettext("Văn bản chờ duyệt"),
    Work.TO_SIGN: lazy_gettext("Văn bản chờ ghi nhận chữ ký"),
    Work.TO_NUMBER: lazy_gettext("Văn bản chờ cấp số"),
    Work.TO_RELEASE: lazy_gettext("Văn bản chờ phát hành"),
    Work.TO_RETURN: lazy_gettext("Văn bản chưa có bản ký"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits."""

    badge: tuple[str, Any]
    title: str
    url: str
    act: str
    why: str = ""
    where: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """What waits of one kind; `number` counts all of it, `note` says where the rest is shown."""

    title: Any
    number: int
    tasks: tuple[Task, ...]
    note: str


def work_groups(uow: UnitOfWork) -> list[TaskGroup]:
    """All open work of the actor, kind by kind."""
    return [_group(uow, work) for work in open_work(uow) if work.count]


def _group(uow: UnitOfWork, work: OpenWork) -> TaskGroup:
    tasks = tuple(_TASKS[work.kind](uow))
    note = _("Đang hiện %(shown)s việc cũ nhất.", shown=len(tasks)) if work.count > len(tasks) else ""
    return TaskGroup(TITLES[work.kind], work.count, tasks, note)


def _proposals(uow: UnitOfWork) -> list[Task]:
    return [_proposal(row) for row in uow.session.scalars(waiting_proposals(uow).limit(MOST))]


def _proposal(row: CaseDocument) -> Task:
    return Task(
        badge=("warn", _("cần xem")),
        title=row.document.title or row.document.file_name,
        url=DocumentAddress(row.document_id, tab=LINKS).url(),
        act=_("Xem"),
        why=reason(row),
        where=f"{row.case.code}, {row.case.person.full_name}",
    )


def _splits(uow: UnitOfWork) -> list[Task]:
    return [_split(row) for row in uow.session.scalars(waiting_splits(uow).limit(MOST))]


def _split(row: SplitPlan) -> Task:
    begun = row.state is SplitState.DRAFT
    return Task(
        badge=("info", _("đang tách dở")) if begun else ("warn", _("cần xem")),
        title=row.document.title or row.document.file_name,
        url=url_for("splitting.view", document_id=row.document_id),
        act=_("Tách"),
        why=_("Bản nháp: %(n)s văn bản.", n=len(row.parts))
        if begun
        else _("Máy thấy %(n)s văn bản trong một bản quét.", n=len(row.parts)),
        where="" if row.document.title in ("", row.document.file_name) else row.document.file_name,
    )


def _unread(uow: UnitOfWork) -> list[Task]:
    return [_unread_document(row) for row in uow.session.scalars(badly_read(uow).limit(MOST))]


def _unread_document(row: Document) -> Task:
    unread = row.quality is Quality.UNREAD
    return Task(
        badge=("bad", _("không đọc được")) if unread else ("warn", _("đọc kém")),
        title=row.title or row.file_name,
        url=url_for("documents.edit", document_id=row.id),
        act=_("Gõ"),
        why=_("Gõ các thông tin chính bên cạnh ảnh để tìm được."),
        where="" if row.title in ("", row.file_name) else row.file_name,
    )


def _closed_name(uow: UnitOfWork, row: Document) -> str:
    """The file name of a closed document, unless it is of a restricted kind that the actor may not see."""
    return row.file_name if scope_of(uow).shows(row.flags) else HIDDEN


def _closed(uow: UnitOfWork) -> list[Task]:
    return [
        Task(
            badge=("bad", _("cách ly")),
            title=_closed_name(uow, row),
            url=url_for("removals.ask", document_id=row.id),
            act=_("Đề nghị gỡ bỏ"),
            why=_("Văn bản có dấu độ mật không được có trong hệ thống."),
        )
        for row in uow.session.scalars(unasked(uow).limit(MOST))
    ]


def _to_remove(uow: UnitOfWork) -> list[Task]:
    return [
        Task(
            badge=("bad", _("cách ly")),
            title=_closed_name(uow, row.document),
            url=url_for("removals.decide", removal_id=row.id),
            act=_("Quyết định"),
            why=row.explanation,
        )
        for row in uow.session.scalars(undecided(uow).limit(MOST))
    ]


def _papers(step: Step, *states: PaperState) -> Callable[[UnitOfWork], list[Task]]:
    def tasks(uow: UnitOfWork) -> list[Task]:
        return [_paper(row, step) for row in uow.session.scalars(papers_in(uow, *states).limit(MOST))]

    return tasks


def _unsigned(uow: UnitOfWork) -> list[Task]:
    rows = uow.session.scalars(without_signed_copy(uow).limit(MOST))
    return [_paper(row, Step.SIGNED_COPY, badge=NO_SIGNED_COPY, why="") for row in rows]


def _paper(row: Paper, step: Step, *, badge: tuple[str, Any] | None = None, why: str | None = None) -> Task:
    number = number_text(row)
    said = why if why is not None else row.remarks or str(WAITS_FOR[row.state])
    return Task(
        badge=badge or state_badge(row),
        title=f"{number} {row.title}" if number else row.title,
        url=url_for("papers.view", paper_id=row.id),
        act=str(ACTS[step]),
        why=said,
        where=f"{row.case.code}, {row.case.person.full_name}",
    )


_TASKS: Mapping[Work, Callable[[UnitOfWork], list[Task]]] = {
    Work.PROPOSALS: _proposals,
    Work.CLOSED: _closed,
    Work.TO_REMOVE: _to_remove,
    Work.SPLITS: _splits,
    Work.UNREAD: _unread,
    Work.DRAFTS: _papers(Step.SAVE, PaperState.DRAFT),
    Work.TO_DECIDE: _papers(Step.APPROVE, PaperState.PRESENTED),
    Work.TO_SIGN: _papers(Step.SIGN, PaperState.APPROVED),
    Work.TO_NUMBER: _papers(Step.NUMBER, PaperState.SIGNED),
    Work.TO_RELEASE: _papers(Step.RELEASE, PaperState.MADE),
    Work.TO_RETURN: _unsigned,
}


def recent_documents(uow: UnitOfWork) -> list[DocumentRow]:
    """The documents received last, as far as the actor may see them."""
    return document_rows(uow, documents(uow, limit=LATEST).items) if may(uow, Act.DOCUMENT_VIEW) else []


def start_acts(uow: UnitOfWork) -> list[dict[str, str]]:
    """What can be begun where nothing waits."""
    acts = []
    if may(uow, Act.DOCUMENT_UPLOAD):
        acts.append({"label": _("Tiếp nhận tệp"), "url": url_for("intake.index"), "kind": "primary"})
    if may(uow, Act.CASE_EDIT):
        acts.append({"label": _("Lập hồ sơ"), "url": url_for("cases.new")})
    if not acts and may(uow, Act.INSPECTION_VIEW):
        acts.append({"label": _("Kiểm tra hồ sơ"), "url": url_for("inspection.index"), "kind": "primary"})
    return acts
