"""Who names whom by number, and what is like what: within the asker's scope, and open about what is not certain."""

from datetime import date

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.models import Document, Organisation
from app.services.citing import Cited, Citing, cited, citing
from app.services.indexing import index_due
from app.services.similar import Similar, similar
from tests import factories

DAY = date(2026, 2, 5)
BY_US = "Căn cứ Quyết định số 15/QĐ-UBND ngày 05 tháng 02 năm 2026 của UBND phường Mẫu"


@pytest.fixture
def offices(backends: Backends) -> tuple[Organisation, Organisation]:
    """One's own, and another."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.organisation(uow), factories.organisation(uow)


@pytest.fixture
def officer(backends: Backends, offices: tuple[Organisation, Organisation]) -> Actor:
    return factories.actor_of(backends, offices[0], Role.RECORDS_OFFICER)


def keep(backends: Backends, office: Organisation, *texts: str, **given: object) -> int:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.document(uow, office, *texts, **given).id


def named_by(backends: Backends, actor: Actor, id_: int) -> tuple[Cited, ...]:
    index_due(backends)
    with backends.read(actor) as uow:
        return cited(uow, uow.session.get_one(Document, id_))


def naming(backends: Backends, actor: Actor, id_: int) -> Citing | None:
    index_due(backends)
    with backends.read(actor) as uow:
        return citing(uow, uow.session.get_one(Document, id_))


def like(backends: Backends, actor: Actor, id_: int) -> Similar:
    index_due(backends)
    with backends.read(actor) as uow:
        return similar(uow, uow.session.get_one(Document, id_))


def test_a_number_with_its_day_leads_to_the_document(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    order = keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=DAY)
    older = keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=date(2024, 3, 1))
    plan = keep(backends, offices[0], "trang một", f"{BY_US}; căn cứ 9/KH-UBND", number="7", symbol="KH-UBND")
    first, second = named_by(backends, officer, plan)
    assert (first.number, first.page, first.count, first.is_sure) == ("15/QĐ-UBND", 2, 1, True)
    assert [row.id for row in first.documents] == [order]
    assert (second.number, second.count, second.documents) == ("9/KH-UBND", 0, ())
    found = naming(backends, officer, order)
    assert found is not None
    assert ([row.id for row in found.documents], found.sure, found.bearers) == ([plan], {plan}, 1)
    doubtful = naming(backends, officer, older)
    assert doubtful is not None
    assert ([row.id for row in doubtful.documents], doubtful.sure, doubtful.bearers) == ([plan], set(), 1)


def test_a_number_that_several_bear_names_them_all_and_is_not_sure(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    several = {keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=date(2020 + n, 1, 1)) for n in range(4)}
    plan = keep(backends, offices[0], "Theo Quyết định số 15/QĐ-UBND và Luật số 73/2021/QH14")
    order, law = named_by(backends, officer, plan)
    assert (order.count, order.is_sure, len(order.documents)) == (4, False, 3)
    assert {row.id for row in order.documents} < several
    assert (law.number, law.count) == ("73/2021/QH14", 0)


def test_one_with_the_number_and_without_the_day_is_not_sure(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=date(2024, 3, 1))
    keep(backends, offices[0], number="116", symbol="2021/NĐ-CP", date=date(2021, 12, 21))
    plan = keep(backends, offices[0], f"{BY_US}; Nghị định số 116/2021/NĐ-CP")
    order, decree = named_by(backends, officer, plan)
    assert (order.count, order.is_sure) == (1, False)
    assert (decree.count, decree.is_sure) == (1, True)


def test_its_own_number_is_no_citation_and_no_number_is_named_by_nobody(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    order = keep(backends, offices[0], "Số: 15/QĐ-UBND. " * 3, number="15", symbol="QĐ-UBND", date=DAY)
    assert named_by(backends, officer, order) == ()
    assert naming(backends, officer, keep(backends, offices[0], "không có số")) is None
    assert naming(backends, officer, keep(backends, offices[0], number="15")) is None


def test_what_lies_out_of_scope_is_neither_named_nor_counted(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    order = keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=DAY)
    keep(backends, offices[1], BY_US)
    keep(backends, offices[1], number="15", symbol="QĐ-UBND", date=DAY)
    keep(backends, offices[0], BY_US, flags=["HIV"])
    assert naming(backends, officer, order) == Citing(0, (), frozenset(), 0)
    keep(backends, offices[1], number="9", symbol="KH-UBND")
    plan = keep(backends, offices[0], "Thực hiện Kế hoạch số 9/KH-UBND")
    assert [(one.count, one.documents) for one in named_by(backends, officer, plan)] == [(0, ())]


def test_documents_with_the_same_rarer_words_are_alike_and_nothing_else(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    rare = "vận hành trạm bơm thoát nước khu dân cư ven sông mùa lũ"
    first = keep(backends, offices[0], f"Quyết định {rare}", title="Quyết định vận hành trạm bơm")
    second = keep(backends, offices[0], f"Kế hoạch {rare}", title="Kế hoạch vận hành trạm bơm")
    for n in range(8):
        keep(backends, offices[0], f"Quyết định kế hoạch quản lý sau cai lần thứ {n}", title=f"Quyết định {n}")
    keep(backends, offices[1], f"Bí mật {rare}", title="Quyết định vận hành trạm bơm khác")
    keep(backends, offices[0], f"Bí mật {rare}", title="Quyết định vận hành trạm bơm kín", flags=["HIV"])
    found = like(backends, officer, first)
    assert [row.id for row in found.documents] == [second]
    assert "bơm" in found.words
    assert "định" not in found.words


def test_how_rare_a_word_is_does_not_depend_on_what_others_hold(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    first = keep(backends, offices[0], "trạm bơm thoát nước ven sông", title="Vận hành")
    for n in range(4):
        keep(backends, offices[0], "trạm bơm ven đường" if n % 2 else "thoát nước đô thị", title=f"Văn bản {n}")
    before = like(backends, officer, first)
    for n in range(30):
        keep(backends, offices[1], "trạm bơm thoát nước " * n, title=f"Trạm bơm {n}")
    after = like(backends, officer, first)
    assert before.words == after.words
    assert {row.id for row in before.documents} == {row.id for row in after.documents}


def test_a_document_alone_in_its_words_has_nothing_like_it(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    only = keep(backends, offices[0], "một hai ba", title="Bốn")
    assert like(backends, officer, only) == Similar((), ())


def test_a_number_typed_with_blanks_is_asked_for_whole(
    backends: Backends, offices: tuple[Organisation, Organisation], officer: Actor
) -> None:
    order = keep(backends, offices[0], number="15", symbol='QĐ "UBND"', date=DAY)
    keep(backends, offices[0], number="15", symbol="QĐ-UBND", date=DAY)
    plan = keep(backends, offices[0], BY_US)
    found = naming(backends, officer, order)
    assert found is not None
    assert ([row.id for row in found.documents], found.bearers) == ([plan], 1)
