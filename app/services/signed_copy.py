"""The signed scan of a paper: recognised by number, date and person, compared with the generated text, attached.

The made PDF is not the signed original. Until a scan is attached the paper says "chưa có bản ký", and also after that
only a person's word makes it signed (`Signed.CONFIRMED`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import Invalid, WrongState
from app.jobs import Job
from app.models import (
    Batch,
    CaseDocument,
    CopyKind,
    Document,
    FilingState,
    Intake,
    IntakeSource,
    Paper,
    PaperState,
    Signed,
    Source,
)
from app.services.access import Act, may, require
from app.services.paper_documents import carry_facts, filing_in, forget_facts, lay_into_case
from app.services.paper_steps import Step, take_up, touch_documents, wanted
from app.services.viewing import page_texts
from indexer.folding import fold, folded_tokens
from indexer.numbers import number_questions
from ingestion import Facts

SIGNED_COPY_OF = "signed_copy_of"  # key of the paper's id in the evidence of a filing
COMPARISON = "comparison"
DROPPED = "dropped"  # why a person took the scan off the paper; it is not attached or proposed again
AWAITING = (PaperState.SIGNED, PaperState.NUMBERED, PaperState.MADE, PaperState.RELEASED)
LIKE_ENOUGH = 0.75  # share of the paper's words found in the scan; OCR of a fair scan keeps nine words of ten
MOST_CANDIDATES = 500  # papers of one body without their signed copy, newest first


class Match(StrEnum):
    """One fact of the paper against the scan."""

    SAME = "same"
    OTHER = "other"
    UNREAD = "unread"  # the scan does not say, or could not be read


@dataclass(frozen=True, slots=True)
class Comparison:
    """A scan against a paper. `likeness` is the share (0 to 1) of the paper's words that the scan has, None where one
    of the two has no text."""

    number: Match
    date: Match
    person: Match
    likeness: float | None

    @property
    def contradicts(self) -> bool:
        """Whether the scan names another number or date than the paper."""
        return Match.OTHER in (self.number, self.date)

    @property
    def convinces(self) -> bool:
        """Whether the scan may be proposed as the paper's signed copy: the number with date or person, or, where the
        number was written by hand and could not be read, the person and nearly all words."""
        if self.contradicts:
            return False
        if self.number is Match.SAME:
            return Match.SAME in (self.date, self.person)
        return self.person is Match.SAME and (self.likeness or 0.0) >= LIKE_ENOUGH

    def as_json(self) -> dict[str, Any]:
        """As kept in the evidence of a filing."""
        return asdict(self)


def comparison_of(evidence: Mapping[str, Any]) -> Comparison | None:
    """The comparison kept in the evidence of a filing."""
    kept = evidence.get(COMPARISON)
    if kept is None:
        return None
    return Comparison(Match(kept["number"]), Match(kept["date"]), Match(kept["person"]), kept["likeness"])


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """Number, symbol and date as the scan itself says them."""

    number: str | None
    symbol: str | None
    date: date | None

    @classmethod
    def of(cls, document: Document) -> "HeadFacts":
        """As the document's record has them."""
        return cls(document.number, document.symbol, document.date)

    @classmethod
    def read(cls, facts: Facts) -> "HeadFacts":
        """As a reading found them, whatever the record says."""
        number = facts.number.value + (facts.suffix.value if facts.suffix else "") if facts.number else None
        day = facts.date.value if facts.date else ""
        whole = date.fromisoformat(day) if len(day) == len("2026-11-20") else None
        return cls(number, facts.symbol.value if facts.symbol else None, whole)


def compare(paper: Paper, head: HeadFacts, text: str) -> Comparison:
    """Compare a read document with a paper. `text` is the text of all its pages."""
    words, wanted_words = Counter(folded_tokens(text)), Counter(folded_tokens(paper.text))
    likeness = None
    if words and wanted_words:
        likeness = round((words & wanted_words).total() / wanted_words.total(), 3)
    return Comparison(
        number=_number(paper, head),
        date=_date(paper, head),
        person=_person(paper, text),
        likeness=likeness,
    )


def _number(paper: Paper, head: HeadFacts) -> Match:
    if not paper.number or not head.number:
        return Match.UNREAD
    read = f"{head.number}/{head.symbol or paper.symbol}"
    same = set(number_questions(read)) & set(number_questions(f"{paper.number}/{paper.symbol}"))
    return Match.SAME if same else Match.OTHER


def _date(paper: Paper, head: HeadFacts) -> Match:
    if paper.number_date is None or head.date is None:
        return Match.UNREAD
    return Match.SAME if head.date == paper.number_date else Match.OTHER


def _person(paper: Paper, text: str) -> Match:
    name = fold(paper.case.person.full_name)
    return Match.SAME if name and f" {name} " in f" {' '.join(folded_tokens(text))} " else Match.UNREAD


def text_of(uow: UnitOfWork, document: Document) -> str:
    """The text of all pages of a document, as far as it was read."""
    return "\n".join(text.text for _, text in page_texts(uow, document) if text is not None)


