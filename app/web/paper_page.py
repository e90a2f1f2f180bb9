"""The page of one paper: its steps, what comes next, what is missing or wrong, files, recipients, signed scan."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.errors import HosoError
from app.models import Document, Paper, PaperState, PaperStep, Signed
from app.services import papers
from app.services.access import Act, may
from app.services.account_names import account_names
from app.services.drafting import Field, Given, fields_of, form_of
from app.services.originals import pictured
from app.services.paper_documents import filing_in
from app.services.paper_steps import Step, issuer_of, rule_of
from app.services.signed_copy import Comparison, Match, arriving_scan, comparison_of, proposed_scans
from app.web.case_words import gap_text
from app.web.document_address import DocumentAddress
from app.web.document_sheet import AT_ONCE, image_url
from app.web.paper_next import next_acts, wanted_recipients
from app.web.paper_words import (
    NO_SIGNED_COPY,
    STATES,
    STEP_ORDER,
    WAITS_FOR,
    badges_of_paper,
    form_name,
    next_step,
    number_text,
    who,
)
from app.web.papers_forms import shown
from config.rules import FormRule, rules_on
from indexer.folding import fold

MADE = (PaperState.MADE, PaperState.RELEASED)
ORDER = tuple(state for state, _label in STEP_ORDER)


def paper_page(uow: UnitOfWork, paper: Paper, refused: Mapping[str, Any]) -> dict[str, Any]:
    """The context of `papers/view.html`; `refused` are forms that were sent and could not be taken, by step."""
    rule, lawless = _rule(paper)
    open_draft = paper.state is PaperState.DRAFT and rule is not None
    acts = next_acts(uow, paper, rule, refused) if rule is not None else []
    leads = any(act.kind == "primary" for act in acts)
    steps = papers.can(uow, paper) if rule is not None else frozenset()
    return {
        "title": paper.title,
        "crumbs": [
            (_("Hồ sơ"), url_for("cases.index")),
            (paper.case.code, url_for("cases.view", case_id=paper.case_id)),
            (_("Văn bản"), None),
        ],
        "actions": _actions(paper, steps, leads),
        "paper": _head(paper, rule),
        "steps": _steps(paper, account_names(uow, [paper.drafted_by])),
        "next": acts,
        "waiting": _waiting(paper, acts, steps, lawless),
        "missing": _missing(uow, paper, Step.SAVE in steps) if open_draft else [],
        "problems": _problems(uow, paper) if open_draft else [],
        "unverified": form_of(paper).unverified,
        "remarks": _remarks(paper),
        "files": _files(paper),
        "preview_url": _preview(uow, paper),
        "facts": [fact_of(field) for field in fields_of(paper) if field.given is not Given.NONE],
        "recipients": _recipients(paper, rule),
        "signed_copy": _signed_copy(uow, paper),
        "scans": _scans(uow, paper, steps),
        "timeline": _timeline(paper),
        "gaps": gaps_of(paper, rule),
    }


def _rule(paper: Paper) -> tuple[FormRule | None, str]:
    """The rule a paper is made by; none, with the reason, where the law of its day no longer has it for this body."""
    try:
        return rule_of(paper), ""
    except HosoError as error:
        return None, error.message


def gaps_of(paper: Paper, rule: FormRule | None) -> list[str]:
    """What nobody has checked for this paper, and what the law data does not know about its form."""
    unchecked = [gap_text(gap) for gap in rule.unchecked] if rule else []
    known = [gap_text(gap) for gap in rules_on(paper.act_date).gaps_about(paper.form)]
    return [*unchecked, *known] or [_("chưa kiểm tra thời hạn")]


def _head(paper: Paper, rule: FormRule | None) -> dict[str, Any]:
    return {
        "form_code": form_name(paper.form),
        "issuer": paper.organisation.name,
        "signer": issuer_of(paper).position if rule else "",
        "case_code": paper.case.code,
        "case_url": url_for("cases.view", case_id=paper.case_id),
        "badges": badges_of_paper(paper),
        "number": number_text(paper),
        "date": paper.number_date,
    }


def _actions(paper: Paper, steps: frozenset[Step], leads: bool) -> list[dict[str, str]]:
    if Step.SAVE not in steps:
        return []
    url = url_for("papers.edit", paper_id=paper.id)
    if paper.state is PaperState.DRAFT:
        fills = next_step(paper, steps) is Step.SAVE and not leads
        return [{"label": _("Soạn tiếp"), "url": url, "kind": "primary" if fills else ""}]
    return [{"label": _("Sửa (phải trình lại)"), "url": url}]


def _waiting(paper: Paper, acts: Sequence[Any], steps: frozenset[Step], lawless: str) -> str | None:
    if lawless:
        return lawless
    if any(act.kind == "primary" for act in acts) or paper.state is PaperState.CANCELLED:
        return None
    if paper.state is PaperState.DRAFT and Step.SAVE in steps:
        return str(_("Bổ sung thông tin còn thiếu hoặc chưa hợp lệ ở “Soạn tiếp”, rồi trình."))
    if paper.state is PaperState.RELEASED and paper.signed_document_id is not None:
        return None
    return str(WAITS_FOR[paper.state])


def _steps(paper: Paper, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The seven steps: what is done, by whom, and which one the paper stands at."""
    last: dict[PaperState, PaperStep] = {step.after: step for step in paper.steps}
    state = paper.steps[-1].before if paper.state is PaperState.CANCELLED and paper.steps else paper.state
    place = ORDER.index(state)
    told: list[dict[str, Any]] = []
    for number, (one, label) in enumerate(STEP_ORDER):
        done = number <= place if place else False
        step = last.get(one) if done and number else None
        told.append(
            {
                "label": label,
                "done": done,
                "current": paper.state is not PaperState.CANCELLED and number == (place + 1 if place else 0),
                "at": step.at if step else paper.created_at if done else None,
                "by": who(step.user_name) if step else names.get(paper.drafted_by or 0) if done else None,
            }
        )
    return told


