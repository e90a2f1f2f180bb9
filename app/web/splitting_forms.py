"""What a form over a plan says: order, cuts, hidden sides, sheet numbers and names, with script or without."""

from werkzeug.datastructures import MultiDict

from app.services.split_plans import NAMED, Edit, is_sheet
from app.services.wording import line
from app.web.inputs import iso_of

ACTS_OF_PARTS = ("merge", "up", "down")


def edit_of(form: MultiDict[str, str]) -> Edit:
    """The edit that a form carries; whether it fits the plan is for the plan to say."""
    firsts = {int(name[5:]): value for name, value in form.items() if name.startswith("part-") and _is_number(name[5:])}
    return Edit(
        order=tuple(key for key in form.get("order", "").split(",") if key),
        starts=frozenset(form.getlist("start")),
        hidden=frozenset(form.getlist("hide")),
        sheets={name[6:]: value for name, value in form.items() if name.startswith("sheet-")},
        firsts=firsts,
        heads={number: _named(form, number) for number in firsts},
    )


def _named(form: MultiDict[str, str], number: int) -> dict[str, str]:
    given = {name: line(form[f"{name}-{number}"]) for name in NAMED if f"{name}-{number}" in form}
    return {name: iso_of(value) if name == "date" else value for name, value in given.items()}


def without_wrong_sheets(edit: Edit) -> tuple[Edit, tuple[str, ...]]:
    """The edit without sheet numbers that are none, and the names of their fields."""
    wrong = tuple(key for key, sheet in edit.sheets.items() if sheet.strip() and not is_sheet(sheet))
    sheets = {key: sheet for key, sheet in edit.sheets.items() if key not in wrong}
    kept = Edit(edit.order, edit.starts, edit.hidden, sheets, edit.firsts, edit.heads)
    return kept, tuple(f"sheet-{key}" for key in wrong)


def act_of(form: MultiDict[str, str]) -> tuple[str, int]:
    """The button that was pressed, and the number of the part on which it stands (0: on none)."""
    name, _colon, number = form.get("act", "save").partition(":")
    return name, number_of(number)


def number_of(text: str | None) -> int:
    """A number as typed; 0 for anything else."""
    return int(text) if text and _is_number(text.strip()) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
