"""The right side of a document page: facts with where they are from, signature, history, who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.models import Document, DocumentFact, Event, Quality, Signed, Source
from app.services.access import Act, may
from app.services.account_names import account_names
from app.services.document_facts import SOURCED
from app.services.documents import history
from app.services.filing import filings
from app.services.finishing import ARCHIVES
from app.services.granting import leaves_for
from app.services.local_day import VIETNAM
from app.services.rescans import scan_names
from app.services.searching import papers_of
from app.web.document_address import DocumentAddress
from app.web.document_words import (
    COPY_KINDS,
    DOUBTS,
    RECORD_FLAGS,
    SIGNATURES,
    Badge,
    partial_date,
    printed_number,
    type_name,
)
from app.web.event_words import deed
from config.document_types import UNKNOWN

MOST_EVENTS = 200  # newest lines of the history on the page; the audit trail has them all

LABELS: Mapping[str, Any] = {
    "type": lazy_gettext("Loại văn bản"),
    "number": lazy_gettext("Số"),
    "symbol": lazy_gettext("Ký hiệu"),
    "date": lazy_gettext("Ngày văn bản"),
    "body": lazy_gettext("Cơ quan ban hành"),
    "signer": lazy_gettext("Người ký"),
    "subject": lazy_gettext("Trích yếu"),
    "title": lazy_gettext("Tên văn bản"),
    "copy_kind": lazy_gettext("Loại bản"),
    "kept_at": lazy_gettext("Nơi để bản giấy"),
    "typed_text": lazy_gettext("Nội dung người đọc gõ lại"),
}


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact with its origin: `machine`, `person`, or nothing where neither said it."""

    label: str
    value: str
    origin: str = ""
    by: str = ""
    at: datetime | None = None
    evidence_url: str | None = None
    note: str = ""
    url: str | None = None
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureView:
    """What is known of the signature, and where a person says what they saw (None: not theirs to say)."""

    kind: str
    label: str
    by: str
    at: datetime | None
    url: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the history."""

    at: datetime
    title: str
    by: str
    detail: str = ""
    url: str | None = None
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessView:
    """Who may see the document, and why."""

    organisation: str
    rows: tuple[tuple[str, str], ...]
    note: str


def facts_of(uow: UnitOfWork, document: Document, address: DocumentAddress) -> tuple[FactView, ...]:
    """The header facts in the order of the screen, then what only people say."""
    sources = {row.name: row for row in document.facts}
    names = account_names(uow, (row.user_id for row in document.facts))
    told = [name for name in SOURCED if name != "title" or document.title != document.subject]
    shown = [_fact(document, name, sources.get(name), names, address) for name in told]
    shown.append(FactView(str(LABELS["copy_kind"]), str(COPY_KINDS[document.copy_kind])))
    shown.append(FactView(str(LABELS["kept_at"]), document.kept_at))
    if document.typed_text:
        shown.append(FactView(str(LABELS["typed_text"]), document.typed_text))
    return tuple(shown)


def told_once(facts: Sequence[FactView]) -> tuple[tuple[FactView, ...], FactView | None]:
    """The facts without their origin, and that origin, where all that have one were given by one person at one time
    and no place on a page can be shown for any; as they are, and None, where origins differ."""
    sourced = [fact for fact in facts if fact.origin]
    origins = {(fact.origin, fact.by, fact.at, fact.evidence_url) for fact in sourced}
    if len(sourced) < 2 or len(origins) > 1 or sourced[0].origin != "person" or sourced[0].evidence_url:
        return tuple(facts), None
    return tuple(replace(fact, origin="") for fact in facts), replace(sourced[0], note="")


def _fact(
    document: Document, name: str, row: DocumentFact | None, names: Mapping[int, str], address: DocumentAddress
) -> FactView:
    value = value_of(document, name)
    label = str(LABELS[name])
    if row is None:
        return FactView(label, value)
    evidence = address.showing(name, row.page).url() if row.page and row.quote else None
    if row.source is Source.PERSON:
        return FactView(label, value, "person", names.get(row.user_id or 0, ""), row.at, evidence)
    return FactView(label, value, "machine" if value else "", evidence_url=evidence)


def is_known(document: Document) -> bool:
    """Whether the kind of a document was read or typed; one that waits, or was not read, is not of the kind "other"."""
    return document.quality not in (None, Quality.UNREAD) or document.type != UNKNOWN


def value_of(document: Document, name: str) -> str:
    """A fact in words."""
    if name == "number":
        return printed_number(document.number or "")
    if name == "type":
        return type_name(document.type) if is_known(document) else ""
    if name == "date":
        return partial_date(document.date_text or (document.date.isoformat() if document.date else ""))
    return getattr(document, name) or ""


def doubts_of(document: Document) -> tuple[Badge, ...]:
    """What the machine was unsure of, as badges."""
    return tuple(("warn", DOUBTS[flag]) for flag in document.fact_flags if flag in DOUBTS)


def sensitive_of(document: Document) -> tuple[Badge, ...]:
    """The sensitive kinds the document is of, as badges."""
    return tuple(("info", RECORD_FLAGS[flag]) for flag in document.flags if flag in RECORD_FLAGS)


def signature_of(uow: UnitOfWork, document: Document, *, drawn: bool = False) -> SignatureView:
    """What is known of the signature; `drawn` says that the machine saw one on a page. The file that was made here is
    never the signed copy, whoever looks at it."""
    paper = papers_of(uow, [document.id]).get(document.id)
    if paper is not None and paper.document_id == document.id:
        return SignatureView("none", _("tệp hệ thống tạo, chưa phải bản ký"), "", None, None)
    kind = {Signed.UNSEEN: "warn", Signed.CONFIRMED: "ok", Signed.UNSIGNED: "bad"}[document.signed]
    theirs = may(uow, Act.SIGNED_COPY, document) or may(uow, Act.DOCUMENT_EDIT, document)
    by = account_names(uow, (document.signed_by_user,)).get(document.signed_by_user or 0, "")
    url = url_for("documents.sign", document_id=document.id) if theirs else None
    if document.signed is Signed.UNSEEN and document.file.media_type in ARCHIVES:
        return SignatureView("none", _("tệp nén: xem chữ ký ở từng tệp bên trong"), "", None, None)
    if document.signed is Signed.UNSEEN and document.quality in (None, Quality.UNREAD):
        return SignatureView("none", _("chưa đọc được tệp nên chưa tìm chữ ký"), "", None, url)
    if document.signed is Signed.UNSEEN and (drawn or document.file.signatures):
        seen = _("có chữ ký số, cần người xem") if document.file.signatures else _("máy thấy chữ ký, cần người xem")
        return SignatureView(kind, seen, "", None, url)
    return SignatureView(kind, str(SIGNATURES[document.signed]), by, document.signed_seen_at, url)


def history_of(uow: UnitOfWork, document: Document) -> tuple[EventView, ...]:
    """What happened to the document, newest first."""
    names = scan_names(uow, document)
    return tuple(_event(row, names) for row in history(uow, "document", document.id)[:MOST_EVENTS])


def _event(row: Event, names: Mapping[int, str]) -> EventView:
    by = _("hệ thống") if row.user_id is None else row.actor
    return EventView(row.at, deed(row.kind), by, _detail(row, names))


def _detail(row: Event, names: Mapping[int, str]) -> str:
    facts: Sequence[str] = row.detail.get("facts", ())
    if facts:
        return ", ".join(str(LABELS[name]) for name in facts if name in LABELS)
    if row.kind in ("document.rescanned", "document.scan-put-back"):
        return names.get(row.detail.get("file", 0), "")
    if row.kind == "document.signature-seen":
        return str(_("đã ký") if row.detail.get("signed") else _("chưa ký"))
    if row.kind in ("page.viewed", "document.viewed") and row.detail.get("page"):
        return str(_("trang %(page)s", page=row.detail["page"]))
    return ""


def access_of(uow: UnitOfWork, document: Document) -> AccessView:
    """Who may see the document: its owner, the owners of the cases it is filed in, inspection above them, and accounts
    with leave for such a case."""
    owner = document.organisation.name
    rows = [
        (str(_("Tài khoản nghiệp vụ của %(name)s", name=owner)), str(_("cơ quan giữ văn bản"))),
        (str(_("Thanh tra của cơ quan cấp trên")), str(_("xem hồ sơ của cơ quan mình và các cơ quan bên dưới"))),
    ]
    for filing in filings(uow, document=document):
        if filing.case.organisation_id != document.organisation_id:
            name = filing.case.organisation.name
            rows.append((str(_("Tài khoản nghiệp vụ của %(name)s", name=name)), _("văn bản nằm trong hồ sơ của họ")))
    for leave in leaves_for(uow, document):
        name = f"{leave.user.name}, {leave.user.organisation.name}"
        until = leave.ends_at.astimezone(VIETNAM).strftime("%d/%m/%Y")
        rows.append((name, str(_("được xem hồ sơ %(code)s đến ngày %(day)s", code=leave.case.code, day=until))))
    kinds = ", ".join(str(RECORD_FLAGS[flag]) for flag in document.flags if flag in RECORD_FLAGS)
    note = (
        _(
            "Văn bản thuộc loại nhạy cảm: %(kinds)s. Một số loại chỉ tài khoản được cấp quyền riêng mới xem được.",
            kinds=kinds,
        )
        if kinds
        else ""
    )
    if document.access_pending:
        pending = _("Thay đổi về quyền đang được ghi vào chỉ mục; văn bản tạm ẩn khỏi tìm kiếm.")
        note = f"{note} {pending}".strip()
    return AccessView(owner, tuple(rows), note)
