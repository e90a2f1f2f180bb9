"""Why a file could not be read, and the next step, in the reader's language; the libraries speak English."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

ADVICE: Mapping[str, Any] = {
    "read-failed": _("Chưa đọc được. Bấm đọc lại; nếu vẫn lỗi, giữ tệp và báo người quản trị."),
    "read-nothing": _("Không tìm thấy trang nào trong tệp. Quét hoặc lưu lại rồi tải lên."),
    "file-unknown": _("Hệ thống không đọc được định dạng này. Lưu thành PDF, DOCX hoặc ảnh rồi tải lên."),
    "file-empty": _("Tệp rỗng. Quét hoặc lưu lại rồi tải lên."),
    "file-encrypted": _("Tệp có mật khẩu. Bỏ mật khẩu rồi tải lên lại."),
    "file-damaged": _("Tệp bị hỏng. Quét hoặc xuất lại tệp rồi tải lên."),
    "file-too-large": _("Tệp quá lớn. Chia nhỏ, hoặc quét ở 300 điểm/inch trở xuống, rồi tải lên từng phần."),
    "file-too-many-pages": _("Tệp quá nhiều trang. Chia nhỏ rồi tải lên từng phần."),
    "file-refused": _("Tệp rỗng hoặc quá lớn. Kiểm tra tệp rồi tải lên lại."),
    "store-full": _("Kho tệp hết chỗ; tệp này chưa được nhận. Báo người quản trị rồi tải lên lại."),
    "read-timeout": _("Đọc quá lâu nên đã dừng. Chia nhỏ tệp rồi tải lên từng phần."),
    "read-crashed": _("Chương trình đọc dừng ở tệp này. In tệp ra PDF lần nữa rồi tải lên."),
    "sandbox-unavailable": _("Máy chủ chưa cô lập được việc đọc tệp. Báo người quản trị rồi bấm đọc lại."),
    "ocr-unavailable": _("Máy chủ chưa có phần nhận dạng chữ. Báo người quản trị rồi bấm đọc lại."),
}


def advice(code: str | None, kept: str = "") -> str:
    """The words for an error code; what was kept with it where the code has none of ours."""
    return str(ADVICE.get(code or "", kept))
