"""The one table from errors to HTTP status codes, and the pages and problem details that tell of them."""

import structlog
from flask import Flask, Response, g, jsonify, render_template, request, session
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app import errors
from app.errors import HosoError
from app.services.making import LayoutBroken
from app.web.guard import API_PREFIX, LOCKED, NotSignedIn
from app.web.told import told, told_fields
from doc_templates.errors import PdfFailed, TemplateError, UnknownForm
from indexer.errors import CursorInvalid, SearchError
from ingestion import ReadError

log = structlog.get_logger()

STATUS: dict[type[Exception], int] = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.PurposeMissing: 403,
    NotSignedIn: 401,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.WrongState: 409,
    errors.DuplicateNumber: 409,
    errors.FactsMissing: 422,
    errors.StoreFull: 507,
    errors.StoredBytesLost: 500,
    errors.FileRefused: 422,
    errors.FolderUnfit: 422,
    errors.ArchiveTooDeep: 422,
    errors.SearchUnavailable: 503,
    errors.ListLimit: 429,
    errors.SignInFailed: 401,
    errors.PdfNotMade: 503,
    errors.RulesUnknown: 422,
    errors.ChainBroken: 500,
    LayoutBroken: 503,
    ReadError: 422,
    SearchError: 503,
    CursorInvalid: 422,
    TemplateError: 422,
    UnknownForm: 404,
    PdfFailed: 503,
}

_PLAIN = {
    400: ("bad-request", "Yêu cầu không hợp lệ. Tải lại trang rồi làm lại."),
    404: ("not-found", errors.NotFound.advice),
    405: ("method-not-allowed", "Đường dẫn này không nhận cách gọi đó."),
    413: ("file-too-large", "Tệp quá lớn. Chia nhỏ tệp rồi tải lên lại."),
    415: ("unsupported-media-type", "Kiểu dữ liệu gửi lên không được nhận."),
    422: ("invalid", errors.Invalid.advice),
}
UNEXPECTED = ("unexpected", "Lỗi ngoài dự kiến; dữ liệu chưa thay đổi. Thử lại; nếu vẫn lỗi, báo người quản trị.")


def status_of(error: Exception) -> int:
    """The status of an error: that of its class, or of the nearest one above it in the table."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def install(app: Flask) -> None:
    """Answer errors as pages, or as problem details (RFC 9457) below /api."""
    app.register_error_handler(HosoError, _ours)
    for library_error in (ReadError, SearchError, TemplateError):
        app.register_error_handler(library_error, _library_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: HosoError) -> tuple[Response | str, int]:
    status = status_of(error)
    if status >= 500:
        log.error("request.failed", code=error.code, path=request.path)
    fields = error.fields if isinstance(error, errors.Invalid) else {}
    return answer(status, error.code, error.advice, error.message, fields)


def _library_error(error: ReadError | SearchError | TemplateError) -> tuple[Response | str, int]:
    status = status_of(error)
    if status >= 500:
        log.error("request.failed", code=error.code, path=request.path)
    return answer(status, error.code, error.advice)


def _expired(_error: CSRFError) -> tuple[Response | str, int]:
    return answer(400, "form-expired", "Phiên làm việc đã đổi. Tải lại trang rồi gửi lại; nội dung nháp vẫn được giữ.")


def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    code, advice = _PLAIN.get(status, UNEXPECTED)
    particulars = getattr(error, "data", None) or {}
    fields = {str(k): str(v) for k, v in (particulars.get("messages") or {}).items()} if particulars else {}
    return answer(status, code, advice, "", fields)


def _unexpected(error: Exception) -> tuple[Response | str, int]:
    log.exception("request.unexpected", path=request.path, error=type(error).__name__)
    return answer(500, *UNEXPECTED)


def answer(
    status: int, code: str, advice: str, message: str = "", fields: dict[str, str] | None = None
) -> tuple[Response | str, int]:
    """An error as this client reads it."""
    advice, message, fields = told(advice), told(message), told_fields(fields or {})
    if request.path.startswith(API_PREFIX) or request.accept_mimetypes.best == "application/json":
        problem = {"type": f"urn:hoso:error:{code}", "title": advice, "status": status, "detail": message or advice}
        if fields:
            problem["errors"] = fields
        response = jsonify(problem)
        response.mimetype = "application/problem+json"
        return response, status
    title, _end, rest = advice.partition(". ")
    page = render_template(
        "errors/error.html",
        title=title.rstrip("."),
        advice=rest,
        message=message if message != advice else "",
        code=code,
        signed_in=_has_frame(status),
    )
    return page, status


def _has_frame(status: int) -> bool:
    """Whether the frame is drawn around the page. It needs the database itself, so not where the server fails."""
    return status < 500 and g.get("user") is not None and not session.get(LOCKED)
