"""The dossiers of a case as its page shows them: every required paper with its article, state, evidence and reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import Case
from app.services.access import Act, may
from app.services.completeness import DossierStatus, Evidence, Finding, FindingState, checklist_of, examine
from app.services.findings import Believer
from app.web.case_words import FINDINGS, finding_badge
from app.web.document_address import DocumentAddress
from app.web.told import told
from config.rules import Checklist, circumstances, rules_on

_LOOK = frozenset({FindingState.UNSIGNED_UNSEEN, FindingState.UNREADABLE, FindingState.DUPLICATE})
"""Findings that a person settles by looking at the document."""


_SAYS_SO = frozenset({FindingState.PRESENT, FindingState.UNSIGNED_UNSEEN, FindingState.UNREADABLE})
"""Findings whose badge asks for a person already, where only the machine believes them."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A document that a finding rests on; `words` are what the machine went by."""

    title: str
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line of a dossier; `acts` are links, `confirm_url` takes a person's word that the machine is right."""

    label: str
    basis: str
    state: tuple[str, Any]
    why: str
    evidence: tuple[EvidenceView, ...]
    machine: bool
    acts: tuple[tuple[str, str], ...] = ()
    confirm_url: str | None = None


@dataclass(frozen=True, slots=True)
class DossierCard:
    """One dossier: its counts as badges, its lines."""

    title: str
    basis: str
    badges: tuple[tuple[str, Any], ...]
    rows: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class Doors:
    """What this actor may do about a lacking paper of this case: draft it (item -> address), send a scan of it."""

    drafts: Mapping[str, str]
    upload_url: str | None
    may_file: bool


def dossier_cards(case: Case, statuses: Sequence[DossierStatus], doors: Doors) -> list[DossierCard]:
    """All dossiers of the case."""
    return [_card(case, status, checklist_of(case, status.dossier), doors) for status in statuses]


def statuses_of(uow: UnitOfWork, case: Case) -> tuple[DossierStatus, ...]:
    """The dossiers of the case with their findings."""
    return examine(uow, case)


def count_badges(status: DossierStatus) -> tuple[tuple[str, Any], ...]:
    """How a dossier stands, in one or two badges."""
    shown: list[tuple[str, Any]] = []
    if status.lacking:
        shown.append(("bad", _("thiếu %(number)s", number=status.lacking)))
    if status.to_look:
        shown.append(("warn", _("cần xem %(number)s", number=status.to_look)))
    if status.complete:
        shown.append(("ok", _("đủ")))
    return tuple(shown) or (("none", _("chưa có văn bản")),)


def counted_states(status: DossierStatus) -> tuple[tuple[str, Any], ...]:
    """How many findings of each state that is not settled, worst first."""
    counts = Counter(finding.state for finding in status.findings if not finding.is_settled)
    kinds = {"bad": 0, "warn": 1}
    ordered = sorted(counts.items(), key=lambda pair: (kinds.get(FINDINGS[pair[0]][0], 2), -pair[1]))
    return tuple(
        ("warn" if FINDINGS[state][0] == "ok" else FINDINGS[state][0], f"{FINDINGS[state][1]}: {count}")
        for state, count in ordered
    )


def _card(case: Case, status: DossierStatus, checklist: Checklist, doors: Doors) -> DossierCard:
    return DossierCard(
        title=status.title,
        basis=checklist.basis,
        badges=count_badges(status),
        rows=tuple(_row(case, finding, checklist, doors) for finding in status.findings),
    )


def _row(case: Case, finding: Finding, checklist: Checklist, doors: Doors) -> ItemView:
    item = None if finding.item is None else checklist.item(finding.item)
    acts: list[tuple[str, str]] = []
    confirm_url = None
    if finding.state is FindingState.MISSING and finding.item is not None:
        if finding.item in doors.drafts:
            acts.append((_("Soạn"), doors.drafts[finding.item]))
        if doors.upload_url is not None:
            acts.append((_("Đưa bản quét vào"), doors.upload_url))
    elif finding.state is FindingState.UNKNOWN_CIRCUMSTANCE and doors.may_file:
        acts.append((_("Trả lời"), "#circumstances"))
    elif finding.state in _LOOK and finding.evidence:
        acts.append((_("Xem văn bản"), _evidence_url(finding.evidence[-1 if finding.item is None else 0])))
    elif finding.state is FindingState.PRESENT and finding.believed_by is Believer.MACHINE and doors.may_file:
        document_id = finding.evidence[0].document_id
        confirm_url = url_for("cases.place", case_id=case.id, item=finding.item, document_id=document_id)
    state = finding_badge(finding, signed=item is not None and item.must_be_signed)
    return ItemView(
        label=finding.label,
        basis=finding.article,
        state=state,
        why=_why(finding, str(state[1])),
        evidence=tuple(EvidenceView(one.title, _evidence_url(one), _words(one)) for one in finding.evidence),
        machine=finding.believed_by is Believer.MACHINE and bool(finding.evidence) and finding.state not in _SAYS_SO,
        acts=tuple(acts),
        confirm_url=confirm_url,
    )


def _why(finding: Finding, badge: str) -> str:
    """The reason, as far as it says more than its badge; of a paper that is not there the badge says all."""
    why = told(finding.why)
    if finding.state is FindingState.MISSING:
        return ""
    if why.casefold().startswith(badge.casefold()):
        why = why[len(badge) :].lstrip(" :.;,")
    return why


def _evidence_url(evidence: Evidence) -> str:
    return DocumentAddress(evidence.document_id, page=evidence.page or 1).url()


def _words(evidence: Evidence) -> str:
    """What the machine went by, with its page; a person's own filing needs no more words."""
    if evidence.by is Believer.PERSON or not evidence.words:
        return ""
    if evidence.page is None:
        return f"“{evidence.words}”"
    return str(_("“%(words)s”, tr. %(page)s", words=evidence.words, page=evidence.page))


@dataclass(frozen=True, slots=True)
class Question:
    """A condition of the law that this case has to answer."""

    key: str
    label: str
    basis: str
    answer: str  # yes, no, or empty where it is not known


def questions(case: Case) -> tuple[Question, ...]:
    """The conditions on which papers of this case depend, in the order of the law data."""
    regime = rules_on(case.act_date)
    asked: set[str | None] = set()
    for dossier in case.dossiers:
        for item in regime.checklist(dossier.checklist).items:
            asked.add(item.condition)
            asked |= {substitute.condition for substitute in item.substitutes}
    for form in regime.forms:
        if case.procedure in form.procedures:
            asked |= {recipient.condition for recipient in form.recipients}
    answers = {True: "yes", False: "no"}
    return tuple(
        Question(row.key, row.label_vi, row.basis, answers.get(case.circumstances.get(row.key, ""), ""))
        for row in circumstances()
        if row.key in asked
    )


def may_file(uow: UnitOfWork, case: Case) -> bool:
    """Whether this actor decides what lies in the case."""
    return may(uow, Act.DOCUMENT_FILE, case)
