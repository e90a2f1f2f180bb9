"""Search: words are posted and kept under a key of the account; filters, order and place stand in the address."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import SearchUnavailable
from app.models import Outcome
from app.services.access import Act
from app.services.documents import documents
from app.services.looking_up import look_up
from app.services.originals import pictured
from app.services.past_queries import PastQuery, keep_query, open_query
from app.services.searching import search
from app.web.context import reading, seen, writing
from app.web.guard import requires
from app.web.search_address import PERSON, SearchAddress
from app.web.search_advice import suggestions
from app.web.search_views import chips_of, facets_of, hit_view, pager_of, rule_note, sorts_of

blueprint = Blueprint("search", __name__, url_prefix="/tim-kiem")


@blueprint.route("", methods=["POST"])
@requires(Act.SEARCH)
def submit() -> Response:
    """Take words from a box or a person from a facet, and go to the address that stands for them."""
    address = SearchAddress.from_args(request.args).begun()
    with writing() as uow:
        past = _changed(open_query(uow, address.key))
        key = keep_query(uow, text=past.text, persons=past.persons) if past != PastQuery() else None
    if "clear" in request.form:
        address = address.cleared(key)
    return redirect(SearchAddress(key, address.filters, address.sort).url())


def _changed(past: PastQuery) -> PastQuery:
    """The question as this form changes it: new words, a person more or less, or none."""
    persons = [] if request.form.keys() & {"clear", "clear_persons"} else list(past.persons)
    added, removed = request.form.get(PERSON, ""), request.form.get(f"remove_{PERSON}", "")
    if added.isascii() and added.isdigit():
        persons.append(added)
    kept = tuple(one for one in dict.fromkeys(persons) if one != removed)
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
    found = search(uow, address.query(past.text, past.persons))
    pictures = pictured(uow, (hit.document for hit in found.hits))
    unread = documents(uow, stage=Outcome.FAILED, limit=1).total
    return {
        "query": past.text,
        "pager": pager_of(found, address),
        "rule_note": rule_note(found),
        "notes": found.notes,
        "exact_url": None,
        "sorts": sorts_of(address),
        "chips": chips_of(found, address, past),
        "clear_url": None if past.persons else address.cleared(address.key).url(),
        "facets": facets_of(found, address, past),
        "hits": [hit_view(hit, address.key, has_picture=hit.document in pictures) for hit in found.hits],
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


def _examples() -> tuple[tuple[str, str], ...]:
    return (
        ("quản lý sau cai nghiện", _("các chữ này, có dấu hay không dấu")),
        ('"nơi cư trú"', _("đúng cụm từ trong ngoặc kép")),
        ("15/QĐ-UBND", _("số và ký hiệu, gõ kiểu nào cũng được")),
        ("số:15 năm:2026", _("văn bản số 15 của năm 2026")),
        ("loại:QĐ từ ngày:01/01/2026 đến ngày:30/06/2026", _("quyết định trong khoảng ngày")),
        ("cai nghiện -tự nguyện", _("có “cai nghiện”, không có “tự nguyện”")),
    )
