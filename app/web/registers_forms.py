"""Opening a number book, giving a number to a paper made elsewhere, cancelling a number."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.models import BookKeeping
from app.services.registers import DEFAULT_BOOK
from app.web.document_words import type_name
from app.web.inputs import DateField
from config.document_types import document_types


class BookForm(FlaskForm):
    """A new book."""

    year = StringField()
    name = StringField()
    keeping = RadioField(choices=[], validate_choice=False)
    types = SelectMultipleField(
        choices=[], validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def dress(self, year: int) -> "BookForm":
        """Put the words of the reader's language on the form; `year` stands in a fresh one."""
        self.year.label.text, self.name.label.text = _("Năm"), _("Tên sổ")
        self.keeping.label.text, self.types.label.text = _("Cách cấp số"), _("Loại văn bản dùng chung sổ này")
        self.keeping.choices = [
            (BookKeeping.DRAWN.value, _("cấp số tại đây: hệ thống lấy số kế tiếp")),
            (BookKeeping.ENTERED.value, _("sổ giữ ở nơi khác: nhập số đã cấp, nhận cả 15a")),
        ]
        self.types.choices = [(kind.code, type_name(kind.code)) for kind in document_types()]
        self.types.description = _("Không chọn loại nào: sổ dùng cho mọi loại chưa có sổ riêng.")
        if not self.is_submitted():
            self.year.data, self.name.data = str(year), DEFAULT_BOOK
            self.keeping.data = BookKeeping.DRAWN.value
        return self


class EntryForm(FlaskForm):
    """A number for an outgoing paper that was made elsewhere."""

    date = DateField()
    symbol = StringField()
    subject = StringField()
    number_text = StringField()

    def dress(self, *, is_drawn: bool) -> "EntryForm":
        """Put the words of the reader's language on the form."""
        self.date.label.text, self.symbol.label.text = _("Ngày văn bản"), _("Ký hiệu")
        self.subject.label.text, self.number_text.label.text = _("Tên loại và trích yếu"), _("Số đã cấp")
        self.symbol.description = _("Ví dụ QĐ-UBND.")
        self.number_text.description = _("Ví dụ 15 hoặc 15a.")
        if is_drawn:
            del self.number_text
        return self


class CancelForm(FlaskForm):
    """Why a number is cancelled."""

    reason = StringField()

    def dress(self) -> "CancelForm":
        """Put the words of the reader's language on the form."""
        self.reason.label.text = _("Lý do hủy")
        self.reason.flags.required = True
        return self
