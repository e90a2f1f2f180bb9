"""Completeness as a pure function: a dossier as it is, a list of required papers, findings with evidence.

Nothing here asks the database, the clock or the index. An empty dossier is never complete; what only a machine believes
is marked so; only a person's confirmation makes a paper "có, đã ký".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from enum import StrEnum

from app.models import CopyKind, Quality, Signed
from config.rules import Checklist, Need, RequiredItem, Stage, Substitute
from indexer.folding import fold


class FindingState(StrEnum):
    """What was found for one item of the list, or for one document outside of it (duplicate, unreadable)."""

    PRESENT = "present"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNSIGNED_UNSEEN = "unsigned_unseen"
    NOT_SIGNED = "not_signed"
    MADE_NOT_SIGNED = "made_not_signed"
    COPY_ONLY = "copy_only"
    DUPLICATE = "duplicate"
    SUBSTITUTED = "substituted"
    WRONG_FORM = "wrong_form"
    NOT_REQUIRED = "not_required"
    UNKNOWN_CIRCUMSTANCE = "unknown_circumstance"
    RESTRICTED = "restricted"


SETTLED = frozenset({FindingState.PRESENT, FindingState.SUBSTITUTED, FindingState.NOT_REQUIRED})
"""Nothing is left to do about an item in one of these, where a person believes it."""

LACKING = frozenset(
    {FindingState.MISSING, FindingState.MADE_NOT_SIGNED, FindingState.NOT_SIGNED, FindingState.WRONG_FORM}
    | {FindingState.COPY_ONLY}
)
"""Something is really lacking; everything else that is not settled waits for a person to look."""


class Believer(StrEnum):
    """Who says so."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """A document of the dossier as completeness sees it. `form` is the code of the paper made here whose file or signed
    scan it is, `paper_id` that paper; `item` the place a person gave it; `words` what its title was read from, on
    `page`; `content` names equal bytes; `is_made_file` the generated file, never the signed original."""

    id: int
    title: str
    type: str
    date: Day | None = None
    number: str = ""
    item: str | None = None
    form: str | None = None
    paper_id: int | None = None
    is_made_file: bool = False
    copy_kind: CopyKind = CopyKind.UNKNOWN
    signed: Signed = Signed.UNSEEN
    quality: Quality | None = Quality.TEXT
    type_confirmed: bool = False
    page: int | None = None
    words: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier as it is: its documents, the known circumstances of its case (an absent key is not known), the last
    stage that the case has surely reached (a stage key; None where nothing says so), how many documents this actor may
    not see."""

    documents: tuple[FiledDocument, ...]
    circumstances: Mapping[str, bool]
    reached: str | None = None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: a document, the page and the words in it that count, or a person's filing."""

    document_id: int
    title: str
    page: int | None
    words: str
    by: Believer


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `item` is the key on the list, None for a document that belongs to no item; `why` is a Vietnamese
    sentence; `article` the law of the item or of the substitution, `rule` its row in the completeness rules."""

    item: str | None
    label: str
    state: FindingState
    why: str
    evidence: tuple[Evidence, ...]
    believed_by: Believer
    article: str
    rule: str
    stage: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: there or not needed, and a person (or the law's own condition) says so."""
        return self.state in SETTLED and self.believed_by is Believer.PERSON

    @property
    def is_lacking(self) -> bool:
        """Whether something is really lacking, rather than waiting for a person to look."""
        return self.state in LACKING


def is_complete(dossier: DossierView, findings: Iterable[Finding]) -> bool:
    """Whether every item is settled by a person. An empty dossier is never complete."""
    return bool(dossier.documents) and all(f.is_settled for f in findings if f.item is not None)


