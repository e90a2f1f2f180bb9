"""The same text in other bytes: a paper scanned twice, a DOCX beside its PDF; proposed as versions, never merged alone.

A fingerprint of each document's text (one-permutation MinHash over folded word triples: Li, Owen, Zhang 2012) finds
what may be alike inside one organisation; the texts themselves decide. Forms are mostly words that are always the same,
so what differs from paper to paper decides against: its number and date, its digits, its names.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import NotFound, WrongState
from app.models import Document, DocumentPage, Likeness, LikenessState, PageText, TextPrint, in_use
from app.services.access import Act, may, require
from app.services.revisions import hold, hold_documents
from indexer.folding import fold, folded_tokens
from indexer.numbers import number_questions

ALIKE = 0.80  # share of the words of the longer text that both have; measured on public plans, see docs/benchmarks.md
SAME_PARTICULARS = 0.80  # the same of digits, and of names: papers of one form about two persons share six of ten
SHORTEST = 30  # words: less says too little to compare
_BANDS, _ROWS = 16, 4
_TRIPLE = 3
_NONE = "none"  # the band of a text that is too short, so that nobody looks at it again
MOST_COMPARED = 20  # documents that share the most bands
MOST_CHARACTERS = 400_000  # of a text: about 150 pages; more does not change whether two are alike
_NAME = re.compile(r"\b(?:[A-ZÀ-ỸĐ][a-zà-ỹđ]+)(?:[ \n]+[A-ZÀ-ỸĐ][a-zà-ỹđ]+)+")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What tells one paper of a form from the next: number and date where they were read, digits and names in the
    text with how often each stands there, and how often each folded word does."""

    number: frozenset[str]
    date: str
    digits: Counter[str]
    names: Counter[str]
    words: Counter[str]

    @classmethod
    def of(cls, text: str, *, number: str = "", date: str = "") -> "Particulars":
        """Of a text; `number` with its symbol and `date` (ISO, in full) as they were read, or empty."""
        words = Counter(folded_tokens(text))
        digits = Counter({word: count for word, count in words.items() if word.isdigit()})
        names = Counter(" ".join(fold(found.group()).split()) for found in _NAME.finditer(text))
        return cls(frozenset(number_questions(number)) if number else frozenset(), date, digits, names, words)


def share(one: Particulars, other: Particulars) -> float:
    """How much of the longer text both have, 0 to 1; 0 where they are two papers, whatever their words."""
    if one.number and other.number and not one.number & other.number:
        return 0.0
    if one.date and other.date and one.date != other.date:
        return 0.0
    if min(_overlap(one.digits, other.digits), _overlap(one.names, other.names)) < SAME_PARTICULARS:
        return 0.0
    return _overlap(one.words, other.words)


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    longer = max(one.total(), other.total())
    return (one & other).total() / longer if longer else 1.0


def bands(text: str) -> tuple[str, ...]:
    """The fingerprint of a text: texts alike have at least one band in common (0.99 of those with 0.7 of the triples
    the same)."""
    words = folded_tokens(text[:MOST_CHARACTERS])
    if len(words) < SHORTEST:
        return (_NONE,)
    least: list[int | None] = [None] * (_BANDS * _ROWS)
    for triple in {" ".join(words[at : at + _TRIPLE]) for at in range(len(words) - _TRIPLE + 1)}:
        value = int.from_bytes(hashlib.blake2b(triple.encode(), digest_size=8).digest(), "big")
        place, value = value % len(least), value // len(least)
        known = least[place]
        least[place] = value if known is None else min(known, value)
    filled = _filled(least)
    rows = (filled[band * _ROWS : (band + 1) * _ROWS] for band in range(_BANDS))
    return tuple(f"{band:02d}:{_digest(row)}" for band, row in enumerate(rows))


def _filled(least: Sequence[int | None]) -> list[int]:
    """Empty places of a short text take the value of the next that has one (Shrivastava, Li 2014)."""
    filled: list[int] = []
    for at in range(len(least)):
        step = next(step for step in range(len(least)) if least[(at + step) % len(least)] is not None)
        filled.append((least[(at + step) % len(least)] or 0) + step)
    return filled


