"""Search by list: lines typed or sent, answered as a table, each openable, the whole exportable."""

from collections import Counter
from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField

from app.errors import Invalid, ListLimit, WrongState
from app.models import AskedState, ExportKind, ListSearch
from app.services import list_search
from app.services.access import Act
from app.services.indexing import number_text
from app.services.list_files import Outcome, outcome, write_answers
from app.services.list_lines import LARGEST_FILE, MOST_LINES, SHEETS, TEXTS, LineKind, file_lines, typed_lines
from app.services.past_queries import keep_query
from app.services.purpose import require_purpose
from app.services.wording import row_number
from app.web.context import backends, reading, seen, writing
from app.web.document_words import Badge, printed_number
from app.web.errors import status_of
from app.web.guard import requires
from app.web.inputs import complain, require_valid
from app.web.language import moment
from app.web.pager import make_pager, page_number
from app.web.search_address import SearchAddress
from app.web.sending import download, list_file

blueprint = Blueprint("list_search", __name__, url_prefix="/tim-kiem/danh-sach")

ON_A_PAGE = 200  # lines; a list of a hundred is looked at whole


class AskForm(FlaskForm):
    """The lines, typed or as a file, and what they are."""

    kind = RadioField(validate_choice=False)
    text = TextAreaField()
    file = FileField()

    def dress(self) -> "AskForm":
        """Put the words of the reader's language on the form."""
        self.kind.label.text = _("Danh sách gồm")
        self.kind.choices = [
            (LineKind.AUTO.value, _("tự nhận từng dòng")),
            (LineKind.NAME.value, _("họ và tên")),
            (LineKind.IDENTITY.value, _("số định danh, căn cước, chứng minh nhân dân")),
            (LineKind.NUMBER.value, _("số và ký hiệu văn bản")),
        ]
        self.text.label.text, self.file.label.text = _("Mỗi dòng một mục"), _("Hoặc gửi tệp")
        self.text.description = _(
            "Dán được cả cột từ Excel; sau tên ghi thêm được năm sinh. Nhiều nhất %(n)s dòng.",
            n=format_decimal(MOST_LINES),
        )
        self.file.description = _(
            "XLSX hoặc CSV (UTF-8), đến %(size)s MB; lấy cột có tên phù hợp, hoặc cột đầu tiên.",
            size=LARGEST_FILE // 1_000_000,
        )
        self.file.render_kw = {"accept": ",".join((*SHEETS, *TEXTS))}
        if not self.is_submitted():
            self.kind.data = LineKind.AUTO.value
        return self

    @property
    def chosen(self) -> LineKind:
        """What the lines are."""
        return next((kind for kind in LineKind if kind.value == self.kind.data), LineKind.AUTO)


@blueprint.route("", methods=["GET", "POST"])
@requires(Act.SEARCH)
def create() -> Response | str | tuple[str, int]:
    """Ask for a list; a short one is answered before the page that shows it."""
    form = AskForm().dress()
    status = 200
    with reading() as uow:
        require_purpose(uow)
    if form.is_submitted():
        try:
            require_valid(form)
            lines = _lines(form)
            with writing() as uow:
                row = list_search.ask_list(uow, lines, form.chosen, most=backends().settings.list_lines)
                list_id = row.id
            if len(lines) <= list_search.SHORT:
                list_search.make_list(backends(), list_id)
            return redirect(url_for("list_search.view", list_id=list_id))
        except Invalid as error:
            complain(form, error)
            status = 422
        except ListLimit as error:  # what was typed stays in the form
            complain(form, Invalid(error.message))
            status = status_of(error)
    page = render_template(
        "form.html",
        title=_("Tìm theo danh sách"),
        lead=_("Tra nhiều tên hoặc nhiều số cùng lúc: mỗi dòng cho biết thấy, thấy nhiều, gần giống hay không thấy."),
        crumbs=[(_("Tìm kiếm"), url_for("search.results")), (_("Tìm theo danh sách"), None)],
        form=form,
        submit=_("Tìm cả danh sách"),
    )
    return page, status


def _lines(form: AskForm) -> list[str]:
    sent = form.file.data
    if sent is not None and sent.filename:
        return file_lines(backends(), sent.filename, sent.stream.read(LARGEST_FILE + 1), form.chosen)
    return typed_lines(form.text.data or "", form.chosen)


