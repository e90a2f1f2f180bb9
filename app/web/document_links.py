"""Filing from the page of a document: to a case by hand, out of it, and deciding what the machine proposes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound
from app.models import Case, CaseDocument, Document
from app.services import filing
from app.services.access import Act, may
from app.services.account_names import account_names
from app.services.cases import case as find_case
from app.services.documents import document as find_document
from app.services.originals import may_see_pages
from app.services.searching import papers_of
from app.services.viewing import page_view
from app.web.context import reading, writing
from app.web.document_address import LINKS, DocumentAddress
from app.web.document_related import RelatedView, related_of
from app.web.document_words import Badge
from app.web.filing_words import evidence_page, reason
from app.web.guard import requires
from config.rules import rules_on

blueprint = Blueprint("filing", __name__, url_prefix="/van-ban/<int:document_id>/ho-so")

AROUND = 80  # characters on either side of the words of the evidence


@dataclass(frozen=True, slots=True)
class FiledView:
    """A case the document is filed in; `origin` is `machine` where a person accepted a proposal of it."""

    code: str
    url: str
    person: str
    role: str
    origin: str
    by: str
    at: datetime | None
    evidence_url: str | None
    remove_url: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A case the machine proposes, with the words it rests on; addresses are None for those who may not decide."""

    case_code: str
    case_url: str
    person: str
    quote: str
    page: int | None
    page_url: str | None
    why: str
    accept_url: str | None
    reject_url: str | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """Another record of ours."""

    title: str
    url: str
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class LinksView:
    """The tab as a whole."""

    cases: tuple[FiledView, ...]
    proposals: tuple[ProposalView, ...]
    papers: tuple[LinkView, ...]
    replaced: tuple[LinkView, ...]
    file_form: dict[str, str] | None
    related: RelatedView | None


class FilingForm(FlaskForm):
    """The case by its code, and the place on its list of required papers."""

    case = StringField()
    item = SelectField(validate_choice=False)


def links_of(uow: UnitOfWork, document: Document, address: DocumentAddress) -> LinksView:
    """Cases, proposals and papers around a document, as far as the actor may see them."""
    theirs = may(uow, Act.DOCUMENT_FILE, document)
    filed = filing.filings(uow, document=document)
    names = account_names(uow, (row.decided_by for row in filed))
    papers = [paper for paper in papers_of(uow, [document.id]).values() if may(uow, Act.PAPER_VIEW, paper)]
    form = {"url": url_for("filing.file_to_case", document_id=document.id), "label": _("Xếp vào hồ sơ")}
    return LinksView(
        cases=tuple(_filed(row, names, address, theirs) for row in filed),
        proposals=tuple(
            _proposal(uow, document, row, address, theirs)
            for row in filing.proposals(uow, document=document, limit=50).items
        ),
        papers=tuple(LinkView(paper.title, url_for("papers.view", paper_id=paper.id)) for paper in papers),
        replaced=(),
        file_form=form if theirs else None,
        related=related_of(uow, document, address),
    )


def _filed(row: CaseDocument, names: Mapping[int, str], address: DocumentAddress, theirs: bool) -> FiledView:
    page = evidence_page(row)
    return FiledView(
        code=row.case.code,
        url=url_for("cases.view", case_id=row.case_id),
        person=row.case.person.full_name,
        role=item_label(row.case, row.item),
        origin="person",
        by=names.get(row.decided_by or 0, ""),
        at=row.decided_at,
        evidence_url=address.showing(f"p{row.id}", page).url() if page else None,
        remove_url=_decide_url("filing.unfile", row) if theirs else None,
    )


def _proposal(
    uow: UnitOfWork, document: Document, row: CaseDocument, address: DocumentAddress, theirs: bool
) -> ProposalView:
    page = evidence_page(row)
    return ProposalView(
        case_code=row.case.code,
        case_url=url_for("cases.view", case_id=row.case_id),
        person=row.case.person.full_name,
        quote=_quote(uow, document, row, page),
        page=page,
        page_url=address.showing(f"p{row.id}", page).url() if page else None,
        why=reason(row),
        accept_url=_decide_url("filing.accept", row) if theirs else None,
        reject_url=_decide_url("filing.reject", row) if theirs else None,
    )


def _quote(uow: UnitOfWork, document: Document, row: CaseDocument, page: int | None) -> str:
    """The words of the evidence among their neighbours, so that a person can decide without leaving the tab."""
    start, end = row.evidence.get("start"), row.evidence.get("end")
    if not may_see_pages(uow, document):
        return ""
    if page is None or not isinstance(start, int) or not isinstance(end, int) or page > len(document.pages):
        return str(row.evidence.get("quote", ""))
    text = page_view(uow, document, page).page.text
    return f"… {' '.join(text[max(0, start - AROUND) : end + AROUND].split())} …"


