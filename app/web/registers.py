"""Number books: the list, one book as it is printed, opening one, numbers for papers made elsewhere, cancelling."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import DuplicateNumber, HosoError, Invalid, NotFound
from app.models import BookKeeping, Organisation, RegisterEntry, RegisterSeries
from app.services import registers
from app.services.access import Act, may, require, role_allows
from app.services.local_day import today
from app.web.context import actor, reading, writing
from app.web.document_words import printed_number
from app.web.errors import status_of
from app.web.guard import requires
from app.web.inputs import complain, require_valid
from app.web.pager import make_pager, page_number
from app.web.registers_forms import BookForm, CancelForm, EntryForm
from app.web.registers_views import beside, book_rows, entry_rows, kinds_text, organisation_name

blueprint = Blueprint("registers", __name__, url_prefix="/so")

ON_A_PAGE = 50  # numbers; a bound book has about as many lines
SYMBOL_LENGTH = 60


@blueprint.route("")
@requires(Act.REGISTER_VIEW)
def index() -> str:
    """The books in scope."""
    with reading() as uow:
        rows = book_rows(uow)
    open_one = {"label": _("Mở sổ"), "url": url_for("registers.new"), "kind": "primary"}
    acts = [open_one] if role_allows(actor().role, Act.REGISTER_EDIT) else []
    return render_template("registers/list.html", title=_("Sổ và danh sách"), actions=acts, rows=rows, empty_acts=[])


@blueprint.route("/<int:book_id>")
@requires(Act.REGISTER_VIEW)
def view(book_id: int) -> str:
    """One book: numbers in order, cancelled ones and gaps visible."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        book = registers.book(uow, book_id)
        rows = entry_rows(uow, book)
        context = {
            "title": book.name,
            "book": {
                "organisation": organisation_name(uow, book),
                "year": book.year,
                "kept_here": book.keeping is BookKeeping.DRAWN,
                "kinds": kinds_text(book, beside(book, registers.books(uow))),
                "note": None,
            },
        }
        numbers_here = may(uow, Act.PAPER_NUMBER, book)
    shown = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    add = {"label": _("Cấp số cho văn bản làm ở nơi khác"), "url": url_for("registers.add", book_id=book_id)}
    return render_template(
        "registers/view.html",
        crumbs=[(_("Sổ và danh sách"), url_for("registers.index")), (f"{context['title']} {book.year}", None)],
        actions=[add] if numbers_here else [],
        rows=shown,
        pager=make_pager(
            page=page,
            size=ON_A_PAGE,
            shown=len(shown),
            total=len(rows),
            url=lambda number: url_for("registers.view", book_id=book_id, trang=number),
        ),
        **context,
    )


@blueprint.route("/moi", methods=["GET", "POST"])
@requires(Act.REGISTER_EDIT)
def new() -> str | Response | tuple[str, int]:
    """Open a book of one's own organisation."""
    with reading() as uow:
        year = today(uow).year
    form = BookForm().dress(year)
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                book_id = _open_book(uow, form).id
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            flash(_("Đã mở sổ."), "ok")
            return redirect(url_for("registers.view", book_id=book_id))
    back = url_for("registers.index")
    crumbs = [(_("Sổ và danh sách"), back), (_("Mở sổ"), None)]
    note = _("Một cơ quan có một dãy số liên tục trong năm; mở sổ riêng chỉ khi quy chế văn thư của cơ quan quy định.")
    page = render_template(
        "form.html", title=_("Mở sổ"), crumbs=crumbs, form=form, note_text=note, submit=_("Mở sổ"), cancel_url=back
    )
    return page, status


def _open_book(uow: UnitOfWork, form: BookForm) -> RegisterSeries:
    year = (form.year.data or "").strip()
    if not (year.isascii() and year.isdigit() and len(year) <= 4):
        raise Invalid(fields={"year": _("Năm gồm bốn chữ số.")})
    if form.keeping.data not in set(BookKeeping):
        raise Invalid(fields={"keeping": _("Chọn cách cấp số.")})
    return registers.open_book(
        uow,
        organisation=uow.session.get_one(Organisation, actor().organisation_id),
        year=int(year),
        name=form.name.data or "",
        keeping=BookKeeping(form.keeping.data),
        types=form.types.data or [],
    )


