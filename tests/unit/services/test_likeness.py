"""Versions of one paper: proposed where the text is the same, never where only the form is, never merged alone."""

import random

import pytest

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.errors import NotFound, WrongState
from app.models import Document, Likeness, LikenessState, Organisation
from app.services import likeness
from app.services.access import Flag
from app.services.likeness import Particulars, bands, share
from tests import factories

BODY = (
    "Căn cứ Luật Phòng, chống ma túy ngày 30 tháng 3 năm 2021; căn cứ Nghị định số 116/2021/NĐ-CP ngày 21 tháng 12 năm "
    "2021 của Chính phủ; xét đề nghị của Trưởng Công an phường tại văn bản số {ask}. Quyết định: Điều 1. Quản lý sau "
    "cai nghiện ma túy tại nơi cư trú trong thời hạn {months} tháng đối với ông {name}, sinh ngày {born}, số căn cước "
    "{identity}, nơi thường trú {home}. Điều 2. Ông {name} có trách nhiệm chấp hành các quy định về quản lý sau cai, "
    "có mặt theo thông báo, khai báo khi vắng mặt khỏi nơi cư trú. Điều 3. Công an phường, cán bộ được phân công và "
    "ông {name} chịu trách nhiệm thi hành Quyết định này. "
)
ONE = {
    "ask": "12/ĐN-CAP ngày 30 tháng 10 năm 2026",
    "months": "24",
    "name": "Nguyễn Văn Thử",
    "born": "12/5/1990",
    "identity": "000090000111",
    "home": "Số 1, tổ 1, phường Mẫu",
}
OTHER = {
    "ask": "31/ĐN-CAP ngày 02 tháng 11 năm 2026",
    "months": "12",
    "name": "Trần Quang Mẫu",
    "born": "03/9/1984",
    "identity": "000084000222",
    "home": "Số 15, tổ 7, phường Mẫu",
}


def order(facts: dict[str, str]) -> str:
    return BODY.format(**facts)


def misread(text: str, one_in: int) -> str:
    """The text as a fair scan gives it: every so many words one letter wrong."""
    chance = random.Random(5)
    words = text.split(" ")
    return " ".join(w[:-1] + "x" if len(w) > 3 and chance.randrange(one_in) == 0 else w for w in words)


def test_the_same_text_read_twice_is_alike() -> None:
    text, again = order(ONE), misread(order(ONE), 30)
    assert text != again
    assert share(Particulars.of(text), Particulars.of(again)) >= likeness.ALIKE
    assert set(bands(text)) & set(bands(again))


def test_two_papers_of_one_form_are_not_alike() -> None:
    one, other = Particulars.of(order(ONE)), Particulars.of(order(OTHER))
    assert likeness._overlap(one.words, other.words) > likeness.ALIKE  # nearly all words are the form's
    assert share(one, other) == 0.0


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [({"number": "15/QĐ-UBND"}, {"number": "16/QĐ-UBND"}), ({"date": "2026-11-02"}, {"date": "2026-11-03"})],
)
def test_another_number_or_date_makes_another_paper(mine: dict[str, str], theirs: dict[str, str]) -> None:
    text = order(ONE)
    assert share(Particulars.of(text, **mine), Particulars.of(text, **mine)) == 1.0
    assert share(Particulars.of(text, **mine), Particulars.of(text, **theirs)) == 0.0


def kept(backends: Backends, office: Organisation, *texts: str) -> list[int]:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        ids = [factories.document(uow, uow.session.merge(office), text).id for text in texts]
    for document_id in ids:
        likeness.find_likenesses(backends, document_id)
    return ids


def proposed(uow: UnitOfWork) -> list[tuple[int, int]]:
    return [(row.document_id, row.other_id) for row in uow.session.query(Likeness)]


def test_copies_are_proposed_inside_one_organisation_once(backends: Backends, office: Organisation) -> None:
    first, again, _other = kept(backends, office, order(ONE), misread(order(ONE), 40), order(OTHER))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    kept(backends, elsewhere, order(ONE))
    likeness.find_likenesses(backends, again)
    with backends.read() as uow:
        assert proposed(uow) == [(again, first)]
        assert likeness.unprinted(uow, [first, again]) == []
        assert [row.version_of_id for row in uow.session.query(Document)] == [None] * 4


def test_confirmed_copies_name_each_other_and_stay_two_documents(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    first, second, third = kept(backends, office, order(ONE), misread(order(ONE), 40), misread(order(ONE), 50))
    with backends.begin(officer) as uow:
        for row in uow.session.query(Likeness).order_by(Likeness.id):
            likeness.decide(uow, row.document_id, row.id, same=True)
    with backends.read(officer) as uow:
        for one, others in ((first, {second, third}), (second, {first, third}), (third, {first, second})):
            document = uow.session.get_one(Document, one)
            assert {row.id for row in likeness.versions_of(uow, document)} == others
    with backends.begin(officer) as uow:
        pair = uow.session.query(Likeness).order_by(Likeness.id).limit(1).one()
        with pytest.raises(WrongState):
            likeness.decide(uow, pair.document_id, pair.id, same=False)


def test_a_rejected_pair_is_not_proposed_again(backends: Backends, office: Organisation, officer: Actor) -> None:
    _first, second = kept(backends, office, order(ONE), misread(order(ONE), 40))
    with backends.begin(officer) as uow:
        row = uow.session.query(Likeness).one()
        likeness.decide(uow, second, row.id, same=False)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        likeness.forget_print(uow, uow.session.get_one(Document, second))
    likeness.find_likenesses(backends, second)
    with backends.read(officer) as uow:
        assert [row.state for row in uow.session.query(Likeness)] == [LikenessState.REJECTED]
        assert likeness.proposals_for(uow, uow.session.get_one(Document, second)) == []


def test_a_copy_that_the_reader_may_not_see_is_neither_shown_nor_decided(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    first, second = kept(backends, office, order(ONE), misread(order(ONE), 40))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, first).flags = [Flag.HIV.value]
    with backends.read(officer) as uow:
        assert likeness.proposals_for(uow, uow.session.get_one(Document, second)) == []
    with pytest.raises(NotFound), backends.begin(officer) as uow:
        likeness.decide(uow, second, uow.session.query(Likeness).one().id, same=True)
