"""Questions of a sentence: with phrases in quotation marks, with colons that name no field, with a title in them."""

from unicodedata import combining, normalize

import pytest

from indexer import Allowed, Rule, SearchBackend, SearchPage, SearchRequest
from indexer.query import as_words
from indexer.scoring import LONGER, LOOKED_AT_AGAIN
from tests.contract.search_backends import ask, document, ids

LONG = "trách nhiệm theo dõi giúp đỡ người sau cai nghiện tại nơi cư trú"


def without_accents(text: str) -> str:
    """As it is typed without accents, everything else kept."""
    return "".join(char for char in normalize("NFD", text) if not combining(char)).replace("đ", "d")


@pytest.fixture
def rules(search_backend: SearchBackend) -> SearchBackend:
    """Three documents that answer sentences and two that share words with them."""
    search_backend.write(
        [
            document(1, "“Cơ sở cai nghiện” có trách nhiệm tiếp nhận và quản lý hồ sơ.", title="Tiếp nhận"),
            document(2, "Cơ sở khác có trách nhiệm theo dõi. Cai nghiện tại nhà.", title="Theo dõi"),
            document(3, f"Quy định về {LONG}, gồm hồ sơ và giấy tờ.", title="Trách nhiệm của gia đình"),
            document(
                4, "Họa sĩ hạng III, mã số V.10.08.27, thời kỳ trước.", title="Họa sĩ hạng III - Mã số: V.10.08.27"
            ),
            document(5, "Trách nhiệm của gia đình, trách nhiệm của gia đình và xã hội", title="Phối hợp"),
        ]
    )
    return search_backend


def test_a_phrase_is_required_while_most_of_the_other_words_are_enough(rules: SearchBackend) -> None:
    found = ask(rules, '"cơ sở cai nghiện" có trách nhiệm tiếp nhận ai')
    assert (ids(found), found.rule) == ([1], Rule.MOST)


def test_words_of_asking_beside_a_phrase_are_not_required(rules: SearchBackend) -> None:
    found = ask(rules, '"cơ sở cai nghiện" được hiểu là gì?')
    assert ids(found) == [1]
    assert "query-question-words" in {note.code for note in found.notes}


def test_what_is_left_out_stays_out_under_the_rule_of_most(rules: SearchBackend) -> None:
    found = ask(rules, f"{LONG} chưa-có-ở-đâu -giấy")
    assert found.rule is Rule.MOST
    assert 3 not in ids(found)


def test_a_field_in_a_long_question_is_required_where_something_has_it(rules: SearchBackend) -> None:
    assert ids(ask(rules, f'{LONG} trích yếu:"họa sĩ"')) in ([], [4])
    assert ids(ask(rules, f'{LONG} trích yếu:"gia đình"')) == [3]


def test_a_sentence_with_a_colon_after_the_name_of_a_field_is_run_as_words_and_says_so(rules: SearchBackend) -> None:
    asked = f"{LONG} gồm hồ sơ: A. giấy tờ B. tiền"
    found = ask(rules, asked)
    assert ids(found)[0] == 3
    assert "query-fields-as-words" in {note.code for note in found.notes}
    assert found.text == asked.replace(":", " ")
    request = SearchRequest(asked, Allowed.everything())
    assert {one.value: one.count for one in rules.every_value(request, "quality") or ()} == {"text": found.total}


def test_a_filter_that_leaves_nothing_makes_no_words_of_fields(rules: SearchBackend) -> None:
    asked = f'{LONG} trích yếu:"gia đình"'
    assert ids(ask(rules, asked)) == [3]
    found = ask(rules, asked, filters={"year": ("1990",)})
    assert (found.total, [note.code for note in found.notes if note.code == "query-fields-as-words"]) == (0, [])


def test_what_is_left_out_by_a_field_is_not_asked_for_as_words(rules: SearchBackend) -> None:
    assert as_words(f"{LONG} -người:An hồ sơ:HS-1") == f"{LONG} -người:An hồ sơ HS-1"


def test_a_few_words_with_a_field_that_finds_nothing_find_nothing(rules: SearchBackend) -> None:
    assert ids(ask(rules, "trách nhiệm hồ sơ:HS-1")) == []


