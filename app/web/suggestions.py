"""Suggestions for the box at the top of every page, as JSON for its script; what is typed is posted, kept nowhere."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from app.errors import PurposeMissing
from app.services.access import Act
from app.services.suggesting import Kind, Suggestion, suggest
from app.web.context import reading
from app.web.guard import requires

blueprint = Blueprint("suggestions", __name__, url_prefix="/tim-kiem/goi-y")

_KINDS = {
    Kind.PAST: lazy_gettext("Đã tìm"),
    Kind.NUMBER: lazy_gettext("Số hiệu"),
    Kind.TITLE: lazy_gettext("Văn bản"),
    Kind.PERSON: lazy_gettext("Người"),
}


# A paper made here and the scan of it that came back bear the same number and title.
_STATES = {
    "made-unsigned": lazy_gettext("bản lập"),
    "made-scan": lazy_gettext("bản lập"),
    "made-signed": lazy_gettext("bản lập"),
    "signed-scan": lazy_gettext("bản quét ký"),
    "signed-copy": lazy_gettext("bản ký"),
}


@blueprint.route("", methods=["POST"])
@requires(Act.SEARCH)
def suggested() -> Response:
    """Lines to choose from: `url` is opened, `person` is searched for. Who must state a purpose first is led there."""
    try:
        with reading() as uow:
            found = suggest(uow, request.form.get("q", ""))
    except PurposeMissing:
        label = _("Ghi mục đích tra cứu trước khi tìm")
        return jsonify({"items": [{"kind": "", "text": label, "detail": "", "url": url_for("purpose.state")}]})
    return jsonify({"items": [_line(one) for one in found]})


def _line(one: Suggestion) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": str(_KINDS[one.kind]), "text": one.text, "detail": one.detail}
    if one.document is not None:
        if one.state in _STATES:
            made["detail"] = " · ".join(filter(None, (str(_STATES[one.state]), one.detail)))
        return made | {"url": url_for("documents.view", document_id=one.document)}
    count = str(ngettext("%(num)s văn bản", "%(num)s văn bản", one.count))
    made["detail"] = f"{one.detail} · {count}" if one.detail else count
    if one.person is not None:
        return made | {"person": str(one.person)}
    return made | {"url": url_for("search.results", k=one.key)}
