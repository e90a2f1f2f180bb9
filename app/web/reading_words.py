"""Why a file could not be read, and the next step, in the reader's language; the libraries speak English."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.errors import FileRefused
from app.web.told import told
from ingestion import WEAK_BELOW, RegionKind

ADVICE: Mapping[str, Any] = {
    "document-secret": _(
        "Máy thấy dấu độ mật (MẬT, TỐI MẬT, TUYỆT MẬT) nên đã cách ly ngay; không ai mở hoặc tìm thấy. "
        "Đối chiếu bản giấy, rồi đề nghị gỡ bỏ ở trang Văn bản đang cách ly."
    ),
    "document-removal-asked": _("Có đề nghị gỡ bỏ nên đang cách ly; chờ lãnh đạo quyết định."),
    "read-failed": _("Chưa đọc được. Bấm đọc lại; nếu vẫn lỗi, giữ tệp và báo người quản trị."),
    "read-nothing": _("Không tìm thấy trang nào trong tệp. Quét hoặc lưu lại rồi tải lên."),
    "file-unknown": _("Hệ thống không đọc được định dạng này. Lưu thành PDF, DOCX hoặc ảnh rồi tải lên."),
    "file-empty": _("Tệp rỗng. Quét hoặc lưu lại rồi tải lên."),
    "file-encrypted": _("Tệp có mật khẩu. Nhập mật khẩu để mở, hoặc bỏ mật khẩu rồi tải lên lại."),
    "password-wrong": _("Mật khẩu này không mở được tệp. Kiểm tra lại rồi nhập lần nữa."),
    "archive-too-deep": _("Tệp nén lồng quá sâu nên không mở tiếp. Giải nén rồi tải lên các tệp bên trong."),
    "archive-too-large": _("Giải nén ra quá lớn. Tự giải nén rồi tải lên từng phần."),
    "archive-too-many": _("Có quá nhiều tệp bên trong. Tự giải nén rồi tải lên từng phần."),
    "member-refused": _("Đây là đường dẫn hoặc tệp đặc biệt, không phải văn bản. Tải lên chính văn bản."),
    "read-too-much": _("Tệp bung ra quá lớn. Chia nhỏ tệp rồi tải lên từng phần."),
    "file-damaged": _("Tệp bị hỏng. Quét hoặc xuất lại tệp rồi tải lên."),
    "file-too-large": _("Tệp quá lớn. Chia nhỏ, hoặc quét ở 300 điểm/inch trở xuống, rồi tải lên từng phần."),
    "file-too-many-pages": _("Tệp quá nhiều trang. Chia nhỏ rồi tải lên từng phần."),
    "store-full": _("Kho tệp hết chỗ; tệp này chưa được nhận. Báo người quản trị rồi tải lên lại."),
    "read-timeout": _("Đọc quá lâu nên đã dừng. Chia nhỏ tệp rồi tải lên từng phần."),
    "read-crashed": _("Chương trình đọc dừng ở tệp này. In tệp ra PDF lần nữa rồi tải lên."),
    "sandbox-unavailable": _("Máy chủ chưa cô lập được việc đọc tệp. Báo người quản trị rồi bấm đọc lại."),
    "ocr-unavailable": _("Máy chủ chưa có phần nhận dạng chữ. Báo người quản trị rồi bấm đọc lại."),
}

REGIONS: Mapping[RegionKind, Any] = {
    RegionKind.SEAL: _("máy thấy dấu"),
    RegionKind.SIGNATURE: _("máy thấy chữ ký"),
    RegionKind.HANDWRITING: _("chữ viết tay, chưa đọc"),
    RegionKind.CODE: _("mã vạch hoặc mã QR"),
    RegionKind.SHEET_NUMBER: _("số tờ ghi ở góc"),
    RegionKind.PICTURE: _("hình ảnh"),
}
"""What the machine sees on a page besides printed words; that nothing was seen is never said to mean unsigned."""


def sureness(score: float) -> str:
    """How sure the machine is of what it sees, 0 to 1, in words."""
    if score >= 0.85:
        return str(_("khá chắc"))
    return str(_("có thể") if score >= 0.6 else _("chưa chắc"))


def legibility(confidence: float | None) -> str:
    """How well pages were read on average, 0 to 1, in words; the edges are those of `WEAK_BELOW` and halfway above."""
    if confidence is None:
        return str(_("chữ có sẵn trong tệp, hoặc không có chữ"))
    if confidence < WEAK_BELOW:
        return str(_("đọc kém"))
    return str(_("đọc tốt") if confidence >= (1 + WEAK_BELOW) / 2 else _("đọc được"))


def advice(code: str | None, kept: str = "") -> str:
    """The words for an error code; what was kept with it where the code has none of ours, or says less than that:
    a file is refused for being empty or for being too large, and which one was kept."""
    if code == FileRefused.code:
        again = _("Kiểm tra tệp rồi tải lên lại.")
        return f"{told(kept)} {again}" if kept else told(FileRefused.advice)
    return str(ADVICE.get(code or "", told(kept)))
