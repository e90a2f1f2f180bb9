"""How matching documents are ordered; measured with `python -m benchmarks relevance`.

Every word counts by BM25 where it stands without accents, and again where it stands as typed. A field such as the title
counts little word by word (long questions share a word with every title), but much where it holds all of them. Two
tiers lie above that: documents that hold the words exactly as typed, and documents whose number is the one asked for.
The first is for the rule of all words only: in a question of a sentence a long document holds every word by chance, and
standing first for it cost 25 points of R@1.

Words that stand next to each other say more than the same words scattered, but phrases are dear: they are asked of the
best documents alone, a second look over `looked_at` of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.answers import answers_in
from indexer.backend import Rule
from indexer.clauses import AnyOf, Clause, Constant, Group, Nothing, Phrase, Prefix, Word, both
from indexer.fields import ALL, LONGEST_KEYWORD, TEXT_FIELDS, TITLES
from indexer.folding import fold
from indexer.named_persons import persons_meant
from indexer.tree import And, ParsedQuery, Text, positive_leaves

# Above what BM25 can give to a question: ln(1 + 10**7 documents) * 2.2 * (boosts of one word) is about 400.
EXACT_TIER = 10_000.0
ACCENT_TIER = 5_000.0
NUMBER_TIER = 20_000.0
PERSON_TIER = 15_000.0  # of documents filed to a person whom the question names: somebody decided that they are his
ARTICLE_TIER = 10_000.0  # of documents that bear the number and whose title names the article asked for
NAME_TIER = (
    2_000.0  # of documents of somebody whose name has the words of `người:` in the order in which they were typed
)
TITLE_TIER = 2_000.0  # of documents whose title is the question

# Each word of a title of so many words that stands whole in a question: 1.0 finds 8 points of R@1 less in titles that
# are asked for. In a question of more words than the last nobody cites a title, and each run is looked up.
TITLE_WORD = 3.0
TITLE_WORDS = (3, 16)
TITLE_IN = 40

EXACT_BOOST = 0.5
RESTORED_BOOST = 0.5  # of a syllable with the accents that were probably meant
RESTORED_WHOLE = 15.0  # of a document that holds all of them: as much as two or three rare words
FIELD_WORD = 0.1  # of a word that a boosted field holds; 2.0 cost 43 points of R@10 in questions of a sentence
PAIR_BOOST = 2.0  # 1.0 finds 2 points of R@10 less in questions with words of asking, 3.0 none more
OTHER_BOOST = 0.2  # of the form that was not typed: it is found, after the one that was

# Documents; 40 find 3 points of R@10 less in questions of a sentence, 400 none more. In questions of more words, which
# come with answers to choose from, 100 find 6 points less.
LOOKED_AT_AGAIN = 100
LOOKED_AT_LONGER = 300
LONGER = 40

# Pairs of the second look; 60 of a question with answers to choose from find 4 points of R@1 less.
MOST_PAIRS = 200

# Of the pairs of the other answers to choose from: all together, without this, the right one is first in 3 of 100
# questions fewer; at 0 it is on the first page in 2 fewer.
OTHER_ANSWERS = 0.3

_ARTICLE = re.compile(r"\d{1,4}[a-z]?")


def in_field(text: Text, field: str, form: str, boost: float = 1.0) -> Clause:
    """A text in one form of a field, scored."""
    tokens = text.exact if form == "exact" else text.folded
    column = f"{field}_{form}"
    if text.prefix:
        return Prefix(column, tokens[0], boost)
    return Word(column, tokens[0], boost) if len(tokens) == 1 else Phrase(column, tokens, boost)


def number_clause(keys: tuple[str, ...]) -> Clause:
    """Documents with one of these number keys."""
    return AnyOf("number_keys", keys)


def number_tiers(parsed: ParsedQuery, home: Clause) -> tuple[Clause, ...]:
    """Tiers of a question that is a number: the asker's own documents that bear it, those of others, the asker's own
    that name it somewhere."""
    bearing = number_clause(parsed.numbers)
    return (bearing,) if isinstance(home, Nothing) else (both(bearing, home), bearing, home)


def scores(parsed: ParsedQuery, rule: Rule) -> tuple[Clause, ...]:
    """What adds to the score of a document that matches under a rule; a word that was typed twice counts once."""
    texts = tuple(dict.fromkeys(parsed.texts()))
    found: list[Clause] = []
    for text in texts:
        if text.is_accented and not text.is_exactly:  # what is meant exactly has it where it is required
            found.append(in_field(text, text.field, "exact", EXACT_BOOST))
        found += [in_field(text, part.name, "folded", FIELD_WORD) for part in TEXT_FIELDS if part.boost]
    found += [in_field(other, ALL, "folded", OTHER_BOOST) for other in parsed.others()]
    found += [
        Group(must=tuple(in_field(text, part.name, "folded", part.boost) for text in texts))
        for part in TEXT_FIELDS
        if part.boost
    ]
    if parsed.accented and rule is Rule.ALL and not _is_exactly(parsed):
        found += _tiers(texts)
    syllables = {syllable for run in parsed.restored for syllable in run if fold(syllable) != syllable}
    as_meant = [Word(f"{ALL}_exact", syllable, RESTORED_BOOST) for syllable in sorted(syllables)]
    found += as_meant
    if as_meant and rule is Rule.ALL:
        found.append(Constant(both(*as_meant), RESTORED_WHOLE))
    found += _titles(parsed)
    if parsed.numbers:
        numbered = number_clause(parsed.numbers)
        found.append(Constant(numbered, NUMBER_TIER))
        found += [Constant(both(numbered, Phrase("title_folded", one)), ARTICLE_TIER) for one in _articles(parsed)]
    if persons := persons_meant(parsed):
        found.append(Constant(AnyOf("person", persons), PERSON_TIER))
    found += [Constant(Phrase("person_folded", name), NAME_TIER) for name in _names(parsed)]
    return tuple(found)


def _is_exactly(parsed: ParsedQuery) -> bool:
    """Whether nothing is found but what holds all words exactly as typed: a tier would tell no document from others."""
    required = {node for node in parsed.node.nodes if isinstance(node, Text) and node.is_exactly}
    return parsed.number is None and required.issuperset(parsed.texts())


def _tiers(texts: Sequence[Text]) -> Iterator[Clause]:
    """Documents that hold the words as typed, and those that hold the accents that were typed; looked for once where
    both are the same."""
    exact = both(*(in_field(text, text.field, "exact") for text in texts))
    accents = both(*(in_field(text, text.field, "exact" if text.is_accented else "folded") for text in texts))
    if exact == accents:
        yield Constant(exact, ACCENT_TIER + EXACT_TIER)
    else:
        yield from (Constant(accents, ACCENT_TIER), Constant(exact, EXACT_TIER))


def _titles(parsed: ParsedQuery) -> Iterator[Clause]:
    """Documents whose title is the question, and those whose whole title stands in it."""
    for form in ("exact", "folded") if parsed.accented else ("folded",):
        runs = list(parsed.runs(form))
        if len(runs) == 1:
            yield Constant(AnyOf(TITLES, (" ".join(runs[0])[:LONGEST_KEYWORD],)), TITLE_TIER)
        if sum(map(len, runs)) > TITLE_IN:
            continue
        for size in range(TITLE_WORDS[0], TITLE_WORDS[1] + 1):
            parts = {" ".join(run[at : at + size]): None for run in runs for at in range(len(run) - size + 1)}
            if parts:
                yield Constant(AnyOf(TITLES, tuple(parts)), TITLE_WORD * size)


def _names(parsed: ParsedQuery) -> Iterator[tuple[str, ...]]:
    """The names of several words that are asked for in the field of persons, as they were typed."""
    for node in parsed.node.nodes:
        if isinstance(node, And) and all(isinstance(text, Text) and text.field == "person" for text in node.nodes):
            yield tuple(word for text in positive_leaves(node) if isinstance(text, Text) for word in text.folded)


def _articles(parsed: ParsedQuery) -> Iterator[tuple[str, str]]:
    """The articles that a question names: ("dieu", "41")."""
    for run in parsed.runs("folded"):
        yield from dict.fromkeys(pair for pair in pairwise(run) if pair[0] == "dieu" and _ARTICLE.fullmatch(pair[1]))


def looked_at(parsed: ParsedQuery) -> int:
    """How many of the best documents a second look puts in order."""
    return LOOKED_AT_LONGER if len(parsed.node.nodes) > LONGER else LOOKED_AT_AGAIN


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Score for words of the question that stand next to each other in a document too: those of `asked` all together,
    those of the `answers` to choose from as `with_answers` says."""

    asked: Clause
    answers: tuple[Clause, ...] = ()

    def with_answers(self, asked: float, answers: Sequence[float]) -> float:
        """What is added to a document: one answer is right, so that the best one counts and the others little."""
        best = max(answers, default=0.0)
        return asked + best + OTHER_ANSWERS * (sum(answers) - best)


def second_look(parsed: ParsedQuery) -> SecondLook | None:
    """None where no two words of the question stand next to each other."""
    folded = tuple(parsed.runs("folded"))
    meant = tuple(parsed.runs("exact")) if parsed.accented else parsed.restored
    answers = answers_in(folded[0], next(parsed.labels())) if len(folded) == 1 else ()
    if not answers:
        asked = _side_by_side(folded, meant)
        return None if isinstance(asked, Nothing) else SecondLook(asked)
    before = slice(answers[0].start - 1)
    asked, *each = (
        _side_by_side([run[part] for run in folded], [run[part] for run in meant]) for part in (before, *answers)
    )
    return SecondLook(asked, tuple(each))


def _side_by_side(folded: Sequence[tuple[str, ...]], exact: Sequence[tuple[str, ...]]) -> Clause:
    clauses: list[Clause] = []
    for form, runs in (("folded", folded), ("exact", exact)):
        pairs = dict.fromkeys(pair for run in runs for pair in pairwise(run))
        clauses += [Phrase(f"{ALL}_{form}", pair, PAIR_BOOST) for pair in pairs][:MOST_PAIRS]
    return Group(should=tuple(clauses)) if clauses else Nothing()
