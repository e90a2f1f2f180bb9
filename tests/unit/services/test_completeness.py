"""Completeness: the pure rule on frozen views, then dossiers loaded from the records."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.actor import Role
from app.backends import Backends
from app.errors import NotAllowed
from app.models import CaseDocument, CopyKind, Document, FilingState, Paper, PaperState, Quality, Signed, Source
from app.services import completeness, papers
from app.services.completeness import (
    Believer,
    DossierView,
    FiledDocument,
    Finding,
    FindingState,
    check,
    is_complete,
)
from config.rules import Checklist, Need, RequiredItem, Substitute, rules_on
from tests import desks, factories
from tests.desks import Desk

P11 = rules_on(date(2026, 11, 2)).checklist("d_p11")
ORDER_TITLE = "Quyết định quản lý sau cai nghiện ma túy tại nơi cư trú"


def _item(**given: Any) -> RequiredItem:
    values: dict[str, Any] = {
        "key": "order",
        "label": "Quyết định",
        "basis": "Điều 134",
        "rule": "CR-62",
        "need": Need.REQUIRED,
        "condition": None,
        "forms": ("D163/V/53",),
        "types": ("QĐ",),
        "titles": ("quản lý sau cai nghiện",),
        "substitutes": (),
        "must_be_signed": True,
        "copy_ok": False,
        "stage": "decision",
        "part_of": None,
        "note": "",
    }
    return RequiredItem(**(values | given))


def _list(*items: RequiredItem) -> Checklist:
    return Checklist("k", "P11", "Hồ sơ", "Điều 135", items)


def _view(*documents: FiledDocument, reached: str | None = None, hidden: int = 0, **circumstances: bool) -> DossierView:
    return DossierView(documents, circumstances, reached, hidden)


def _document(**given: Any) -> FiledDocument:
    return replace(FiledDocument(id=1, title=ORDER_TITLE, type="QĐ", page=1, words="Quản lý sau cai nghiện"), **given)


PLACED = _document(item="order", signed=Signed.CONFIRMED)


def _one(item: RequiredItem, *documents: FiledDocument, **given: Any) -> Finding:
    return check(_view(*documents, **given), _list(item))[0]


def test_empty_dossier_is_not_complete() -> None:
    nothing_wanted = _list(_item(need=Need.OPTIONAL))
    empty = _view()
    assert not is_complete(empty, check(empty, nothing_wanted))
    assert not is_complete(empty, ())


def test_a_dossier_with_every_item_confirmed_is_complete() -> None:
    view = _view(PLACED)
    assert is_complete(view, check(view, _list(_item())))


def test_nothing_there_is_missing_with_its_article() -> None:
    found = _one(_item())
    assert (found.state, found.article, found.rule) == (FindingState.MISSING, "Điều 134", "CR-62")
    assert found.is_lacking


def test_a_confirmed_signature_on_a_placed_document_is_present() -> None:
    found = _one(_item(), PLACED)
    assert (found.state, found.why, found.believed_by) == (FindingState.PRESENT, "Có, đã ký", Believer.PERSON)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"signed": Signed.UNSEEN}, FindingState.UNSIGNED_UNSEEN),
        ({"signed": Signed.UNSIGNED}, FindingState.NOT_SIGNED),
        ({"is_made_file": True, "form": "D163/V/53"}, FindingState.MADE_NOT_SIGNED),
        ({"form": "D116/51"}, FindingState.WRONG_FORM),
        ({"copy_kind": CopyKind.WORKING_COPY}, FindingState.COPY_ONLY),
        ({"quality": Quality.WEAK, "signed": Signed.UNSEEN}, FindingState.UNREADABLE),
        ({"quality": None, "signed": Signed.UNSEEN}, FindingState.UNREADABLE),
    ],
)
def test_a_document_that_is_not_enough_is_not_present(given: dict[str, Any], state: FindingState) -> None:
    found = _one(_item(), replace(PLACED, **given))
    assert found.state is state
    assert not found.is_settled


def test_a_made_file_stays_unsigned_even_where_a_signature_was_ticked() -> None:
    found = _one(_item(), replace(PLACED, is_made_file=True, form="D163/V/53", signed=Signed.CONFIRMED))
    assert found.state is FindingState.MADE_NOT_SIGNED


def test_the_signed_scan_speaks_for_the_made_file() -> None:
    made = _document(id=1, form="D163/V/53", paper_id=7, is_made_file=True, number="1/QĐ-UBND", date=date(2026, 11, 20))
    scan = replace(made, id=2, is_made_file=False, signed=Signed.CONFIRMED)
    findings = check(_view(made, scan), _list(_item()))
    assert [finding.state for finding in findings] == [FindingState.PRESENT]
    assert [row.document_id for row in findings[0].evidence] == [2, 1]


def test_what_only_the_title_says_is_believed_by_the_machine() -> None:
    found = _one(_item(), _document(signed=Signed.CONFIRMED))
    assert (found.state, found.believed_by) == (FindingState.PRESENT, Believer.MACHINE)
    assert not found.is_settled
    evidence = found.evidence[0]
    assert (evidence.document_id, evidence.page, evidence.words) == (1, 1, "Quản lý sau cai nghiện")


@pytest.mark.parametrize("title", ["QUYET DINH QUAN LY SAU CAI NGHIEN", "quyết định quản lý sau cai nghiện"])
def test_titles_match_without_accents_and_case(title: str) -> None:
    assert _one(_item(), _document(title=title)).state is FindingState.UNSIGNED_UNSEEN


@pytest.mark.parametrize("given", [{"type": "KH"}, {"title": "Quyết định khen thưởng"}, {"item": "another"}])
def test_another_type_title_or_place_does_not_satisfy(given: dict[str, Any]) -> None:
    assert _one(_item(), _document(**given)).state is FindingState.MISSING


def test_a_copy_will_do_where_the_law_says_so() -> None:
    found = _one(_item(copy_ok=True), replace(PLACED, copy_kind=CopyKind.CERTIFIED_COPY))
    assert found.state is FindingState.PRESENT


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, FindingState.UNKNOWN_CIRCUMSTANCE),
        ({"moved": False}, FindingState.NOT_REQUIRED),
        ({"moved": True}, FindingState.MISSING),
    ],
)
def test_a_conditional_item_follows_its_circumstance(known: dict[str, bool], state: FindingState) -> None:
    found = _one(_item(need=Need.CONDITIONAL, condition="moved"), **known)
    assert found.state is state
    if state is FindingState.NOT_REQUIRED:
        assert "Thay đổi nơi cư trú" in found.why


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, FindingState.UNKNOWN_CIRCUMSTANCE),
        ({"removed_early": True}, FindingState.SUBSTITUTED),
        ({"removed_early": False}, FindingState.MISSING),
    ],
)
def test_a_substitute_counts_where_its_condition_holds(known: dict[str, bool], state: FindingState) -> None:
    other = Substitute("Mẫu 57", ("D163/V/57",), ("QĐ",), ("ra khỏi danh sách",), "removed_early", "Điều 135 k1")
    paper = _document(title="Quyết định đưa ra khỏi danh sách", signed=Signed.CONFIRMED, type_confirmed=True)
    found = _one(_item(substitutes=(other,)), paper, **known)
    assert found.state is state
    if state is FindingState.SUBSTITUTED:
        assert (found.article, found.evidence[0].document_id) == ("Điều 135 k1", 1)


def test_an_unsigned_substitute_does_not_settle() -> None:
    other = Substitute("Mẫu 57", ("D163/V/57",), ("QĐ",), ("ra khỏi danh sách",), None, "Điều 135")
    found = _one(_item(substitutes=(other,)), _document(title="Quyết định đưa ra khỏi danh sách"))
    assert found.state is FindingState.UNSIGNED_UNSEEN


@pytest.mark.parametrize(
    ("documents", "state"),
    [
        ((), FindingState.MISSING),
        ((_document(item="order"),), FindingState.UNSIGNED_UNSEEN),
        ((_document(item="opinion", signed=Signed.CONFIRMED),), FindingState.PRESENT),
    ],
)
def test_what_stands_on_another_paper_is_seen_by_a_person_alone(
    documents: tuple[FiledDocument, ...], state: FindingState
) -> None:
    items = _list(_item(), _item(key="opinion", part_of="order"))
    assert check(_view(*documents), items)[1].state is state


def test_a_later_step_is_not_missing_before_it_is_reached() -> None:
    items = _list(_item(key="first", stage="dossier", titles=("đề nghị",)), _item(key="last", stage="end"))
    early = {f.item: f for f in check(_view(), items)}
    assert (early["first"].state, early["last"].state) == (FindingState.MISSING, FindingState.NOT_REQUIRED)
    assert "Hết thời hạn" in early["last"].why
    late = {f.item: f for f in check(_view(reached="end"), items)}
    assert late["last"].state is FindingState.MISSING


def test_a_paper_of_a_later_step_shows_that_the_earlier_were_reached() -> None:
    items = _list(
        _item(key="a", stage="dossier", titles=("đề nghị",)),
        _item(key="b", stage="decision", titles=("quyết toán",)),
        _item(key="c", stage="management", titles=("quản lý sau cai nghiện",)),
    )
    states = {f.item: f.state for f in check(_view(_document()), items)}
    assert states["b"] is FindingState.MISSING


def test_the_same_number_and_date_twice_is_a_duplicate() -> None:
    first = replace(PLACED, number="5/QĐ-UBND", date=date(2026, 11, 20))
    findings = check(_view(first, replace(first, id=2)), _list(_item()))
    assert [f.state for f in findings] == [FindingState.PRESENT, FindingState.DUPLICATE]
    assert [row.document_id for row in findings[1].evidence] == [1, 2]


def test_the_same_bytes_twice_are_a_duplicate() -> None:
    first = replace(PLACED, content="9:1-2")
    assert check(_view(first, replace(first, id=2)), _list(_item()))[1].state is FindingState.DUPLICATE


def test_a_document_nobody_could_read_is_shown_beside_what_is_missing() -> None:
    scan = FiledDocument(id=4, title="scan.pdf", type="KHAC", quality=Quality.UNREAD)
    assert [f.state for f in check(_view(scan), _list(_item()))] == [FindingState.MISSING, FindingState.UNREADABLE]


def test_what_this_account_may_not_see_is_not_called_missing() -> None:
    found = _one(_item(), hidden=1)
    assert found.state is FindingState.RESTRICTED
    assert not found.is_lacking


def test_every_item_of_the_real_list_gets_one_finding_in_its_order() -> None:
    findings = check(_view(), P11)
    assert [f.item for f in findings] == [item.key for item in P11.items]
    assert all(f.article for f in findings)


def _findings(desk: Desk) -> dict[str | None, Finding]:
    with desk.backends.read(desk.inspector) as uow:
        return {f.item: f for f in completeness.examine(uow, desk.case(uow))[0].findings if f.item}


def _states(desk: Desk) -> dict[str | None, FindingState]:
    return {item: finding.state for item, finding in _findings(desk).items()}


def _file(desk: Desk, *, item: str | None = None, **given: Any) -> int:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, desk.organisation(uow), **given)
        factories.filing(uow, desk.case(uow), document, item=item)
        return document.id


def test_a_made_paper_is_there_without_signature_until_its_scan_is_confirmed(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    made = _file(desk, item="supervision_order", copy_kind=CopyKind.ELECTRONIC)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        paper = uow.session.get_one(Paper, paper_id)
        paper.state, paper.document_id = PaperState.MADE, made
    assert _states(desk)["supervision_order"] is FindingState.MADE_NOT_SIGNED
    scan = _file(desk, item="supervision_order")
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Paper, paper_id).signed_document_id = scan
    assert _states(desk)["supervision_order"] is FindingState.UNSIGNED_UNSEEN
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, scan).signed = Signed.CONFIRMED
    assert _states(desk)["supervision_order"] is FindingState.PRESENT


def test_a_cancelled_paper_satisfies_nothing(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    before = _states(desk)
    made = _file(desk, item="supervision_order")
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Paper, paper_id).document_id = made
    assert _states(desk)["supervision_order"] is not before["supervision_order"]
    with desk.backends.begin(desk.clerk) as uow:
        papers.cancel(uow, papers.paper(uow, paper_id), reason="Sai")
    assert _states(desk) == before


def test_only_accepted_filings_count(desk: Desk) -> None:
    before = _states(desk)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, desk.organisation(uow), type="LL", title="Tóm tắt lý lịch")
        filing = factories.filing(uow, desk.case(uow), document, state="proposed", source=Source.PARSER)
        filing_id = filing.id
    assert _states(desk) == before
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(CaseDocument, filing_id).state = FilingState.ACCEPTED
    assert _states(desk) != before


def test_a_restricted_document_is_counted_but_not_told(desk: Desk) -> None:
    _file(desk, title="Giấy xác nhận điều trị thay thế", type="GXN", flags=["OST"])
    found = _findings(desk)["completion_notice"]
    assert (found.state, found.evidence) == (FindingState.RESTRICTED, ())


def test_the_worklist_holds_incomplete_dossiers_in_scope_with_their_counts(desk: Desk, backends: Backends) -> None:
    other = desks.committee_desk(backends)
    _file(other, item="completion_notice", signed=Signed.CONFIRMED)
    with backends.read(desk.inspector) as uow:
        mine = completeness.worklist(uow)
    assert [status.case.id for status in mine.items] == [desk.case_id]
    with backends.read(other.inspector) as uow:
        status = completeness.worklist(uow).items[0]
    assert status.items == len(P11.items)
    assert status.settled + status.lacking + status.to_look >= status.items
    assert status.lacking == 1  # the proposal; what follows the decision has not been reached
    assert not status.complete
    assert status.rule_version


def test_a_clerk_has_no_worklist(desk: Desk, backends: Backends) -> None:
    with backends.read(desk.clerk) as uow, pytest.raises(NotAllowed):
        completeness.worklist(uow)
    assert Role.OFFICE_CLERK is desk.clerk.role