def test_an_answer_that_a_document_gives_whole_counts_more_than_pieces_of_all_to_choose_from(
    search_backend: SearchBackend,
) -> None:
    """Both documents have the same words: five pairs of one answer here, three pairs of each there."""
    stem = "Thời hạn lập danh sách người tham gia bình chọn"
    answers = ("bảy tuần kể từ lúc nhận giấy", "tám tháng tính theo dương lịch", "chín quý của một nhiệm kỳ")
    pieces = "bảy tuần tám tháng chín quý kể từ tính theo của một nhận giấy lúc dương lịch nhiệm kỳ"
    others = "bảy chín kể quý từ của lúc một tuần nhiệm nhận kỳ giấy"
    search_backend.write([document(1, f"{stem} {pieces}"), document(2, f"{stem} {answers[1]} {others}")])
    asked = "{} là: A. {} B. {} C. {}".format(stem, *answers)
    assert ids(ask(search_backend, asked)) == [2, 1]
    assert ids(ask(search_backend, without_accents(asked))) == [2, 1]
    assert ids(ask(search_backend, " ".join((stem, *answers)))) == [1, 2]


@pytest.mark.parametrize(
    "asked", ["Họa sĩ hạng III - Mã số: V.10.08.27", "hoa si hang III ma so: V.10.08.27", "thời kỳ: trước"]
)
def test_other_words_that_end_like_the_name_of_a_field_are_words(rules: SearchBackend, asked: str) -> None:
    assert ids(ask(rules, asked)) == [4]


@pytest.mark.parametrize("asked", ["Trách nhiệm của gia đình", "trach nhiem cua gia dinh", "TRÁCH NHIỆM CỦA GIA ĐÌNH"])
def test_the_document_of_exactly_this_title_stands_first(rules: SearchBackend, asked: str) -> None:
    assert ids(ask(rules, asked))[:2] == [3, 5]


def test_a_document_whose_whole_title_stands_in_the_question_stands_first(rules: SearchBackend) -> None:
    asked = "Theo pháp luật thì ai có và có những trách nhiệm của gia đình nào, xã hội ra sao"
    assert ids(ask(rules, asked))[0] == 3


def test_a_title_with_these_accents_stands_before_one_that_only_reads_alike(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "a", title="Hoan nghênh"), document(2, "b", title="Hoàn nghênh")])
    assert ids(ask(search_backend, "hoàn nghênh")) == [2, 1]
    assert ids(ask(search_backend, "hoan nghenh")) == [1, 2]


def test_in_a_question_with_answers_to_choose_from_more_documents_are_looked_at_again(
    search_backend: SearchBackend,
) -> None:
    question = " ".join(f"chữ{number}" for number in range(LONGER + 10))
    scattered = " ".join(reversed(question.split()))
    others = [document(id_, f"{scattered} {scattered}") for id_ in range(1, LOOKED_AT_AGAIN + 20)]
    search_backend.write([*others, document(999, f"{question} {'khác ' * 300}")])
    assert ids(ask(search_backend, question, limit=1)) == [999]


def test_a_word_that_a_long_question_says_again_counts_again(search_backend: SearchBackend) -> None:
    words = [f"chữ{number}" for number in range(LONGER + 10)]
    shared = " ".join(reversed(words[:25]))
    others = [document(id_, "không có gì ở đây") for id_ in range(3, 9)]
    search_backend.write([document(1, f"{shared} methadon"), document(2, f"{shared} heroin"), *others])
    asked = " ".join((*words[:30], "methadon", *words[30:40], "heroin", *words[40:45], "heroin", *words[45:]))
    assert ids(ask(search_backend, asked)) == [2, 1]
    assert ids(ask(search_backend, " ".join((*words[:15], "methadon", *words[15:20], "heroin", "heroin")))) == [1, 2]


def test_the_hits_of_a_long_document_are_the_pages_where_the_words_are_near(search_backend: SearchBackend) -> None:
    far = SearchPage(1, "cai " + "chữ " * 30 + "nghiện")
    search_backend.write([document(1, pages=(far, SearchPage(2, "nghiện và cai"), SearchPage(3, "cai nghiện")))])
    assert sorted(search_backend.pages([1], '"cai nghiện"~2', 10, every=True)[1]) == [2, 3]
