"""Proposed filings in words of the screen: why the machine thinks that a document belongs to a case."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.models import CaseDocument
from app.services.matching import Why
from app.services.signed_copy import SIGNED_COPY_OF

_WHY: Mapping[str, Any] = {
    Why.IDENTITY: lazy_gettext("Số định danh trong văn bản trùng với người của hồ sơ."),
    Why.NAME_AND_BIRTH_DATE: lazy_gettext("Họ tên và ngày sinh trùng với người của hồ sơ."),
    Why.NAME_AND_BIRTH_YEAR: lazy_gettext("Họ tên và năm sinh trùng với người của hồ sơ."),
}


def reason(row: CaseDocument) -> str:
    """Why the machine proposes a filing."""
    if row.evidence.get(SIGNED_COPY_OF):
        return str(gettext("Có thể là bản ký của một văn bản soạn tại đây; so sánh và nhận ở trang của văn bản đó."))
    why = str(_WHY.get(row.evidence.get("why", ""), ""))
    if row.evidence.get("same_accents") is False:
        why += " " + gettext("Dấu trong tên có khác nhau.")
    return why


def evidence_page(row: CaseDocument) -> int | None:
    """The page on which the words of the evidence stand."""
    page = row.evidence.get("page")
    return page if isinstance(page, int) else None
