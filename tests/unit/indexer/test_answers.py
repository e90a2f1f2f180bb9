"""Answers to choose from are told from the letters that name parts of an article."""

import pytest

from indexer.answers import answers_in
from indexer.query import parse


def cut(text: str) -> list[str]:
    parsed = parse(text)
    return [
        " ".join(run[part])
        for run, labels in zip(parsed.runs("folded"), parsed.labels(), strict=True)
        for part in answers_in(run, labels)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Thời hạn là: A. năm ngày B. mười ngày C. hai mươi ngày",
        "Thời hạn là\na) năm ngày\nb) mười ngày\nc) hai mươi ngày",
        "A. năm ngày B. mười ngày C. hai mươi ngày",
    ],
)
def test_answers_are_what_stands_between_the_letters(text: str) -> None:
    assert cut(text) == ["nam ngay", "muoi ngay", "hai muoi ngay"]


@pytest.mark.parametrize(
    "text",
    [
        "theo điểm a khoản 1, điểm b khoản 2 và điểm c khoản 3",
        "điểm a, b, c khoản 1 Điều 5",
        "nhóm A hoặc nhóm B",
        "Nguyễn Văn A, Trần Văn B và Lê Văn C phạm tội trộm cắp tài sản",
        "anh A. chị B và ông C. cùng làm việc",
        "A. năm ngày B. C. hai mươi ngày",
        "cơ sở C nhóm B loại A",
        "",
    ],
)
def test_letters_that_name_something_else_are_no_answers(text: str) -> None:
    assert cut(text) == []
