"""A plan as its page draws it: parts with their names, pages with their thumbnails, counts in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.models import Document, SplitPlan, SplitState
from app.services.split_drafts import OpenPlan, can_split, named, plan_row
from app.services.split_plans import Head, PlannedPage, PlannedPart, Sums, flat, next_number, ranges, sums, window
from app.services.split_proposals import blank_pages
from app.services.splitting import origins_of, parts_of
from app.web.document_sheet import AT_ONCE, SMALL, image_url
from app.web.document_words import Badge, partial_date, printed_number, type_name
from config.document_types import document_types

WINDOW = 180  # pages on one page: some 20 rows of thumbnails, 200 kB without the pictures

REASONS: Mapping[str, Any] = {
    "after-separator": lazy_gettext("sau tờ phân cách"),
    "cover": lazy_gettext("bìa hồ sơ"),
    "after-cover": lazy_gettext("sau bìa"),
    "after-contents": lazy_gettext("sau mục lục"),
    "motto": lazy_gettext("có quốc hiệu"),
    "title": lazy_gettext("có tên loại văn bản"),
    "heading": lazy_gettext("có tiêu đề in hoa"),
    "number": lazy_gettext("có số, ký hiệu"),
    "date": lazy_gettext("có dòng ngày tháng"),
    "body": lazy_gettext("có tên cơ quan ban hành"),
    "addressed": lazy_gettext("có “Kính gửi”"),
    "page-one": lazy_gettext("đánh số trang 1"),
    "page-restarts": lazy_gettext("số trang đếm lại"),
    "last-was-complete": lazy_gettext("văn bản trước đã đủ trang"),
    "last-signed": lazy_gettext("trang trước có phần ký"),
    "last-short": lazy_gettext("trang trước còn trống"),
    "clauses-restart": lazy_gettext("khoản đếm lại từ 1"),
    "size": lazy_gettext("khổ giấy khác"),
    "letters": lazy_gettext("cỡ chữ khác"),
    "annex-of-other": lazy_gettext("phụ lục của văn bản khác"),
    "after-blank": lazy_gettext("sau mặt trắng"),
}
"""Words for the signs that speak for a new paper; what speaks against one is not told beside it."""


@dataclass(frozen=True, slots=True)
class PageTile:
    """One page: its name in the form, where it lies, its pictures and what is set for it."""

    key: str
    label: str
    place: int
    url: str
    thumb_url: str
    large_url: str
    start: bool
    hidden: bool
    blank: bool
    sheet: str


@dataclass(frozen=True, slots=True)
class PartCard:
    """One part; `continues` where its first page stands on an earlier page of the plan: its names stand there."""

    number: int
    place: int
    first: str
    continues: bool
    values: Mapping[str, str]
    badges: tuple[Badge, ...]
    why: str
    told: str
    tiles: tuple[PageTile, ...]


def told(counted: Sums) -> str:
    """Counts in words: "12 trang, 8 tờ, 2 mặt trắng ẩn"."""
    parts = [_("%(n)s trang", n=counted.pages)]
    if counted.sheets is not None:
        parts.append(_("%(n)s tờ", n=counted.sheets))
    if counted.hidden:
        parts.append(_("%(n)s mặt ẩn", n=counted.hidden))
    return ", ".join(parts)


def plan_context(uow: UnitOfWork, plan: OpenPlan, page: int, problems: Mapping[str, str]) -> dict[str, Any]:
    """What the template of a plan asks for; `page` is the part of a long scan that is shown, from 1."""
    whole, pages = plan.whole, flat(plan.parts)
    last = max(1, -(-len(pages) // WINDOW))
    page = min(max(page, 1), last)
    first = (page - 1) * WINDOW
    shown = window(plan.parts, first, WINDOW)
    return {
        "title": _("Tách bản quét"),
        "crumbs": [
            (_("Văn bản"), url_for("documents.index")),
            (whole.file_name, url_for("documents.view", document_id=whole.id)),
            (_("Tách bản quét"), None),
        ],
        "lead": f"{whole.file_name} · {told(sums(pages, two_sided=whole.two_sided))}",
        "document_id": whole.id,
        "revision": plan.revision,
        "order": ",".join(tile.key for part in shown for tile in part.pages),
        "parts": _cards(uow, plan, shown, first),
        "count": len(plan.parts),
        "offset": next((place for place, part in enumerate(plan.parts) if shown and part.number == shown[0].number), 0),
        "next_number": next_number(plan.parts),
        "page": page,
        "pages": last,
        "types": [(kind.code, type_name(kind.code)) for kind in document_types()],
        "scans": _scans(plan),
        "two_sided": whole.two_sided,
        "in_force": plan.in_force,
        "state": _state(plan),
        "is_draft": plan.is_draft,
        "problems": problems,
        "empty": _card(PlannedPart(0, (), Head()), 0, (), {}, continues=False),
    }


def _state(plan: OpenPlan) -> str:
    if plan.in_force and plan.is_draft:
        return str(_("Có bản nháp chưa xác nhận; các văn bản vẫn theo lần tách trước."))
    if plan.in_force:
        made = _("Bản quét đang tách thành %(n)s văn bản.", n=len(plan.parts))
        again = _("Đổi vết cắt rồi xác nhận lại: văn bản nào còn trang thì giữ nguyên mọi liên kết.")
        return f"{made} {again}"
    if plan.state is SplitState.PROPOSED:
        return str(_("Máy đề nghị cách tách này theo đầu trang và số trang. So với ảnh rồi xác nhận."))
    if plan.is_draft:
        return str(_("Đây là bản nháp; chưa có gì thay đổi cho đến khi xác nhận."))
    return str(_("Máy không thấy chỗ tách nào. Đánh dấu trang bắt đầu của từng văn bản."))


def _cards(uow: UnitOfWork, plan: OpenPlan, shown: Sequence[PlannedPart], first: int) -> tuple[PartCard, ...]:
    places = {part.number: place for place, part in enumerate(plan.parts, 1)}
    begins = {part.number: part.pages[0].key for part in plan.parts}
    blank = blank_pages(uow, [page for part in shown for page in part.pages])
    names = _letters(plan)
    cards, at = [], first
    full = {part.number: part for part in plan.parts}
    for part in shown:
        tiles = tuple(
            _tile(page, at + step, page.key == begins[part.number], page.key in blank, names)
            for step, page in enumerate(part.pages, 1)
        )
        at += len(tiles)
        continues = part.pages[0].key != begins[part.number]
        counted = told(sums(full[part.number].pages, two_sided=plan.whole.two_sided))
        cards.append(_card(part, places[part.number], tiles, {"told": counted}, continues=continues))
    return tuple(cards)


def _card(
    part: PlannedPart, place: int, tiles: tuple[PageTile, ...], words: Mapping[str, str], *, continues: bool
) -> PartCard:
    head = part.head or Head()
    values = {**head.values, "date": partial_date(head.values.get("date", ""))}
    return PartCard(
        number=part.number,
        place=place,
        first=tiles[0].key if tiles else "",
        continues=continues,
        values=values,
        badges=head_badges(head),
        why=", ".join(str(REASONS[reason]) for reason in head.reasons if reason in REASONS),
        told=words.get("told", ""),
        tiles=tiles,
    )


def head_badges(head: Head) -> tuple[Badge, ...]:
    """What a person should know of a cut."""
    return (("warn", _("chưa chắc là văn bản mới, cần xem")),) if head.is_doubtful else ()


def _tile(page: PlannedPage, place: int, start: bool, blank: bool, names: Mapping[int, str]) -> PageTile:
    scan = names.get(page.document)
    return PageTile(
        key=page.key,
        label=f"{scan or ''}{page.position}",
        place=place,
        url=url_for("documents.view", document_id=page.document, trang=page.position),
        thumb_url=image_url(page.document, page.position, SMALL),
        large_url=image_url(page.document, page.position, AT_ONCE),
        start=start,
        hidden=page.hidden,
        blank=blank,
        sheet=page.sheet,
    )


def _letters(plan: OpenPlan) -> dict[int, str]:
    """Short names of scans that are cut together, to stand before the numbers of their pages; none for one alone."""
    return {scan.id: chr(ord("A") + place % 26) for place, scan in enumerate(plan.scans)} if len(plan.scans) > 1 else {}


def _scans(plan: OpenPlan) -> list[dict[str, Any]]:
    """The scans that are cut together, where there are several; one that is not in force can be taken out again."""
    if len(plan.scans) < 2:
        return []
    return [
        {
            "letter": _letters(plan)[scan.id],
            "name": scan.file_name,
            "url": url_for("documents.view", document_id=scan.id),
            "pages": len(scan.pages),
            "leave": scan.id if scan.id != plan.whole.id and not plan.in_force else None,
        }
        for scan in plan.scans
    ]


def answer_of(plan: OpenPlan, wrong: Mapping[str, str]) -> dict[str, Any]:
    """A saved draft as the script reads it."""
    return {
        "revision": plan.revision,
        "wrong": dict(wrong),
        "parts": [
            {
                "number": part.number,
                "first": part.pages[0].key,
                "values": {**head.values, "date": partial_date(head.values.get("date", ""))},
            }
            for part in plan.parts
            for head in [part.head or Head()]
        ],
    }


def waiting_row(row: SplitPlan) -> dict[str, Any]:
    """One scan in the list of those that wait."""
    scan, begun = row.document, row.state is SplitState.DRAFT
    return {
        "title": scan.title or scan.file_name,
        "file": scan.file_name,
        "url": url_for("splitting.view", document_id=scan.id),
        "thumb_url": image_url(scan.id, 1, SMALL),
        "pages": sum(len(part["pages"]) for part in row.parts),
        "parts": len(row.parts),
        "badges": (("info", _("đang tách dở")),) if begun else (("warn", _("máy đề nghị, cần xem")),),
        "at": row.changed_at,
    }


def split_note(uow: UnitOfWork, document: Document) -> dict[str, Any] | None:
    """What the page of a document says of a split: the parts of a scan, the scans of a part, or that a plan waits."""
    if document.parcel_id is not None:
        return _part_note(uow, document)
    if document.set_aside_at is not None:
        parts = parts_of(uow, document)
        links = [(_document_words(row), url_for("documents.view", document_id=row.id)) for row in parts]
        return {"kind": "whole", "links": links, "hidden": not links}
    count = waiting_parts(uow, document)
    if not count or not can_split(uow, document):
        return None
    url = url_for("splitting.view", document_id=document.id)
    return {"kind": "waiting", "count": count, "url": url}


def _part_note(uow: UnitOfWork, document: Document) -> dict[str, Any]:
    links = [
        (
            _("Trang %(pages)s của bản quét “%(name)s”", pages=ranges(origin.positions), name=origin.scan.file_name),
            url_for("documents.view", document_id=origin.scan.id),
        )
        for origin in origins_of(uow, document)
    ]
    return {"kind": "part", "links": links, "aside": document.set_aside_at is not None}


def waiting_parts(uow: UnitOfWork, document: Document) -> int:
    """How many parts a plan has that nobody has confirmed or dropped; 0 where there is none."""
    row = plan_row(uow, document)
    waits = row is not None and row.state in (SplitState.PROPOSED, SplitState.DRAFT) and row.joined_id is None
    return len(row.parts) if row is not None and waits else 0


def split_words(uow: UnitOfWork, document: Document | None) -> str:
    """What the row of an arrival says of a split; empty where there is nothing to say."""
    if document is None or document.parcel_id is not None:
        return ""
    if document.set_aside_at is not None:
        return str(_("đã tách thành %(n)s văn bản", n=len(parts_of(uow, document))))
    count = waiting_parts(uow, document)
    return str(_("máy thấy %(n)s văn bản, chờ tách", n=count)) if count else ""


def _document_words(row: Document) -> str:
    number = printed_number(named(row)) if row.number else ""
    return f"{number} {row.title}".strip() if number else row.title
