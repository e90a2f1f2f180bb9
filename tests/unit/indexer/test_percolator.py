"""Kept questions find in a batch what the live index finds, however they are asked."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from indexer import Allowed, Rule, SearchBackend, SearchDocument, SearchPage, SearchRequest, open_backend
from indexer.clauses import Constant, Group, Word
from indexer.folding import fold
from indexer.percolator import KeptQuestion, Percolator, bare, needs_of, wanted

WORDS = tuple(
    "quyết định quản lý sau cai nghiện nơi cư trú biên bản họp phường mẫu hồ sơ đề nghị tòa án".split()  # noqa: SIM905
)
SEED = 20261122

QUESTIONS = (
    "quản lý",
    "quan ly sau cai",
    '"nơi cư trú"',
    '"noi cu tru"',
    '"nơi cư trú" OR tòa',
    'quản -"nơi cư trú"',
    '"trú nơi cư trú"',
    '"cư nơi"~3',
    "quản OR tòa",
    "quản -tòa",
    "-quản",
    "ngh*",
    "15/QĐ-UBND",
    "số:15",
    "so 15 qd ubnd",
    "QĐ 15",
    "loại:QĐ",
    "năm:2025..2026",
    "từ ngày:01/06/2026",
    "ngày:05/02/2026",
    "người:Thử",
    'người:"Nguyễn Văn Thử"',
    "cccd:000090000001",
    "0000 9000 0001",
    "hồ sơ:HS-2026-0001",
    "UBND quyết định",
    "cơ quan:phường loại:QĐ",
    "biên bản họp phường mẫu hồ sơ đề nghị tòa án quyết định",
    "quyeets ddinhj",
    "",
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchBackend]:
    backend = open_backend(tmp_path / "search")
    yield backend
    backend.close()


def papers(count: int) -> list[SearchDocument]:
    chance = random.Random(SEED)
    made = []
    for number in range(1, count + 1):
        text = " ".join(chance.choices(WORDS, k=chance.randint(4, 25)))
        if number % 3 == 0:
            text += " nơi cư trú"
        made.append(
            SearchDocument(
                id=number,
                revision=1,
                title=" ".join(chance.choices(WORDS, k=4)),
                type=chance.choice(("QD", "BB")),
                number_text=f"{chance.randint(14, 16)}/QĐ-UBND",
                date=date(chance.choice((2024, 2025, 2026)), chance.choice((2, 7)), 5),
                body=chance.choice(("UBND phường Mẫu", "Công an tỉnh Mẫu")),
                persons=((number % 3, "Nguyễn Văn Thử"),) if number % 3 else (),
                identities=("000090000001",) if number % 4 == 0 else (),
                cases=((7, "HS-2026-0001"),) if number % 5 == 0 else (),
                organisations=(number % 2,),
                quality="text",
                pages=(SearchPage(1, text),),
            )
        )
    return made


def matches(kept: Iterable[KeptQuestion], batch: Sequence[SearchDocument]) -> list[tuple[int, int]]:
    percolator = Percolator()
    for question in kept:
        percolator.add(question)
    found = list(percolator.matches(batch))
    assert len(found) == len(set(found))
    return found


def found_by(index: SearchBackend, text: str, filters: dict[str, tuple[str, ...]]) -> tuple[set[int], Rule]:
    request = SearchRequest(text=text, filters=filters, allowed=Allowed.everything(), limit=500)
    found = index.find(request)
    return {hit.id for hit in found.hits}, found.rule


@pytest.mark.parametrize(
    "filters", [{}, {"type": ("QD",), "year": ("2025", "2026")}, {"person": ("1",)}, {"day": ("2026-02",)}]
)
def test_a_kept_question_finds_what_the_live_index_finds(
    index: SearchBackend, filters: dict[str, tuple[str, ...]]
) -> None:
    batch = papers(60)
    index.write(batch)
    kept = [KeptQuestion(number, text, filters) for number, text in enumerate(QUESTIONS)]
    found: dict[int, set[int]] = {}
    for question, document in matches(kept, batch):
        found.setdefault(question, set()).add(document)
    compared = 0
    for one in kept:
        live, rule = found_by(index, one.text, filters)
        mine = found.get(one.id, set())
        if rule is Rule.ALL:
            compared += 1
            assert mine == live, one.text
        else:
            assert mine <= live or len(one.text.split()) > 8, one.text
    assert compared >= len(QUESTIONS) - 4


def test_random_questions_find_the_same_as_the_live_index(index: SearchBackend) -> None:
    batch = papers(40)
    index.write(batch)
    chance = random.Random(SEED + 1)
    kept = []
    for number in range(150):
        words = chance.sample(WORDS, chance.randint(1, 4))
        text = " ".join(words)
        match chance.randint(0, 5):
            case 0:
                text = f'"{text}"'
            case 1:
                text = " OR ".join(words)
            case 2:
                text = f"{words[0]} -{words[-1]}" if len(words) > 1 else text
            case 3:
                text = f"{text} loại:QĐ"
        kept.append(KeptQuestion(number, text))
    found = set(matches(kept, batch))
    compared = 0
    for question in kept:
        live, rule = found_by(index, question.text, {})
        if rule is Rule.ALL:
            compared += bool(live)
            assert {document for one, document in found if one == question.id} == live, question.text
    assert compared > len(kept) // 2


def test_a_long_question_finds_what_holds_more_than_half_of_its_words() -> None:
    words = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
    texts = (words[:6], words[:5])
    batch = [
        SearchDocument(id=n, revision=1, pages=(SearchPage(1, " ".join(text)),)) for n, text in enumerate(texts, 1)
    ]
    assert (matches([KeptQuestion(1, " ".join(words))], batch)) == [(1, 1)]


def test_one_word_of_few_is_not_enough() -> None:
    batch = [SearchDocument(id=1, revision=1, pages=(SearchPage(1, "quản lý"),))]
    assert (matches([KeptQuestion(1, "quản lý cai nghiện")], batch)) == []


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("quản lý", True),
        ("quản OR lý", True),
        ("loại:QĐ từ ngày:2026", True),
        ('"quản lý"', True),
        ("quản -lý", False),
        ('"nơi cư trú"', False),
        ('"nơi cư trú" OR quản', False),
        ("ngh*", False),
        ('"quản lý"~2', False),
    ],
)
def test_what_one_look_at_the_signs_decides(text: str, decided: bool) -> None:
    assert needs_of(wanted(KeptQuestion(1, text))).decided is decided


def test_what_only_adds_to_scores_is_left_out() -> None:
    clause = wanted(KeptQuestion(1, "quản lý"))
    weighed = Group(must=(Constant(clause, 3.0),), should=(Word("title_exact", "quản", boost=2.0),))
    assert bare(weighed) == bare(clause) == clause
    assert needs_of(clause).all_of == {("all_folded", fold(word)) for word in ("quản", "lý")}


def test_a_question_that_was_changed_or_taken_away_finds_no_more_what_it_found() -> None:
    batch = [SearchDocument(id=1, revision=1, pages=(SearchPage(1, "quản lý"),))]
    percolator = Percolator()
    percolator.add(KeptQuestion(1, "quản"))
    percolator.add(KeptQuestion(2, "lý"))
    percolator.add(KeptQuestion(1, "tòa"))
    assert list(percolator.matches(batch)) == [(2, 1)]
    percolator.remove(2)
    percolator.remove(2)
    assert list(percolator.matches(batch)) == []
    assert len(percolator) == 1


def test_without_documents_or_questions_nothing_is_found() -> None:
    assert matches([], papers(2)) == []
    assert matches([KeptQuestion(1, "quản")], []) == []