def check(
    dossier: DossierView, checklist: Checklist, stages: Sequence[Stage], labels: Mapping[str, str]
) -> tuple[Finding, ...]:
    """One finding per item of the list, in its order, then duplicates and documents nobody could read.

    `labels` names the circumstances in Vietnamese; `stages` are the steps in order: an item of a later step than the
    one reached is not missing yet.
    """
    work = _Work(dossier, checklist, [stage.key for stage in stages], {s.key: s.label_vi for s in stages}, labels)
    findings = [work.item(item) for item in checklist.items]
    return (*findings, *_duplicates(dossier.documents), *_unreadable(dossier, work))


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: FiledDocument
    by: Believer
    right_form: bool
    words: str

    def evidence(self) -> Evidence:
        return Evidence(self.document.id, self.document.title, self.document.page, self.words, self.by)


@dataclass(frozen=True, slots=True)
class _Work:
    dossier: DossierView
    checklist: Checklist
    order: list[str]
    stage_names: Mapping[str, str]
    labels: Mapping[str, str]

    def item(self, item: RequiredItem) -> Finding:
        if item.part_of is not None:
            return self._on_another(item, item.part_of)
        found = self.documents_for(item)
        if found:
            return self._found(item, found)
        return self._substituted(item) or self._absent(item)

    def documents_for(self, item: RequiredItem) -> list["_Candidate"]:
        """The documents that may satisfy an item; for one that stands on another's paper only those placed there."""
        if item.part_of is not None:
            return candidates(self.dossier.documents, item.key, (), (), ())
        return candidates(self.dossier.documents, item.key, item.forms, item.types, item.titles)

    def _on_another(self, item: RequiredItem, host_key: str) -> Finding:
        """An item that stands on the paper of another (a parent's opinion on an application): only a person sees it."""
        placed = self.documents_for(item)
        if placed:
            return self._found(item, placed)
        absent = self._absent(item)
        host = self.checklist.item(host_key)
        there = self.documents_for(host)
        if absent.state is not FindingState.MISSING or not there:
            return absent
        why = f"Ghi ngay trên “{host.label}”, cần người xem"
        evidence = tuple(candidate.evidence() for candidate in there)
        return _finding(item, FindingState.UNSIGNED_UNSEEN, why, evidence, Believer.MACHINE)

    def _found(self, item: RequiredItem, found: Sequence[_Candidate]) -> Finding:
        """The best of the documents for an item speaks; all of them are its evidence."""
        judged = sorted(((_judge(item, c), c) for c in found), key=lambda pair: _RANK[pair[0][0]])
        (state, why), best = judged[0]
        by = best.by if state is FindingState.PRESENT else Believer.PERSON
        if state in (FindingState.UNREADABLE, FindingState.UNSIGNED_UNSEEN):
            by = Believer.MACHINE
        evidence = (best.evidence(), *(c.evidence() for _, c in judged[1:]))
        return _finding(item, state, why, evidence, by)

    def _substituted(self, item: RequiredItem) -> Finding | None:
        for substitute in item.substitutes:
            found = candidates(self.dossier.documents, None, substitute.forms, substitute.types, substitute.titles)
            if not found:
                continue
            evidence = tuple(c.evidence() for c in found)
            holds = None if substitute.condition is None else self.dossier.circumstances.get(substitute.condition)
            if substitute.condition is not None and holds is None:
                why = f"Có {substitute.label}, nhưng chưa rõ: {self.labels[substitute.condition]}"
                return _finding(item, FindingState.UNKNOWN_CIRCUMSTANCE, why, evidence, Believer.MACHINE)
            if substitute.condition is None or holds:
                return _by_substitute(item, substitute, found[0], evidence)
        return None

    def _absent(self, item: RequiredItem) -> Finding:
        """Nothing is there for an item: missing, or not required and why."""
        if item.need is Need.OPTIONAL:
            return _finding(item, FindingState.NOT_REQUIRED, "Không bắt buộc", (), Believer.PERSON)
        if item.condition is not None:
            label = self.labels[item.condition]
            holds = self.dossier.circumstances.get(item.condition)
            if holds is None:
                why = f"Chưa rõ có thuộc trường hợp này không: {label}"
                return _finding(item, FindingState.UNKNOWN_CIRCUMSTANCE, why, (), Believer.MACHINE)
            if not holds:
                return _finding(
                    item, FindingState.NOT_REQUIRED, f"Không thuộc trường hợp: {label}", (), Believer.PERSON
                )
        if not self._is_reached(item.stage):
            why = f"Chưa đến bước “{self.stage_names[item.stage]}”"
            return _finding(item, FindingState.NOT_REQUIRED, why, (), Believer.PERSON)
        if self.dossier.hidden:
            why = f"Có {self.dossier.hidden} văn bản tài khoản này không được xem; người có quyền phải xem"
            return _finding(item, FindingState.RESTRICTED, why, (), Believer.MACHINE)
        return _finding(item, FindingState.MISSING, "Không có văn bản nào trong hồ sơ", (), Believer.PERSON)

    def _is_reached(self, stage: str) -> bool:
        """The first step of the list always is; a later one where the case says so, or papers of it or after it lie
        in the dossier."""
        mine = [self.order.index(item.stage) for item in self.checklist.items]
        reached = min(mine)
        if self.dossier.reached is not None:
            reached = max(reached, self.order.index(self.dossier.reached))
        for item in self.checklist.items:
            place = self.order.index(item.stage)
            if place > reached and self.documents_for(item):
                reached = place
        return self.order.index(stage) <= reached

    def claims(self, document: FiledDocument) -> bool:
        """Whether any item of the list, or a substitute, takes the document."""
        return any(
            candidates((document,), item.key, item.forms, item.types, item.titles)
            or any(candidates((document,), None, s.forms, s.types, s.titles) for s in item.substitutes)
            for item in self.checklist.items
        )