def _digest(values: Iterable[int]) -> str:
    return hashlib.blake2b(" ".join(map(str, values)).encode(), digest_size=8).hexdigest()


def find_likenesses(backends: Backends, document_id: int) -> None:
    """Print a freshly read document and propose what it may be another copy of. Done once for each reading: a document
    that has its print is left alone. Slow: outside any unit of work."""
    with backends.read(SYSTEM) as uow:
        document = uow.session.get(Document, document_id)
        if document is None or document.is_kept_out or document.quality is None or _is_printed(uow, document_id):
            return
        text = text_of(uow, document)
        organisation_id = document.organisation_id
        own = _particulars(document, text)
    printed = bands(text)
    alike: list[tuple[int, float]] = []
    with backends.read(SYSTEM) as uow:
        for other in _candidates(uow, document_id, organisation_id, printed):
            same = share(own, _particulars(other, text_of(uow, other)))
            if same >= ALIKE:
                alike.append((other.id, same))
            uow.session.expunge_all()
    with backends.begin(SYSTEM) as uow:
        held = hold_documents(uow, [document_id])
        if not held or held[0].quality is None or _is_printed(uow, document_id):
            return
        uow.session.execute(insert(TextPrint), [{"document_id": document_id, "band": band} for band in printed])
        for other_id, same in alike:
            propose(uow, document_id, other_id, same)


def forget_print(uow: UnitOfWork, *documents: Document) -> None:
    """Say that the texts of documents have changed: they are compared anew. What a person decided stays."""
    ids = [document.id for document in documents]
    uow.session.execute(delete(TextPrint).where(TextPrint.document_id.in_(ids)))
    undecided = Likeness.state == LikenessState.PROPOSED
    told_of = Likeness.document_id.in_(ids) | Likeness.other_id.in_(ids)
    uow.session.execute(delete(Likeness).where(undecided, told_of))


def unprinted(uow: UnitOfWork, document_ids: Iterable[int]) -> list[int]:
    """Those of these documents that were read and are not compared with others yet."""
    printed = select(TextPrint.id).where(TextPrint.document_id == Document.id).exists()
    query = select(Document.id).where(Document.id.in_(list(document_ids)), Document.quality.is_not(None), in_use())
    return list(uow.session.scalars(query.where(~printed).order_by(Document.id)))


def propose(uow: UnitOfWork, document_id: int, other_id: int, same: float) -> None:
    """Propose two documents as versions of one, where nothing is said of them yet; the newer one first."""
    newer, older = max(document_id, other_id), min(document_id, other_id)
    known = select(Likeness.id).where(Likeness.document_id == newer, Likeness.other_id == older)
    if uow.session.scalar(known) is None:
        uow.session.add(Likeness(document_id=newer, other_id=older, share=round(same, 3)))
        uow.record("likeness.proposed", "document", newer, other=older)


def _is_printed(uow: UnitOfWork, document_id: int) -> bool:
    return uow.session.scalar(select(TextPrint.id).where(TextPrint.document_id == document_id).limit(1)) is not None


def text_of(uow: UnitOfWork, document: Document) -> str:
    """The text of a document's pages in their order, without running heads and page numbers."""
    rows = uow.session.execute(
        select(PageText.text, PageText.running)
        .join(
            DocumentPage,
            (PageText.stored_file_id == DocumentPage.stored_file_id) & (PageText.page == DocumentPage.page),
        )
        .where(DocumentPage.document_id == document.id, PageText.current.is_(True))
        .order_by(DocumentPage.position)
    )
    return "\n".join(text if running is None else text[:running] for text, running in rows)[:MOST_CHARACTERS]


def _particulars(document: Document, text: str) -> Particulars:
    number = f"{document.number}/{document.symbol}" if document.number and document.symbol else ""
    return Particulars.of(text, number=number, date=document.date.isoformat() if document.date else "")


