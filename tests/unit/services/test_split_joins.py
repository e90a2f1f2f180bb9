"""Scans that are cut together: none is bound for ever to one that is gone, and none is cut under one that is closed."""

import pytest

from app.backends import Backends
from app.errors import Invalid, WrongState
from app.models import Document, Organisation
from app.services import documents
from app.services.quarantine import close
from app.services.split_drafts import join_scan, open_plan
from app.services.split_plans import flat
from tests import factories
from tests.unit.services.splits import Dossier, dossier, scanned


@pytest.fixture
def work(backends: Backends) -> Dossier:
    return dossier(backends)


@pytest.fixture
def other(work: Dossier) -> int:
    """A second scan, laid to the plan of the first."""
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = scanned(uow, uow.session.get_one(Organisation, work.office), ("Trang bảy", "Trang tám")).id
    with work.backends.begin(work.officer) as uow:
        join_scan(uow, work.scan, other, revision=open_plan(uow, work.scan).revision)
    return other


def delete(work: Dossier, document_id: int) -> None:
    with work.backends.begin(work.officer) as uow:
        documents.delete_document(uow, documents.document(uow, document_id), reason="quét nhầm")


def scans_in(work: Dossier, document_id: int) -> tuple[list[int], int]:
    """The scans of the plan of a document, and how many pages it has."""
    with work.backends.read(work.officer) as uow:
        plan = open_plan(uow, document_id)
        return [scan.id for scan in plan.scans], len(flat(plan.parts))


def test_two_scans_are_one_plan_and_a_scan_is_in_one_plan_only(work: Dossier, other: int) -> None:
    assert scans_in(work, other) == scans_in(work, work.scan) == ([work.scan, other], 8)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        third = scanned(uow, uow.session.get_one(Organisation, work.office), ("Trang chín",)).id
    with work.backends.begin(work.officer) as uow, pytest.raises(Invalid):
        join_scan(uow, third, other, revision=0)


def test_a_deleted_scan_leaves_the_plan_it_was_laid_to(work: Dossier, other: int) -> None:
    delete(work, other)
    assert scans_in(work, work.scan) == ([work.scan], 6)
    assert len(work.cut(1, 3, 6)) == 3


def test_a_scan_is_free_again_when_the_one_it_was_laid_to_is_deleted(work: Dossier, other: int) -> None:
    delete(work, work.scan)
    assert scans_in(work, other) == ([other], 2)
    assert len(work.cut(1, 2, scan=other)) == 2


def test_nothing_is_cut_together_with_a_scan_that_is_closed(work: Dossier, other: int) -> None:
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        close(uow, uow.session.get_one(Document, other), code="document-secret")
    with work.backends.read(work.officer) as uow, pytest.raises(WrongState, match="bị khóa"):
        open_plan(uow, work.scan)
