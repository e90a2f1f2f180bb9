"""Keeping a search under a name, changing it, being told of new results."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField

from app.models import SavedSearch, SearchAlert
from app.services.saved_searches import AlertData
from app.web.inputs import DateField


class SaveForm(FlaskForm):
    """A new saved search."""

    name = StringField()
    shared = BooleanField()
    told = BooleanField()
    basis = StringField()
    until = DateField()

    def dress(self, *, named: bool) -> "SaveForm":
        """Put the words of the reader's language on the form."""
        self.name.label.text, self.shared.label.text = _("Tên tìm kiếm"), _("Chia sẻ trong cơ quan")
        self.shared.description = _("Người cùng cơ quan mở được; mỗi người chỉ thấy văn bản mình được xem.")
        _dress_alert(self, named=named)
        return self


class EditForm(FlaskForm):
    """Another name; shared or not."""

    name = StringField()
    shared = BooleanField()

    def dress(self, row: SavedSearch) -> "EditForm":
        """Put the words of the reader's language on the form, and what is there."""
        self.name.label.text, self.shared.label.text = _("Tên tìm kiếm"), _("Chia sẻ trong cơ quan")
        self.shared.description = _("Thôi chia sẻ thì người khác không mở được và không được báo nữa.")
        if not self.is_submitted():
            self.name.data, self.shared.data = row.name, row.shared
        return self


class AlertForm(FlaskForm):
    """Whether to be told of new results of a search; on what basis and to which day, which one for a named person must
    say."""

    told = BooleanField()
    basis = StringField()
    until = DateField()

    def dress(self, alert: SearchAlert | None, *, named: bool) -> "AlertForm":
        """Put the words of the reader's language on the form, and what is there."""
        _dress_alert(self, named=named)
        if not self.is_submitted():
            self.told.data = alert is not None
            if alert is not None:
                self.basis.data, self.until.data = alert.basis, alert.until
        return self


def _dress_alert(form: SaveForm | AlertForm, *, named: bool) -> None:
    form.told.label.text = _("Báo khi có kết quả mới")
    form.told.description = _("Số kết quả mới hiện ở cột bên trái; chỉ đếm văn bản mà tài khoản này được xem.")
    form.basis.label.text, form.until.label.text = _("Căn cứ theo dõi"), _("Thôi báo sau ngày")
    if named:
        form.basis.description = _("Bắt buộc khi báo: tìm kiếm này nhằm vào một người. Ghi số, ngày của văn bản.")
        form.until.description = _("Bắt buộc khi báo, không quá một năm. Sau ngày này không báo nữa.")
    else:
        form.basis.description = _("Chỉ bắt buộc khi theo dõi một người cụ thể.")
        form.until.description = _("Để trống nếu báo cho đến khi tắt.")


def alert_data(form: SaveForm | AlertForm) -> AlertData | None:
    """What was chosen; None is not to be told."""
    return AlertData(form.basis.data or "", form.until.data) if form.told.data else None
