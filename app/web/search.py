"""Search: words are posted and kept under a key of the account; filters, order and place stand in the address."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import NotFound, SearchUnavailable
from app.models import Outcome
from app.services.access import Act
from app.services.documents import count_at, document
from app.services.facet_values import SEARCHED, facet_values
from app.services.looking_up import look_up
from app.services.originals import pictured
from app.services.past_queries import LONGEST_TEXT, PastQuery, keep_query, open_query
from app.services.searching import search
from app.services.wording import line, row_number
from app.web.context import reading, seen, writing
from app.web.document_address import DocumentAddress
from app.web.guard import requires
from app.web.search_address import MOST_VALUES, PERSON, SearchAddress
from app.web.search_advice import suggestions
from app.web.search_facets import TITLES, bucket_of, chips_of, chosen_of, facets_of
from app.web.search_preview import preview_of
from app.web.search_views import hit_view, notes_of, pager_of, rule_note, rule_short, sorts_of
from indexer import Rule, parse

FRAGMENT = "text/html-fragment"  # what the script says it accepts where it wants a piece of a page

blueprint = Blueprint("search", __name__, url_prefix="/tim-kiem")


@blueprint.route("", methods=["POST"])
@requires(Act.SEARCH)
def submit() -> Response:
    """Take words from a box or a person from a facet, and go to the address that stands for them."""
    address = SearchAddress.from_args(request.args).begun()
    with writing() as uow:
        past = _changed(open_query(uow, address.key))
        key = keep_query(uow, text=past.text, persons=past.persons) if past != PastQuery() else None
    if len(line(past.text)) > LONGEST_TEXT:
        flash(_("Câu hỏi dài hơn %(n)s ký tự; phần sau không được tìm.", n=format_decimal(LONGEST_TEXT)), "bad")
    if "clear" in request.form:
        address = address.cleared(key)
    return redirect(SearchAddress(key, address.filters, address.sort).url())


def _changed(past: PastQuery) -> PastQuery:
    """The question as this form changes it: new words, a person more or less, or none."""
    persons = [] if request.form.keys() & {"clear", "clear_persons"} else list(past.persons)
    added, removed = request.form.get(PERSON, ""), request.form.get(f"remove_{PERSON}", "")
    if row_number(added):
        persons.append(added)
    kept = tuple(one for one in dict.fromkeys(persons) if one != removed)[-MOST_VALUES:]
    return PastQuery(request.form.get("q", past.text), kept)


@blueprint.route("")
@requires(Act.SEARCH)
def results() -> str:
    """The answer, or the way to ask where nothing was asked yet."""
    address = SearchAddress.from_args(request.args)
    with reading() as uow:
        past = open_query(uow, address.key)
        g.search_text = past.text
        if not past.text and not past.persons and not address.filters:
            return render_template("search/results.html", title=_("Tìm kiếm"), query="", examples=_examples(), chips=())
        try:
            shown = _answer(uow, address, past)
        except SearchUnavailable:
            shown = _looked_up(uow, address, past)
    seen("search.run", "search", None, results=shown["pager"].total)
    return render_template("search/results.html", title=_("Tìm kiếm"), **shown)


def _answer(uow: UnitOfWork, address: SearchAddress, past: PastQuery) -> dict[str, Any]:
    found = search(uow, address.query(past.text, past.persons), boxes=False)
    # Where some words may be missing, nothing can be said of the accents of all.
    accented = found.rule == Rule.ALL and parse(found.text or past.text).accented
    pictures = pictured(uow, (hit.document for hit in found.hits))
    unread = count_at(uow, Outcome.FAILED)
    return {
        "query": past.text,
        "pager": pager_of(found, address),
        "rule_note": rule_note(found),
        "rule_short": rule_short(found),
        "notes": notes_of(found),
        "sorts": sorts_of(address),
        "chips": chips_of(found, address, past),
        "clear_url": None if past.persons else address.cleared(address.key).url(),
        "facets": facets_of(found, address, past, request.args),
        "hits": [
            hit_view(hit, address.key, has_picture=hit.document in pictures, accented=accented) for hit in found.hits
        ],
        "export_url": address.begun().url("exports.create"),
        "submit_url": address.begun().url("search.submit"),
        "unread": unread,
        "unread_url": url_for("documents.index", muc=Outcome.FAILED.value),
        "suggestions": () if found.total else suggestions(uow, address, past),
        "people": found.people,
        "people_url": url_for("search.submit"),
        "others": found.suggestions,
    }


def _looked_up(uow: UnitOfWork, address: SearchAddress, past: PastQuery) -> dict[str, Any]:
    """What the database knows while the index does not answer."""
    found = look_up(uow, address.query(past.text, past.persons))
    hits = found.results.hits
    pictures = pictured(uow, (hit.document for hit in hits))
    return {
        "query": past.text,
        "is_down": True,
        "left_out": ", ".join(found.left_out),
        "pager": pager_of(found.results, address),
        "chips": chips_of(found.results, address, past),
        "clear_url": None if past.persons else address.cleared(address.key).url(),
        "facets": (),
        "hits": [hit_view(hit, address.key, has_picture=hit.document in pictures) for hit in hits],
        "submit_url": address.begun().url("search.submit"),
    }


@blueprint.route("/loc", methods=["GET", "POST"])
@requires(Act.SEARCH)
def facet() -> str:
    """Look for a value inside a facet of the search that the address stands for; the words are posted, for they may be
    a person's name. The script asks for the values alone."""
    facet = request.args.get("muc", "")
    if facet not in SEARCHED:
        raise NotFound()
    address = SearchAddress.from_args(request.args).begun()
    words = request.form.get("q", "")
    with reading() as uow:
        past = open_query(uow, address.key)
        g.search_text = past.text
        found = facet_values(uow, address.query(past.text, past.persons), facet, words)
    seen("search.run", "search", None, facet=facet, results=found.total)
    chosen = chosen_of(facet, address, past)
    shown = {
        "name": facet,
        "title": str(TITLES[facet]),
        "words": words,
        "found": found,
        "buckets": [bucket_of(facet, value, address, chosen) for value in found.values],
        "facet_url": address.url("search.facet", muc=facet),
        "submit_url": address.url("search.submit"),
        "back_url": address.url(),
    }
    alone = request.headers.get("Accept") == FRAGMENT
    return render_template("search/facet_values.html" if alone else "search/facet.html", **shown)


