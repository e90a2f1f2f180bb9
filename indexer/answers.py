"""Answers to choose from in a question ("... là: A. năm ngày B. mười ngày C. ..."): at most one of them is right."""

from collections.abc import Collection, Sequence

LETTERS = "abcdef"
FEWEST = 3  # with two, "điểm a, b khoản 1" without its first word would be taken for answers
_POINT = "diem"  # "điểm a khoản 1" names a part of an article


def answers_in(run: Sequence[str], labels: Collection[int]) -> tuple[slice, ...]:
    """Where the answers stand in the folded tokens of a question, without their letters; none where there are none.

    `labels` are the places of letters that stand before a point or a bracket: "ông A, bà B và ông C" are persons.
    """
    begins: list[int] = []
    for at, token in enumerate(run):
        is_next = at in labels and len(begins) < len(LETTERS) and token == LETTERS[len(begins)]
        has_words = at + 1 < len(run) and (not begins or at > begins[-1] + 1)
        if is_next and has_words and (at == 0 or run[at - 1] != _POINT):
            begins.append(at)
    if len(begins) < FEWEST:
        return ()
    return tuple(slice(start + 1, end) for start, end in zip(begins, [*begins[1:], len(run)], strict=True))
