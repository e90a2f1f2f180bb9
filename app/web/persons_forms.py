"""Typing a person: names, birth as far as it is known, identity papers and relatives in lines that can grow."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField

from app.errors import Invalid
from app.models import BirthPrecision, IdentityKind, Person, Sex
from app.services.persons import IdentityData, PersonData, RelativeData, person_data
from app.web.inputs import DateField, Group, SelectField, iso_of, rows_of, whole_day
from app.web.person_words import IDENTITY_KINDS, SEXES, birth

MOST_LINES = 30
_PRECISIONS = {4: BirthPrecision.YEAR, 7: BirthPrecision.MONTH, 10: BirthPrecision.DAY}


class IdentityLine(wtforms.Form):
    """One identity paper; a line without a number is left out."""

    kind = SelectField()
    number = StringField()
    issued_on = DateField()
    issued_by = StringField()


class RelativeLine(wtforms.Form):
    """One relative; a line without a name and relation is left out."""

    relation = StringField()
    full_name = StringField()
    birth_year = StringField()
    occupation = StringField()
    workplace = StringField()
    residence = StringField()
    phone = StringField()


class PersonForm(FlaskForm):
    """A person as typed."""

    revision = HiddenField()
    full_name = StringField()
    names = TextAreaField()
    sex = SelectField()
    birth = StringField()
    residence = StringField()
    occupation = StringField()
    workplace = StringField()
    phone = StringField()
    note = TextAreaField()
    identities = FieldList(FormField(IdentityLine), min_entries=1, max_entries=MOST_LINES)
    relatives = FieldList(FormField(RelativeLine), min_entries=1, max_entries=MOST_LINES)

    def dress(self) -> "PersonForm":
        """Put the words of the reader's language on the form."""
        for name, label in _labels().items():
            self[name].label.text = label
        self.full_name.flags.required = True
        self.names.description = _("Mỗi tên một dòng: tên gọi khác, bí danh.")
        self.birth.description = _("Ngày/tháng/năm; chỉ biết tháng hoặc năm thì ghi 05/1990 hoặc 1990.")
        self.sex.choices = [("", _("chưa rõ")), *((sex.value, str(word)) for sex, word in SEXES.items())]
        for line in self.identities:
            _dress_line(line, _identity_labels())
            line.kind.choices = [(kind.value, str(word)) for kind, word in IDENTITY_KINDS.items()]
            line.kind.data = line.kind.data or IdentityKind.CC.value
        for line in self.relatives:
            _dress_line(line, _relative_labels())
        return self

    def grow(self, name: str) -> None:
        """One more line of a list, as far as lists go."""
        lines = self[name] if name in ("identities", "relatives") else None
        if lines is not None and len(lines) < MOST_LINES:
            lines.append_entry()
            self.dress()

    def fill(self, person: Person) -> "PersonForm":
        """The person as recorded."""
        data = person_data(person)
        self.revision.data = str(person.revision)
        for name in ("full_name", "residence", "occupation", "workplace", "phone", "note"):
            self[name].data = getattr(data, name)
        self.names.data = "\n".join(data.names)
        self.sex.data = data.sex.value if data.sex else ""
        self.birth.data = birth(person)
        _fill_lines(self.identities, data.identities)
        _fill_lines(self.relatives, data.relatives)
        return self

    def typed(self) -> tuple[PersonData, dict[str, str]]:
        """The person as typed, and the names of the form's lines for those of the service (empty lines are left out).

        Raises `Invalid` for a birth date that is none.
        """
        identities, identity_names = _kept(self.identities, "identities", ("number",))
        relatives, relative_names = _kept(self.relatives, "relatives", ("full_name", "relation"))
        names = {"birth_date": "birth", **identity_names, **relative_names}
        born, precision = _birth(self.birth.data or "")
        data = PersonData(
            full_name=self.full_name.data or "",
            sex=Sex(self.sex.data) if self.sex.data else None,
            birth_date=born,
            birth_precision=precision,
            names=tuple((self.names.data or "").splitlines()),
            identities=tuple(_identity(line) for line in identities),
            relatives=tuple(_relative(line) for line in relatives),
            **{name: self[name].data or "" for name in ("residence", "occupation", "workplace", "phone", "note")},
        )
        return data, names

    def groups(self) -> tuple[Group, ...]:
        """The form in the order of the page."""
        return (
            Group(_("Nhân thân"), (self.full_name, self.birth, self.sex, self.names)),
            Group(
                _("Giấy tờ tùy thân"),
                rows=rows_of(self.identities),
                more="identities",
                more_label=_("Thêm giấy tờ"),
                note=_("Số giấy tờ dùng để nhận ra người trong văn bản."),
            ),
            Group(_("Nơi ở, việc làm"), (self.residence, self.occupation, self.workplace, self.phone)),
            Group(
                _("Cha, mẹ, người thân, người đại diện"),
                rows=rows_of(self.relatives),
                more="relatives",
                more_label=_("Thêm người thân"),
            ),
            Group(_("Ghi chú"), (self.note,)),
        )


