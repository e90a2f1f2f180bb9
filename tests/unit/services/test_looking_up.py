"""Looking up without the index: numbers in any spelling, days, names with and without accents, within the scope."""

from datetime import date

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import NotAllowed
from app.models import Document, FilingState, Organisation, PersonName
from app.services.looking_up import LookedUp, look_up
from app.services.searching import Query
from indexer.folding import fold
from tests import factories


def looked(backends: Backends, actor: Actor, text: str, **given: object) -> LookedUp:
    with backends.read(actor) as uow:
        return look_up(uow, Query(text, **given))  # type: ignore[arg-type]


def ids(backends: Backends, actor: Actor, text: str, **given: object) -> list[int]:
    return [hit.document for hit in looked(backends, actor, text, **given).results.hits]


def keep(backends: Backends, office: Organisation, **given: object) -> int:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.document(uow, office, **given).id


def file(backends: Backends, office: Organisation, document: int, name: str, *others: str, **given: object) -> int:
    """Lay a document into a new case of a person of the office; returns the person."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name=name)
        person.names += [PersonName(name=other, folded_name=fold(other)) for other in others]
        row = factories.case(uow, person)
        factories.filing(uow, row, uow.session.get_one(Document, document), **given)
        return person.id


NUMBERED = {"number": "015", "symbol": "QĐ-UBND", "type": "QD", "date": date(2026, 2, 5)}


@pytest.mark.parametrize(
    "typed",
    [
        "15/QĐ-UBND",
        "Số: 15/QĐ-UBND",
        "15 / qđ - ubnd",
        "15/2026/QĐ-UBND",
        "15 qd ubnd",
        "15/2026",
        "15",
        "số:15",
        "quyết định 15",
        "QĐ số 15 ngày 05/02/2026",
        "số:/QĐ-UBND",
    ],
)
def test_a_number_is_found_in_any_spelling(
    backends: Backends, office: Organisation, officer: Actor, typed: str
) -> None:
    wanted = keep(backends, office, **NUMBERED)
    keep(backends, office, **NUMBERED | {"number": "115", "symbol": "KH-UBND", "type": "KH", "date": date(2025, 2, 5)})
    assert ids(backends, officer, typed) == [wanted]


def test_another_symbol_or_year_is_another_number(backends: Backends, office: Organisation, officer: Actor) -> None:
    keep(backends, office, **NUMBERED)
    for typed in ("15/QĐ-CA", "15/2025", "thông báo 15", "quyết định 15 ngày 06/02/2026"):
        assert ids(backends, officer, typed) == [], typed


@pytest.mark.parametrize(
    "typed",
    [
        "05/02/2026",
        "5.2.2026",
        "5/2/26",
        "2026-02-05",
        "ngày 05 tháng 02 năm 2026",
        "ngày 05/02/2026",
        "02/2026",
        "2026",
        "năm:2026",
        "từ ngày:01/02/2026 đến ngày:28/02/2026",
    ],
)
def test_a_day_is_found_as_people_write_it(
    backends: Backends, office: Organisation, officer: Actor, typed: str
) -> None:
    wanted = keep(backends, office, date=date(2026, 2, 5))
    keep(backends, office, date=date(2025, 2, 5))
    keep(backends, office)
    assert ids(backends, officer, typed) == [wanted]


@pytest.mark.parametrize("typed", ["Trần Thị Thử Mẫu", "tran thi thu mau", "mẫu thử", "Tám Giả", "người:Mẫu", "tra*"])
def test_a_document_is_found_by_the_names_of_the_person_in_whose_case_it_is(
    backends: Backends, office: Organisation, officer: Actor, typed: str
) -> None:
    wanted, other = keep(backends, office), keep(backends, office)
    file(backends, office, wanted, "Trần Thị Thử Mẫu", "Tám Giả")
    file(backends, office, other, "Lê Văn Thửa")
    assert ids(backends, officer, typed) == [wanted]


def test_words_that_are_no_name_find_nothing_by_themselves_and_are_left_out_beside_a_day(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    wanted = keep(backends, office, date=date(2026, 2, 5))
    file(backends, office, wanted, "Trần Thị Thử")
    assert ids(backends, officer, "cai nghiện") == []
    found = looked(backends, officer, "cai nghiện 05/02/2026")
    assert [hit.document for hit in found.results.hits] == [wanted]
    assert found.left_out == ("cai", "nghiện")
    assert ids(backends, officer, "thử 05/02/2026") == [wanted]
    assert ids(backends, officer, "thử 06/02/2026") == []
    assert ids(backends, officer, "-thử 05/02/2026") == []


def test_only_what_search_would_show_is_found(backends: Backends, office: Organisation, officer: Actor) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    seen = keep(backends, office, **NUMBERED)
    keep(backends, elsewhere, **NUMBERED)
    pending = {"access_pending": True, "indexed_revision": 1}
    for hidden in (pending, {"deleted_at": factories.NOW}, {"set_aside_at": factories.NOW}):
        keep(backends, office, **NUMBERED | hidden)
    keep(backends, office, **NUMBERED | {"flags": ["HIV"]})
    assert ids(backends, officer, "15/QĐ-UBND") == [seen]


def test_what_came_in_since_the_index_went_down_is_found(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    new = keep(backends, office, **NUMBERED | {"access_pending": True})
    assert ids(backends, officer, "15/QĐ-UBND") == [new]


def test_a_name_is_looked_up_among_the_cases_of_the_own_office(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    shared, proposed = keep(backends, office), keep(backends, office)
    file(backends, elsewhere, shared, "Trần Thị Thử")
    file(backends, office, proposed, "Trần Thị Thử", state=FilingState.PROPOSED)
    assert ids(backends, officer, "Trần Thị Thử") == []
    theirs = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    assert ids(backends, theirs, "Trần Thị Thử") == [shared]
    assert looked(backends, officer, "").results.total == 2
    assert all(not hit.persons for hit in looked(backends, officer, "").results.hits[1:])


def test_parts_are_newest_first_with_the_exact_total(backends: Backends, office: Organisation, officer: Actor) -> None:
    undated = keep(backends, office, number="15")
    old = keep(backends, office, number="15", date=date(2024, 1, 1))
    new = keep(backends, office, number="15", date=date(2026, 1, 1))
    found = looked(backends, officer, "15", limit=2)
    assert ([hit.document for hit in found.results.hits], found.results.total) == ([new, old], 3)
    assert ids(backends, officer, "15", limit=2, offset=2) == [undated]


def test_filters_narrow_and_are_named(backends: Backends, office: Organisation, officer: Actor) -> None:
    wanted = keep(backends, office, **NUMBERED)
    keep(backends, office, **NUMBERED | {"type": "KH"})
    person = file(backends, office, wanted, "Trần Thị Thử")
    filters = {"type": ("QD",), "year": ("2026",), "quality": ("text",), "person": (str(person),)}
    found = looked(backends, officer, "", filters=filters).results
    assert [hit.document for hit in found.hits] == [wanted]
    assert found.facets["person"][0].label == "Trần Thị Thử"
    assert ids(backends, officer, "", filters={"person": ("9" * 30,)}) == []


def test_who_may_not_search_may_not_look_up(backends: Backends, office: Organisation) -> None:
    with pytest.raises(NotAllowed):
        looked(backends, factories.actor_of(backends, office, Role.AUDITOR), "15")
