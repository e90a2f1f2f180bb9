"""The error tree of the application: a stable code and an advice for each; `docs/errors.md` has a heading for each.

HTTP status codes are not here: the table is in `app/web/errors.py`.
"""

from typing import ClassVar


class HosoError(Exception):
    """Anything that went wrong and that a person can be told about.

    `code` is stable; `advice` is a sentence in Vietnamese that says the next step; `message` may name particulars,
    never personal data.
    """

    code: ClassVar[str] = "error"
    advice: ClassVar[str] = "Thử lại; nếu vẫn lỗi, báo người quản trị kèm mã lỗi."

    def __init__(self, message: str = "", **particulars: object) -> None:
        self.message = message or self.advice
        self.particulars = particulars
        super().__init__(f"{self.code}: {self.message}")


class NotFound(HosoError):
    """The record does not exist, or the actor may not know that it does."""

    code = "not-found"
    advice = "Không tìm thấy, hoặc tài khoản này không được xem. Kiểm tra lại đường dẫn hoặc tìm lại."


class NotAllowed(HosoError):
    """The role of the actor does not allow the act."""

    code = "not-allowed"
    advice = "Vai trò của tài khoản này không được làm việc đó. Chuyển cho người có thẩm quyền."


class PurposeMissing(HosoError):
    """An inspector or archivist looks names up and has not said why in this session."""

    code = "purpose-missing"
    advice = "Ghi mục đích tra cứu và số vụ việc một lần cho phiên làm việc này, rồi tìm lại."


class Invalid(HosoError):
    """Input that cannot be accepted; `fields` maps a field's name to what is wrong and how to mend it."""

    code = "invalid"
    advice = "Có ô chưa đúng. Sửa các ô được nêu rồi gửi lại."

    def __init__(self, message: str = "", *, fields: dict[str, str] | None = None) -> None:
        self.fields = fields or {}
        super().__init__(message or "; ".join(self.fields.values()))


class Conflict(HosoError):
    """Somebody else changed the record in the meantime."""

    code = "conflict"
    advice = "Người khác vừa sửa mục này. Tải lại trang, xem thay đổi rồi làm lại."


class WrongState(HosoError):
    """The act is not possible in the state the record is in."""

    code = "wrong-state"
    advice = "Việc này không làm được ở bước hiện tại. Tải lại trang để xem bước đang ở đâu."


class DuplicateNumber(HosoError):
    """The number is already taken in this book and year."""

    code = "number-taken"
    advice = "Số này đã có trong sổ của năm. Kiểm tra sổ và nhập số khác."


class FactsMissing(HosoError):
    """A paper cannot be presented while required facts are missing; `names` lists the labels."""

    code = "facts-missing"
    advice = "Còn thiếu thông tin bắt buộc. Bổ sung rồi trình lại; vẫn in được bản có dòng chấm."

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names
        super().__init__(", ".join(names))


class StoreFull(HosoError):
    """No room for the bytes; nothing was kept of this file."""

    code = "store-full"
    advice = "Kho tệp hết chỗ; tệp này chưa được nhận. Báo người quản trị giải phóng chỗ rồi tải lên lại."


class StoredBytesLost(HosoError):
    """The stored bytes are missing or differ from their hash."""

    code = "store-bytes-lost"
    advice = "Tệp gốc bị mất hoặc hỏng trong kho. Báo người quản trị khôi phục từ bản sao lưu."


class FileRefused(HosoError):
    """An upload that cannot be taken at all (empty, too large)."""

    code = "file-refused"
    advice = "Tệp rỗng hoặc quá lớn. Kiểm tra tệp rồi tải lên lại."

    @classmethod
    def too_large(cls, limit: int) -> "FileRefused":
        """The refusal of more than `limit` bytes, in the same words at every way in."""
        return cls(f"Tệp lớn hơn {limit // 1_000_000} MB.")


class FolderUnfit(HosoError):
    """A folder cannot be watched: what lies there is the records' own, or is watched already."""

    code = "folder-unfit"
    advice = "Tạo một thư mục riêng ngoài thư mục dữ liệu và ngoài thư mục đang được theo dõi, rồi thêm thư mục đó."


class ArchiveTooDeep(HosoError):
    """A file lies in more archives inside one another than are opened; it is kept as it is."""

    code = "archive-too-deep"
    advice = "Tệp nén lồng quá sâu nên không mở tiếp. Giải nén rồi tải lên các tệp bên trong."


class SearchUnavailable(HosoError):
    """The search index does not answer; records stay reachable through their pages."""

    code = "search-unavailable"
    advice = "Chỉ mục tìm kiếm chưa sẵn sàng. Hồ sơ và văn bản vẫn mở được theo danh sách; thử tìm lại sau."


class ListLimit(HosoError):
    """An account searched for as many lines by list as it may within 24 hours (`HOSO_LIST_LINES`)."""

    code = "list-limit"
    advice = (
        "Tài khoản này đã tìm theo danh sách đến giới hạn của 24 giờ. Chờ rồi tìm tiếp, hoặc tìm danh sách ngắn hơn; "
        "nếu công việc cần nhiều hơn, đề nghị người quản trị nâng giới hạn."
    )


class SignInFailed(HosoError):
    """Wrong name or password, too many failures in a row, or the account is disabled; which one is not told."""

    code = "sign-in-failed"
    advice = (
        "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã khóa. "
        "Sau 5 lần sai liên tiếp phải chờ 5 phút rồi thử lại."
    )


class PdfNotMade(HosoError):
    """LibreOffice did not give a PDF; the number stays with the paper and the sweep tries again."""

    code = "paper-not-made"
    advice = "Chưa tạo được tệp; số đã cấp vẫn giữ cho văn bản này. Hệ thống tự làm lại, hoặc bấm Tạo lại."


class RulesUnknown(HosoError):
    """The law of that date is not in the data; nothing is guessed."""

    code = "rules-unknown"
    advice = "Quy định của ngày này chưa có trong dữ liệu. Dùng mẫu giấy và nhập số, ngày từ bản giấy."


class ChainBroken(HosoError):
    """The event chain does not hold at a row."""

    code = "chain-broken"
    advice = "Nhật ký không còn khớp chuỗi kiểm. Giữ nguyên dữ liệu và báo người quản trị."