def _labels() -> dict[str, str]:
    return {
        "full_name": _("Họ và tên"),
        "names": _("Tên gọi khác"),
        "sex": _("Giới tính"),
        "birth": _("Ngày sinh"),
        "residence": _("Nơi cư trú"),
        "occupation": _("Nghề nghiệp"),
        "workplace": _("Nơi làm việc, học tập"),
        "phone": _("Điện thoại"),
        "note": _("Ghi chú"),
    }


def _identity_labels() -> dict[str, str]:
    return {
        "kind": _("Loại giấy tờ"),
        "number": _("Số"),
        "issued_on": _("Ngày cấp"),
        "issued_by": _("Nơi cấp"),
    }


def _relative_labels() -> dict[str, str]:
    return {
        "relation": _("Quan hệ"),
        "full_name": _("Họ và tên"),
        "birth_year": _("Năm sinh"),
        "occupation": _("Nghề nghiệp"),
        "workplace": _("Nơi làm việc"),
        "residence": _("Nơi ở"),
        "phone": _("Điện thoại"),
    }


def _dress_line(line: Any, labels: dict[str, str]) -> None:
    for name, label in labels.items():
        line[name].label.text = label


def _fill_lines(lines: FieldList, rows: Sequence[IdentityData] | Sequence[RelativeData]) -> None:
    for place, row in enumerate(rows):
        if place >= len(lines):
            lines.append_entry()
        for one in lines[place]:
            value = getattr(row, one.short_name)
            one.data = value if one.type == "DateField" else "" if value is None else str(value)


def _kept(lines: FieldList, name: str, telling: tuple[str, ...]) -> tuple[list[Any], dict[str, str]]:
    """The lines in which anything telling is typed, and the names of their fields by those of the service."""
    kept = [
        (place, line) for place, line in enumerate(lines) if any((line[part].data or "").strip() for part in telling)
    ]
    names = {
        f"{name}.{number}.{one.short_name}": f"{name}-{place}-{one.short_name}"
        for number, (place, line) in enumerate(kept)
        for one in line
    }
    return [line for _place, line in kept], names


def _birth(typed: str) -> tuple[Any, BirthPrecision]:
    if not typed.strip():
        return None, BirthPrecision.DAY
    iso = iso_of(typed)
    day = whole_day(iso)
    if day is None:
        raise Invalid(fields={"birth": _("Ghi ngày sinh dạng 12/05/1990, 05/1990 hoặc 1990.")})
    return day, _PRECISIONS[len(iso)]


def _identity(line: Any) -> IdentityData:
    return IdentityData(
        IdentityKind(line.kind.data), line.number.data or "", line.issued_on.data, line.issued_by.data or ""
    )


def _relative(line: Any) -> RelativeData:
    year = (line.birth_year.data or "").strip()
    if year and not (year.isascii() and year.isdigit()):
        raise Invalid(fields={line.birth_year.name: _("Ghi năm sinh bằng bốn chữ số.")})
    texts = ("relation", "full_name", "occupation", "workplace", "residence", "phone")
    return RelativeData(**{name: line[name].data or "" for name in texts}, birth_year=int(year) if year else None)
