"""The page of one case: what is to be done, what its dossiers have and lack, what happened, what lies in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import Case, CaseDocument, CaseState, Paper
from app.services.access import Act, may
from app.services.account_names import account_names
from app.services.cases import cases
from app.services.completeness import DossierStatus, FindingState
from app.services.filing import filings, proposals
from app.services.local_day import today
from app.services.papers import can, forms_for, papers
from app.web.case_dossiers import Doors, dossier_cards, questions, statuses_of
from app.web.case_words import case_state, gap_text, procedure_name
from app.web.document_address import DocumentAddress
from app.web.document_links import item_label
from app.web.document_list import DocumentRow, document_rows
from app.web.document_words import printed_number
from app.web.filing_words import evidence_page, reason
from app.web.paper_words import (
    ACTS,
    STATES,
    WAITS_FOR,
    badges_of_paper,
    form_name,
    is_finished,
    next_step,
    number_text,
    state_badge,
)
from app.web.person_words import birth_year, hidden_identity
from config.rules import FormRule, rules_on

MOST = 200  # papers or proposals of one case on its page
Task = dict[str, Any]


def case_page(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """The context of `cases/view.html`."""
    editable = may(uow, Act.CASE_EDIT, case) and case.state is CaseState.OPEN
    drafts = _drafts(uow, case) if editable else ()
    doors = _doors(uow, case, drafts)
    statuses = statuses_of(uow, case)
    own_papers = papers(uow, case=case, limit=MOST).items
    proposed = proposals(uow, case=case, limit=MOST).items
    asked = questions(case)
    tasks = _paper_tasks(uow, own_papers) + _dossier_tasks(statuses, doors, len(proposed), doors.may_file)
    unanswered = sum(1 for question in asked if not question.answer)
    if unanswered and editable:
        tasks.append(_question_task(unanswered))
    _fill_one(tasks, has_menu=bool(drafts))
    return {
        "case": _head(uow, case, editable),
        "crumbs": [(_("Hồ sơ"), url_for("cases.index")), (case.code, None)],
        "actions": _actions(case, editable, doors),
        "draft_menu": _draft_menu(drafts),
        "tasks": tasks,
        "proposals": [_proposal(row, doors.may_file) for row in proposed],
        "dossiers": dossier_cards(case, statuses, doors),
        "papers": [_paper_row(row) for row in own_papers],
        "documents": _documents(uow, case),
        "timeline": _timeline(case, own_papers),
        "facts": _facts(case),
        "questions": asked,
        "answer_url": url_for("cases.circumstances", case_id=case.id) if editable else None,
        "event_url": url_for("cases.add_event", case_id=case.id) if editable else None,
        "upload_url": doors.upload_url,
        "gaps": [_("chưa kiểm tra thời hạn")],
        "law_gaps": [gap_text(gap) for gap in rules_on(case.act_date).gaps_about(case.procedure)],
    }


def _head(uow: UnitOfWork, case: Case, editable: bool) -> dict[str, Any]:
    others = cases(uow, person=case.person, limit=MOST).items
    before = [row for row in others if row.id != case.id and (row.opened_on, row.id) < (case.opened_on, case.id)]
    return {
        "code": case.code,
        "person": case.person.full_name,
        "person_url": url_for("persons.view", person_id=case.person_id),
        "birth": birth_year(case.person),
        "identity": hidden_identity(case.person),
        "procedure": procedure_name(case),
        "basis": rules_on(case.act_date).name_vi,
        "previous": [(f"{row.code} {procedure_name(row)}", url_for("cases.view", case_id=row.id)) for row in before],
        "state": case_state(case.state),
        "edit_url": url_for("cases.edit", case_id=case.id) if editable else None,
    }


def _drafts(uow: UnitOfWork, case: Case) -> tuple[tuple[FormRule, str], ...]:
    """The papers this body may make in this case today, then those of the day of its act (for acts of the past)."""
    if not may(uow, Act.PAPER_DRAFT, case):
        return ()
    found: dict[str, tuple[FormRule, str]] = {}
    for day in (today(uow), case.act_date):
        for rule in forms_for(uow, case, act_date=day):
            url = url_for("papers.new", case_id=case.id, mau=rule.code, ngay=day.isoformat())
            found.setdefault(rule.code, (rule, url))
    return tuple(found.values())


def _draft_menu(drafts: Sequence[tuple[FormRule, str]]) -> list[dict[str, str]]:
    return [{"title": rule.title, "code": f"{form_name(rule.code)}; {rule.basis}", "url": url} for rule, url in drafts]


def _doors(uow: UnitOfWork, case: Case, drafts: Iterable[tuple[FormRule, str]]) -> Doors:
    upload = may(uow, Act.DOCUMENT_UPLOAD, case)
    return Doors(
        drafts={rule.produces_item: url for rule, url in drafts},
        upload_url=f"{url_for('intake.index')}?{urlencode({'ho-so': case.code})}" if upload else None,
        may_file=may(uow, Act.DOCUMENT_FILE, case),
    )


def _actions(case: Case, editable: bool, doors: Doors) -> list[dict[str, Any]]:
    actions = []
    if doors.upload_url is not None:
        actions.append({"label": _("Đưa văn bản vào"), "url": doors.upload_url})
    if editable:
        actions.append({"label": _("Sửa hồ sơ"), "url": url_for("cases.edit", case_id=case.id)})
        actions.append({"label": _("Đóng hồ sơ"), "url": url_for("cases.close", case_id=case.id)})
    elif doors.may_file:
        actions.append({"label": _("Mở lại hồ sơ"), "url": url_for("cases.reopen", case_id=case.id), "method": "post"})
    return actions


def _paper_tasks(uow: UnitOfWork, rows: Sequence[Paper]) -> list[Task]:
    """Papers on their way; those that this actor can carry on come first."""
    mine: list[Task] = []
    others: list[Task] = []
    for row in rows:
        if is_finished(row):
            continue
        step = next_step(row, can(uow, row))
        task = {
            "badge": state_badge(row),
            "title": row.title,
            "why": row.remarks if row.remarks else str(WAITS_FOR.get(row.state, "")),
            "basis": None,
            "url": url_for("papers.view", paper_id=row.id),
            "act": str(ACTS[step]) if step else _("Mở"),
            "mine": step is not None,
        }
        (mine if step else others).append(task)
    return mine + others


def _dossier_tasks(statuses: Sequence[DossierStatus], doors: Doors, proposed: int, may_file: bool) -> list[Task]:
    tasks: list[Task] = []
    if proposed and may_file:
        title = _("%(number)s văn bản máy đề nghị xếp vào hồ sơ này", number=proposed)
        tasks.append(_task(("warn", _("cần xem")), title, "#proposals", _("Xem")))
    for place, status in enumerate(statuses, 1):
        for finding in status.findings:
            if finding.state is FindingState.MISSING and finding.item in doors.drafts:
                url, why = doors.drafts[finding.item or ""], status.title
                tasks.append(_task(("bad", _("thiếu")), finding.label, url, _("Soạn"), why, finding.article))
        anchor = f"#dossier-{place}"
        if status.lacking:
            names = "; ".join(finding.label for finding in status.findings if finding.is_lacking)
            title = _("Bổ sung %(number)s giấy tờ còn thiếu", number=status.lacking)
            tasks.append(_task(("bad", _("thiếu")), title, anchor, _("Xem"), names))
        if status.to_look and may_file:
            title = _("%(number)s giấy tờ cần người xem", number=status.to_look)
            tasks.append(_task(("warn", _("cần xem")), title, anchor, _("Xem"), status.title))
    return tasks


def _question_task(unanswered: int) -> Task:
    title = _("%(number)s câu hỏi về hồ sơ chưa trả lời", number=unanswered)
    why = _("Câu trả lời cho biết giấy tờ nào là bắt buộc.")
    return _task(("warn", _("chưa rõ")), title, "#circumstances", _("Trả lời"), why)


def _task(
    badge: tuple[str, str], title: str, url: str, act: str, why: str | None = None, basis: str | None = None
) -> Task:
    return {"badge": badge, "title": title, "url": url, "act": act, "why": why, "basis": basis, "mine": True}


def _fill_one(tasks: list[Task], *, has_menu: bool) -> None:
    """One filled button on the page: drafting where it is open, else the first thing this actor can do."""
    for task in tasks:
        if task["mine"] and not has_menu:
            task["kind"] = "primary"
            return


def _proposal(row: CaseDocument, decides: bool) -> dict[str, Any]:
    page = evidence_page(row)
    address = DocumentAddress(row.document_id)

    def decide(endpoint: str) -> str | None:
        return url_for(endpoint, case_id=row.case_id, filing_id=row.id) if decides else None

    return {
        "title": row.document.title or row.document.file_name,
        "url": address.url(),
        "quote": row.evidence.get("quote", ""),
        "page": page,
        "page_url": address.showing(f"p{row.id}", page).url() if page else None,
        "why": reason(row),
        "accept_url": decide("cases.accept"),
        "reject_url": decide("cases.reject"),
    }


def _paper_row(row: Paper) -> dict[str, Any]:
    return {
        "title": row.title,
        "url": url_for("papers.view", paper_id=row.id),
        "number": number_text(row),
        "date": row.number_date,
        "badges": badges_of_paper(row),
    }


def _documents(uow: UnitOfWork, case: Case) -> list[dict[str, Any]]:
    rows = filings(uow, case=case)
    names = account_names(uow, (row.decided_by for row in rows))
    shown = document_rows(uow, [row.document for row in rows])
    return [_document(case, row, line, names) for row, line in zip(rows, shown, strict=True)]


def _document(case: Case, row: CaseDocument, line: DocumentRow, names: Mapping[int, str]) -> dict[str, Any]:
    by = names.get(row.decided_by or 0, "")
    return {
        "title": line.title,
        "url": line.url,
        "thumb_url": line.thumb_url,
        "number": line.number,
        "date": line.date,
        "badges": line.badges,
        "role": item_label(case, row.item),
        "origin": "person" if by else "",
        "by": by,
        "at": row.decided_at,
    }


def _timeline(case: Case, own_papers: Sequence[Paper]) -> list[dict[str, Any]]:
    """What happened in the case, latest first."""
    opened = _("Lập hồ sơ, tiếp tục việc bắt đầu ở nơi khác") if case.began_elsewhere else _("Lập hồ sơ")
    entries: list[dict[str, Any]] = [{"at": case.opened_on, "title": opened, "detail": case.organisation.name}]
    for event in case.events:
        detail = ", ".join(part for part in (printed_number(event.number_text), event.issuer) if part)
        url = DocumentAddress(event.document_id).url() if event.document_id else None
        entries.append({"at": event.happened_on, "title": event.title, "detail": detail, "url": url})
    for paper in own_papers:
        if paper.number_date is not None:
            entries.append(
                {
                    "at": paper.number_date,
                    "title": f"{number_text(paper)} {paper.title}",
                    "url": url_for("papers.view", paper_id=paper.id),
                    "badges": (STATES[paper.state],),
                }
            )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _facts(case: Case) -> list[dict[str, Any]]:
    def day(value: Any) -> str:
        return f"{value:%d/%m/%Y}" if value else ""

    rows = [
        (_("Mã hồ sơ"), case.code, ""),
        (_("Cơ quan lập"), case.organisation.name, ""),
        (_("Ngày lập"), day(case.opened_on), ""),
        (_("Ngày xác định quy định áp dụng"), day(case.act_date), rules_on(case.act_date).name_vi),
        (_("Thời hạn từ ngày"), day(case.term_from), _("người nhập, chưa kiểm tra") if case.term_from else ""),
        (_("Thời hạn đến ngày"), day(case.term_to), _("người nhập, chưa kiểm tra") if case.term_to else ""),
        (_("Ghi chú"), case.note, ""),
    ]
    return [{"label": label, "value": value, "origin": "", "note": note} for label, value, note in rows]
