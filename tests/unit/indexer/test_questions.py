"""Words that only ask are not required, and that is said; nothing else is left out."""

import pytest

from indexer import parse


def words(text: str) -> list[str]:
    return [" ".join(one.exact) for one in parse(text).texts()]


def codes(text: str) -> list[str]:
    return [note.code for note in parse(text).notes]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Cai nghiện ma túy tự nguyện là gì?", "cai nghiện ma túy tự nguyện"),
        ("cai nghien tu nguyen la gi", "cai nghien tu nguyen"),
        ("Cho tôi hỏi thời hạn giam", "thời hạn giam"),
        (
            "thời hạn cai nghiện bắt buộc đối với người chưa thành niên là bao nhiêu tháng",
            "thời hạn cai nghiện bắt buộc đối với người chưa thành niên là tháng",
        ),
    ],
)
def test_words_of_asking_are_left_out_and_told(text: str, kept: str) -> None:
    assert "query-question-words" in codes(text)
    assert " ".join(words(text)) == kept


@pytest.mark.parametrize(
    "text",
    [
        "bản sao",  # a thing, though "sao" asks elsewhere
        "hồ sơ vay von",  # without accents a loan
        "ai",
        "là gì",  # nothing else would remain
        '"như thế nào" là cai nghiện',
        "trường hợp nào hoãn",  # one syllable in a short question may be meant
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert "query-question-words" not in codes(text)


def test_words_in_quotation_marks_stay_in_a_long_question() -> None:
    text = 'người đang chấp hành quyết định áp dụng biện pháp "như thế nào"'

    assert "như thế nào" in words(text)