def _missing(uow: UnitOfWork, paper: Paper, drafts: bool) -> list[dict[str, Any]]:
    """What the form still needs; the way to its field for those who may draft."""
    edit_url = url_for("papers.edit", paper_id=paper.id)
    found = papers.missing_facts(uow, paper)
    return [{"label": one.label, "url": f"{edit_url}#{one.variable}" if drafts else None} for one in found]


def _problems(uow: UnitOfWork, paper: Paper) -> list[dict[str, str]]:
    return [{"message": one.message, "basis": one.basis, "kind": "warn"} for one in papers.problems(uow, paper)]


def _remarks(paper: Paper) -> list[dict[str, Any]]:
    if not paper.remarks:
        return []
    back = next((step for step in reversed(paper.steps) if step.remark == paper.remarks), None)
    return [{"text": paper.remarks, "by": who(back.user_name) if back else "", "at": back.at if back else None}]


def print_url(paper: Paper, mode: str, kind: str) -> str:
    """The address of a print."""
    return url_for("papers.print_one", paper_id=paper.id, mode=mode, kind=kind)


def _files(paper: Paper) -> list[dict[str, Any]]:
    """Prints at every moment, and the made files; none of them is the signed original."""
    made = paper.state in MADE and paper.pdf_file_id is not None
    rows: list[tuple[str, str, str]] = []
    if made:
        rows.append(("final", _("Văn bản đã có số, ngày"), _("tệp hệ thống tạo, chưa phải bản ký")))
    if paper.state is not PaperState.CANCELLED and not made:
        rows.append(("open", _("Bản để ký, chừa số và ngày"), _("in ra để ký")))
        rows.append(("partial", _("Bản điền dở, dòng chấm chỗ thiếu"), _("viết tay phần còn lại")))
    rows.append(("blank", _("Mẫu trống"), ""))
    badge = {"final": NO_SIGNED_COPY if paper.signed_document_id is None else None}
    return [
        {
            "label": f"{label} (PDF)",
            "url": print_url(paper, mode, "pdf"),
            "docx_url": print_url(paper, mode, "docx"),
            "note": note,
            "badge": badge.get(mode),
        }
        for mode, label, note in rows
    ]


def _preview(uow: UnitOfWork, paper: Paper) -> str | None:
    """The first page of the signed scan, else of the made file."""
    for document_id in (paper.signed_document_id, paper.document_id):
        if document_id is not None and document_id in pictured(uow, [document_id]):
            return image_url(document_id, 1, AT_ONCE)
    return None


def fact_of(field: Field) -> dict[str, Any]:
    """A fact of the paper; what does not come from the records says so."""
    note = _("gõ cho văn bản này") if field.given is Given.TYPED else ""
    return {
        "label": field.variable.label,
        "value": shown(field.variable, field.value),
        "origin": "",
        "note": note,
    }