_RANK = {
    state: place
    for place, state in enumerate(
        (
            FindingState.PRESENT,
            FindingState.UNSIGNED_UNSEEN,
            FindingState.UNREADABLE,
            FindingState.MADE_NOT_SIGNED,
            FindingState.COPY_ONLY,
            FindingState.NOT_SIGNED,
            FindingState.WRONG_FORM,
        )
    )
}

_COPIES = frozenset({CopyKind.CERTIFIED_COPY, CopyKind.COPY_OF_COPY, CopyKind.EXTRACT, CopyKind.WORKING_COPY})


def candidates(
    documents: Iterable[FiledDocument],
    item: str | None,
    forms: Sequence[str],
    types: Sequence[str],
    titles: Sequence[str],
) -> list[_Candidate]:
    """The documents that may satisfy an item: placed there by a person, made here on one of its forms, or, as the
    machine believes, of one of its types with its words in the title."""
    found = []
    for document in documents:
        right_form = document.form is None or not forms or document.form in forms
        if document.item is not None:
            if document.item == item:
                found.append(_Candidate(document, Believer.PERSON, right_form, "người xếp vào mục này"))
            elif document.form in forms and item is None:
                found.append(_Candidate(document, Believer.PERSON, True, document.form or ""))
        elif document.form is not None and document.form in forms:
            found.append(_Candidate(document, Believer.PERSON, True, document.form))
        elif _title_fits(document, types, titles):
            by = Believer.PERSON if document.type_confirmed else Believer.MACHINE
            found.append(_Candidate(document, by, right_form, document.words or document.title))
    return found


def _title_fits(document: FiledDocument, types: Sequence[str], titles: Sequence[str]) -> bool:
    if not titles or (types and document.type not in types):
        return False
    title = fold(document.title)
    return any(fold(words) in title for words in titles)


