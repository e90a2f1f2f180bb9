"""Rules of cutting and folding Vietnamese words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.folding import (
    LONGEST_TOKEN,
    both_forms,
    exact_tokens,
    fold,
    folded_tokens,
    joined_forms,
    sort_key,
    spans,
    without_accents,
)

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵbcdđghklmnpqrstvx"
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " /-–.,:0123456789\u0300\u0301\u0323", max_size=60),
)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_joined_forms_are_both_forms_with_a_blank_between_tokens(text: str) -> None:
    exact, folded = both_forms(text)
    assert joined_forms(text) == (" ".join(exact), " ".join(folded))


@given(texts)
def test_the_short_way_through_a_text_without_marks_of_its_own_finds_the_same_tokens(text: str) -> None:
    assert both_forms(text)[0] == both_forms(f"{text} a\u0301")[0][:-1]


@given(texts)
def test_exact_tokens_of_exact_tokens_are_the_same(text: str) -> None:
    once = exact_tokens(text)
    assert exact_tokens(" ".join(once)) == once


@given(texts)
def test_folding_the_exact_form_gives_the_folded_form(text: str) -> None:
    assert folded_tokens(" ".join(exact_tokens(text))) == folded_tokens(text)


@given(texts)
def test_spans_cover_their_tokens_in_order_without_overlap(text: str) -> None:
    end = 0
    for token in spans(text):
        assert end <= token.start < token.end <= len(text)
        assert exact_tokens(text[token.start : token.end]) == [token.exact]
        assert folded_tokens(text[token.start : token.end]) == [token.folded]
        end = token.end


@given(texts)
def test_no_letter_or_digit_lies_outside_a_span(text: str) -> None:
    covered = {place for token in spans(text) for place in range(token.start, token.end)}
    assert not any(char.isalnum() for place, char in enumerate(text) if place not in covered)


@given(texts)
def test_tokens_hold_no_blank_and_nothing_empty(text: str) -> None:
    for token in (*exact_tokens(text), *folded_tokens(text)):
        assert token.split() == [token]
        assert len(token) <= LONGEST_TOKEN


@given(texts)
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert both_forms(unicodedata.normalize("NFD", text)) == both_forms(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("tuý", "túy"),
        ("thuỷ", "thủy"),
        ("qúy", "quý"),
        ("hòan", "hoàn"),
        ("gìa", "già"),
        ("ngòai", "ngoài"),
        ("TÒAN", "toàn"),
    ],
)
def test_the_tone_has_one_place(one: str, two: str) -> None:
    assert exact_tokens(one) == exact_tokens(two)


@pytest.mark.parametrize(
    "word", ["quyết", "nghiện", "người", "thuở", "khuỷu", "giữa", "đường", "gì", "quá", "mía", "của"]
)
def test_a_well_written_syllable_stays(word: str) -> None:
    assert exact_tokens(word) == [word]


def test_different_accents_stay_different_words_with_one_folded_form() -> None:
    assert len({tuple(exact_tokens(word)) for word in ("ma", "má", "mà", "mả", "mã", "mạ", "mă", "mâ")}) == 8
    assert {fold(word) for word in ("ma", "má", "mă", "mậ")} == {"ma"}


def test_d_with_a_stroke_folds_to_d() -> None:
    assert fold("ĐƯỜNG Đặng") == "duong dang"
    assert exact_tokens("ÐƠN ðơn Ɖơn") == ["đơn"] * 3  # capitals that look like Đ are other letters


def test_names_sort_by_given_name_then_family_name_in_the_order_of_the_alphabet() -> None:
    ordered = ["Trần Thị An", "Lê Án", "Lê Ăn", "Nguyễn Văn Ân", "Phạm Dung", "Bùi Đông", "Đỗ Thử", "Nguyễn Văn Thử"]
    assert sorted([*ordered[4:], *ordered[:4]], key=sort_key) == ordered


def test_sort_keys_are_digits_so_that_every_collation_agrees() -> None:
    assert sort_key("Nguyễn Văn Thử-2").isdigit()
    assert sort_key("") == ""


@pytest.mark.parametrize(
    ("one", "other"), [("kỹ sư", "kĩ sư"), ("lý lịch", "lí lịch"), ("QUÍ", "quý"), ("cong ty", "cong ti")]
)
def test_y_and_i_at_the_end_are_one_word_where_both_are_written(one: str, other: str) -> None:
    assert exact_tokens(one) == exact_tokens(other)
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Thy", "Thi"), ("thúy", "thúi"), ("tay", "tai"), ("ý", "í"), ("quỳnh", "quình")]
)
def test_y_and_i_stay_apart_where_they_are_different_words(one: str, other: str) -> None:
    assert exact_tokens(one) != exact_tokens(other)


def test_names_are_sorted_as_they_are_written() -> None:
    assert sort_key("Lý") != sort_key("Lí")


def test_a_text_without_accents_keeps_everything_else() -> None:
    assert without_accents('"Đúng dấu" -số:15/QĐ') == '"Dung dau" -so:15/QD'