def _recipients(paper: Paper, rule: FormRule | None) -> list[dict[str, Any]]:
    sent = {fold(row.recipient): row for row in paper.releases}
    rows = []
    for name, basis in wanted_recipients(paper, rule):
        release = sent.pop(fold(name[:200]), None)
        state = ("ok", _("đã giao")) if release else ("none", _("chưa giao"))
        rows.append({"name": name, "state": state, "detail": _sent(release) or basis})
    rows += [
        {"name": row.recipient, "state": ("ok", _("đã giao")), "detail": _sent(row)}
        for row in paper.releases
        if fold(row.recipient) in sent
    ]
    return rows


def _sent(release: Any) -> str:
    return "" if release is None else f"{release.sent_on:%d/%m/%Y}, {release.proof}"


_SIGNED: Mapping[Signed, tuple[str, Any]] = {
    Signed.CONFIRMED: ("ok", lazy_gettext("đã ký, có người xem xác nhận")),
    Signed.UNSEEN: ("warn", lazy_gettext("chưa thấy chữ ký, cần người xem")),
    Signed.UNSIGNED: ("bad", lazy_gettext("người xem xác nhận chưa ký")),
}


def _signed_copy(uow: UnitOfWork, paper: Paper) -> dict[str, Any] | None:
    """The signed scan with what the comparison found; or the one that is on its way."""
    if paper.signed_document_id is not None:
        document = uow.session.get_one(Document, paper.signed_document_id)
        if not may(uow, Act.DOCUMENT_VIEW, document):
            return {"state": ("none", _("(tệp tài khoản này không được xem)")), "differences": []}
        filing = filing_in(uow, paper, document)
        found = comparison_of(filing.evidence) if filing else None
        return _copy(document, _SIGNED[document.signed], differences(found) if found else [], likeness(found))
    arriving = arriving_scan(uow, paper)
    if arriving is None:
        if paper.state in MADE or paper.state is PaperState.NUMBERED:
            return {"state": NO_SIGNED_COPY, "differences": []}
        return None
    if arriving.quality is None:
        return _copy(arriving, ("info", _("đang đọc bản quét, sẽ so với văn bản")), [], "")
    return _copy(arriving, ("warn", _("bản quét khác văn bản, chưa nhận; cần người xem")), [], "")


def _copy(document: Document, state: tuple[str, Any], said: list[str], like: str) -> dict[str, Any]:
    return {
        "document_url": DocumentAddress(document.id).url(),
        "document_title": document.title or document.file_name,
        "state": state,
        "differences": said,
        "likeness": like,
    }


def differences(found: Comparison) -> list[str]:
    """What the scan says otherwise, or could not be read of it."""
    said = {
        (Match.OTHER, "number"): _("số trên bản quét khác số đã cấp"),
        (Match.OTHER, "date"): _("ngày trên bản quét khác ngày văn bản"),
        (Match.UNREAD, "number"): _("không đọc được số trên bản quét"),
        (Match.UNREAD, "date"): _("không đọc được ngày trên bản quét"),
        (Match.UNREAD, "person"): _("không thấy tên người của hồ sơ trên bản quét"),
    }
    facts = (("number", found.number), ("date", found.date), ("person", found.person))
    return [said[(match, name)] for name, match in facts if (match, name) in said]


def likeness(found: Comparison | None) -> str:
    """How much of the text the scan has, in whole per cent."""
    if found is None or found.likeness is None:
        return ""
    return str(_("Bản quét có %(share)s %% số chữ của văn bản.", share=round(found.likeness * 100)))


def _scans(uow: UnitOfWork, paper: Paper, steps: frozenset[Step]) -> list[dict[str, Any]]:
    """Scans that the machine takes for the signed copy of this paper, to accept for those who may."""
    rows = []
    for filing in proposed_scans(uow, paper):
        found = comparison_of(filing.evidence)
        accept_url = url_for("paper_acts.take_scan", paper_id=paper.id, document_id=filing.document_id)
        rows.append(
            {
                "title": filing.document.title or filing.document.file_name,
                "url": DocumentAddress(filing.document_id).url(),
                "differences": differences(found) if found else [],
                "likeness": likeness(found),
                "accept_url": accept_url if Step.SIGNED_COPY in steps else None,
            }
        )
    return rows


def _timeline(paper: Paper) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = [
        {"at": step.at, "title": str(STATES[step.after][1]), "by": who(step.user_name), "detail": step.remark}
        for step in reversed(paper.steps)
    ]
    return [*entries, {"at": paper.created_at, "title": _("soạn dự thảo"), "by": None, "detail": ""}]
