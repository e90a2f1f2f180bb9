"""Typing the facts of a document beside its picture, and deleting it with a reason."""

import re

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import Invalid
from app.models import CopyKind, Document
from app.services.access import Flag
from app.services.document_facts import FactsData
from app.web.document_tabs import LABELS
from app.web.document_words import COPY_KINDS, RECORD_FLAGS, partial_date, type_name
from config.document_types import document_types

_TYPED_DATE = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")
_TEXTS = ("type", "number", "symbol", "body", "signer", "subject", "title", "kept_at", "typed_text")


class FactsForm(FlaskForm):
    """The facts as they stand on the page; `confirm` says that all of them were compared with the picture."""

    revision = HiddenField()
    type = SelectField(validate_choice=False)
    number = StringField()
    symbol = StringField()
    date = StringField()
    body = StringField()
    signer = StringField()
    subject = TextAreaField()
    title = TextAreaField()
    copy_kind = SelectField(validate_choice=False)
    kept_at = StringField()
    typed_text = TextAreaField()
    flags = SelectMultipleField(
        choices=[], validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    confirm = BooleanField()

    def dress(self) -> "FactsForm":
        """Put the words of the reader's language on the form."""
        for name, label in LABELS.items():
            self[name].label.text = str(label)
        self.type.choices = [(kind.code, type_name(kind.code)) for kind in document_types()]
        self.copy_kind.choices = [(kind.value, str(words)) for kind, words in COPY_KINDS.items()]
        self.flags.choices = [(flag.value, str(RECORD_FLAGS[flag])) for flag in Flag]
        self.flags.label.text = _("Loại hồ sơ nhạy cảm")
        self.confirm.label.text = _("Đã so với ảnh trang: các thông tin trên đều đúng")
        self.confirm.description = _("Không đánh dấu thì chỉ những ô đã sửa được ghi là người nhập.")
        self.number.description = _("Chỉ số, ví dụ 15 hoặc 15a; để trống nếu văn bản không có số.")
        self.symbol.description = _("Phần sau dấu gạch chéo, ví dụ QĐ-UBND.")
        self.date.description = _("dd/mm/yyyy; chỉ rõ tháng hoặc năm thì ghi 11/2023 hoặc 2023.")
        self.typed_text.description = _("Gõ những gì máy không đọc được, ví dụ trang viết tay, để tìm được văn bản.")
        return self

    def fill(self, document: Document) -> "FactsForm":
        """The facts as they are now."""
        for name, value in current(document).items():
            self[name].data = partial_date(value) if name == "date" else value
        self.flags.data = list(document.flags)
        self.revision.data = str(document.revision)
        return self

    def data_for(self, document: Document) -> FactsData:
        """What the person changed, or everything where they confirmed it all. Raises `Invalid` for a wrong date."""
        typed: dict[str, str] = {name: self[name].data or "" for name in _TEXTS}
        typed["date"] = iso_date(self.date.data or "")
        before = current(document)
        keep_all = bool(self.confirm.data)
        given = {name: value for name, value in typed.items() if value != before[name] or (keep_all and value)}
        kind = CopyKind(self.copy_kind.data) if self.copy_kind.data in set(CopyKind) else document.copy_kind
        return FactsData(**given, copy_kind=None if kind is document.copy_kind else kind)

    def seen_revision(self) -> int:
        """The revision that the person saw."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() else 0


class ReasonForm(FlaskForm):
    """Why a document is deleted."""

    reason = StringField()


def current(document: Document) -> dict[str, str]:
    """The facts of a document as the form writes them, dates in ISO."""
    values = {name: getattr(document, name) or "" for name in _TEXTS}
    values["date"] = document.date_text or (document.date.isoformat() if document.date else "")
    values["copy_kind"] = document.copy_kind.value
    return values


def iso_date(typed: str) -> str:
    """A date as people type it, in ISO as far as it is known; empty stays empty. Raises `Invalid`."""
    text = "".join(typed.split())
    if not text:
        return ""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        return text
    parts = _TYPED_DATE.fullmatch(text)
    if parts is None:
        raise Invalid(fields={"date": _("Ghi ngày dạng 20/11/2026, 11/2026 hoặc 2026.")})
    day, month, year = parts.groups()
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
