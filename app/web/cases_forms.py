"""Typing a case: its procedure and the day that picks the law, and, for a case that comes in mid-life, earlier acts."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField, TextAreaField

from app.errors import Invalid
from app.models import Case
from app.services.cases import CaseData, EarlierAct
from app.web.case_words import procedure_choices
from app.web.inputs import DateField, Group, SelectField, rows_of
from config.rules import Regime

MOST_LINES = 30


class ActLine(wtforms.Form):
    """Something that happened before the case came here; a line without a title is left out."""

    happened_on = DateField()
    title = StringField()
    issuer = StringField()
    number_text = StringField()


class EditForm(FlaskForm):
    """A case that is open here already; what happens in it is added on its page."""

    revision = HiddenField()
    procedure = SelectField()
    act_date = DateField()
    opened_on = DateField()
    term_from = DateField()
    term_to = DateField()
    note = TextAreaField()
    began_elsewhere = BooleanField()

    def dress(self, regime: Regime) -> Any:
        """Put the words of the reader's language on the form; `regime` names the procedures."""
        for name, label in _labels().items():
            self[name].label.text = label
        self.procedure.choices = [("", _("chọn thủ tục")), *procedure_choices(regime)]
        self.act_date.description = _("Ngày của quyết định hoặc việc chính: ngày này chọn quy định áp dụng cho hồ sơ.")
        self.opened_on.description = _("Để trống là hôm nay.")
        self.term_from.description = _("Chưa kiểm tra thời hạn: ghi theo quyết định.")
        for name in ("procedure", "act_date"):
            self[name].flags.required = True
        return self

    def fill(self, case: Case) -> "EditForm":
        """The case as recorded."""
        for name in _KEPT:
            self[name].data = getattr(case, name)
        self.revision.data = str(case.revision)
        return self

    def case_data(self, earlier: tuple[EarlierAct, ...] = ()) -> CaseData:
        """The case as typed. Raises `Invalid` where procedure or day are not given."""
        wanting = {
            "procedure": None if self.procedure.data else _("Chọn thủ tục."),
            "act_date": None if self.act_date.data or self.act_date.errors else _("Ghi ngày chọn quy định."),
        }
        wrong = {name: message for name, message in wanting.items() if message}
        if wrong:
            raise Invalid(fields=wrong)
        given = {name: self[name].data for name in _KEPT}
        return CaseData(**(given | {"note": self.note.data or "", "earlier": earlier}))

    def groups(self) -> tuple[Group, ...]:
        """The form in the order of the page."""
        return (
            Group(_("Thủ tục"), (self.procedure, self.act_date, self.opened_on)),
            Group(_("Thời hạn"), (self.term_from, self.term_to)),
            Group(_("Khác"), (self.began_elsewhere, self.note)),
        )


class CaseForm(EditForm):
    """A new case."""

    earlier = FieldList(FormField(ActLine), min_entries=1, max_entries=MOST_LINES)

    def dress(self, regime: Regime) -> "CaseForm":
        """Put the words on the form, those of its lines too."""
        super().dress(regime)
        for line in self.earlier:
            for name, label in _act_labels().items():
                line[name].label.text = label
        return self

    def grow(self, regime: Regime) -> None:
        """One more line of earlier acts."""
        if len(self.earlier) < MOST_LINES:
            self.earlier.append_entry()
            self.dress(regime)

    def typed(self) -> tuple[CaseData, dict[str, str]]:
        """The case as typed, and the names of the form's lines for those of the service. Raises `Invalid`."""
        kept = [(place, line) for place, line in enumerate(self.earlier) if _is_typed(line)]
        names = {
            f"earlier.{number}.{one.short_name}": one.name for number, (_place, line) in enumerate(kept) for one in line
        }
        undated = {line.happened_on.name: _("Ghi ngày diễn ra.") for _place, line in kept if not line.happened_on.data}
        if undated:
            raise Invalid(fields=undated)
        acts = tuple(
            EarlierAct(line.happened_on.data, line.title.data, line.issuer.data or "", line.number_text.data or "")
            for _place, line in kept
        )
        return self.case_data(acts), names

    def groups(self) -> tuple[Group, ...]:
        """The form in the order of the page."""
        earlier = Group(
            _("Việc đã làm trước khi hồ sơ về đây"),
            (self.began_elsewhere,),
            rows=rows_of(self.earlier),
            more="earlier",
            more_label=_("Thêm việc"),
            note=_("Ghi theo giấy: quyết định, giấy xác nhận của cơ quan khác, kèm số và ngày của họ."),
        )
        return (
            Group(_("Thủ tục"), (self.procedure, self.act_date, self.opened_on)),
            earlier,
            Group(_("Thời hạn"), (self.term_from, self.term_to)),
            Group(_("Ghi chú"), (self.note,)),
        )


class EventForm(FlaskForm):
    """Something that happened in a case."""

    happened_on = DateField()
    title = StringField()
    issuer = StringField()
    number_text = StringField()

    def dress(self) -> "EventForm":
        """Put the words of the reader's language on the form."""
        for name, label in _act_labels().items():
            self[name].label.text = label
        for name in ("happened_on", "title"):
            self[name].flags.required = True
        return self


_KEPT = ("procedure", "act_date", "opened_on", "term_from", "term_to", "note", "began_elsewhere")


def _is_typed(line: Any) -> bool:
    return any((line[name].data or "").strip() for name in ("title", "issuer", "number_text")) or bool(
        line.happened_on.data
    )


def _labels() -> dict[str, str]:
    return {
        "procedure": _("Thủ tục"),
        "act_date": _("Ngày xác định quy định áp dụng"),
        "opened_on": _("Ngày lập hồ sơ"),
        "term_from": _("Thời hạn từ ngày"),
        "term_to": _("Thời hạn đến ngày"),
        "note": _("Ghi chú"),
        "began_elsewhere": _("Việc đã bắt đầu ở nơi khác (hồ sơ lập tiếp giữa chừng)"),
    }


def _act_labels() -> dict[str, str]:
    return {
        "happened_on": _("Ngày"),
        "title": _("Việc, tên văn bản"),
        "issuer": _("Cơ quan"),
        "number_text": _("Số, ký hiệu trên giấy"),
    }
