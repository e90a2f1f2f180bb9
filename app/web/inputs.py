"""What the forms share: dates as people type them, long forms in groups, complaints of the services at their fields."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.errors import Invalid

DAY_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]
_PARTS = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")
_ISO = re.compile(r"\d{4}(-\d{2}){0,2}")


class PlainForm(FlaskForm):
    """A form without fields: a button that asks before something is done."""


class DateField(wtforms.DateField):
    """A whole day, typed as dd/mm/yyyy; the message for anything else is Vietnamese."""

    def __init__(self, label: Any = None, validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, format=DAY_FORMATS, **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed day; an empty field is no day."""
        text = " ".join(valuelist).strip()
        self.data = None
        if not text:
            return
        for shape in DAY_FORMATS:
            try:
                self.data = datetime.strptime(text, shape).date()  # noqa: DTZ007  # a day without an hour
            except ValueError:
                continue
            return
        raise ValueError(_("Ghi ngày dạng ngày/tháng/năm, ví dụ 20/11/2026."))


class SelectField(wtforms.SelectField):
    """A choice from a list; what is not on it is refused in Vietnamese."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Refuse what is not on the list."""
        if self.data is not None and self.data not in {value for value, *_label in self.choices or ()}:
            raise wtforms.ValidationError(_("Chọn một mục trong danh sách."))


def iso_of(typed: str) -> str:
    """A date as people type it (20/11/2026, 11/2026, 2026) in ISO as far as it is known; other text as it is."""
    text = "".join(typed.split())
    parts = _PARTS.fullmatch(text)
    if parts is None or _ISO.fullmatch(text):
        return typed.strip()
    day, month, year = parts.groups()
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def whole_day(iso: str) -> date | None:
    """The first day of an ISO date that may be partial; None where it is none."""
    if not _ISO.fullmatch(iso):
        return None
    try:
        return date.fromisoformat(iso + "-01" * (2 - iso.count("-")))
    except ValueError:
        return None


def complain(form: wtforms.Form, error: Invalid, names: dict[str, str] | None = None) -> None:
    """Put what a service found wrong at the fields; what has no field here stands above them. `names` maps a name of
    the service to the field's, where they differ."""
    fields = {one.name: one for one in leaves(form)}
    loose = list(form.form_errors)
    for name, message in (error.fields or {"": error.message}).items():
        one = fields.get((names or {}).get(name, name))
        if one is None:
            loose += [message] if message else []
        else:
            one.errors = [*one.errors, message]
    form.form_errors = loose


def require_valid(form: Any) -> None:
    """Raise `Invalid` for a form whose fields could not be read; the complaints stand at its fields already."""
    if not form.validate():
        raise Invalid(fields={"": ""})


def revision_of(form: Any) -> int:
    """The revision that the person saw; 0, which no record has, where the form says none."""
    text = str(form.revision.data or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def leaves(form: Any) -> Iterator[Any]:
    """The fields of a form one by one, those of its lists and parts too."""
    for one in form:
        if one.type in ("FieldList", "FormField"):
            yield from leaves(one)
        else:
            yield one


def is_wrong(form: wtforms.Form) -> bool:
    """Whether anything stands complained of."""
    return bool(form.form_errors) or any(one.errors for one in leaves(form))


@dataclass(frozen=True, slots=True)
class Summed:
    """A long form as the summary of errors looks at it."""

    fields: tuple[Any, ...]
    form_errors: Sequence[str]

    @property
    def errors(self) -> bool:
        """Whether there is anything to sum up."""
        return bool(self.form_errors) or any(one.errors for one in self.fields)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fields)


def summed(form: wtforms.Form) -> Summed:
    """The form for `summary` of `macros/forms.html`."""
    return Summed(tuple(leaves(form)), tuple(form.form_errors))


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; `rows` are the lines of a list, `more` the name by which one more is asked for."""

    title: str
    fields: tuple[Any, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    more: str | None = None
    more_label: str = ""
    note: str = ""
    unverified: bool = False
    row_titles: tuple[str, ...] = field(default=())


def rows_of(entries: Iterable[Any]) -> tuple[tuple[Any, ...], ...]:
    """The lines of a list of parts, hidden fields left out."""
    return tuple(tuple(one for one in entry if one.type != "HiddenField") for entry in entries)
