"""Typing accounts, the settings of one's own, and the names of tokens."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.actor import ACCOUNT_ROLES, Role
from app.models import Organisation, User
from app.services.access import RESTRICTED
from app.services.accounts import AccountData
from app.web.document_words import RECORD_FLAGS
from app.web.frame import ROLE_NAMES
from app.web.inputs import SelectField


class SelectMultipleField(wtforms.SelectMultipleField):
    """Boxes to tick; what is not on the list is refused in Vietnamese."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Refuse what is not on the list."""
        if not {value for value, *_label in self.choices or ()}.issuperset(self.data or ()):
            raise ValidationError(_("Chọn các mục trong danh sách."))


class AccountForm(FlaskForm):
    """An account as typed."""

    name = StringField(lazy_gettext("Họ và tên"), [InputRequired(lazy_gettext("Nhập họ và tên."))])
    username = StringField(
        lazy_gettext("Tên đăng nhập"),
        [InputRequired(lazy_gettext("Nhập tên đăng nhập."))],
        description=lazy_gettext("Chữ thường không dấu, chữ số, dấu chấm; ví dụ thu.nguyen."),
    )
    role = SelectField(lazy_gettext("Vai trò"))
    organisation = SelectField(lazy_gettext("Tổ chức"))
    allowed_flags = SelectMultipleField(
        lazy_gettext("Được xem thêm loại thông tin hạn chế"),
        description=lazy_gettext("Không đánh dấu thì văn bản có thông tin này không hiện ra, cả khi tìm kiếm."),
    )

    def dress(self, organisations: Sequence[Organisation]) -> "AccountForm":
        """The choices: roles, organisations, restricted kinds of records."""
        self.role.choices = [(role.value, str(ROLE_NAMES[role])) for role in ACCOUNT_ROLES]
        self.organisation.choices = [(str(row.id), row.name) for row in organisations]
        self.allowed_flags.choices = [(flag, str(RECORD_FLAGS[flag])) for flag in sorted(RESTRICTED)]
        return self

    def fill(self, row: User) -> None:
        """The account as recorded."""
        self.name.data, self.username.data = row.name, row.username
        self.role.data, self.organisation.data = row.role.value, str(row.organisation_id)
        self.allowed_flags.data = list(row.allowed_flags)

    def typed(self) -> AccountData:
        """The account as typed; its fields were found readable."""
        return AccountData(
            username=self.username.data or "",
            name=self.name.data or "",
            role=Role(self.role.data),
            organisation_id=int(self.organisation.data),
            allowed_flags=tuple(self.allowed_flags.data or ()),
        )


class SureForm(FlaskForm):
    """Nothing but the button: for acts that are asked about once more."""


class TokenForm(FlaskForm):
    """What a token is for."""

    name = StringField(
        lazy_gettext("Dùng cho việc gì"),
        [InputRequired(lazy_gettext("Ghi tên để sau này biết khóa nào thu hồi được."))],
        description=lazy_gettext("Ví dụ: máy quét phòng văn thư."),
    )


class SettingsForm(FlaskForm):
    """Language and shortcuts of one's own account."""

    language = SelectField(lazy_gettext("Ngôn ngữ màn hình"))
    shortcuts = BooleanField(lazy_gettext("Dùng phím tắt"))

    def dress(self) -> "SettingsForm":
        """The languages there are."""
        self.language.choices = [("", _("theo cài đặt chung")), ("vi", "Tiếng Việt"), ("en", "English")]
        return self
