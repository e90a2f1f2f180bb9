"""Typing an organisation."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from app.models import Organisation
from app.services.organisations import OrganisationData
from app.web.inputs import DateField, SelectField
from app.web.organisation_words import KINDS
from config.kinds import OrganisationKind

_TEXTS = ("code", "name", "short_name", "superior_name", "symbol", "place", "head_name", "archive_unit")


class OrganisationForm(FlaskForm):
    """An organisation as typed."""

    code = StringField(
        lazy_gettext("Mã"),
        [InputRequired(lazy_gettext("Nhập mã của tổ chức."))],
        description=lazy_gettext("Chữ cái không dấu và chữ số, ví dụ CAP-MAU-1. Dùng trong hệ thống và ở dòng lệnh."),
    )
    name = StringField(lazy_gettext("Tên"), [InputRequired(lazy_gettext("Nhập tên của tổ chức."))])
    short_name = StringField(lazy_gettext("Tên gọi ngắn"))
    kind = SelectField(lazy_gettext("Loại"), description=lazy_gettext("Quyết định mẫu văn bản được ban hành."))
    parent = SelectField(
        lazy_gettext("Tổ chức cấp trên"),
        description=lazy_gettext("Thanh tra của tổ chức cấp trên được xem hồ sơ của tổ chức này."),
    )
    superior_name = StringField(
        lazy_gettext("Cơ quan chủ quản in trên văn bản"),
        description=lazy_gettext("Dòng trên tên cơ quan ban hành, ví dụ CÔNG AN TỈNH MẪU."),
    )
    symbol = StringField(
        lazy_gettext("Chữ viết tắt trong ký hiệu"), description=lazy_gettext("Ví dụ UBND: 15/QĐ-UBND.")
    )
    place = StringField(lazy_gettext("Địa danh"), description=lazy_gettext("In trước ngày tháng của văn bản."))
    head_name = StringField(lazy_gettext("Người đứng đầu"))
    archive_unit = StringField(lazy_gettext("Nơi lưu"), description=lazy_gettext("In ở dòng Lưu, ví dụ VT."))
    valid_from = DateField(lazy_gettext("Hoạt động từ ngày"))
    active = BooleanField(lazy_gettext("Đang hoạt động"), default=True)

    def dress(self, parents: Sequence[Organisation]) -> "OrganisationForm":
        """The choices: kinds, and the organisations that may stand above."""
        self.kind.choices = [(kind.value, str(word)) for kind, word in KINDS.items()]
        self.parent.choices = [("", _("không có")), *((str(row.id), row.name) for row in parents)]
        return self

    def fill(self, row: Organisation) -> None:
        """The organisation as recorded."""
        for name in (*_TEXTS, "valid_from", "active"):
            self[name].data = getattr(row, name)
        self.kind.data = row.kind.value
        self.parent.data = "" if row.parent_id is None else str(row.parent_id)

    def typed(self) -> OrganisationData:
        """The organisation as typed; its fields were found readable."""
        return OrganisationData(
            kind=OrganisationKind(self.kind.data),
            parent_id=int(self.parent.data) if self.parent.data else None,
            valid_from=self.valid_from.data,
            active=bool(self.active.data),
            **{name: self[name].data or "" for name in _TEXTS},
        )
