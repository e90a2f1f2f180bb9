"""Lines of the audit trail in words of the screen: what was done, to what, with which particulars."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.web.frame import ROLE_NAMES

_ = lazy_gettext

DEEDS: Mapping[str, Any] = {
    "account.created": _("Lập tài khoản"),
    "account.disabled": _("Khóa tài khoản"),
    "account.edited": _("Sửa tài khoản"),
    "account.enabled": _("Mở lại tài khoản"),
    "account.flags-changed": _("Đổi quyền xem thông tin hạn chế"),
    "account.organisation-changed": _("Chuyển tài khoản sang tổ chức khác"),
    "account.password-set": _("Đặt mật khẩu"),
    "account.role-changed": _("Đổi vai trò"),
    "account.settings-changed": _("Đổi cài đặt màn hình"),
    "account.sign-in-failed": _("Đăng nhập không được"),
    "account.signed-in": _("Đăng nhập"),
    "batch.exported": _("Tải danh sách tiếp nhận"),
    "batch.opened": _("Mở lần tiếp nhận"),
    "batch.retried": _("Yêu cầu đọc lại mọi tệp lỗi của một lần tiếp nhận"),
    "batch.viewed": _("Xem lần tiếp nhận"),
    "book.opened": _("Mở sổ cấp số"),
    "book.viewed": _("Xem sổ"),
    "case.circumstance-set": _("Ghi trường hợp của hồ sơ"),
    "case.closed": _("Đóng hồ sơ"),
    "case.edited": _("Sửa hồ sơ"),
    "case.event-added": _("Ghi diễn biến của hồ sơ"),
    "case.listed": _("Xem danh sách hồ sơ"),
    "case.opened": _("Lập hồ sơ"),
    "case.reopened": _("Mở lại hồ sơ"),
    "case.viewed": _("Xem hồ sơ"),
    "chain.checked": _("Kiểm tra chuỗi nhật ký"),
    "document.deleted": _("Xóa văn bản"),
    "document.facts-typed": _("Nhập hoặc xác nhận thông tin văn bản"),
    "document.flags-set": _("Đổi loại thông tin nhạy cảm của văn bản"),
    "document.listed": _("Xem danh sách văn bản"),
    "document.quarantined": _("Cách ly văn bản"),
    "document.released": _("Mở lại văn bản đã cách ly"),
    "document.reread": _("Yêu cầu đọc lại văn bản"),
    "document.rescan-dropped": _("Bỏ bản quét mới chờ thay"),
    "document.rescan-offered": _("Gửi bản quét tốt hơn"),
    "document.rescanned": _("Thay bản quét của văn bản"),
    "document.scan-put-back": _("Dùng lại bản quét cũ"),
    "document.sides-set": _("Ghi số mặt của mỗi tờ"),
    "document.unlocked": _("Mở khóa tệp bằng mật khẩu"),
    "document.removed": _("Gỡ bỏ nội dung văn bản"),
    "document.made-by-split": _("Văn bản hình thành khi tách bản quét"),
    "document.pages-arranged": _("Sắp lại trang của văn bản"),
    "document.read": _("Máy đọc xong văn bản"),
    "document.signature-seen": _("Xem chữ ký của văn bản"),
    "document.split": _("Tách bản quét thành các văn bản"),
    "document.split-dismissed": _("Bỏ đề nghị hoặc bản nháp tách"),
    "document.split-joined": _("Ghép thêm bản quét vào lần tách"),
    "document.split-proposed": _("Máy đề nghị tách bản quét"),
    "document.split-undone": _("Bỏ tách bản quét"),
    "document.viewed": _("Xem văn bản"),
    "events.viewed": _("Xem nhật ký"),
    "file.downloaded": _("Tải tệp"),
    "file.received": _("Nhận tệp"),
    "file.refused": _("Từ chối tệp"),
    "file.retried": _("Yêu cầu đọc lại tệp"),
    "likeness.confirmed": _("Ghi: hai bản của một văn bản"),
    "likeness.proposed": _("Máy thấy hai văn bản giống nhau"),
    "likeness.rejected": _("Ghi: hai văn bản khác nhau"),
    "filing.accepted": _("Xếp văn bản vào hồ sơ"),
    "filing.item-changed": _("Đổi mục trong bộ hồ sơ"),
    "filing.proposed": _("Máy đề nghị xếp vào hồ sơ"),
    "filing.rejected": _("Từ chối đề nghị xếp hồ sơ"),
    "filing.removed": _("Rút văn bản khỏi hồ sơ"),
    "folder.unwatched": _("Thôi theo dõi thư mục"),
    "folder.watched": _("Theo dõi thư mục nhận tệp"),
    "index.audited": _("Đối chiếu chỉ mục tìm kiếm"),
    "index.rebuild-begun": _("Bắt đầu dựng lại chỉ mục tìm kiếm"),
    "inspection.run": _("Chạy kiểm tra hồ sơ"),
    "number.cancelled": _("Hủy số"),
    "number.drawn": _("Cấp số"),
    "number.entered": _("Ghi số cấp ở nơi khác"),
    "organisation.created": _("Thêm tổ chức"),
    "organisation.edited": _("Sửa tổ chức"),
    "page.viewed": _("Xem ảnh trang"),
    "paper.approved": _("Duyệt dự thảo"),
    "paper.cancelled": _("Hủy văn bản soạn"),
    "paper.draft": _("Trả lại dự thảo để sửa"),
    "paper.drafted": _("Soạn văn bản"),
    "paper.made": _("Tạo xong tệp văn bản"),
    "paper.make-asked": _("Yêu cầu tạo lại tệp văn bản"),
    "paper.not-made": _("Không tạo được tệp văn bản"),
    "paper.numbered": _("Văn bản được cấp số"),
    "paper.presented": _("Trình dự thảo"),
    "paper.printed": _("In văn bản"),
    "paper.released": _("Phát hành văn bản"),
    "paper.saved": _("Lưu dự thảo"),
    "paper.sent": _("Giao văn bản"),
    "paper.signed": _("Ghi nhận đã ký"),
    "paper.signed-copy": _("Gắn bản quét đã ký"),
    "paper.signed-copy-compared": _("So lại bản quét đã ký với văn bản"),
    "paper.signed-copy-dropped": _("Bỏ bản quét đã ký"),
    "paper.signed-copy-proposed": _("Máy đề nghị bản quét đã ký"),
    "paper.viewed": _("Xem văn bản soạn"),
    "person.created": _("Ghi người mới"),
    "person.edited": _("Sửa thông tin người"),
    "person.listed": _("Xem danh sách người"),
    "person.viewed": _("Xem thông tin người"),
    "purpose.stated": _("Ghi mục đích tra cứu"),
    "removal.approved": _("Quyết định gỡ bỏ văn bản"),
    "removal.asked": _("Đề nghị gỡ bỏ văn bản"),
    "removal.done": _("Gỡ bỏ xong"),
    "removal.listed": _("Xem danh sách văn bản cách ly"),
    "removal.refused": _("Không đồng ý gỡ bỏ văn bản"),
    "removal.viewed": _("Xem đề nghị gỡ bỏ"),
    "removal.withdrawn": _("Rút đề nghị gỡ bỏ"),
    "search.export-asked": _("Yêu cầu xuất danh sách kết quả tìm kiếm"),
    "search.export-downloaded": _("Tải danh sách kết quả tìm kiếm"),
    "search.export-failed": _("Không xuất được danh sách kết quả tìm kiếm"),
    "search.exported": _("Xuất xong danh sách kết quả tìm kiếm"),
    "search.run": _("Tìm kiếm"),
    "store.verified": _("Kiểm tra kho tệp và nhật ký"),
    "token.added": _("Tạo khóa truy cập"),
    "token.revoked": _("Thu hồi khóa truy cập"),
}

OBJECTS: Mapping[str, Any] = {
    "account": _("tài khoản"),
    "batch": _("lần tiếp nhận"),
    "book": _("sổ"),
    "case": _("hồ sơ"),
    "chain": _("nhật ký"),
    "document": _("văn bản"),
    "event": _("nhật ký"),
    "export": _("danh sách xuất"),
    "index": _("chỉ mục tìm kiếm"),
    "organisation": _("tổ chức"),
    "paper": _("văn bản soạn"),
    "person": _("người"),
    "search": _("tìm kiếm"),
    "store": _("kho tệp"),
}

_PARTICULARS: Mapping[str, Any] = {
    "after": _("sau"),
    "batch": _("lần tiếp nhận"),
    "again": _("tách lại"),
    "before": _("trước"),
    "broken_at": _("không khớp ở dòng"),
    "case": _("hồ sơ"),
    "case_number": _("số vụ việc"),
    "chain_holds": _("chuỗi còn nguyên"),
    "changed": _("ô đã đổi"),
    "circumstance": _("trường hợp"),
    "code": _("mã lỗi"),
    "count": _("số dòng"),
    "damaged": _("tệp hỏng"),
    "document": _("văn bản"),
    "duplicate": _("trùng"),
    "elsewhere": _("bước đã làm ở nơi khác"),
    "entry": _("dòng trong sổ"),
    "event": _("diễn biến"),
    "facts": _("thông tin"),
    "file": _("kiểu tệp"),
    "files": _("số tệp"),
    "folder": _("thư mục"),
    "form": _("mẫu"),
    "hits": _("kết quả"),
    "item": _("mục"),
    "keeping": _("cách giữ sổ"),
    "lines": _("số dòng"),
    "missing": _("thiếu trong chỉ mục"),
    "mode": _("kiểu in"),
    "number": _("số"),
    "organisation": _("tổ chức"),
    "orphans": _("tệp không thuộc văn bản nào"),
    "page": _("trang"),
    "pages": _("số trang"),
    "paper": _("văn bản soạn"),
    "parts": _("số văn bản"),
    "person": _("người"),
    "procedure": _("thủ tục"),
    "purpose": _("mục đích"),
    "quality": _("chất lượng đọc"),
    "reason": _("lý do"),
    "release": _("lần giao"),
    "removed": _("đã dọn"),
    "results": _("kết quả"),
    "revision": _("lần sửa"),
    "role": _("vai trò"),
    "scans": _("số bản quét"),
    "signed": _("đã ký"),
    "source": _("nguồn"),
    "stale": _("cũ trong chỉ mục"),
    "stray": _("thừa trong chỉ mục"),
    "token": _("khóa truy cập"),
    "tries": _("số lần thử"),
    "types": _("loại văn bản"),
    "value": _("giá trị"),
    "why": _("lý do"),
    "year": _("năm"),
}
"""Names of particulars; their values are identifiers and codes and stand as they were written."""


_ROLES: Mapping[str, Any] = {role.value: word for role, word in ROLE_NAMES.items()}


def deed(kind: str) -> str:
    """What was done; the kind itself where there is no word for it."""
    return str(DEEDS.get(kind, kind))


def target(object_kind: str, object_id: int | None) -> str:
    """To what it was done: the trail knows numbers, never names."""
    word = OBJECTS.get(object_kind, object_kind)
    return str(word) if object_id is None else f"{word} {object_id}"


def particulars(detail: Mapping[str, Any]) -> str:
    """The particulars of a line, in the order of their names."""
    told = ((name, _value(detail[name])) for name in sorted(detail) if detail[name] is not None)
    return "; ".join(f"{_PARTICULARS.get(name, name)}: {value}" for name, value in told if value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_value(part) for part in value)
    return str(_ROLES.get(value, value)) if isinstance(value, str) else str(value)
