"""Rules of what adds to the score of a document."""

import pytest

from indexer.backend import Rule, SearchRequest
from indexer.clauses import Constant, Group, Phrase, Word, both
from indexer.plan import plan
from indexer.query import parse
from indexer.scoring import ACCENT_TIER, EXACT_BOOST, EXACT_TIER, scores


def tiers(text: str) -> dict[float, object]:
    constants = [clause for clause in scores(parse(text), Rule.ALL) if isinstance(clause, Constant)]
    of_tiers = (ACCENT_TIER, EXACT_TIER, ACCENT_TIER + EXACT_TIER)
    return {clause.score: clause.clause for clause in constants if clause.score in of_tiers}


def test_words_that_all_bear_accents_are_looked_for_once_for_both_tiers() -> None:
    words = both(Word("all_exact", "tổ"), Word("all_exact", "chức"))
    assert tiers("tổ chức") == {ACCENT_TIER + EXACT_TIER: words}


def test_words_without_accents_are_wanted_as_typed_in_the_higher_tier_alone() -> None:
    assert tiers("tổ chuc") == {
        ACCENT_TIER: both(Word("all_exact", "tổ"), Word("all_folded", "chuc")),
        EXACT_TIER: both(Word("all_exact", "tổ"), Word("all_exact", "chuc")),
    }


@pytest.mark.parametrize("text", ['"tổ chức"', '"tổ chức" "cơ quan"', '"tổ chức" -"cơ quan"', '"tổ chức" loại:QĐ'])
def test_no_tier_is_looked_for_where_only_what_holds_the_words_exactly_is_found(text: str) -> None:
    assert tiers(text) == {}


@pytest.mark.parametrize("text", ['"tổ chức" OR "cơ quan"', '"tổ chức" quan', '"tổ chức" "co quan"'])
def test_a_tier_is_looked_for_where_other_documents_are_found_too(text: str) -> None:
    assert tiers(text)


def test_words_meant_exactly_are_weighed_once_where_they_are_required() -> None:
    made = plan(SearchRequest(text='"tổ chức"'), parse('"tổ chức"'), Rule.ALL, lambda clauses: [0] * len(clauses))
    assert isinstance(made.match, Group)
    assert made.match.must == (Phrase("all_exact", ("tổ", "chức"), 1 + EXACT_BOOST),)
    assert not [one for one in made.match.should if isinstance(one, Phrase) and one.field == "all_exact"]
