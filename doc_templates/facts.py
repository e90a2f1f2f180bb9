"""Reading single facts out of a context: by dotted name, as dates of three precisions, as ages."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from doc_templates.catalogue import Form, Variable

ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def fact(context: Mapping[str, object], name: str) -> object | None:
    """The value under a dotted name; None where it is absent, blank or an empty list."""
    value: object = context
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    if isinstance(value, str) and not value.strip():
        return None
    return None if value in ([], ()) else value


def stated(form: Form, context: Mapping[str, object], variable: Variable) -> object | None:
    """The fact of a variable, its stand-in where it names one, or the form's own symbol for the symbol."""
    value = fact(context, variable.name)
    if value is None and variable.default is not None:
        value = fact(context, variable.default)
    if value is None and variable.name == "doc.symbol":
        value = form.symbol
    return value


def needed(context: Mapping[str, object], variable: Variable) -> bool:
    """True where the paper may not be presented without this fact."""
    if variable.needed_with is not None and fact(context, variable.needed_with) is not None:
        return True
    excused = fact(context, variable.unless) if variable.unless is not None else None
    return variable.required and excused in (None, False)


def span(value: object) -> tuple[date, date] | None:
    """The first and the last day an ISO date of year, month or day precision can mean; None where it is no date."""
    if isinstance(value, date):
        return value, value
    found = ISO_DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(first.year, last_month, monthrange(first.year, last_month)[1])


def whole_day(value: object) -> date | None:
    """The day of an ISO date with day precision, else None."""
    found = span(value)
    return found[0] if found and found[0] == found[1] and not (isinstance(value, str) and len(value) < 10) else None


def ages(birth: object, on: date) -> tuple[int, int] | None:
    """The lowest and highest age in whole years on a day; they differ where the birth date is not precise."""
    found = span(birth)
    return None if found is None else (_age(found[1], on), _age(found[0], on))


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