@blueprint.route("/xem/<int:document_id>")
@requires(Act.DOCUMENT_VIEW)
def preview(document_id: int) -> str:
    """A result beside the others, at the page of the address, as a piece of HTML."""
    address = DocumentAddress.from_args(document_id, request.args)
    with reading() as uow:
        found = document(uow, document_id)
        shown = preview_of(uow, found, address, _text_of(uow, address.key))
    seen("document.viewed", "document", document_id, page=shown["number"])
    return render_template("search/preview.html", **shown)


def _text_of(uow: UnitOfWork, key: str | None) -> str:
    """The words behind the key; a key of somebody else opens the document without marks."""
    try:
        return open_query(uow, key).text
    except NotFound:
        return ""


def _examples() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What can be asked, by kind: title, then questions with what they find."""
    return (
        (
            _("Chữ"),
            (
                ("quản lý sau cai nghiện", _("các chữ này, có dấu hay không dấu; UBND cũng tìm ủy ban nhân dân")),
                ('"nơi cư trú"', _("đúng cụm từ trong ngoặc kép, đúng dấu")),
                ("cai nghiện -tự nguyện", _("có “cai nghiện”, không có “tự nguyện”")),
                ("bắt buộc OR tự nguyện", _("một trong hai bên của OR")),
                ("nghiệ*", _("các chữ bắt đầu như vậy")),
                ('"quản lý nơi cư trú"~5', _("các chữ này gần nhau, cách nhau nhiều nhất 5 chữ")),
            ),
        ),
        (
            _("Số, ngày, người"),
            (
                ("15/QĐ-UBND", _("số và ký hiệu, gõ kiểu nào cũng được: QĐ 15, 15 qd ubnd")),
                ("nghị định 116", _("văn bản được gọi bằng loại và số")),
                ("5/2/26", _("ngày, viết kiểu nào trong văn bản cũng được")),
                ("người:An người ký:Bình", _("tên người của hồ sơ, tên người ký")),
            ),
        ),
        (
            _("Điều kiện"),
            (
                ("số:15 năm:2026", _("văn bản số 15 của năm 2026")),
                ("loại:QĐ cơ quan:phường", _("theo loại văn bản và cơ quan ban hành")),
                ("từ ngày:01/01/2026 đến ngày:30/06/2026", _("trong khoảng ngày")),
                ('trích yếu:"cai nghiện"', _("cụm từ này nằm trong trích yếu")),
            ),
        ),
    )