def take_signed_scan(uow: UnitOfWork, paper: Paper, document: Document, *, seen_signed: bool = False) -> Comparison:
    """Make a document the signed copy of the paper, on a person's word or as `recognise` found it.

    `seen_signed` says that this person looked and saw the signature. Raises `WrongState` where the paper has another
    signed copy, `Invalid` for the made file itself or a document of another body.
    """
    take_up(uow, paper, Step.SIGNED_COPY)
    require(uow, Act.DOCUMENT_VIEW, document)
    if paper.signed_document_id not in (None, document.id):
        raise WrongState("Văn bản này đã có bản ký. Gỡ bản cũ trước khi gắn bản khác.")
    if document.id == paper.document_id or document.copy_kind is CopyKind.ELECTRONIC:
        raise Invalid(fields={"document": "Đây là tệp hệ thống tạo ra, không phải bản quét đã ký."})
    if document.organisation_id != paper.organisation_id:
        raise Invalid(fields={"document": "Bản quét này thuộc cơ quan khác."})
    _refuse_other_paper(uow, paper, document)
    comparison = compare(paper, HeadFacts.of(document), text_of(uow, document))
    paper.signed_document_id = document.id
    document.copy_kind = CopyKind.ORIGINAL_SCAN
    carry_facts(uow, paper, document)
    if seen_signed:
        document.signed, document.signed_by_user, document.signed_seen_at = Signed.CONFIRMED, uow.actor.user_id, uow.now
    lay_into_case(uow, paper, document, {SIGNED_COPY_OF: paper.id, COMPARISON: comparison.as_json()})
    touch_documents(uow, paper)
    uow.record("paper.signed-copy", "paper", paper.id, document=document.id, **comparison.as_json())
    return comparison


def _refuse_other_paper(uow: UnitOfWork, paper: Paper, document: Document) -> None:
    other = uow.session.scalar(
        select(Paper.id).where(Paper.signed_document_id == document.id, Paper.id != paper.id).limit(1)
    )
    if other is not None:
        raise Invalid(fields={"document": "Bản quét này đã là bản ký của một văn bản khác."})


def drop_signed_scan(uow: UnitOfWork, paper: Paper, *, reason: str) -> None:
    """Take a wrongly attached scan off the paper; the document stays, its signature and kind open again."""
    take_up(uow, paper, Step.SIGNED_COPY)
    plain = wanted("reason", reason, "Ghi lý do gỡ bản ký.", most=300)
    if paper.signed_document_id is None:
        raise WrongState("Văn bản này chưa có bản ký.")
    document = uow.session.get_one(Document, paper.signed_document_id)
    touch_documents(uow, paper)
    paper.signed_document_id = None
    document.copy_kind, document.signed = CopyKind.UNKNOWN, Signed.UNSEEN
    document.signed_by_user, document.signed_seen_at = None, None
    filing = filing_in(uow, paper, document)
    if filing is not None:
        filing.item = None
        filing.evidence = {**filing.evidence, SIGNED_COPY_OF: None, DROPPED: plain}
    forget_facts(uow, document)
    uow.defer(Job.FINISH, document.stored_file_id)
    uow.session.flush()
    uow.record("paper.signed-copy-dropped", "paper", paper.id, document=document.id)


def recognise(uow: UnitOfWork, document: Document, facts: Facts | None = None) -> Comparison | None:
    """Look for the paper whose signed copy a freshly read document is.

    Uploaded on a paper's page it is attached with the result of the comparison, unless number or date contradict; from
    anywhere else, or where they do, it is only proposed. One that a person attached before it was read is compared
    now. Returns the comparison with the paper found.
    """
    bound = _bound_to(uow, document)
    if bound is not None and facts is not None and bound.signed_document_id == document.id:
        return _compare_again(uow, bound, document, facts)
    if document.copy_kind is CopyKind.ELECTRONIC or bound is not None:
        return None
    target = _uploaded_for(uow, document)
    if target is not None and _awaits(uow, target, document):
        comparison = compare(target, HeadFacts.of(document), text_of(uow, document))
        if comparison.contradicts:
            _propose(uow, target, document, comparison)
        else:
            take_signed_scan(uow, target, document)
        return comparison
    candidates = [paper for paper in _like(uow, document) if _awaits(uow, paper, document)]
    text = text_of(uow, document) if candidates else ""
    found = [(paper, same) for paper in candidates if (same := compare(paper, HeadFacts.of(document), text)).convinces]
    if len(found) != 1:
        return None  # nothing, or more than one: a person has to say which
    _propose(uow, found[0][0], document, found[0][1])
    return found[0][1]


def recognise_all(uow: UnitOfWork, read: Sequence[tuple[Document, Facts]]) -> None:
    """`recognise` for many documents; those for which no paper can come into question cost no question of their own."""
    ids = [document.id for document, _ in read]
    bound = set(
        uow.session.scalars(
            select(Document.id)
            .join(Paper, (Paper.document_id == Document.id) | (Paper.signed_document_id == Document.id))
            .where(Document.id.in_(ids))
        )
    )
    waiting = uow.session.scalars(
        select(Paper.organisation_id).where(Paper.state.in_(AWAITING), Paper.signed_document_id.is_(None)).distinct()
    ).all()
    for document, facts in read:
        if document.id in bound or document.organisation_id in waiting:
            recognise(uow, document, facts)


