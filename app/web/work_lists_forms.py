"""Making a list of documents from results, and changing its name, note and readers."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from app.models import WorkList

NEW = ""


class FromResultsForm(FlaskForm):
    """Which list the results go to: a new one, or one that is there."""

    target = SelectField(choices=[], validate_choice=False)
    name = StringField()
    shared = BooleanField()

    def dress(self, lists: Sequence[WorkList]) -> "FromResultsForm":
        """Put the words of the reader's language on the form, and one's own lists."""
        self.target.label.text, self.name.label.text = _("Đưa vào"), _("Tên danh sách mới")
        self.shared.label.text = _("Chia sẻ trong cơ quan")
        self.target.choices = [(NEW, _("danh sách mới")), *((str(row.id), row.name) for row in lists)]
        self.name.description = _("Bỏ trống nếu đưa vào danh sách đã có.")
        if not lists:
            del self.target
            self.name.description = ""
        return self

    @property
    def chosen(self) -> str:
        """The id of the list that is there, or `NEW`."""
        return str(self.target.data or NEW) if "target" in self else NEW


class ListForm(FlaskForm):
    """Name, note and readers of a list."""

    name = StringField()
    note = TextAreaField()
    shared = BooleanField()

    def dress(self, row: WorkList | None) -> "ListForm":
        """Put the words of the reader's language on the form, and what is there."""
        self.name.label.text, self.note.label.text = _("Tên danh sách"), _("Ghi chú")
        self.shared.label.text = _("Chia sẻ trong cơ quan")
        self.shared.description = _("Người cùng cơ quan xem và xuất được; mỗi người chỉ thấy văn bản mình được xem.")
        if row is not None and not self.is_submitted():
            self.name.data, self.note.data, self.shared.data = row.name, row.note, row.shared
        return self