def _decide_url(endpoint: str, row: CaseDocument) -> str:
    return url_for(endpoint, document_id=row.document_id, filing_id=row.id)


def items_of(case: Case) -> tuple[tuple[str, str], ...]:
    """The places on the lists of required papers that this case has: key and label."""
    wanted = {dossier.checklist for dossier in case.dossiers}
    lists = [one for one in rules_on(case.act_date).checklists_for(case.procedure) if one.key in wanted]
    return tuple((item.key, item.label) for checklist in lists for item in checklist.items)


def item_label(case: Case, key: str | None) -> str:
    """The words for a place on a list; its key where the list no longer has it."""
    return dict(items_of(case)).get(key, key) if key else ""


@blueprint.route("", methods=["GET", "POST"])
@requires(Act.DOCUMENT_FILE)
def file_to_case(document_id: int) -> str | Response | tuple[str, int]:
    """File the document to a case: first the code, then, where the case has lists, the place on one."""
    form = FilingForm()
    form.case.label.text, form.item.label.text = _("Mã hồ sơ"), _("Mục trong bộ hồ sơ")
    if not form.is_submitted():
        form.case.data = request.args.get("ho-so", "")
    status = 200
    if form.validate_on_submit():
        try:
            with writing() as uow:
                found = find_document(uow, document_id)
                case = _case(uow, form.case.data or "")
                code = case.code
                filing.file_document(uow, found, case, item=form.item.data or None)
        except Invalid as error:
            form.case.errors = [message for name, message in error.fields.items() if name != "item"]
            form.item.errors = [message for name, message in error.fields.items() if name == "item"]
            status = 422
        else:
            flash(_("Đã xếp văn bản vào hồ sơ %(code)s.", code=code), "ok")
            return _back(document_id)
    return _filing_page(document_id, form), status


def _filing_page(document_id: int, form: FilingForm) -> str:
    with reading() as uow:
        title = find_document(uow, document_id).title
        items: tuple[tuple[str, str], ...] = ()
        if form.case.data and not form.case.errors:
            try:
                items = items_of(_case(uow, form.case.data))
            except Invalid as error:
                form.case.errors = list(error.fields.values())
    form.item.choices = [("", _("chưa xếp mục")), *items]
    form.case.description = _("Ví dụ HS-2026-0042. Mục chọn được sau khi hồ sơ đã rõ, hoặc chọn ở trang hồ sơ.")
    back = DocumentAddress(document_id, tab=LINKS).url()
    return render_template(
        "form.html",
        form=form,
        title=_("Xếp vào hồ sơ"),
        crumbs=[(_("Văn bản"), url_for("documents.index")), (title, back), (_("Xếp vào hồ sơ"), None)],
        submit=_("Xếp vào hồ sơ"),
        cancel_url=back,
    )


def _case(uow: UnitOfWork, code: str) -> Case:
    try:
        return find_case(uow, code)
    except NotFound:
        raise Invalid(fields={"case": _("Không có hồ sơ mang mã này trong phạm vi của tài khoản.")}) from None


@blueprint.route("/<int:filing_id>/nhan", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def accept(document_id: int, filing_id: int) -> Response:
    """Make a proposal count."""
    with writing() as uow:
        filing.accept(uow, _filing(uow, document_id, filing_id))
    flash(_("Đã xếp văn bản vào hồ sơ."), "ok")
    return _back(document_id)


@blueprint.route("/<int:filing_id>/khong-phai", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def reject(document_id: int, filing_id: int) -> Response:
    """Say that a proposal is wrong."""
    with writing() as uow:
        filing.reject(uow, _filing(uow, document_id, filing_id))
    flash(_("Đã bỏ đề nghị; máy không đề nghị lại hồ sơ này cho văn bản."), "ok")
    return _back(document_id)


@blueprint.route("/<int:filing_id>/rut", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def unfile(document_id: int, filing_id: int) -> Response:
    """Take the document out of a case."""
    with writing() as uow:
        filing.unfile(uow, _filing(uow, document_id, filing_id))
    flash(_("Đã rút văn bản khỏi hồ sơ."), "ok")
    return _back(document_id)


def _filing(uow: UnitOfWork, document_id: int, filing_id: int) -> CaseDocument:
    row = filing.filing(uow, filing_id)
    if row.document_id != document_id:
        raise NotFound()
    return row


def _back(document_id: int) -> Response:
    return redirect(DocumentAddress(document_id, tab=LINKS).url())