def _judge(item: RequiredItem, candidate: _Candidate) -> tuple[FindingState, str]:
    """What one document is worth for an item, and why."""
    document = candidate.document
    if not candidate.right_form:
        return FindingState.WRONG_FORM, f"Lập trên mẫu {document.form}, không phải mẫu của ngày này"
    if document.is_made_file and item.must_be_signed:
        return FindingState.MADE_NOT_SIGNED, "Đã tạo, chưa có bản ký"
    if document.signed is Signed.UNSIGNED and item.must_be_signed:
        return FindingState.NOT_SIGNED, "Có văn bản nhưng người xem xác nhận chưa ký"
    if document.copy_kind in _COPIES and not item.copy_ok:
        return FindingState.COPY_ONLY, "Mới có bản sao; cần bản gốc hoặc bản chính"
    confirmed = candidate.by is Believer.PERSON and document.signed is Signed.CONFIRMED
    if document.quality in (None, Quality.WEAK, Quality.UNREAD) and not confirmed:
        return FindingState.UNREADABLE, "Đọc kém hoặc chưa đọc được, cần người xem"
    if item.must_be_signed and document.signed is not Signed.CONFIRMED:
        return FindingState.UNSIGNED_UNSEEN, "Chưa thấy chữ ký, cần người xem"
    if candidate.by is Believer.MACHINE:
        return FindingState.PRESENT, "Máy nhận theo tên văn bản, cần người xác nhận"
    return FindingState.PRESENT, "Có, đã ký" if item.must_be_signed else "Có"


def _by_substitute(
    item: RequiredItem, substitute: Substitute, best: _Candidate, evidence: tuple[Evidence, ...]
) -> Finding:
    document = best.document
    if item.must_be_signed and document.is_made_file:
        return _finding(item, FindingState.MADE_NOT_SIGNED, f"{substitute.label}: chưa có bản ký", evidence, best.by)
    if item.must_be_signed and document.signed is not Signed.CONFIRMED:
        why = f"Thay bằng {substitute.label}: chưa thấy chữ ký, cần người xem"
        return _finding(item, FindingState.UNSIGNED_UNSEEN, why, evidence, Believer.MACHINE)
    why = f"Thay bằng {substitute.label}"
    return _finding(item, FindingState.SUBSTITUTED, why, evidence, best.by, article=substitute.basis)


def _finding(
    item: RequiredItem,
    state: FindingState,
    why: str,
    evidence: tuple[Evidence, ...],
    by: Believer,
    *,
    article: str | None = None,
) -> Finding:
    return Finding(item.key, item.label, state, why, evidence, by, article or item.basis, item.rule, item.stage)


def _duplicates(documents: Sequence[FiledDocument]) -> list[Finding]:
    """The same bytes, or the same type, number and date, filed twice; file and signed scan of a paper are one."""
    seen: dict[tuple[object, ...], FiledDocument] = {}
    found = []
    for document in documents:
        keys: list[tuple[object, ...]] = [("bytes", document.content)] if document.content else []
        if document.number and document.date is not None:
            keys.append(("number", document.type, document.number, document.date))
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None and (first.paper_id is None or first.paper_id != document.paper_id):
            found.append(_about((first, document), FindingState.DUPLICATE, f"Trùng với “{first.title}”"))
        for key in keys:
            seen.setdefault(key, document)
    return found


def _unreadable(dossier: DossierView, work: _Work) -> list[Finding]:
    """Documents that could not be read and that nobody placed: any missing paper may be among them."""
    return [
        _about((document,), FindingState.UNREADABLE, "Không đọc được, chưa rõ thuộc mục nào; cần người xem và xếp mục")
        for document in dossier.documents
        if document.quality in (None, Quality.WEAK, Quality.UNREAD)
        and document.item is None
        and not work.claims(document)
    ]


def _about(documents: Sequence[FiledDocument], state: FindingState, why: str) -> Finding:
    evidence = tuple(Evidence(d.id, d.title, d.page, d.words, Believer.MACHINE) for d in documents)
    return Finding(None, documents[-1].title, state, why, evidence, Believer.MACHINE, "", "")