def _candidates(uow: UnitOfWork, document_id: int, organisation_id: int, printed: Sequence[str]) -> Sequence[Document]:
    if printed == (_NONE,):
        return ()
    shared = func.count(TextPrint.id)
    rows = uow.session.scalars(
        select(Document.id)
        .join(TextPrint, TextPrint.document_id == Document.id)
        .where(
            TextPrint.band.in_(printed),
            Document.organisation_id == organisation_id,
            Document.id != document_id,
            in_use(),
        )
        .group_by(Document.id)
        .order_by(shared.desc(), Document.id)
        .limit(MOST_COMPARED)
    ).all()
    return uow.session.scalars(select(Document).where(Document.id.in_(rows)).order_by(Document.id)).all()


def proposals_for(uow: UnitOfWork, document: Document) -> list[tuple[Likeness, Document]]:
    """What a document may be another copy of, each with the other one, as far as the actor may open it."""
    require(uow, Act.DOCUMENT_VIEW, document)
    rows = uow.session.scalars(
        select(Likeness)
        .where(
            Likeness.state == LikenessState.PROPOSED,
            (Likeness.document_id == document.id) | (Likeness.other_id == document.id),
        )
        .order_by(Likeness.share.desc(), Likeness.id)
    ).all()
    pairs = [(row, row.other_id if row.document_id == document.id else row.document_id) for row in rows]
    others = {row.id: row for row in uow.session.scalars(_open(other for _, other in pairs))}
    return [
        (row, others[other]) for row, other in pairs if other in others and may(uow, Act.DOCUMENT_VIEW, others[other])
    ]


def versions_of(uow: UnitOfWork, document: Document) -> list[Document]:
    """The other documents that a person confirmed as copies of the same paper, as far as the actor may open them."""
    require(uow, Act.DOCUMENT_VIEW, document)
    head = document.version_of_id or document.id
    query = select(Document).where((Document.id == head) | (Document.version_of_id == head), in_use())
    rows = uow.session.scalars(query.order_by(Document.id)).all()
    return [row for row in rows if row.id != document.id and may(uow, Act.DOCUMENT_VIEW, row)]


def decide(uow: UnitOfWork, document_id: int, likeness_id: int, *, same: bool) -> Document:
    """Say of a proposal whether the two are versions of one paper. Both must be the actor's to change.

    Confirmed, they stay two documents with their own bytes, filings and history, and name each other. Raises
    `WrongState` where somebody decided before.
    """
    row = uow.session.get(Likeness, likeness_id)
    if row is None or document_id not in (row.document_id, row.other_id):
        raise NotFound()
    pair = {held.id: held for held in hold_documents(uow, [row.document_id, row.other_id])}
    if len(pair) < 2:
        raise NotFound()
    for document in pair.values():
        require(uow, Act.DOCUMENT_EDIT, document)
    hold(uow, row)
    if row.state is not LikenessState.PROPOSED:
        raise WrongState("Đã có người quyết định về hai văn bản này.")
    row.state = LikenessState.CONFIRMED if same else LikenessState.REJECTED
    row.decided_by, row.decided_at = uow.actor.user_id, uow.now
    if same:
        _join(uow, pair[row.document_id], pair[row.other_id])
    uow.record("likeness.confirmed" if same else "likeness.rejected", "document", row.document_id, other=row.other_id)
    return pair[document_id]


def _join(uow: UnitOfWork, newer: Document, older: Document) -> None:
    """Make two documents, with the copies that each has already, versions of the oldest of them."""
    heads = {row.version_of_id or row.id for row in (newer, older)}
    head = min(heads)
    query = select(Document.id).where(Document.id.in_(heads) | Document.version_of_id.in_(heads))
    for row in hold_documents(uow, uow.session.scalars(query).all()):
        row.version_of_id = None if row.id == head else head


def _open(ids: Iterable[int]):  # type: ignore[no-untyped-def]
    return select(Document).where(Document.id.in_(list(ids)), in_use())
