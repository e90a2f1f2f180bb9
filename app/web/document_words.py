"""Documents in words of the screen: kinds, qualities, doubts, copies, dates that are known in part, badges."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from app.models import CopyKind, Outcome, Quality, Signed
from app.services.access import Flag as RecordFlag
from app.services.sides import DUPLEX
from config.document_types import by_code
from ingestion import Flag as FactFlag

Badge = tuple[str, Any]

QUALITIES: Mapping[str, Any] = {
    Quality.TEXT: _("Văn bản điện tử"),
    Quality.SCAN: _("Bản quét"),
    Quality.WEAK: _("Đọc kém, cần xem"),
    Quality.UNREAD: _("Không đọc được"),
    "reading": _("Đang đọc"),
}

DOUBTS: Mapping[str, Any] = {
    FactFlag.NO_NUMBER: _("không thấy số văn bản"),
    FactFlag.NO_DATE: _("không thấy ngày"),
    FactFlag.PARTIAL_DATE: _("ngày chưa đủ"),
    FactFlag.CONFLICTING_DATES: _("có nhiều ngày khác nhau"),
    FactFlag.CONFLICTING_NUMBERS: _("có nhiều số khác nhau"),
    FactFlag.UNKNOWN_TYPE: _("chưa rõ loại văn bản"),
    FactFlag.HANDWRITTEN: _("có thể có chữ viết tay"),
    FactFlag.WEAK: _("đọc kém"),
    DUPLEX: _("có thể lẫn thứ tự mặt trước và mặt sau"),
}

RECORD_FLAGS: Mapping[str, Any] = {
    RecordFlag.DRUG_TEST: _("kết quả xét nghiệm ma túy"),
    RecordFlag.ADDICTION_RESULT: _("kết quả xác định tình trạng nghiện"),
    RecordFlag.HIV: _("thông tin HIV"),
    RecordFlag.OST: _("điều trị thay thế"),
    RecordFlag.MINOR: _("người chưa thành niên"),
    RecordFlag.POST_REHAB: _("quản lý sau cai nghiện"),
    RecordFlag.COURT: _("hồ sơ tòa án"),
}

COPY_KINDS: Mapping[CopyKind, Any] = {
    CopyKind.UNKNOWN: _("chưa rõ"),
    CopyKind.ORIGINAL_SCAN: _("bản quét của bản gốc đã ký"),
    CopyKind.CERTIFIED_COPY: _("sao y"),
    CopyKind.COPY_OF_COPY: _("sao lục"),
    CopyKind.EXTRACT: _("trích sao"),
    CopyKind.WORKING_COPY: _("bản làm việc"),
    CopyKind.ELECTRONIC: _("văn bản điện tử"),
}

SIGNATURES: Mapping[Signed, Any] = {
    Signed.UNSEEN: _("chưa thấy chữ ký, cần người xem"),
    Signed.CONFIRMED: _("đã ký"),
    Signed.UNSIGNED: _("chưa ký"),
}

STAGES: Mapping[Outcome, Any] = {
    Outcome.WAITING: _("Đang chờ, đang đọc"),
    Outcome.SEARCHABLE: _("Tìm được"),
    Outcome.WEAK: _("Đọc kém, cần xem"),
    Outcome.FAILED: _("Không đọc được"),
}

_BADGES: Mapping[str, Badge] = {
    "reading": ("info", _("đang đọc")),
    "scan": ("none", _("bản quét")),
    "weak": ("warn", _("bản quét, đọc kém, cần xem")),
    "unread": ("bad", _("không đọc được")),
    "made-unsigned": ("warn", _("chưa có bản ký")),
    "made-scan": ("warn", _("có bản quét ký, cần người xem chữ ký")),
    "made-signed": ("ok", _("đã có bản ký")),
    "signed-scan": ("warn", _("bản quét ký, cần người xem chữ ký")),
    "signed-copy": ("ok", _("bản ký")),
    "misread": ("warn", _("có thể do nhận dạng")),
}

_WHY: Mapping[str, Any] = {
    "title": _("trích yếu"),
    "number": _("số, ký hiệu"),
    "person": _("tên người của hồ sơ"),
    "case": _("mã hồ sơ"),
    "body": _("cơ quan ban hành"),
    "signer": _("người ký"),
    "typed": _("thông tin người nhập"),
    "text": _("nội dung"),
    "other": _("dạng viết tắt hoặc viết đầy đủ"),
    "day": _("ngày nêu trong văn bản"),
    "identity": _("số định danh"),
}


def badges(codes: Iterable[str]) -> tuple[Badge, ...]:
    """The badges of a hit or a document by the codes of `searching.badges_of`; a code without words is left out."""
    return tuple(_BADGES[code] for code in codes if code in _BADGES)


def why(fields: Iterable[str]) -> str:
    """The fields in which a hit matched, as a list in words."""
    return ", ".join(str(_WHY[name]) for name in fields if name in _WHY)


def type_name(code: str) -> str:
    """The kind of a document in the reader's language."""
    kind = by_code(code)
    return kind.name_en if str(get_locale()) == "en" else kind.name_vi


def printed_number(text: str) -> str:
    """A number and symbol the way papers print them (Decree 30/2020, Annex I): 1/QĐ-UBND as 01/QĐ-UBND, 5a as 05a; a
    symbol whose number is not known as …/QĐ-UBND."""
    if text.startswith("/"):
        return f"…{text}"
    return re.sub(r"^(?=[1-9][^\W\d_]?(?:/|$))", "0", text)


def partial_date(iso: str) -> str:
    """An ISO date as far as it is known, the way people write it: 20/11/2026, 11/2026, 2026; anything else as it is."""
    parts = iso.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return iso
    return "/".join(reversed(parts))
