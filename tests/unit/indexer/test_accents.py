"""Words without accents are read as the collection writes them, and nothing is learned from few documents or cases."""

import pytest

from indexer import parse
from indexer.accents import LEAST_CASES, LEAST_DOCUMENTS, AccentModel, Learning, restored_runs, written


def learned(*texts: str, documents: int = LEAST_DOCUMENTS, cases: int = LEAST_CASES) -> AccentModel:
    learning = Learning()
    for number in range(documents):
        learning.add(texts, (number % cases,))
    return learning.model()


MODEL = learned("quản lý sau cai nghiện ma túy", "hồ sơ vụ án", "mà túi")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("quan ly sau cai nghien", "quản lý sau cai nghiện"),
        ("QUAN LI SAU CAI", "quản lí sau cai"),
        ("cai nghien ma tuy", "cai nghiện ma túy"),
        ("ho so vu an", "hồ sơ vụ án"),
    ],
)
def test_words_are_restored_as_the_collection_writes_them(typed: str, meant: str) -> None:
    assert written(typed, MODEL) == meant


@pytest.mark.parametrize(
    "typed", ["cai nghiện", '"ho so"', "-ho so", "ho OR so", "quan", "khong biet", "sau cai", "15/QD-UBND", ""]
)
def test_what_has_an_accent_an_operator_or_is_not_known_stays(typed: str) -> None:
    assert written(typed, MODEL) is None


def test_a_syllable_that_no_known_pair_supports_stays_as_typed() -> None:
    assert restored_runs(MODEL, parse("ho so zebra")) == (("hồ", "sơ", "zebra"),)


@pytest.mark.parametrize(("documents", "cases"), [(LEAST_DOCUMENTS - 1, LEAST_CASES), (200, LEAST_CASES - 1)])
def test_what_few_documents_or_cases_hold_is_not_learned(documents: int, cases: int) -> None:
    assert len(learned("Nguyễn Văn Thử", documents=documents, cases=cases)) == 0


def test_a_model_is_kept_and_read_again() -> None:
    again = AccentModel.from_bytes(MODEL.to_bytes())

    assert written("ho so vu an", again) == "hồ sơ vụ án"
    with pytest.raises(ValueError, match="incorrect header"):
        AccentModel.from_bytes(b"nothing")
