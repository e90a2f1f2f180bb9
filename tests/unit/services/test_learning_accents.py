"""What the collection teaches about accents is learned by itself, and used where a question has none."""

from datetime import timedelta

from sqlalchemy import update

from app.actor import OPERATOR
from app.backends import Backends
from app.models import LearnedAccents
from app.services.accents import AGAIN, accents, accents_due, learn_accents
from app.services.indexing import index_due
from app.services.searching import Query, Results, search
from indexer.accents import LEAST_CASES, LEAST_DOCUMENTS
from tests import factories


def filled(backends: Backends, text: str, documents: int = LEAST_DOCUMENTS, flags: tuple[str, ...] = ()) -> None:
    """So many documents of this text in five cases of persons of one name."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        cases = [
            factories.case(uow, factories.person(uow, office, full_name="Trần Thị Giả Định"))
            for _ in range(LEAST_CASES)
        ]
        for number in range(documents):
            document = factories.document(uow, office, text, flags=list(flags))
            factories.filing(uow, cases[number % LEAST_CASES], document)
    index_due(backends)


def asked(backends: Backends, text: str) -> Results:
    with backends.read(OPERATOR) as uow:
        return search(uow, Query(text))


def due(backends: Backends) -> bool:
    with backends.read() as uow:
        return accents_due(uow)


def test_what_was_learned_is_offered_where_no_accent_was_typed(backends: Backends) -> None:
    filled(backends, "Biện pháp quản lý sau cai nghiện")
    assert due(backends)
    assert asked(backends, "bien phap quan ly").suggestions == ()
    learn_accents(backends)
    assert not due(backends)
    offered = asked(backends, "bien phap quan ly").suggestions
    assert [(one.text, one.count) for one in offered] == [("biện pháp quản lý", LEAST_DOCUMENTS)]
    assert asked(backends, "biện pháp quản lý").suggestions == ()
    assert asked(backends, '"bien phap"').suggestions == ()


def test_names_of_fields_and_documents_with_flags_teach_nothing(backends: Backends) -> None:
    filled(backends, "Hồ sơ vụ án hình sự", flags=("minor",))
    learn_accents(backends)
    with backends.read() as uow:
        model = accents(uow)
    assert model is not None
    assert len(model) == 0


def test_few_documents_are_not_learned_from(backends: Backends) -> None:
    filled(backends, "Hồ sơ vụ án", documents=LEAST_DOCUMENTS - 1)
    assert not due(backends)


def test_it_is_learned_again_when_the_collection_has_grown_but_not_at_once(backends: Backends) -> None:
    filled(backends, "Hồ sơ vụ án hình sự")
    learn_accents(backends)
    filled(backends, "Biện pháp quản lý sau cai", documents=LEAST_DOCUMENTS)
    assert not due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.query(LearnedAccents).one()
        learned_at = row.learned_at - AGAIN - timedelta(seconds=1)
        uow.session.execute(update(LearnedAccents).values(learned_at=learned_at))
    assert due(backends)
    learn_accents(backends)
    assert [one.text for one in asked(backends, "bien phap quan ly").suggestions] == ["biện pháp quản lý"]
