"""What the reading proposes: cuts where it is sure of one, blank sides hidden, and never over what a person made."""

from sqlalchemy import select

from app.backends import Backends, UnitOfWork
from app.models import CopyKind, Document, SplitPlan, SplitState
from app.services.finishing import finish_file
from app.services.split_plans import from_rows
from app.services.split_proposals import propose_split, seen_parts
from app.web.splitting_views import REASONS
from ingestion.understanding.boundaries import WEIGHTS
from tests import factories
from tests.unit.services.splits import TEXTS, Dossier, dossier, scanned


def plan_of(backends: Backends, document_id: int) -> SplitPlan | None:
    with backends.read() as uow:
        return uow.session.scalar(select(SplitPlan).where(SplitPlan.document_id == document_id))


def read_anew(backends: Backends, document_id: int) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = uow.session.get_one(Document, document_id)
        document.quality = None
        file_id = document.stored_file_id
    finish_file(backends, file_id)


def test_a_scan_of_several_papers_is_proposed_to_be_cut_when_it_was_read(backends: Backends) -> None:
    work = dossier(backends)
    read_anew(backends, work.scan)
    plan = plan_of(backends, work.scan)
    assert plan is not None
    assert plan.state is SplitState.PROPOSED
    parts = from_rows(plan.parts)
    assert [part.pages[0].position for part in parts] == [1, 3, 6]
    assert [part.head.values["type"] for part in parts if part.head] == ["QĐ", "BB", "ĐƠN"]
    assert [page.position for part in parts for page in part.pages if page.hidden] == [5], "the blank side"


def test_reading_again_leaves_what_a_person_made_of_the_plan(backends: Backends) -> None:
    work = dossier(backends)
    work.cut(1, 3)
    before = plan_of(backends, work.scan)
    read_anew(backends, work.scan)
    after = plan_of(backends, work.scan)
    assert before is not None
    assert after is not None
    assert (after.state, after.parts, after.revision) == (before.state, before.parts, before.revision)


def seen(uow: UnitOfWork, work: Dossier, *texts: str, **given: object) -> int:
    office = uow.session.get_one(Document, work.scan).organisation
    return len(seen_parts(uow, scanned(uow, office, texts or TEXTS, **given)))


def test_one_paper_is_not_proposed_to_be_cut_nor_a_file_made_here_nor_a_part(backends: Backends) -> None:
    work = dossier(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert seen(uow, work) == 3
        assert seen(uow, work, TEXTS[0], TEXTS[1]) == 0
        assert seen(uow, work, TEXTS[0]) == 0
        assert seen(uow, work, copy_kind=CopyKind.ELECTRONIC) == 0
        assert seen(uow, work, parcel_id=work.scan) == 0


def test_a_proposal_goes_where_a_later_reading_sees_one_paper(backends: Backends) -> None:
    work = dossier(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        scan = uow.session.get_one(Document, work.scan)
        assert propose_split(uow, scan, seen_parts(uow, scan)) is not None
        assert propose_split(uow, scan, ()) is None
    assert plan_of(backends, work.scan) is None


def test_every_sign_that_speaks_for_a_paper_has_words() -> None:
    wordless = {"first-page", "separator"}
    assert {str(sign) for sign, (weight, _) in WEIGHTS.items() if weight > 0} - wordless <= REASONS.keys()
