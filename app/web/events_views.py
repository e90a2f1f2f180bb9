"""The audit trail as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.actor import Role
from app.models import Event
from app.services.events import EventFilter, LastCheck
from app.web.event_words import DEEDS, deed, particulars, target
from app.web.frame import ROLE_NAMES
from app.web.inputs import iso_of, whole_day

_ROLES: Mapping[str, Any] = {role.value: word for role, word in ROLE_NAMES.items()}
_NOT_PEOPLE = (Role.SYSTEM.value, Role.OPERATOR.value)
_FULL = 10  # characters of an ISO date with its day


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line."""

    at: datetime
    who: str
    role: str
    act: str
    target: str
    target_url: str
    detail: str


@dataclass(frozen=True, slots=True)
class EventsAddress:
    """The filters as they stand in the address; days as typed."""

    kind: str = ""
    actor: str = ""
    first: str = ""
    last: str = ""
    object_kind: str = ""
    object_id: str = ""

    @classmethod
    def from_args(cls, args: "MultiDict[str, str]") -> "EventsAddress":
        """Read the filters from an address."""
        names = ("viec", "ai", "tu", "den", "loai", "ma")
        return cls(*(args.get(name, "").strip() for name in names))

    def url(self, page: int | None = None) -> str:
        """The address of a part of the list."""
        given: dict[str, Any] = {
            "viec": self.kind,
            "ai": self.actor,
            "tu": self.first,
            "den": self.last,
            "loai": self.object_kind,
            "ma": self.object_id,
            "trang": page,
        }
        return url_for("events.index", **{name: value for name, value in given.items() if value})

    def chosen(self) -> EventFilter:
        """The filters for the service; what is no day and no number filters nothing."""
        first, last = (iso_of(text) for text in (self.first, self.last))
        is_number = self.object_id.isascii() and self.object_id.isdigit() and len(self.object_id) <= 18
        return EventFilter(
            kind=self.kind,
            actor=self.actor,
            object_kind=self.object_kind,
            object_id=int(self.object_id) if is_number else None,
            first_day=whole_day(first) if len(first) == _FULL else None,
            last_day=whole_day(last) if len(last) == _FULL else None,
        )

    def filters(self, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """The filters as the page draws them; of kinds only those that the trail holds."""
        known = sorted(((kind, deed(kind)) for kind in kinds if kind in DEEDS), key=lambda pair: pair[1])
        choices = [("", _("Tất cả")), *known, *((kind, kind) for kind in kinds if kind not in DEEDS)]
        return [
            {"name": "ai", "label": _("Ai"), "kind": "text", "value": self.actor},
            {"name": "viec", "label": _("Việc"), "kind": "select", "value": self.kind, "choices": choices},
            {"name": "tu", "label": _("Từ ngày"), "kind": "date", "value": self.first},
            {"name": "den", "label": _("Đến ngày"), "kind": "date", "value": self.last},
        ]


def event_rows(rows: Sequence[Event]) -> list[EventRow]:
    """The lines in the order given. Each target leads to all lines about it."""
    return [
        EventRow(
            at=row.at,
            who=_("hệ thống") if row.role in _NOT_PEOPLE else row.actor,
            role="" if row.role == Role.SYSTEM.value else str(_ROLES.get(row.role, _("dòng lệnh"))),
            act=deed(row.kind),
            target=target(row.object_kind, row.object_id),
            target_url=EventsAddress(object_kind=row.object_kind, object_id=str(row.object_id or "")).url(),
            detail=particulars(row.detail),
        )
        for row in rows
    ]


def chain_view(found: LastCheck | None) -> dict[str, Any]:
    """The last check of the chain."""
    if found is None:
        return {"state": ("none", _("chưa kiểm tra chuỗi")), "detail": "", "checked_at": None}
    state = ("ok", _("chuỗi nguyên vẹn")) if found.holds else ("bad", _("chuỗi không còn khớp"))
    detail = "" if found.lines is None else _("%(lines)s dòng", lines=found.lines)
    return {"state": state, "detail": detail, "checked_at": found.at}
