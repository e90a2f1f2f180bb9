"""What comes first: words side by side, fields that hold the whole question, accents given. Both engines."""

from datetime import date, timedelta

import pytest

from indexer import Allowed, SearchBackend
from indexer.accents import Learning
from indexer.scoring import LOOKED_AT_AGAIN
from tests.contract.search_backends import HERE, ask, document, ids

FILLER = "chữ khác " * 40


def test_words_side_by_side_come_before_the_same_words_scattered(search_backend: SearchBackend) -> None:
    search_backend.write(
        [
            document(1, f"nơi {FILLER} cư {FILLER} trú"),
            document(2, f"{FILLER} {FILLER} nơi cư trú"),
        ]
    )
    assert ids(ask(search_backend, "nơi cư trú")) == [2, 1]
    assert ids(ask(search_backend, "noi cu tru")) == [2, 1]


def test_a_title_that_holds_the_whole_question_comes_first(search_backend: SearchBackend) -> None:
    search_backend.write(
        [
            document(1, "thẩm quyền lập hồ sơ " * 20, title="Báo cáo"),
            document(2, FILLER, title="Thẩm quyền lập hồ sơ"),
        ]
    )
    assert ids(ask(search_backend, "tham quyen lap ho so")) == [2, 1]


def test_a_word_in_a_title_does_not_outweigh_the_sentence_in_a_text(search_backend: SearchBackend) -> None:
    question = "người nghiện ma túy từ đủ mười hai tuổi được giáo dục tại cơ sở"
    others = "nghiện ma túy mười hai tuổi giáo dục cơ sở"
    search_backend.write(
        [document(number, f"{others} {FILLER}", title="Cơ sở giáo dục") for number in range(1, 6)]
        + [document(6, f"{FILLER} {question}", title="Điều khoản chung")]
    )
    assert ids(ask(search_backend, question))[0] == 6


@pytest.mark.parametrize(
    ("asked", "first"), [("quyết dinh", 1), ("quyet định", 1), ("quyết định", 1), ("quyệt dinh", 2)]
)
def test_accents_that_were_given_are_respected_and_missing_ones_are_open(
    search_backend: SearchBackend, asked: str, first: int
) -> None:
    search_backend.write([document(1, "quyết định"), document(2, "quyệt đình quyệt đình quyệt đình")])
    found = ids(ask(search_backend, asked))
    assert sorted(found) == [1, 2]
    assert found[0] == first


def test_a_walk_sees_every_document_once_across_the_second_look(search_backend: SearchBackend) -> None:
    count = LOOKED_AT_AGAIN + 30
    search_backend.write(
        [
            document(number, f"{'nơi cư trú' if number % 7 == 0 else 'trú nơi cư'} {'thêm ' * (number % 11)}")
            for number in range(1, count + 1)
        ]
    )
    whole = ids(ask(search_backend, "nơi cư trú", limit=count))
    assert sorted(whole) == list(range(1, count + 1))
    for size in (LOOKED_AT_AGAIN // 2, 7):
        walked: list[int] = []
        found = ask(search_backend, "nơi cư trú", limit=size)
        walked += ids(found)
        while found.cursor:
            found = ask(search_backend, "nơi cư trú", limit=size, cursor=found.cursor)
            walked += ids(found)
        assert walked == whole
        by_offset = [ids(ask(search_backend, "nơi cư trú", limit=size, offset=at)) for at in range(0, count, size)]
        assert [id_ for part in by_offset for id_ in part] == whole


def test_the_article_asked_for_comes_before_the_other_articles_of_its_decree(search_backend: SearchBackend) -> None:
    number = {"number_text": "72/2023/NĐ-CP"}
    search_backend.write(
        [
            document(1, f"{FILLER} điều 10", subject="Điều 22 Nghị định số 72/2023/NĐ-CP", **number),
            document(2, FILLER, subject="Điều 10 Nghị định số 72/2023/NĐ-CP", **number),
            document(3, "điều 10 " * 9, subject="Điều 10 Nghị định số 73/2023/NĐ-CP", number_text="73/2023/NĐ-CP"),
        ]
    )
    for asked in ("Điều 10 Nghị định 72/2023", "dieu 10 nghi dinh 72/2023", "Điều 10 Nghị định số 72/2023/NĐ-CP"):
        assert ids(ask(search_backend, asked))[:2] == [2, 1]


def test_a_question_of_a_sentence_does_not_put_a_long_document_first_for_holding_every_word(
    search_backend: SearchBackend,
) -> None:
    question = "hoãn chấp hành quyết định đưa vào cơ sở cai nghiện bắt buộc trong năm này"
    scattered = f" {FILLER} ".join(question.split())
    search_backend.write(
        [
            document(1, scattered),
            document(
                2, f"{FILLER} hoãn chấp hành quyết định đưa vào cơ sở cai nghiện bắt buộc", title="Hoãn chấp hành"
            ),
            *(document(number, f"trong năm này {FILLER}") for number in range(3, 9)),
        ]
    )
    assert ids(ask(search_backend, question))[:2] == [2, 1]


def test_without_accents_what_was_probably_meant_comes_first_and_nothing_is_left_out(
    search_backend: SearchBackend,
) -> None:
    learning = Learning()
    for number in range(40):
        learning.add(["cơ sở cai nghiện ma túy"], [number % 8])
    search_backend.write([document(1, "má tuý má tuý"), document(2, f"{FILLER} ma túy {FILLER}")])
    plain, meant = ask(search_backend, "ma tuy"), ask(search_backend, "ma tuy", accents=learning.model())
    assert ids(meant) == [2, 1]
    assert ids(plain) == [1, 2]


@pytest.mark.parametrize(("typed", "first"), [("Nguyễn Văn Thử", 2), ("nguyen van thu", 2), ("Nguyễn Thử Văn", 1)])
def test_a_name_in_the_order_that_was_typed_comes_first(search_backend: SearchBackend, typed: str, first: int) -> None:
    search_backend.write(
        [
            document(1, "Nguyễn Thử Văn", persons=((7, "Nguyễn Thử Văn"),)),
            document(2, FILLER, persons=((8, "Nguyễn Văn Thử"),)),
        ]
    )
    found = ids(ask(search_backend, f'người:"{typed}"'))
    assert found[0] == first
    assert set(found) == {1, 2}


def test_of_many_documents_with_one_number_ones_own_come_first_and_the_newest_first_on_every_page(
    search_backend: SearchBackend,
) -> None:
    first = date(2000, 1, 1)
    own = [document(id_, number_text="15/QĐ-UBND", date=first + timedelta(id_)) for id_ in range(1, 131)]
    others = [
        document(id_, number_text="15/KH-UBND", date=first + timedelta(id_), organisations=(HERE + 1,))
        for id_ in range(201, 241)
    ]
    naming = [document(id_, "kèm theo 15 biên bản", date=first + timedelta(id_)) for id_ in range(301, 331)]
    search_backend.write([*own, *others, *naming])
    wanted = [*range(130, 0, -1), *range(240, 200, -1), *range(330, 300, -1)]
    asked = {"allowed": Allowed.everything(), "home": frozenset({HERE})}
    assert ids(ask(search_backend, "15", limit=300, **asked)) == wanted
    assert ids(ask(search_backend, "15", limit=20, offset=120, **asked)) == wanted[120:140]
    walked: list[int] = []
    cursor: str | None = None
    while len(walked) < len(wanted):
        found = ask(search_backend, "15", limit=70, cursor=cursor, **asked)
        assert found.total == len(wanted)
        walked += ids(found)
        cursor = found.cursor
    assert walked == wanted
    assert cursor is None
