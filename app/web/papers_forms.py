"""Typing a paper: the draft's form made from the declared variables, and a small form for every step after it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from app.services.drafting import Field, Given
from app.web.document_words import partial_date
from app.web.inputs import DateField, Group, iso_of
from doc_templates.catalogue import Variable

FROM_RECORDS = "records"


class StartForm(FlaskForm):
    """The day of the act that a new paper is for: it decides which law and which form hold."""

    act_date = DateField()


def draft_form(fields: Sequence[Field]) -> Any:
    """A form with one field for every variable the drafter answers for, under the variable's own name."""
    parts: dict[str, Any] = {field.variable.name: _input(field.variable) for field in fields}
    form = type("DraftForm", (FlaskForm,), {"revision": HiddenField(), **parts})()
    if not form.is_submitted():
        for field in fields:
            form[field.variable.name].data = as_typed(field.variable, field.value)
    return form


def _input(variable: Variable) -> Any:
    given = {"label": variable.label, "description": variable.note}
    if variable.kind == "long":
        return TextAreaField(**given)
    if variable.kind == "list":
        return TextAreaField(**given | {"description": variable.note or _("Mỗi mục một dòng.")})
    if variable.kind == "bool":
        return BooleanField(**given)
    if variable.kind == "enum":
        choices = [("", _("chưa chọn")), *zip(variable.choices, variable.choice_labels, strict=True)]
        return SelectField(choices=choices, validate_choice=False, **given)
    if variable.kind == "int":
        return StringField(render_kw={"inputmode": "numeric"}, **given)
    if variable.kind == "date":
        return StringField(render_kw={"inputmode": "numeric", "placeholder": _("ngày/tháng/năm")}, **given)
    return StringField(**given)


def as_typed(variable: Variable, value: Any) -> Any:
    """A value as it stands in its field."""
    if variable.kind == "bool":
        return bool(value)
    if value is None:
        return ""
    if variable.kind == "list":
        return "\n".join(value)
    return partial_date(str(value)) if variable.kind == "date" else str(value)


def typed_values(form: Any, fields: Sequence[Field]) -> dict[str, Any]:
    """What the form holds, for `papers.save_draft`. A box that was never ticked says nothing."""
    values: dict[str, Any] = {}
    for field in fields:
        variable, data = field.variable, form[field.variable.name].data
        if variable.kind == "bool":
            if data or field.value is not None:
                values[variable.name] = bool(data)
            continue
        text = (data or "").replace("\r\n", "\n")
        values[variable.name] = iso_of(text) if variable.kind == "date" else text
    return values


def draft_groups(form: Any, fields: Sequence[Field]) -> list[Group]:
    """The fields by the groups of the form, in its order."""
    grouped: dict[str, list[Any]] = {}
    for field in fields:
        grouped.setdefault(field.variable.group, []).append(form[field.variable.name])
    return [Group(title, tuple(parts)) for title, parts in grouped.items()]


def sources(fields: Sequence[Field], case_code: str) -> dict[str, str]:
    """Where prefilled values come from, by field."""
    told: dict[str, str] = {}
    for field in fields:
        variable = field.variable
        if field.given is Given.RECORDS:
            told[variable.name] = _("lấy từ hồ sơ %(code)s", code=case_code)
        elif field.given is Given.TYPED and field.from_records not in (None, "", []):
            said = shown(variable, field.from_records)
            told[variable.name] = _("đã gõ cho văn bản này; hồ sơ ghi: %(value)s", value=said)
    return told


def shown(variable: Variable, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if variable.kind == "bool":
        return str(_("có") if value else _("không"))
    if variable.kind == "list":
        return "; ".join(value)
    if variable.kind == "enum":
        labels: Mapping[Any, str] = dict(zip(variable.choices, variable.choice_labels, strict=True))
        return labels.get(value, str(value))
    return partial_date(str(value)) if variable.kind == "date" else str(value)


class ApproveForm(FlaskForm):
    """Approving what was seen: the revision goes along."""

    revision = HiddenField()


class RemarksForm(FlaskForm):
    """Why a paper goes back."""

    remarks = TextAreaField()

    def dress(self) -> "RemarksForm":
        """Put the words of the reader's language on the form."""
        self.remarks.label.text = _("Ý kiến")
        self.remarks.description = _("Ghi điều cần sửa; người soạn thấy ngay trên dự thảo.")
        return self


class SignForm(FlaskForm):
    """That the paper was signed, when and by whom."""

    signed_on = DateField()
    signer_name = StringField()

    def dress(self) -> "SignForm":
        """Put the words of the reader's language on the form."""
        self.signed_on.label.text, self.signer_name.label.text = _("Ngày ký"), _("Người ký")
        return self


class NumberForm(FlaskForm):
    """The date of a paper and, where its book is kept elsewhere, the number given there."""

    date = DateField()
    number_text = StringField()

    def dress(self, *, is_drawn: bool) -> "NumberForm":
        """Put the words on the form; a book kept here gives the number itself."""
        self.date.label.text, self.number_text.label.text = _("Ngày văn bản"), _("Số đã cấp")
        self.date.description = _("Không trước ngày ký, không sau hôm nay.")
        self.number_text.description = _("Theo sổ giữ ở nơi khác, ví dụ 15 hoặc 15a.")
        if is_drawn:
            del self.number_text
        return self


class ReleaseForm(FlaskForm):
    """To whom the paper went, when, with what proof."""

    recipient = StringField()
    sent_on = DateField()
    proof = StringField()

    def dress(self) -> "ReleaseForm":
        """Put the words of the reader's language on the form."""
        self.recipient.label.text, self.sent_on.label.text = _("Nơi nhận"), _("Ngày giao")
        self.proof.label.text = _("Căn cứ đã giao")
        self.proof.description = _("Ký nhận, phiếu gửi, số bưu gửi.")
        return self


class ScanForm(FlaskForm):
    """The signed scan of a paper."""

    scan = FileField(render_kw={"required": True})

    def dress(self) -> "ScanForm":
        """Put the words of the reader's language on the form."""
        self.scan.label.text = _("Bản quét đã ký")
        self.scan.description = _("PDF hoặc ảnh của bản đã ký, đóng dấu.")
        return self


class ReasonForm(FlaskForm):
    """Why a paper is cancelled."""

    reason = StringField()

    def dress(self) -> "ReasonForm":
        """Put the words of the reader's language on the form."""
        self.reason.label.text = _("Lý do hủy")
        return self


class DropForm(FlaskForm):
    """Why a scan is taken off a paper."""

    drop_reason = StringField()

    def dress(self) -> "DropForm":
        """Put the words of the reader's language on the form."""
        self.drop_reason.label.text = _("Lý do gỡ")
        return self