def _like(uow: UnitOfWork, document: Document) -> list[Paper]:
    """The papers whose number and date do not speak against a document: only with these is its text compared."""
    head = HeadFacts.of(document)
    return [
        paper for paper in _candidates(uow, document) if Match.OTHER not in (_number(paper, head), _date(paper, head))
    ]


def _awaits(uow: UnitOfWork, paper: Paper, document: Document) -> bool:
    """Whether the paper still waits for its signed copy and no person said that this document is not it."""
    if paper.state not in AWAITING or paper.signed_document_id is not None:
        return False
    filing = filing_in(uow, paper, document)
    return filing is None or not (filing.state is FilingState.REJECTED or DROPPED in filing.evidence)


def _bound_to(uow: UnitOfWork, document: Document) -> Paper | None:
    """The paper whose made file or signed copy the document already is."""
    return uow.session.scalar(
        select(Paper).where((Paper.document_id == document.id) | (Paper.signed_document_id == document.id)).limit(1)
    )


def _compare_again(uow: UnitOfWork, paper: Paper, document: Document, facts: Facts) -> Comparison:
    """The comparison of an attached scan with what was read of it now; the record carries the paper's own facts."""
    comparison = compare(paper, HeadFacts.read(facts), text_of(uow, document))
    filing = filing_in(uow, paper, document)
    if filing is not None and filing.evidence.get(COMPARISON) != comparison.as_json():
        filing.evidence = {**filing.evidence, COMPARISON: comparison.as_json()}
        uow.record("paper.signed-copy-compared", "paper", paper.id, document=document.id, **comparison.as_json())
    return comparison


def _uploaded_for(uow: UnitOfWork, document: Document) -> Paper | None:
    """The paper on whose page the document was uploaded, the last one where there are several."""
    return uow.session.scalar(
        select(Paper)
        .join(Batch, Batch.paper_id == Paper.id)
        .join(Intake, Intake.batch_id == Batch.id)
        .where(Intake.document_id == document.id, Batch.source == IntakeSource.SIGNED_SCAN)
        .order_by(Intake.id.desc())
        .limit(1)
    )


def _candidates(uow: UnitOfWork, document: Document) -> Sequence[Paper]:
    return uow.session.scalars(
        select(Paper)
        .where(
            Paper.organisation_id == document.organisation_id,
            Paper.number.is_not(None),
            Paper.state.in_(AWAITING),
            Paper.signed_document_id.is_(None),
        )
        .order_by(Paper.id.desc())
        .limit(MOST_CANDIDATES)
    ).all()


def _propose(uow: UnitOfWork, paper: Paper, document: Document, comparison: Comparison) -> None:
    evidence = {SIGNED_COPY_OF: paper.id, COMPARISON: comparison.as_json()}
    filing = filing_in(uow, paper, document)
    if filing is None:
        filing = CaseDocument(
            case_id=paper.case_id,
            document_id=document.id,
            source=Source.PARSER,
            state=FilingState.PROPOSED,
            evidence={"why": "signed-copy", **evidence},
            created_at=uow.now,
        )
        uow.session.add(filing)
    else:
        filing.evidence = {**filing.evidence, **evidence}
    uow.session.flush()
    uow.record("paper.signed-copy-proposed", "paper", paper.id, document=document.id)


def proposed_scans(uow: UnitOfWork, paper: Paper) -> tuple[CaseDocument, ...]:
    """Filings whose document the machine takes for this paper's signed copy, as long as it has none."""
    require(uow, Act.PAPER_VIEW, paper)
    if paper.signed_document_id is not None:
        return ()
    rows = uow.session.scalars(
        select(CaseDocument)
        .where(CaseDocument.case_id == paper.case_id, CaseDocument.state != FilingState.REJECTED)
        .order_by(CaseDocument.id)
    )
    proposed = (row for row in rows if row.evidence.get(SIGNED_COPY_OF) == paper.id)
    return tuple(row for row in proposed if may(uow, Act.DOCUMENT_VIEW, row.document))


def arriving_scan(uow: UnitOfWork, paper: Paper) -> Document | None:
    """The scan uploaded last on the paper's page, as long as the paper has no signed copy: being read, or not taken
    because its number or date differ."""
    require(uow, Act.PAPER_VIEW, paper)
    if paper.signed_document_id is not None:
        return None
    found = uow.session.scalar(
        select(Document)
        .join(Intake, Intake.document_id == Document.id)
        .join(Batch, Batch.id == Intake.batch_id)
        .where(Batch.paper_id == paper.id, Batch.source == IntakeSource.SIGNED_SCAN, Document.deleted_at.is_(None))
        .order_by(Intake.id.desc())
        .limit(1)
    )
    return found if found is not None and may(uow, Act.DOCUMENT_VIEW, found) else None
