"""The signed scan of a paper: recognised, compared, attached; the made file never counts as signed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.backends import UnitOfWork
from app.errors import Invalid, NotAllowed, WrongState
from app.models import (
    Batch,
    CaseDocument,
    CopyKind,
    Document,
    DocumentFact,
    FilingState,
    Intake,
    IntakeSource,
    Paper,
    PaperState,
    Signed,
    Source,
)
from app.services import papers, signed_copy
from app.services.papers import Step
from app.services.signed_copy import Match
from doc_templates.catalogue import form
from doc_templates.rendering import RenderMode, render
from tests import desks, factories
from tests.desks import NUMBERED_ON, Desk


@pytest.fixture
def paper_id(desk: Desk, tmp_path: Path) -> int:
    """A made paper with its text and a generated document, the PDF left out."""
    made = desks.numbered(desk)
    with desk.backends.read() as uow:
        facts, code = desks.frozen(uow, made), uow.session.get_one(Paper, made).form
    text = render(form(code), facts, tmp_path / "paper.docx", mode=RenderMode.FINAL).text
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        paper = uow.session.get_one(Paper, made)
        paper.text, paper.state = text, PaperState.MADE
        office = desk.organisation(uow)
        paper.document_id = factories.document(uow, office, text, copy_kind=CopyKind.ELECTRONIC).id
    return made


def _scan(uow: UnitOfWork, desk: Desk, text: str, **given: Any) -> Document:
    """A scan as the parser left it: number, symbol and date of the paper unless told otherwise."""
    facts: dict[str, Any] = {"number": "1", "symbol": "QĐ-UBND", "date": NUMBERED_ON, "quality": "scan"}
    return factories.document(uow, desk.organisation(uow), text, **(facts | given))


def _recognise(desk: Desk, paper_id: int, text: str | None = None, *, on_page: bool = False, **given: Any) -> int:
    """Read a scan of the paper and let it be recognised; its document id."""
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        paper = uow.session.get_one(Paper, paper_id)
        scan = _scan(uow, desk, paper.text if text is None else text, **given)
        if on_page:
            _uploaded_on_page(uow, paper, scan)
        signed_copy.recognise(uow, scan)
        return scan.id


def _uploaded_on_page(uow: UnitOfWork, paper: Paper, scan: Document) -> None:
    batch = Batch(
        organisation_id=paper.organisation_id,
        source=IntakeSource.SIGNED_SCAN,
        paper_id=paper.id,
        created_at=factories.NOW,
    )
    batch.items.append(
        Intake(organisation_id=paper.organisation_id, name="scan.pdf", document_id=scan.id, received_at=factories.NOW)
    )
    uow.session.add(batch)
    uow.session.flush()


def _take(desk: Desk, paper_id: int, document_id: int, *, seen: bool = False) -> signed_copy.Comparison:
    with desk.backends.begin(desk.clerk) as uow:
        paper, document = papers.paper(uow, paper_id), uow.session.get_one(Document, document_id)
        return signed_copy.take_signed_scan(uow, paper, document, seen_signed=seen)


def _paper(desk: Desk, paper_id: int) -> Paper:
    with desk.backends.read() as uow:
        return uow.session.get_one(Paper, paper_id)


def _document(desk: Desk, document_id: int) -> Document:
    with desk.backends.read() as uow:
        return uow.session.get_one(Document, document_id)


def test_a_scan_uploaded_on_the_papers_page_becomes_its_signed_copy(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    assert _paper(desk, paper_id).signed_document_id == scan
    with desk.backends.read() as uow:
        filing = uow.session.query(CaseDocument).filter_by(document_id=scan).one()
        comparison = signed_copy.comparison_of(filing.evidence)
    assert (filing.case_id, filing.item, filing.state) == (desk.case_id, "supervision_order", FilingState.ACCEPTED)
    assert comparison == signed_copy.Comparison(Match.SAME, Match.SAME, Match.SAME, 1.0)


def test_only_a_person_says_that_the_scan_is_signed(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    assert _document(desk, scan).copy_kind is CopyKind.ORIGINAL_SCAN
    assert _document(desk, scan).signed is Signed.UNSEEN
    _take(desk, paper_id, scan, seen=True)
    seen = _document(desk, scan)
    assert (seen.signed, seen.signed_by_user) == (Signed.CONFIRMED, desk.clerk.user_id)


def test_a_scan_of_unknown_number_uploaded_on_the_page_is_attached_all_the_same(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, "chữ đọc kém", on_page=True, number=None, symbol=None, date=None, quality="weak")
    assert _paper(desk, paper_id).signed_document_id == scan
    carried = _document(desk, scan)
    assert (carried.number, carried.symbol, carried.date) == ("1", "QĐ-UBND", NUMBERED_ON)


@pytest.mark.parametrize("other", [{"number": "2"}, {"date": date(2026, 11, 18)}])
def test_a_scan_that_contradicts_is_proposed_never_attached(desk: Desk, paper_id: int, other: dict[str, Any]) -> None:
    scan = _recognise(desk, paper_id, on_page=True, **other)
    assert _paper(desk, paper_id).signed_document_id is None
    with desk.backends.read(desk.clerk) as uow:
        proposed = signed_copy.proposed_scans(uow, papers.paper(uow, paper_id))
    assert [(row.document_id, row.state) for row in proposed] == [(scan, FilingState.PROPOSED)]


def test_a_scan_from_elsewhere_is_proposed_by_number_and_person(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id)
    assert _paper(desk, paper_id).signed_document_id is None
    with desk.backends.read(desk.clerk) as uow:
        assert [row.document_id for row in signed_copy.proposed_scans(uow, papers.paper(uow, paper_id))] == [scan]


def test_a_number_written_by_hand_is_made_up_for_by_person_and_words(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, number=None, symbol=None, date=None)
    with desk.backends.read(desk.clerk) as uow:
        assert [row.document_id for row in signed_copy.proposed_scans(uow, papers.paper(uow, paper_id))] == [scan]


@pytest.mark.parametrize("text", ["Một văn bản khác hẳn.", "Quyết định quản lý sau cai nghiện ma túy"])
def test_another_text_without_number_is_not_proposed(desk: Desk, paper_id: int, text: str) -> None:
    _recognise(desk, paper_id, text, number=None, symbol=None, date=None)
    with desk.backends.read(desk.clerk) as uow:
        assert signed_copy.proposed_scans(uow, papers.paper(uow, paper_id)) == ()


def test_the_made_file_is_never_its_own_signed_copy(desk: Desk, paper_id: int) -> None:
    made_file = _paper(desk, paper_id).document_id
    assert made_file is not None
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert signed_copy.recognise(uow, uow.session.get_one(Document, made_file)) is None
    with pytest.raises(Invalid):
        _take(desk, paper_id, made_file)


def test_a_second_scan_does_not_replace_the_first(desk: Desk, paper_id: int) -> None:
    first = _recognise(desk, paper_id, on_page=True)
    second = _recognise(desk, paper_id, on_page=True)
    with pytest.raises(WrongState):
        _take(desk, paper_id, second)
    assert _paper(desk, paper_id).signed_document_id == first


def test_one_scan_is_the_signed_copy_of_one_paper(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    with pytest.raises(Invalid):
        _take(desk, desks.numbered(desk), scan)


def test_a_dropped_scan_is_not_attached_again(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    with desk.backends.begin(desk.clerk) as uow:
        signed_copy.drop_signed_scan(uow, papers.paper(uow, paper_id), reason="Nhầm tệp")
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert signed_copy.recognise(uow, uow.session.get_one(Document, scan)) is None
    assert _paper(desk, paper_id).signed_document_id is None
    left = _document(desk, scan)
    assert (left.signed, left.copy_kind, left.number) == (Signed.UNSEEN, CopyKind.UNKNOWN, None)
    with desk.backends.read() as uow:
        assert uow.session.query(DocumentFact).filter_by(document_id=scan).count() == 0


def test_the_facts_of_the_paper_win_over_the_parsers(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    with desk.backends.read() as uow:
        facts = uow.session.query(DocumentFact).filter_by(document_id=scan).all()
    assert {fact.source for fact in facts} == {Source.PERSON}
    assert {"type", "number", "symbol", "date", "subject"} <= {fact.name for fact in facts}


def test_attaching_tells_the_index_and_hides_until_it_knows(desk: Desk, paper_id: int) -> None:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        paper = uow.session.get_one(Paper, paper_id)
        scan = _scan(uow, desk, paper.text).id
        assert paper.document_id is not None
        before = uow.session.get_one(Document, paper.document_id).revision
    _take(desk, paper_id, scan)
    assert _document(desk, scan).access_pending
    assert _document(desk, _paper(desk, paper_id).document_id or 0).revision > before


def test_only_the_office_clerk_takes_the_scan_back(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id)
    for actor in (desk.officer, desk.leader):
        with pytest.raises(NotAllowed), desk.backends.begin(actor) as uow:
            signed_copy.take_signed_scan(uow, papers.paper(uow, paper_id), uow.session.get_one(Document, scan))


def test_a_draft_has_no_signed_copy_yet(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id)
    with pytest.raises(WrongState):
        _take(desk, desks.approved(desk), scan)


def test_a_taken_scan_closes_the_step(desk: Desk, paper_id: int) -> None:
    scan = _recognise(desk, paper_id, on_page=True)
    assert scan
    with desk.backends.read(desk.clerk) as uow:
        assert Step.SIGNED_COPY not in papers.can(uow, papers.paper(uow, paper_id))