@blueprint.route("/<int:list_id>")
@requires(Act.SEARCH)
def view(list_id: int) -> str:
    """The answers, as far as they are there."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        row = list_search.list_search(uow, list_id)
        places = range(1 + (page - 1) * ON_A_PAGE, 1 + page * ON_A_PAGE)
        found = list_search.answers(uow, row, places)
        one_page = len(found) <= ON_A_PAGE
        # One moment for all that the summary counts: now, or when the list was searched for.
        counted = Counter(outcome(one) for one in (found if one_page else list_search.answers(uow, row, range(0))))
    shown = found[places.start - 1 : places.stop - 1]
    return render_template(
        "list_search/view.html",
        title=_("Kết quả tìm theo danh sách"),
        crumbs=[(_("Tìm theo danh sách"), url_for("list_search.create")), (_("Kết quả"), None)],
        state=row.state.value,
        asked_at=moment(row.asked_at),
        days=backends().settings.export_days,
        counts=[
            (badge[1], counted[which])
            for which, badge in _badges().items()
            if counted[which] or which is not Outcome.NEAR
        ],
        counted_now=one_page,
        rows=[_line(one) for one in shown],
        here=url_for("list_search.view", list_id=list_id),
        open_url=url_for("list_search.open_line", list_id=list_id),
        status_url=url_for("list_search.status", list_id=list_id),
        file_urls=[(kind.value, url_for("list_search.file", list_id=list_id, kind=kind.value)) for kind in ExportKind],
        pager=make_pager(
            page=page,
            size=ON_A_PAGE,
            shown=len(shown),
            total=len(found),
            url=lambda number: url_for("list_search.view", list_id=list_id, trang=number),
        ),
        **_progress(row),
    )


def _badges() -> dict[Outcome, Badge]:
    return {
        Outcome.ONE: ("ok", str(_("thấy"))),
        Outcome.SEVERAL: ("warn", str(_("thấy nhiều"))),
        Outcome.NEAR: ("warn", str(_("gần giống"))),
        Outcome.NONE: ("none", str(_("không thấy"))),
    }


def _line(one: list_search.Answer) -> dict[str, Any]:
    document, person = one.document, one.person
    return {
        "place": one.place,
        "line": one.line,
        "status": _badges()[outcome(one)],
        "documents": one.documents,
        "too_many": one.too_many,
        "title": (document.title or document.file_name) if document else "",
        "number": printed_number(number_text(document)) if document else "",
        "url": url_for("documents.view", document_id=document.id) if document else None,
        "persons": one.persons,
        "person": person.full_name if person and one.near else "",
        "person_url": url_for("persons.view", person_id=person.id) if person else None,
    }


def _progress(row: ListSearch) -> dict[str, Any]:
    """The count in words of the screen, and whether anything more will come."""
    if row.state is AskedState.ASKED:
        count = f"{format_decimal(len(row.answers))} / {format_decimal(row.total)}"
    else:
        count = str(_("%(count)s dòng", count=format_decimal(row.total)))
    return {"count": count, "finished": row.state is not AskedState.ASKED}


@blueprint.route("/<int:list_id>/tinh-trang")
@requires(Act.SEARCH)
def status(list_id: int) -> Response:
    """How far the answers are, as JSON, for the script that follows them."""
    with reading() as uow:
        return jsonify(_progress(list_search.list_search(uow, list_id)))


@blueprint.route("/<int:list_id>/mo", methods=["POST"])
@requires(Act.SEARCH)
def open_line(list_id: int) -> Response:
    """Go to the search page with one line."""
    place = row_number(request.form.get("line", ""))
    with reading() as uow:
        question = list_search.question_at(uow, list_search.list_search(uow, list_id), place)
    with writing() as uow:
        key = keep_query(uow, text=question.text, persons=question.filters.get("person", ()))
    return redirect(SearchAddress(key).url())


@blueprint.route("/<int:list_id>/tep/<kind>")
@requires(Act.SEARCH)
def file(list_id: int, kind: str) -> Response:
    """The whole table as CSV or Excel."""

    def write(path: Path, format_: ExportKind) -> int:
        with reading() as uow:
            row = list_search.list_search(uow, list_id)
            if row.state is not AskedState.DONE:
                raise WrongState(_("Danh sách này chưa tìm xong, hoặc đã bị xóa. Tìm lại từ đầu."))
            return write_answers(uow, row, path, format_, address=url_for("documents.index", _external=True))

    content, count = list_file(kind, write)
    seen("list-search.exported", "list-search", list_id, count=count, file=kind)
    return download(content, f"tim-theo-danh-sach-{list_id}.{kind}")