@blueprint.route("/<int:book_id>/cap-so", methods=["GET", "POST"])
@requires(Act.PAPER_NUMBER)
def add(book_id: int) -> str | Response | tuple[str, int]:
    """Number an outgoing paper that was made elsewhere."""
    with reading() as uow:
        book = registers.book(uow, book_id)
        require(uow, Act.PAPER_NUMBER, book)
        title, drawn, day = book.name, book.keeping is BookKeeping.DRAWN, today(uow)
    form = EntryForm().dress(is_drawn=drawn)
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                entry = _number(uow, registers.book(uow, book_id), form)
                given = printed_number(f"{entry.number}{entry.suffix}/{entry.symbol}")
        except (Invalid, DuplicateNumber) as error:
            status = _complain(form, error)
        else:
            flash(_("Đã cấp số %(number)s.", number=given), "ok")
            return redirect(url_for("registers.view", book_id=book_id))
    else:
        form.date.data = day
    back = url_for("registers.view", book_id=book_id)
    crumbs = [(_("Sổ và danh sách"), url_for("registers.index")), (title, back), (_("Cấp số"), None)]
    lead = _("Hệ thống lấy số kế tiếp của sổ.") if drawn else _("Sổ giữ ở nơi khác: nhập số đã cấp.")
    heading = _("Cấp số cho văn bản làm ở nơi khác")
    page = render_template(
        "form.html", title=heading, lead=lead, crumbs=crumbs, form=form, submit=_("Cấp số"), cancel_url=back
    )
    return page, status


def _number(uow: UnitOfWork, book: RegisterSeries, form: EntryForm) -> RegisterEntry:
    symbol, subject, day = (form.symbol.data or "").strip(), " ".join((form.subject.data or "").split()), form.date.data
    wanting = {
        "date": None if day else _("Ghi ngày văn bản."),
        "symbol": None if symbol and len(symbol) <= SYMBOL_LENGTH else _("Ghi ký hiệu, nhiều nhất 60 ký tự."),
        "subject": None if subject else _("Ghi tên loại và trích yếu."),
    }
    wrong = {name: message for name, message in wanting.items() if message}
    if day and day > today(uow):
        wrong["date"] = _("Ngày văn bản không được sau hôm nay.")
    if wrong or day is None:
        raise Invalid(fields=wrong)
    if book.keeping is BookKeeping.DRAWN:
        return registers.draw(uow, book, paper=None, date=day, symbol=symbol, subject=subject)
    typed = form.number_text.data or ""
    return registers.enter(uow, book, number_text=typed, paper=None, date=day, symbol=symbol, subject=subject)


def _complain(form: EntryForm, error: HosoError) -> int:
    if isinstance(error, Invalid):
        complain(form, error)
    else:
        form.form_errors = [error.message]
    return status_of(error)


@blueprint.route("/<int:book_id>/so/<int:entry_id>/huy", methods=["GET", "POST"])
@requires(Act.REGISTER_EDIT)
def cancel(book_id: int, entry_id: int) -> str | Response | tuple[str, int]:
    """Cancel a number that no paper holds, with the reason; it stays in the book."""
    form = CancelForm().dress()
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                registers.cancel_entry(uow, _entry(uow, book_id, entry_id), reason=form.reason.data or "")
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            flash(_("Đã hủy số; số ở lại trong sổ."), "ok")
            return redirect(url_for("registers.view", book_id=book_id))
    with reading() as uow:
        entry = _entry(uow, book_id, entry_id)
        require(uow, Act.REGISTER_EDIT, entry.series)
        number = printed_number(f"{entry.number}{entry.suffix}/{entry.symbol}")
        title = entry.series.name
    back = url_for("registers.view", book_id=book_id)
    page = render_template(
        "form.html",
        title=_("Hủy số %(number)s", number=number),
        crumbs=[(_("Sổ và danh sách"), url_for("registers.index")), (title, back), (_("Hủy số"), None)],
        form=form,
        note_text=_("Hủy một số: số ở lại trong sổ với lý do, không cấp lại cho văn bản khác."),
        note_kind="warn",
        kind="danger",
        submit=_("Hủy số"),
        cancel_url=back,
    )
    return page, status


def _entry(uow: UnitOfWork, book_id: int, entry_id: int) -> RegisterEntry:
    found = next((entry for entry in registers.book(uow, book_id).entries if entry.id == entry_id), None)
    if found is None:
        raise NotFound()
    return found
